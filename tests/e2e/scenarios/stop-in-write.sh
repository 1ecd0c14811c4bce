# timeout: 600
# A stop while the kernel waits for a target's answer to Connect: the unit ends well within three seconds and nothing new
# is begun, though the write itself lasts for as long as the kernel likes; the hands record what came of it.
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

step "stop of the executor: it ends well though the write lasts, and withdraws nothing"
process=$(executor)
before=$(hands)
stop_executor
expect "the state" running "$(jq -r .phase "/run/nvmf/state/$id.json")"
expect "who is still in the kernel" "$before" "$(hands)"
systemctl start $EXECUTOR
wait_until 10 eval '[ -n "$(executor)" ]'
expect "strings written" 1 "$(writes nvmf-hands | wc -l)"

step "stop of the target"
start=$(uptime_ms)
systemctl stop nvmefc-connect.target
took=$(($(uptime_ms) - start))
step "cancelled after $took ms"
[ $took -lt 5000 ] || fail "the state said so after $took ms"
expect "the state" cancelled "$(jq -r .phase "/run/nvmf/state/$id.json")"
expect "the unit" "inactive success" "$(systemctl show -P ActiveState $EXECUTOR) $(systemctl show -P Result $EXECUTOR)"
expect "requests" "" "$(requests)"
expect_match "what the administrator is told" "cancelled: stopped" "$(nvmf-policy status || true)"
[ -n "$(hands)" ] || fail "the write ended before its time"

step "nothing new begins, neither before the kernel is done nor after it"
wait_until 90 eval '[ -z "$(hands)" ]'
never 3 connected $p:good
expect "strings written" 1 "$(writes nvmf-hands | wc -l)"
expect "what the hands leave behind" "" "$(ls /run/nvmf/intents)"

step "a later event works"
scripted_dc_changes dc <<J
{"genctr": 4, "records": [{"subnqn": "$p:good", "traddr": "10.20.1.21", "trsvcid": "4420"}]}
J
wait_until 60 live $p:good
