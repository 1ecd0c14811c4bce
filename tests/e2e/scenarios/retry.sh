# A target that refuses at first and appears five seconds later is connected by the retry; the tries are at the delays
# of the schedule.
. ./lib.sh
late=nqn.2024-01.org.example:late
san
policy <<'Y'
version: 1
rules:
  - { name: discovery, match: { trsvcid: 8009 }, action: discover }
  - name: volumes
    match: { traddr: 10.20.1.21 }
    action: connect
    retry: { first-delay: 1s, factor: 2, jitter: 0% }
Y
step "a log lists a target that is not there yet"
echo '{}' | scripted_dc dc 10.20.1.10:8009
connect_dc 10.20.1.10 8009
scripted_dc_changes dc <<J
{"genctr": 2, "records": [{"subnqn": "$late", "traddr": "10.20.1.21", "trsvcid": "4420"}]}
J
wait_until 20 item_is $late "connect waiting"
expect "why it waits" refused "$(path_record $late .error_class)"

step "events that list it again leave its schedule alone; it appears after the third try"
for generation in 3 4; do
	sent=$(grep -c 'event sent' "$WORK/dc.out")
	scripted_dc_changes dc <<J
{"genctr": $generation, "records": [{"subnqn": "$late", "traddr": "10.20.1.21", "trsvcid": "4420"}]}
J
	wait_until 10 matches "^$((sent + 1))\$" grep -c 'event sent' "$WORK/dc.out"
	wait_until 20 matches 'rae=0' tail -n 1 "$WORK/dc.out"
done
wait_until 30 eval '[ "$(path_record $late .tries)" -ge 3 ]'
subsystem $late
tcp_port 1 10.20.1.21 4420
expose 1 $late
wait_until 20 live $late
wait_until 20 idle

step "when the tries were"
# tries: milliseconds since boot of each line about the end of a try
tries() {
	journalctl -b -o json -t nvmf-connect |
		jq -r --arg nqn $late 'select(.NVMF_SUBSYSNQN == $nqn) | .__MONOTONIC_TIMESTAMP | tonumber / 1000 | floor'
}
mapfile -t times < <(tries)
[ ${#times[@]} -ge 4 ] || fail "only ${#times[@]} tries are in the journal"
delay=1000
last=$((${#times[@]} - 1))
for i in $(seq 1 $last); do
	# The last one is reported when the kernel had answered.
	near "delay before try $((i + 1))" $((delay + 400)) $((i == last ? 3000 : 600)) $((times[i] - times[i - 1]))
	delay=$((delay * 2))
done
