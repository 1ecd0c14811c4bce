# An event from a TCP discovery controller: of five subsystems exposed, the three that the policy allows are connected
# with the options of their rules; one is denied, one matches no rule.
. ./lib.sh
p=nqn.2024-01.org.example
san
subsystem $p:fast.1 $p:fast.2 $p:slow.1 $p:retired $p:scratch
tcp_port 1 10.20.1.10 8009
listen 1

policy <<'Y'
version: 1
deny:
  - name: retired
    match: { subsystem-nqn: "*:retired" }
    reason: "is being wiped"
rules:
  - name: discovery
    match: { transport: tcp, traddr: 10.20.0.0/16, trsvcid: 8009 }
    action: discover
  - name: fast
    match: { traddr: 10.20.1.0/24, subsystem-nqn: "nqn.2024-01.org.example:fast.*" }
    action: connect
    connect: { queue-size: 64, ctrl-loss-tmo: infinity, reconnect-delay: 5s }
  - name: slow
    match: { traddr: 10.20.1.0/24, subsystem-nqn: "nqn.2024-01.org.example:slow.*" }
    action: connect
    connect: { queue-size: 32, ctrl-loss-tmo: 100s, reconnect-delay: 20s }
Y

step "a persistent discovery controller, connected by the administrator"
dc=$(connect_dc 10.20.1.10 8009)

step "five subsystems are exposed"
expose 1 $p:fast.1 $p:fast.2 $p:slow.1 $p:retired $p:scratch
wait_until 40 live $p:fast.1
wait_until 20 live $p:fast.2
wait_until 20 live $p:slow.1
wait_until 20 item_is $p:slow.1 "connect live"
wait_until 20 idle

step "what is connected, and how"
expect "live" "$p:fast.1 $p:fast.2 $p:slow.1" "$(live_subsystems | xargs)"
for nqn in $p:fast.1 $p:fast.2; do
	c=$(controller "$nqn")
	expect "queue size of $nqn" 64 "$(queue_size "$c")"
	expect "loss timeout of $nqn" off "$(attr "$c" ctrl_loss_tmo)"
	expect "reconnect delay of $nqn" 5 "$(attr "$c" reconnect_delay)"
done
c=$(controller $p:slow.1)
expect "queue size" 32 "$(queue_size "$c")"
expect "loss timeout" 100 "$(attr "$c" ctrl_loss_tmo)"
expect "reconnect delay" 20 "$(attr "$c" reconnect_delay)"
expect "host NQN" "$HOSTNQN" "$(attr "$c" hostnqn)"

step "what is not, and why"
expect "denied" "denied denied" "$(item $p:retired)"
expect "unmatched" "ignored no-rule-matched" "$(item $p:scratch)"
expect "the discovery controller stays" live "$(attr "$dc" state)"
