# timeout: 600
# `systemctl isolate`, daemon-reload and daemon-reexec leave an executor that waits for its next try alone; a planner
# that is killed before it hands over loses its event only until the next sweep; a policy change that no longer wants a
# path ends its tries.
. ./lib.sh
p=nqn.2024-01.org.example
san
subsystem $p:one $p:early
tcp_port 1 10.20.1.21 4420
expose 1 $p:one $p:early
policy_for_everything
echo '{}' | scripted_dc dc 10.20.1.10:8009
dc=$(connect_dc 10.20.1.10 8009)
scripted_dc_changes dc <<J
{"genctr": 2, "records": [{"subnqn": "$p:dead", "traddr": "10.99.0.5", "trsvcid": "4420"}]}
J
wait_until 30 item_is $p:dead "connect waiting"
process=$(executor)
tries=$(path_record $p:dead .tries)

step "isolate, reload, re-execution"
systemctl isolate multi-user.target
systemctl daemon-reload
systemctl daemon-reexec
systemctl reload-or-restart systemd-udevd.service
wait_until 60 no_jobs
expect "the executor" "active $process" "$(systemctl show -P ActiveState $EXECUTOR) $(executor)"
[ "$(path_record $p:dead .tries)" -ge "$tries" ] || fail "the tries began anew"

step "an event that comes during a re-execution"
systemctl daemon-reexec &
scripted_dc_changes dc <<J
{"genctr": 3, "records": [{"subnqn": "$p:early", "traddr": "10.20.1.21", "trsvcid": "4420"},
  {"subnqn": "$p:dead", "traddr": "10.99.0.5", "trsvcid": "4420"}]}
J
wait $!
wait_until 30 live $p:early

step "a killed planner"
wait_until 60 eval '[ -n "$(executor)" ]'
systemctl stop nvmf-policy-connect.target
expect "executors" "" "$(executors)"
udevadm control --stop-exec-queue
before=$(cat /sys/kernel/uevent_seqnum)
scripted_dc_changes dc <<J
{"genctr": 4, "records": [{"subnqn": "$p:one", "traddr": "10.20.1.21", "trsvcid": "4420"}]}
J
wait_until 20 eval '[ "$(cat /sys/kernel/uevent_seqnum)" -gt "$before" ]'
# The planner is killed before it can do anything: its program is not there when udev wants it.
mv /usr/bin/nvmf-policy /usr/bin/nvmf-policy.away
udevadm control --start-exec-queue
udevadm settle
mv /usr/bin/nvmf-policy.away /usr/bin/nvmf-policy
expect "requests" "" "$(requests)"
never 2 live $p:one

step "the sweep finds that the log went on"
systemctl start nvmf-policy-sweep.service
wait_until 30 live $p:one
wait_until 20 idle
systemctl start nvmf-policy-sweep.service
expect "another sweep has nothing to do" "" "$(requests)"
never 2 no idle

step "a policy that does not want a path ends its tries"
scripted_dc_changes dc <<J
{"genctr": 5, "records": [{"subnqn": "$p:one", "traddr": "10.20.1.21", "trsvcid": "4420"},
  {"subnqn": "$p:dead", "traddr": "10.99.0.5", "trsvcid": "4420"}]}
J
wait_until 30 item_is $p:dead "connect waiting"
policy <<'Y'
version: 1
deny:
  - { name: dead, match: { subsystem-nqn: "*:dead" }, reason: "it is gone" }
rules:
  - { name: discovery, match: { any: true }, action: discover }
  - { name: volumes, match: { any: true }, action: connect }
Y
wait_until 20 item_is $p:dead "denied denied"
wait_until 20 idle
expect "not disconnected" live "$(attr "$(controller $p:one)" state)"
expect "the discovery controller" live "$(attr "$dc" state)"
