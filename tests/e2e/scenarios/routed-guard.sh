# A guard on an interface holds for a target that names no host side and that routing sends through that interface: it is
# not connected, which is said; and it still holds when the routes change while the target is waited for.  A path that
# it denied is tried when they change again.
. ./lib.sh
p=nqn.2024-01.org.example
san
subsystem $p:lan $p:san $p:moving
tcp_port 1 10.20.1.21 4420
tcp_port 2 10.21.1.21 4420
expose 1 $p:lan $p:moving
expose 2 $p:san
policy <<Y
version: 1
targets:
  - { name: array, transport: tcp, traddr: 10.20.1.10 }
  - { name: lan, transport: tcp, traddr: 10.20.1.21, subsystem-nqn: "$p:lan" }
  - { name: san, transport: tcp, traddr: 10.21.1.21, subsystem-nqn: "$p:san" }
deny:
  - { name: not-this-way, match: { host-iface: san0 }, reason: "no storage here" }
Y
record_writes

step "what is reached through the interface is denied, what is reached through another one is connected"
nvmf-policy boot
wait_until 30 live $p:san
wait_until 20 idle
expect_match "what check says" NVP608 "$(nvmf-policy check 2>&1 || true)"
expect "denied" "denied denied" "$(item $p:lan)"
expect "live" "$p:san" "$(live_subsystems | xargs)"
expect_no_match "strings written" "traddr=10.20.1" "$(writes nvmf-hands)"
expect_match "the journal" "denied: .*10.20.1.10:8009.*no storage here" "$(our_journal)"
expect_match "a dry run" "denied +$p:lan .*not-this-way" "$(nvmf-policy --dry-run)"

step "routes change while a target is tried: 10.21.1.29 is dead, and then lies behind the interface"
policy <<Y
version: 1
targets:
  - { name: moving, transport: tcp, traddr: 10.20.1.21, subsystem-nqn: "$p:moving", retry: { first-delay: 2s, factor: 1 } }
deny:
  - { name: not-this-way, match: { host-iface: san0 }, reason: "no storage here" }
Y
ip route add 10.20.1.21/32 dev dead0
nvmf-policy boot
wait_until 30 matches "waiting.*$p:moving" nvmf-policy status
ip route del 10.20.1.21/32 dev dead0
wait_until 30 matches "denied: .*$p:moving.*no storage here" our_journal
never 5 connected $p:moving
expect_no_match "strings written" "nqn=$p:moving,.*traddr=10.20.1.21" "$(writes nvmf-hands)"

step "they change again: the path that was denied is tried by itself"
ip route add 10.20.1.21/32 via 10.21.1.10 dev san1
wait_until 20 live $p:moving
expect_match "strings written" "nqn=$p:moving,.*traddr=10.20.1.21" "$(writes nvmf-hands)"
