# timeout: 600
# Targets by host name: of the hosts file, of one that appears later, and of one that moves to another address.
. ./lib.sh
p=nqn.2024-01.org.example
san
subsystem $p:one $p:two
tcp_port 1 10.20.1.10 8009
tcp_port 2 10.20.1.21 4420
tcp_port 3 10.20.1.22 4420
expose 1 $p:one
expose 2 $p:two
name() { sed -i "/ $1\$/d" /etc/hosts; [ -z "${2-}" ] || echo "$2 $1" >>/etc/hosts; }
name array-a.example 10.20.1.10
policy <<Y
version: 1
targets:
  - { name: array, transport: tcp, traddr: array-a.example }
  - { name: volume, transport: tcp, traddr: array-b.example, subsystem-nqn: "$p:two", retry: { max-delay: 2s }, connect: { ctrl-loss-tmo: 2s, reconnect-delay: 1s } }
rules:
  - { name: volumes, match: { subsystem-nqn: "$p:one" }, action: connect }
Y

step "a name that is known"
nvmf-policy boot
wait_until 30 live $p:one
expect_match "the note" '"array-a.example": ."10.20.1.10"' "$(cat /run/nvmf/names.json)"

step "a name that nobody knows yet"
wait_until 20 matches "name-unresolved.*array-b.example" nvmf-policy status
expect "degraded" 3 "$(nvmf-policy status >/dev/null || echo $?)"
expect_match "said by the plan" "name-unresolved: array-b.example" "$(nvmf-policy plan)"
name array-b.example 10.20.1.21
wait_until 60 live $p:two
wait_until 20 no matches "name-unresolved" nvmf-policy status
expect "by which address" 10.20.1.21 "$(address "$(controller $p:two)" traddr)"

step "a name that moves"
withdraw 2 $p:two
wait_until 60 no connected $p:two
expose 3 $p:two
name array-b.example 10.20.1.22
wait_until 60 live $p:two
expect "by which address" 10.20.1.22 "$(address "$(controller $p:two)" traddr)"
wait_until 20 no matches "10.20.1.21" nvmf-policy status

step "a name that gains an address while all its paths are live"
expose 2 $p:two
echo "10.20.1.21 array-b.example" >>/etc/hosts
systemctl start nvmf-policy-sweep.service
wait_until 30 live $p:two 2
wait_until 20 idle

step "and names that have no news are asked without anything being done"
record_writes
states=$(cat /run/nvmf/state/*.json | sha256sum)
systemctl start nvmf-policy-sweep.service
wait_until 20 idle
expect "strings written" "" "$(writes nvmf-hands)"
expect "the states" "$states" "$(cat /run/nvmf/state/*.json | sha256sum)"
