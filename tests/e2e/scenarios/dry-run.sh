# The dry run with the discovery log gives, byte for byte, the option strings that the executor then writes.
. ./lib.sh
p=nqn.2024-01.org.example
san
subsystem $p:a $p:b $p:c $p:scratch
tcp_port 1 10.20.1.10 8009
policy <<'Y'
version: 1
defaults:
  connect: { ctrl-loss-tmo: 10m, keep-alive-tmo: 7s }
rules:
  - { name: discovery, match: { trsvcid: 8009 }, action: discover }
  - name: a
    match: { subsystem-nqn: "*:a" }
    action: connect
    connect: { queue-size: 64, nr-io-queues: 1, ctrl-loss-tmo: infinity, fast-io-fail-tmo: 30s, tos: 8, hdr-digest: true }
  - name: b
    match: { subsystem-nqn: "*:b" }
    action: connect
    host-side: same-subnet
    connect: { reconnect-delay: 4s, data-digest: true, disable-sqflow: true }
  - name: c
    match: { subsystem-nqn: "*:c" }
    action: connect
    connect: { keep-alive-tmo: null, ctrl-loss-tmo: null }
Y

step "the dry run"
expose 1 $p:a $p:b $p:c
dc=$(connect_dc 10.20.1.10 8009)
nvme discover -d "/dev/$dc" -o json >"$WORK/log.json"
nvmf-policy --format json plan --device "$dc" --discovery-log "$WORK/log.json" --show-strings >"$WORK/plan.json"
jq -r '.plans[].items[] | select(.outcome == "connect") | .string' "$WORK/plan.json" >"$WORK/said"
expect "strings" 3 "$(wc -l <"$WORK/said")"
expect "nothing was connected" "" "$(live_subsystems)"

step "the run: something that no rule matches raises the event"
record_writes
expose 1 $p:scratch
wait_until 40 live $p:a
wait_until 20 live $p:b
wait_until 20 live $p:c
wait_until 20 idle
expect "strings that were written" "$(sort "$WORK/said")" "$(writes nvmf-hands | sort)"
