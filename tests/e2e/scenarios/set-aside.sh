# A request whose executor dies again and again without any progress is set aside; status says so, and `resume` or a new
# event begins afresh.
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
die_until_set_aside() {
	local kills=0
	until set_aside; do
		[ $kills -lt 10 ] || fail "it was started $kills times"
		wait_until 20 eval 'set_aside || waits'
		! pkill -KILL -x nvmf-connect || kills=$((kills + 1))
	done
	step "set aside after $kills kills"
	expect "kills" 5 "$kills"
	wait_until 20 eval '[ -z "$(executors)" ]'
}

step "it dies before it has reached anything"
nvmf-policy boot
die_until_set_aside
expect "requests" "" "$(requests)"
expect "degraded" 3 "$(nvmf-policy status >"$WORK/status" || echo $?)"
expect_match "status" "requests that were given up" "$(cat "$WORK/status")"
expect_match "status" "given up after 5 starts without progress" "$(cat "$WORK/status")"

step "resumed, though nothing is known of it but the request"
rm /run/nvmf/state/*.json
expect_match "what is resumed" "asked for" "$(nvmf-policy resume --all)"
wait_until 20 waits
expect "set aside" "" "$(ls /run/nvmf/failed)"

step "a new event"
die_until_set_aside
echo '{"records": [{"subnqn": "'$p':one", "traddr": "10.20.1.21", "trsvcid": "4420"}]}' | scripted_dc dc 10.20.1.10:8009
nvmf-policy boot
wait_until 30 live $p:one
wait_until 30 idle
expect "not degraded" 0 "$(nvmf-policy status >"$WORK/status" && echo 0 || echo $?)"
