# timeout: 600
# Thirty-three subsystems exposed one by one, while the executor is at work and is killed twice with work left to do: all
# of them are connected, none twice.
. ./lib.sh
san
names=()
for i in $(seq 33); do names+=("nqn.2024-01.org.example:volume.$i"); done
subsystem "${names[@]}"
tcp_port 1 10.20.1.10 8009
listen 1
policy_for_everything
connect_dc 10.20.1.10 8009

# killed_at_work NQN EXPOSED: exposes one more and kills the executor if something exposed is not connected yet; it and
# its hands are stopped while that is looked at, so that they cannot finish meanwhile.
killed_at_work() {
	local process left its_hands
	process=$(executor)
	its_hands=$(hands)
	expose 1 "$1"
	[ -n "$process" ] || return 1
	sleep 0.1
	kill -STOP "$process" $its_hands
	left=$(($2 - $(live_subsystems | wc -l)))
	if [ "$left" -gt 0 ]; then
		kill -KILL "$process"
		kill -CONT $its_hands
		step "killed with $left to connect"
	else
		kill -CONT "$process" $its_hands
		return 1
	fi
}

step "one by one"
kills=0
for i in "${!names[@]}"; do
	# From the eleventh and from the twenty-first on, as soon as there is something to disturb.
	if [ $kills -ge 2 ] || [ "$i" -lt $((10 * (kills + 1))) ]; then
		expose 1 "${names[i]}"
	elif killed_at_work "${names[i]}" $((i + 1)); then
		kills=$((kills + 1))
	fi
	# The last third comes at once.
	if [ "$i" -lt 22 ]; then sleep 0.2; fi
done
expect "kills" 2 $kills
wait_until 100 eval '[ "$(live_subsystems | uniq | wc -l)" = 33 ]'
wait_until 60 idle

step "none twice"
expect "controllers" 33 "$(live_subsystems | wc -l)"
expect "not degraded" 0 "$(nvmf-policy status >"$WORK/status" && echo 0 || echo $?)"
expect "live, as status shows it" 33 "$(grep -c "live .*volume" "$WORK/status")"
