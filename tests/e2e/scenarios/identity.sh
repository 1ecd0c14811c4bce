# An identity of its own for a rule; and the same host ID with another host NQN on a live controller, which is never written
# and named until that controller is gone.
. ./lib.sh
p=nqn.2024-01.org.example
hostid=5c0b6f3a-9a0e-4b43-8d2e-2c3b4a5f601d
san
subsystem $p:one $p:two $p:theirs
tcp_port 1 10.20.1.21 4420
expose 1 $p:one $p:two $p:theirs
policy <<Y
version: 1
identities:
  second: { hostnqn: "$p:second-host", hostid: $hostid }
rules:
  - { name: discovery, match: { trsvcid: 8009 }, action: discover }
  - { name: by-itself, match: { subsystem-nqn: "*:two" }, action: connect }
  - { name: by-another, match: { any: true }, action: connect, identity: second, retry: { slow-delay: 4s } }
Y
echo '{}' | scripted_dc dc 10.20.1.10:8009
connect_dc 10.20.1.10 8009
theirs=$(nvme connect -t tcp -a 10.20.1.21 -s 4420 -n $p:theirs --hostnqn "$p:somebody" --hostid $hostid -o json | jq -r .device)
record_writes

step "a host ID that somebody else uses with another host NQN"
scripted_dc_changes dc <<J
{"genctr": 2, "records": [{"subnqn": "$p:one", "traddr": "10.20.1.21", "trsvcid": "4420"},
  {"subnqn": "$p:two", "traddr": "10.20.1.21", "trsvcid": "4420"}]}
J
wait_until 30 live $p:two
wait_until 30 matches ":one .*identity-conflict.*$theirs" nvmf-policy status
expect "degraded" 3 "$(nvmf-policy status >/dev/null || echo $?)"
expect_match "the kernel was asked for the other" "nqn=$p:two," "$(writes nvmf-hands)"
expect_no_match "and not for this" "nqn=$p:one," "$(writes nvmf-hands)"
expect "whose the other one is" "$HOSTNQN" "$(attr "$(controller $p:two)" hostnqn)"

step "that controller goes"
nvme disconnect -n $p:theirs
wait_until 30 live $p:one
expect "its host NQN" "$p:second-host" "$(attr "$(controller $p:one)" hostnqn)"
expect "its host ID" "$hostid" "$(attr "$(controller $p:one)" hostid)"

step "no identity: nothing is connected by one that nobody chose"
nvme disconnect -n $p:two
wait_until 20 matches "$p:two: disconnected by hand" our_journal
policy <<Y
version: 1
targets:
  - { name: two, transport: tcp, traddr: 10.20.1.21, trsvcid: 4420, subsystem-nqn: "$p:two" }
rules:
  - { name: by-itself, match: { any: true }, action: connect }
Y
mkdir "$WORK/identity"
mv /etc/nvme/hostnqn /etc/nvme/hostid "$WORK/identity"
echo >/sys/kernel/tracing/trace
nvmf-policy boot
wait_until 20 matches ":two .*identity-missing" nvmf-policy status
expect "strings written" "" "$(writes nvmf-hands)"
cp "$WORK/identity"/* /etc/nvme
wait_until 60 live $p:two
expect "its host NQN" "$HOSTNQN" "$(attr "$(controller $p:two)" hostnqn)"

step "a host NQN and a host ID that disagree are a finding"
expect_no_match "what check says" NVP509 "$(nvmf-policy check --host 2>&1 || true)"
echo $hostid >/etc/nvme/hostid
expect_match "what check says" NVP50 "$(nvmf-policy check --host 2>&1 || true)"
