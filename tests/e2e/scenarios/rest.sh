# timeout: 600
# While a discovery controller stays connected the executor rests until the next event; it ends with the controller, and
# when its program was replaced.
. ./lib.sh
p=nqn.2024-01.org.example
san
subsystem $p:one $p:two $p:three $p:four $p:five $p:six
tcp_port 1 10.20.1.10 8009
listen 1
policy_for_everything
connect_dc 10.20.1.10 8009

starts() { journalctl -b -o cat _PID=1 | grep -c "Starting $EXECUTOR" || true; }
state() { cat /run/nvmf/state/*.json | jq -r .phase; }
# In hundredths of a second.
processor_time_of() { awk '{ print $14 + $15 }' "/proc/$1/stat"; }
# rests PROCESS: it has next to nothing to do for two seconds
rests() {
	local before
	before=$(processor_time_of "$1")
	sleep 2
	[ $(($(processor_time_of "$1") - before)) -lt 20 ]
}

step "the next event finds it running"
expose 1 $p:one
wait_until 30 live $p:one
wait_until 20 idle
process=$(executor)
expect "starts" 1 "$(starts)"
expect_match "what the unit says" "paths 1 of 1" "$(systemctl status $EXECUTOR)"
group=$(systemctl show -P ControlGroup $EXECUTOR)
expect "its weight against the rest of the host" 1000 "$(cat "/sys/fs/cgroup$group/cpu.weight")"
expect "not degraded" 0 "$(nvmf-policy status >"$WORK/status" && echo 0 || echo $?)"
expose 1 $p:two
wait_until 30 live $p:two
wait_until 20 idle
expect "the process" "$process" "$(executor)"
expect "starts" 1 "$(starts)"

step "news of the network while it comes to rest: it does not spin"
while sleep 0.02; do
	ip address add 10.20.9.9/32 dev lo
	ip address delete 10.20.9.9/32 dev lo
done &
flapping=$!
expose 1 $p:six
wait_until 30 live $p:six
wait_until 20 idle
kill $flapping
wait_until 10 rests "$process"

step "killed at rest"
kill -KILL "$process"
wait_until 30 eval '[ -z "$(executors)" ]'
expect "the state" done "$(state)"
expose 1 $p:three
wait_until 30 live $p:three
wait_until 20 idle

step "stopped at rest: nothing is cancelled"
systemctl stop nvmefc-connect.target
expect "executors" "" "$(executors)"
expect "the state" done "$(state)"
expect "not degraded" 0 "$(nvmf-policy status >"$WORK/status" && echo 0 || echo $?)"
expose 1 $p:four
wait_until 30 live $p:four
wait_until 20 idle

step "its program is replaced"
cp -p /usr/libexec/nvmf/nvmf-connect "$WORK/new"
mv "$WORK/new" /usr/libexec/nvmf/nvmf-connect
wait_until 90 eval '[ -z "$(executors)" ]'
expose 1 $p:five
wait_until 30 live $p:five
wait_until 20 idle
[ -n "$(executors)" ] || fail "the new one does not rest"

step "its controller goes"
nvme disconnect -n "$DISCOVERY" >/dev/null
wait_until 90 eval '[ -z "$(executors)" ]'
expect "live" 6 "$(live_subsystems | wc -l)"
