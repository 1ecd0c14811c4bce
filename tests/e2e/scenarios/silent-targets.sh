# timeout: 900
# Two targets that accept and do not answer, one before and one after the initialization response, beside sixteen
# good ones: those do not wait for the first, and nothing that answers waits for either twice.
. ./lib.sh
p=nqn.2024-01.org.example
san
names=() records=()
for i in $(seq 16); do
	names+=("$p:volume.$i")
	records+=("{\"subnqn\": \"$p:volume.$i\", \"traddr\": \"10.20.1.21\", \"trsvcid\": \"4420\"}")
done
subsystem "${names[@]}" $p:late
tcp_port 1 10.20.1.21 4420
expose 1 "${names[@]}" $p:late
policy <<'Y'
version: 1
rules:
  - { name: discovery, match: { trsvcid: 8009 }, action: discover }
  - name: volumes
    match: { trsvcid: 4420 }
    action: connect
    retry: { first-delay: 1s, slow-delay: 20s, jitter: 0% }
Y
echo '{"silent": "accept"}' | scripted_dc mute 10.20.1.15:4420
echo '{"silent": "connect"}' | scripted_dc deaf 10.20.1.16:4420
echo '{}' | scripted_dc dc 10.20.1.10:8009
connect_dc 10.20.1.10 8009
record_writes

step "a target that never says a word and one that never answers the Connect are listed before the good ones"
start=$(uptime_ms)
scripted_dc_changes dc <<J
{"genctr": 2, "records": [{"subnqn": "$p:mute", "traddr": "10.20.1.15", "trsvcid": "4420"},
  {"subnqn": "$p:deaf", "traddr": "10.20.1.16", "trsvcid": "4420"},
  $(IFS=,; echo "${records[*]}")]}
J
wait_until 60 eval '[ "$(live_subsystems | wc -l)" = 16 ]'
step "all sixteen live after $(($(uptime_ms) - start)) ms"
expect_no_match "the kernel was not asked for it before them" "10\.20\.1\.15" \
	"$(writes | head -n 16)"
wait_until 40 item_is $p:mute "connect waiting"
expect "what it is" hung "$(path_record $p:mute .error_class)"
expect "when it is looked at again" slow "$(path_record $p:mute .lane)"
wait_until 20 matches "waiting +\S*mute .*does not answer" nvmf-policy status

step "the kernel is in the one that does not answer the Connect for up to a minute"
wait_until 90 item_is $p:deaf "connect waiting"
expect "what it is" hung "$(path_record $p:deaf .error_class)"
wait_until 20 matches "waiting +\S*deaf .*hung: " nvmf-policy status

step "while it is tried again what answers is not held up for longer than that one write"
scripted_dc_changes dc <<J
{"genctr": 3, "records": [{"subnqn": "$p:deaf", "traddr": "10.20.1.16", "trsvcid": "4420"},
  {"subnqn": "$p:late", "traddr": "10.20.1.21", "trsvcid": "4420"}]}
J
wait_until 70 live $p:late
expect "written for the deaf one so far" 1 "$(writes | grep -c 10.20.1.16)"
