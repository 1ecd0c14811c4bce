# timeout: 600
# Thirty-three subsystems exposed one by one, while the executor is at work and is killed twice: all of them are
# connected, none twice.
. ./lib.sh
san
names=()
for i in $(seq 33); do names+=("nqn.2024-01.org.example:volume.$i"); done
subsystem "${names[@]}"
tcp_port 1 10.20.1.10 8009
listen 1
policy_for_everything
connect_dc 10.20.1.10 8009

step "one by one"
for i in "${!names[@]}"; do
	expose 1 "${names[i]}"
	case $i in 10 | 20) systemctl kill --signal=KILL 'nvmf-policy-connect@*.service' ;; esac
	# The last third at once, so that there is a run under way at the end however fast it is.
	if [ "$i" -lt 22 ]; then sleep 0.2; fi
done
[ "$(live_subsystems | wc -l)" -lt 33 ] || fail "no run was under way"
wait_until 100 eval '[ "$(live_subsystems | uniq | wc -l)" = 33 ]'
wait_until 60 idle

step "none twice"
expect "controllers" 33 "$(live_subsystems | wc -l)"
expect "not degraded" 0 "$(nvmf-policy status >"$WORK/status" && echo 0 || echo $?)"
expect "live, as status tells it" 33 "$(grep -c "live .*volume" "$WORK/status")"
