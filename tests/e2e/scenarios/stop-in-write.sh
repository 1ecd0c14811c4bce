# timeout: 600
# A stop while the kernel waits for a target's answer to Connect: within five seconds the state says cancelled and
# nothing new is begun, though the write itself lasts for as long as the kernel likes.
. ./lib.sh
p=nqn.2024-01.org.example
san
subsystem $p:good
tcp_port 1 10.20.1.21 4420
expose 1 $p:good
policy_for_everything
echo '{"silent": "connect"}' | scripted_dc deaf 10.20.1.16:4420
echo '{}' | scripted_dc dc 10.20.1.10:8009
connect_dc 10.20.1.10 8009
record_writes
scripted_dc_changes dc <<J
{"genctr": 2, "records": [{"subnqn": "$p:deaf", "traddr": "10.20.1.16", "trsvcid": "4420"}]}
J
wait_until 30 matches "subnqn=$p:deaf" cat "$WORK/deaf.out"
id=$(basename "$(find /run/nvmf/state -name '*.json')" .json)
wait_until 10 item_is $p:deaf "connect connecting"

step "while the write is under way a newer log lists something that answers"
scripted_dc_changes dc <<J
{"genctr": 3, "records": [{"subnqn": "$p:deaf", "traddr": "10.20.1.16", "trsvcid": "4420"},
  {"subnqn": "$p:good", "traddr": "10.20.1.21", "trsvcid": "4420"}]}
J
wait_until 20 item_is $p:good "connect connecting"

step "stop"
start=$(uptime_ms)
systemctl stop --no-block nvmefc-connect.target
wait_until 5 eval '[ "$(jq -r .phase "/run/nvmf/state/$id.json")" = cancelled ]'
took=$(($(uptime_ms) - start))
step "cancelled after $took ms"
[ $took -lt 5000 ] || fail "the state said so after $took ms"
expect "requests" "" "$(requests)"
expect_match "what the administrator is told" "cancelled: stopped" "$(nvmf-policy status || true)"

step "nothing new begins, neither before the kernel is done nor after it"
wait_until 90 eval '[ -z "$(pidof nvmf-connect)" ]'
never 3 connected $p:good
expect "strings written" 1 "$(writes nvmf-connect | wc -l)"

step "a later event works"
scripted_dc_changes dc <<J
{"genctr": 4, "records": [{"subnqn": "$p:good", "traddr": "10.20.1.21", "trsvcid": "4420"}]}
J
wait_until 60 live $p:good
