# A request at which the executor crashes three times is set aside; status says so, and `resume` or a new event begins
# afresh.  An executor that is killed while it handles nothing blames nobody.
. ./lib.sh
p=nqn.2024-01.org.example
san
subsystem $p:one
tcp_port 1 10.20.1.21 4420
expose 1 $p:one
policy <<'Y'
version: 1
targets:
  - { name: array, transport: tcp, traddr: 10.20.1.10, trsvcid: 8009 }
rules:
  - { name: discovery, match: { trsvcid: 8009 }, action: discover, retry: { first-delay: 1s, max-delay: 2s } }
  - { name: volumes, match: { any: true }, action: connect }
Y
set_aside() { [ -n "$(ls /run/nvmf/failed)" ]; }

waits() { [[ $(items) == *" waiting "* && $(executor) ]]; }
# crash: as in the middle of what it does for the only source
crash() {
	local process
	process=$(executor)
	kill -STOP "$process"
	basename -z "$(find /run/nvmf/state -name '*.json')" .json | head -c 16 |
		dd of=/run/nvmf/executing conv=notrunc status=none
	kill -KILL "$process"
	wait_until 20 eval 'set_aside || started_anew '"$process"
}
crash_until_set_aside() {
	local crashes=0
	until set_aside; do
		[ $crashes -lt 10 ] || fail "it was started $crashes times"
		wait_until 20 waits
		crash
		crashes=$((crashes + 1))
	done
	step "set aside after $crashes crashes"
	expect "crashes" 3 "$crashes"
	wait_until 20 eval '[ -z "$(executors)" ]'
}

step "killed while it waits: nobody is blamed"
nvmf-policy boot
for _ in 1 2 3 4; do
	wait_until 20 waits
	process=$(executor)
	kill -KILL "$process"
	wait_until 20 started_anew "$process"
done
expect "set aside" "" "$(ls /run/nvmf/failed)"

step "it crashes before it has reached anything"
crash_until_set_aside
expect "requests" "" "$(requests)"
expect "degraded" 3 "$(nvmf-policy status >"$WORK/status" || echo $?)"
expect_match "status" "requests that were given up" "$(cat "$WORK/status")"
expect_match "status" "crashed: the executor ended 3 times while it handled this" "$(cat "$WORK/status")"

step "resumed, though nothing is known of it but the request"
rm /run/nvmf/state/*.json
expect_match "what is resumed" "asked for" "$(nvmf-policy resume --all)"
wait_until 20 waits
expect "set aside" "" "$(ls /run/nvmf/failed)"

step "a new event"
crash_until_set_aside
echo '{"records": [{"subnqn": "'$p':one", "traddr": "10.20.1.21", "trsvcid": "4420"}]}' | scripted_dc dc 10.20.1.10:8009
nvmf-policy boot
wait_until 30 live $p:one
wait_until 30 idle
expect "not degraded" 0 "$(nvmf-policy status >"$WORK/status" && echo 0 || echo $?)"
