# timeout: 900
# Half of the portals swallow the handshake: the others do not wait for them, and they follow by their schedule once they
# answer.
. ./lib.sh
san
names=() dead=() records=()
for i in $(seq 16); do
	names+=("nqn.2024-01.org.example:volume.$i")
	dead+=("nqn.2024-01.org.example:dead.$i")
	records+=("{\"subnqn\": \"nqn.2024-01.org.example:dead.$i\", \"traddr\": \"10.99.0.$((10 + i))\", \"trsvcid\": \"4421\"}")
	records+=("{\"subnqn\": \"nqn.2024-01.org.example:volume.$i\", \"traddr\": \"10.20.1.21\", \"trsvcid\": \"4420\"}")
done
subsystem "${names[@]}" "${dead[@]}"
tcp_port 1 10.20.1.21 4420
expose 1 "${names[@]}"
policy <<'Y'
version: 1
rules:
  - { name: discovery, match: { any: true }, action: discover }
  - { name: volumes, match: { any: true }, action: connect, retry: { first-delay: 1s, max-delay: 8s } }
Y

echo '{}' | scripted_dc dc 10.20.1.10:8009
connect_dc 10.20.1.10 8009
record_writes
step "the log: every other portal is dead"
start=$(uptime_ms)
scripted_dc_changes dc <<J
{"genctr": 2, "records": [$(IFS=,; echo "${records[*]}")]}
J
live_count() { [ "$(live_subsystems | uniq | wc -l)" = "$1" ]; }
wait_until 60 live_count 16
step "all live after $(($(uptime_ms) - start)) ms"
wait_until 20 item_is nqn.2024-01.org.example:dead.1 "connect waiting"
expect "the kernel was asked" 16 "$(writes nvmf-hands | wc -l)"
expect_no_match "and not for the dead" "10\.99\.0\." "$(writes)"
wait_until 20 matches "waiting +\S*:dead.1 +10.99.0.11:4421 +try .*unreachable: Connection timed out" nvmf-policy status
expect "degraded" 3 "$(nvmf-policy status >"$WORK/status" || echo $?)"
expect "subsystems without a path" 16 "$(grep -c "dead.* paths 0 of 1" "$WORK/status")"
expect "the same for programs" 16 \
	"$(nvmf-policy --format json status | jq '[.. | objects | select(."error-class"? == "unreachable")] | length')"

expect "wait" 1 "$(nvmf-policy wait --subsystem nqn.2024-01.org.example:dead.1 --timeout 1s 2>"$WORK/wait" || echo $?)"
expect_match "what it waits for" "after 1s still missing: nqn.2024-01.org.example:dead.1" "$(cat "$WORK/wait")"
nvmf-policy status --watch >"$WORK/watch" &
watch=$!

step "the dead portals answer"
tcp_port 2 0.0.0.0 4421
for nqn in "${dead[@]}"; do array ln -s "$NVMET/subsystems/$nqn" "$NVMET/ports/2/subsystems/$nqn"; done
ip link delete dead0
ip link add dead0 type veth peer name array2 netns array
for i in $(seq 11 26); do echo "address add 10.99.0.$i/24 dev array2"; done | array ip -batch -
array ip link set array2 up
ip address add 10.99.0.1/24 dev dead0
ip link set dead0 up
start=$(uptime_ms)
wait_until 40 live_count 32
step "all live after $(($(uptime_ms) - start)) ms"
wait_until 20 idle
expect "controllers, none twice" 32 "$(live_subsystems | wc -l)"
expect "not degraded" 0 "$(nvmf-policy status >"$WORK/status" && echo 0 || echo $?)"
expect_no_match "nothing waits" "waiting" "$(cat "$WORK/status")"
expect "wait" 0 "$(nvmf-policy wait --subsystem 'nqn.2024-01.org.example:dead.*' --timeout 5s && echo 0 || echo $?)"
wait_until 10 grep -q "paths 32 of 32" "$WORK/watch"
kill $watch
expect_match "what was watched" "paths 16 of 32" "$(cat "$WORK/watch")"

step "a port goes"
for nqn in "${dead[@]}"; do rm "$NVMET/ports/2/subsystems/$nqn"; done
wait_until 30 matches "connecting +\S*:dead.1 .*nvme[0-9]+ is connecting" nvmf-policy status
expect "degraded" 3 "$(nvmf-policy status >/dev/null || echo $?)"

step "and comes"
for nqn in "${dead[@]}"; do array ln -s "$NVMET/subsystems/$nqn" "$NVMET/ports/2/subsystems/$nqn"; done
wait_until 60 matches "live +\S*:dead.1 " nvmf-policy status
wait_until 60 live_count 32
expect "not degraded" 0 "$(nvmf-policy status >/dev/null && echo 0 || echo $?)"
