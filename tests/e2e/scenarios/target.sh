# timeout: 600
# A target alone is enough, without a rule for it; what it says holds when its log changed and after an outage; and one
# that left the policy, or whose address was corrected, is tried no longer.
. ./lib.sh
p=nqn.2024-01.org.example
san
subsystem $p:one $p:two
tcp_port 1 10.20.1.10 8009
expose 1 $p:one
policy <<Y
version: 1
targets:
  - { name: array, transport: tcp, traddr: 10.20.1.10, connect: { keep-alive-tmo: 60s, reconnect-delay: 1s, ctrl-loss-tmo: 4s } }
rules:
  - { name: volumes, match: { source: array, subsystem-nqn: "$p:*" }, action: connect, connect: { ctrl-loss-tmo: 4s, reconnect-delay: 1s } }
Y

settings() {
	local dc
	dc=$(discovery_controller 10.20.1.10)
	[ -z "$dc" ] || echo "$(attr "$dc" kato) $(attr "$dc" ctrl_loss_tmo) $(attr "$dc" state)"
}

step "at boot"
nvmf-policy boot
wait_until 30 live $p:one
wait_until 20 idle
expect "its settings" "60 4 live" "$(settings)"

step "its log changed"
expose 1 $p:two
wait_until 30 live $p:two
wait_until 20 idle
expect "its settings" "60 4 live" "$(settings)"
expect_match "who decided" "discover by array" "$(our_journal)"

step "it is away for so long that the kernel gives up, and comes back"
withdraw 1 $p:one $p:two
wait_until 60 eval '[ -z "$(discovery_controller 10.20.1.10)" ]'
wait_until 60 no connected $p:one
expose 1 $p:one $p:two
wait_until 90 live $p:one
wait_until 60 live $p:two
wait_until 30 eval '[ "$(settings)" = "60 4 live" ]'

step "a target that cannot be had and then leaves the policy"
policy <<Y
version: 1
targets:
  - { name: array, transport: tcp, traddr: 10.20.1.10, connect: { keep-alive-tmo: 60s, reconnect-delay: 1s, ctrl-loss-tmo: 4s } }
  - { name: mistyped, transport: tcp, traddr: 10.20.1.99 }
rules:
  - { name: volumes, match: { source: array, subsystem-nqn: "$p:*" }, action: connect, connect: { ctrl-loss-tmo: 4s, reconnect-delay: 1s } }
Y
nvmf-policy boot
wait_until 30 matches "waiting.*10.20.1.99" nvmf-policy status
policy <<Y
version: 1
targets:
  - { name: array, transport: tcp, traddr: 10.20.1.10, connect: { keep-alive-tmo: 60s, reconnect-delay: 1s, ctrl-loss-tmo: 4s } }
rules:
  - { name: volumes, match: { source: array, subsystem-nqn: "$p:*" }, action: connect, connect: { ctrl-loss-tmo: 4s, reconnect-delay: 1s } }
Y
wait_until 20 no matches "10.20.1.99" nvmf-policy status
expect "not degraded" 0 "$(nvmf-policy status >"$WORK/status" && echo 0 || echo $?)"

step "a target whose address is corrected"
correct() {
	policy <<-Y
		version: 1
		targets:
		  - { name: array, transport: tcp, traddr: 10.20.1.10, connect: { keep-alive-tmo: 60s, reconnect-delay: 1s, ctrl-loss-tmo: 4s } }
		  - { name: second, transport: tcp, traddr: $1 }
		rules:
		  - { name: volumes, match: { source: array, subsystem-nqn: "$p:*" }, action: connect, connect: { ctrl-loss-tmo: 4s, reconnect-delay: 1s } }
	Y
	nvmf-policy boot
}
tcp_port 2 10.21.1.10 8009
expose 2 $p:one
correct 10.21.1.99
wait_until 30 matches "waiting.*10.21.1.99" nvmf-policy status
correct 10.21.1.10
wait_until 30 eval '[ -n "$(discovery_controller 10.21.1.10)" ]'
wait_until 20 no matches "10.21.1.99" nvmf-policy status
expect "not degraded" 0 "$(nvmf-policy status >"$WORK/status" && echo 0 || echo $?)"
