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
# The journal has a line for each change of a path and none for a try that ends as the one before; the state has the
# schedule, at most once a second.
# states: each text of the state, from now on
states() {
	local text seen=
	while sleep 0.1; do
		text=$(cat /run/nvmf/state/*.json 2>/dev/null) || continue
		[ "$text" = "$seen" ] || printf '%s\n' "$text"
		seen=$text
	done
}
states >"$WORK/states" &
watcher=$!

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
kill $watcher
# planned: for each number of tries seen waiting, how many milliseconds after the first the next one was due
planned() {
	jq -r --arg nqn $late '.paths[] | select(.tid["subsystem-nqn"] == $nqn and .next_try_boot_ms != null) |
		"\(.tries) \(.next_try_boot_ms - .first_try_boot_ms) \(.next_try_boot_ms)"' "$WORK/states" | sort -nu
}
seen=0
while read -r count after due; do
	# 1, 2, 4 … seconds, and what the tries themselves take
	near "the delays after $count tries" $((1000 * ((1 << count) - 1) + 100 * count)) $((100 * count)) "$after"
	seen=$((seen + 1))
	last=$due
done < <(planned)
[ $seen -ge 2 ] || fail "only $seen delays were seen"
connected=$(journalctl -b -k -o json | jq -r 'select(.MESSAGE | test("new ctrl: NQN .nqn.2024-01.org.example:late")) | .__MONOTONIC_TIMESTAMP | tonumber / 1000 | floor')
near "the try that found it" $((last + 1500)) 1500 "$connected"
expect "lines about tries that ended alike" 1 "$(our_journal | grep -c "waiting: $late ")"
