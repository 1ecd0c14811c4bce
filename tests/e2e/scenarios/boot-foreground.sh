# timeout: 600
# Without the services: `boot --foreground` connects what boot waits for and ends, leaves no discovery controller and no
# process behind, and its timeout holds also while a write waits in the kernel.  The services then adopt what is there.
. ./lib.sh
p=nqn.2024-01.org.example
san
subsystem $p:root $p:other
tcp_port 1 10.20.1.10 8009
expose 1 $p:other
tcp_port 2 10.20.1.21 4420
expose 2 $p:root
policy <<Y
version: 1
targets:
  - { name: array, transport: tcp, traddr: 10.20.1.10, trsvcid: 8009 }
  - { name: root, transport: tcp, traddr: [10.99.0.5, 10.20.1.21], subsystem-nqn: "$p:root" }
rules:
  - { name: volumes, match: { source: array }, action: connect }
boot: { wait-for: ["$p:root"], timeout: 60s }
Y
systemctl stop nvmf-policy.service
silence_nvme_cli
modprobe -r nvme-tcp nvme-fabrics 2>/dev/null || true
no systemctl -q is-active nvmf-policy-plans.path || fail "the path unit is active"

# foreground WORD…: its messages are in $WORK/messages, its exit status in `status`, its milliseconds in `took`
foreground() {
	local began
	began=$(uptime_ms)
	status=0
	nvmf-policy boot --foreground "$@" 2>"$WORK/messages" || status=$?
	took=$(($(uptime_ms) - began))
}
discovery_controller_is_there() { [ -n "$(discovery_controller 10.20.1.10)" ]; }
# threads PATTERN: state and program of each thread that matches; a process whose first thread has ended is there, too
# shellcheck disable=SC2009 # pgrep shows no threads
threads() { ps -eLo stat=,comm= | grep -E "$1"; }
none_runs() { no threads ' nvmf-(policy|connect)$'; }

step "what boot waits for"
foreground
cat "$WORK/messages"
expect "exit status" 0 "$status"
live $p:root || fail "it is not live"
expect_match "messages" "^<5>nvmf-connect: live: $p:root at 10.20.1.21:4420" "$(cat "$WORK/messages")"
expect "the dead one did not delay it" yes "$([ "$took" -lt 30000 ] && echo yes)"
expect "discovery controllers" "" "$(discovery_controller 10.20.1.10)"
none_runs || fail "a process is left: $(threads nvmf)"
root=$(controller $p:root)

step "again: nothing is connected twice, and what the discovery controller lists comes"
foreground --subsystem $p:other
expect "exit status" 0 "$status"
expect "live" "$p:other $p:root" "$(live_subsystems | xargs)"
expect "discovery controllers" "" "$(discovery_controller 10.20.1.10)"

step "what is not there: the timeout"
foreground --subsystem $p:missing --timeout 5s
expect "exit status" 1 "$status"
expect_match "messages" "^<3>nvmf-policy: after 5s still missing: $p:missing: 0 of 1 path" "$(cat "$WORK/messages")"
near "milliseconds" 6500 3000 "$took"
none_runs || fail "a process is left: $(threads nvmf)"

step "the timeout while a write waits in the kernel"
echo '{"silent": "connect"}' | scripted_dc mute 10.20.1.16:4420
policy <<Y
version: 1
targets:
  - { name: mute, transport: tcp, traddr: 10.20.1.16, subsystem-nqn: "$p:mute" }
Y
foreground --subsystem $p:missing --timeout 5s
expect "exit status" 1 "$status"
near "milliseconds" 8500 3000 "$took"
expect_match "the target was asked" "subnqn=$p:mute" "$(cat "$WORK/mute.out")"
threads '^D.* nvmf-policy$' || fail "no write waits in the kernel: $(threads nvmf)"
wait_until 90 none_runs

step "the services adopt what is there"
policy <<Y
version: 1
targets:
  - { name: array, transport: tcp, traddr: 10.20.1.10, trsvcid: 8009 }
  - { name: root, transport: tcp, traddr: 10.20.1.21, subsystem-nqn: "$p:root" }
rules:
  - { name: volumes, match: { source: array }, action: connect }
boot: { wait-for: ["$p:root"], timeout: 60s }
Y
systemctl start nvmf-policy.service
wait_until 30 no_jobs
wait_until 60 discovery_controller_is_there
wait_until 30 idle
expect "the same controller" "$root" "$(controller $p:root)"
expect "live" "$p:other $p:root" "$(live_subsystems | xargs)"
