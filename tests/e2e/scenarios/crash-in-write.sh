# timeout: 600
# The executor crashes while the kernel waits for a target's answer to Connect, which lasts for up to a minute: sources
# are served again within five seconds, nothing is lost, and nothing is written beside the write that lasts.
. ./lib.sh
p=nqn.2024-01.org.example
san
subsystem $p:good
tcp_port 1 10.20.1.21 4420
expose 1 $p:good
policy_for_everything
echo '{"silent": "connect"}' | scripted_dc deaf 10.20.1.16:4420
echo '{}' | scripted_dc dc 10.20.1.10:8009
dc=$(connect_dc 10.20.1.10 8009)
record_writes
scripted_dc_changes dc <<J
{"genctr": 2, "records": [{"subnqn": "$p:deaf", "traddr": "10.20.1.16", "trsvcid": "4420"}]}
J
wait_until 30 matches "subnqn=$p:deaf" cat "$WORK/deaf.out"
wait_until 10 item_is $p:deaf "connect connecting"
process=$(executor)
old_hands=$(hands)

step "the crash, and an event"
start=$(uptime_ms)
kill -SEGV "$process"
scripted_dc_changes dc <<J
{"genctr": 3, "records": [{"subnqn": "$p:deaf", "traddr": "10.20.1.16", "trsvcid": "4420"},
  {"subnqn": "$p:good", "traddr": "10.20.1.21", "trsvcid": "4420"}]}
J
wait_until 5 matches "log of $dc read: 2 entries" our_journal
took=$(($(uptime_ms) - start))
step "served again after $took ms"
[ $took -le 5000 ] || fail "no source was served for $took ms"
expect_match "who is still in the kernel" "^$old_hands$" "$(hands)"
[ "$(executor)" != "$process" ] || fail "it did not crash"
expect "strings written" 1 "$(writes nvmf-hands | wc -l)"

step "what answers is connected once the kernel lets go"
wait_until 90 live $p:good
expect_no_match "the hands of before" "^$old_hands$" "$(hands)"
expect "live" "$p:good" "$(live_subsystems | xargs)"
expect "its owner" nvmf-policy "$(cat "/run/nvme/registry/$(controller $p:good)/owner")"
