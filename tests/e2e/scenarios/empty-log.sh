# An empty log is read to its end, so that the next event comes: a subsystem exposed afterwards is connected.
. ./lib.sh
p=nqn.2024-01.org.example
san
subsystem $p:one
tcp_port 1 10.20.1.10 8009
listen 1
policy_for_everything
scripted_dc empty 10.20.1.11:8009 <<'J'
{"genctr": 1}
J

step "connected while its log is empty"
connect_dc 10.20.1.11 8009
tcp_port 2 10.20.1.21 4420
expose 2 $p:one
echo '{"genctr": 2}' | scripted_dc_changes empty
wait_until 30 matches 'rae=0' cat "$WORK/empty.out"
wait_until 20 idle
expect "live" "" "$(live_subsystems)"
expect "not degraded" 0 "$(nvmf-policy status >"$WORK/status" && echo 0 || echo $?)"
expect_match "what status says" "discovery-log-changed +tcp 10.20.1.11:8009 +done" "$(cat "$WORK/status")"

step "something is exposed"
scripted_dc_changes empty <<J
{"genctr": 3, "records": [{"subnqn": "$p:one", "traddr": "10.20.1.21", "trsvcid": "4420"}]}
J
wait_until 30 live $p:one
wait_until 20 idle
expect_match "what status says" "live +\S*one " "$(nvmf-policy status || true)"
