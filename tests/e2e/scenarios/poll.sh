# A discovery controller that is not kept connected is asked again, and status does not call it live.
. ./lib.sh
p=nqn.2024-01.org.example
san
subsystem $p:one $p:two $p:three
tcp_port 1 10.20.1.10 8009
expose 1 $p:one
policy <<Y
version: 1
targets:
  - { name: array, transport: tcp, traddr: 10.20.1.10, persistent: false, poll: 10s }
rules:
  - { name: volumes, match: { subsystem-nqn: "$p:*" }, action: connect }
Y

step "asked once, and let go"
nvmf-policy boot
wait_until 30 live $p:one
wait_until 20 eval '[ -z "$(discovery_controller 10.20.1.10)" ]'
wait_until 20 matches "log-read-not-kept .*10.20.1.10" nvmf-policy status
expect "not degraded" 0 "$(nvmf-policy status >"$WORK/status" && echo 0 || echo $?)"

step "what came meanwhile is found without an event"
expose 1 $p:two
wait_until 30 live $p:two
wait_until 20 eval '[ -z "$(discovery_controller 10.20.1.10)" ]'

step "its program is replaced: another one asks in its place"
process=$(executor)
cp -p /usr/libexec/nvmf/nvmf-connect "$WORK/new"
mv "$WORK/new" /usr/libexec/nvmf/nvmf-connect
wait_until 90 started_anew "$process"
expose 1 $p:three
wait_until 30 live $p:three
expect "live" "$p:one $p:three $p:two" "$(live_subsystems | xargs)"
