# An event from a Fibre Channel remote port: the same as over TCP, with the host's port and without a service id.
. ./lib.sh
p=nqn.2024-01.org.example
subsystem $p:fast.1 $p:slow.1 $p:retired $p:scratch
fc_host_port 1
fc_target_port 1 1
expose 1 $p:fast.1 $p:slow.1 $p:retired $p:scratch

policy <<'Y'
version: 1
deny:
  - name: retired
    match: { subsystem-nqn: "*:retired" }
rules:
  - name: fabric
    match: { transport: fc, traddr: "nn-0x10000002*:pn-*" }
    action: discover
  - name: fast
    match: { transport: fc, subsystem-nqn: "nqn.2024-01.org.example:fast.*" }
    action: connect
    connect: { queue-size: 64, ctrl-loss-tmo: infinity, reconnect-delay: 5s }
  - name: slow
    match: { transport: fc, subsystem-nqn: "nqn.2024-01.org.example:slow.*" }
    action: connect
Y

step "the host's port sees the array"
record_writes
fc_see 1 1
wait_until 40 live $p:fast.1
wait_until 40 live $p:slow.1
wait_until 20 idle

step "what is connected, and how"
expect "live" "$p:fast.1 $p:slow.1" "$(live_subsystems | xargs)"
c=$(controller $p:fast.1)
expect "target" "$(fc_address target 1)" "$(address "$c" traddr)"
expect "host side" "$(fc_address host 1)" "$(address "$c" host_traddr)"
expect "queue size" 64 "$(queue_size "$c")"
expect "loss timeout" off "$(attr "$c" ctrl_loss_tmo)"
expect_no_match "no service id, no interface" "trsvcid=|host_iface=" "$(writes)"
expect "denied" "denied denied" "$(item $p:retired)"
expect "unmatched" "ignored no-rule-matched" "$(item $p:scratch)"
wait_until 10 no connected "$DISCOVERY"
