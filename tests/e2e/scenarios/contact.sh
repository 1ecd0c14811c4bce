# A dry run with `--contact` shows what discovery controllers that were never connected list, and leaves the host as it was.
. ./lib.sh
p=nqn.2024-01.org.example
san
subsystem $p:a $p:b
tcp_port 1 10.20.1.10 8009
expose 1 $p:a $p:b
policy <<'Y'
version: 1
deny:
  - { name: retired, match: { traddr: 10.20.1.12 }, reason: "being wiped" }
targets:
  - { name: array-a, transport: tcp, traddr: 10.20.1.10, trsvcid: 8009 }
  - { name: nobody, transport: tcp, traddr: 10.20.1.29, trsvcid: 8009 }
  - { name: retired, transport: tcp, traddr: 10.20.1.12, trsvcid: 8009 }
  - { name: excluded, transport: tcp, traddr: 10.20.1.13, trsvcid: 8009 }
rules:
  - { name: volumes, match: { subsystem-nqn: "*:a" }, action: connect }
Y
echo '{}' | scripted_dc others 10.20.1.12:8009 10.20.1.13:8009
mkdir -p /etc/nvme
printf '[exclusions]\nexclusion = transport=tcp;traddr=10.20.1.13\n' >/etc/nvme/exclusions.conf
before=$(nvme list-subsys)

step "the log of a target that was never connected"
record_writes
code=0
nvmf-policy plan --contact >"$WORK/out" 2>"$WORK/err" || code=$?
expect "the exit status, for a target was not reached" 4 "$code"
expect_match "what is done is said before" "contacting 2 discovery controllers" "$(cat "$WORK/err")"
expect_match "its failure" "the log of 10.20.1.29:8009 was not read: " "$(cat "$WORK/err")"
expect_match "the subsystem that a rule connects" "connect +$p:a .*volumes" "$(cat "$WORK/out")"
expect_match "the subsystem that no rule matches" "ignored +$p:b .*no-rule-matched" "$(cat "$WORK/out")"
expect_match "the guard" "denied .*10.20.1.12:8009" "$(cat "$WORK/out")"
expect "the discovery controllers that were connected" 1 "$(writes nvmf-policy | wc -l)"
expect "hosts at the denied and the excluded one" ready "$(cat "$WORK/others.out")"

step "nothing is left of it"
expect "the controllers" "" "$(controllers)"
expect "the subsystems" "$before" "$(nvme list-subsys)"
expect "requests" "" "$(requests)"

step "one target, and another process's controller"
dc=$(connect_dc 10.20.1.10 8009)
expect_match "its log" "connect +$p:a" "$(nvmf-policy plan --contact --target array-a 2>/dev/null)"
expect "its device" "$dc" "$(discovery_controller 10.20.1.10)"
nvme disconnect -d "$dc" >/dev/null

step "a signal while the controller does not answer"
scripted_dc mute 10.20.1.14:8009 <<<'{"silent": "log"}'
policy <<'Y'
version: 1
targets:
  - { name: mute, transport: tcp, traddr: 10.20.1.14, trsvcid: 8009 }
  - { name: array-a, transport: tcp, traddr: 10.20.1.10, trsvcid: 8009 }
Y
nvmf-policy plan --contact >"$WORK/out" 2>"$WORK/err" &
plan=$!
wait_until 20 matches nvme discovery_controller 10.20.1.14
kill -TERM $plan
code=0
wait $plan || code=$?
expect "the exit status" 4 "$code"
expect_match "the end" "stopped: not every discovery controller was contacted" "$(cat "$WORK/err")"
expect "the controllers" "" "$(controllers)"
expect "intents" "" "$(ls /run/nvmf/intents 2>/dev/null)"
