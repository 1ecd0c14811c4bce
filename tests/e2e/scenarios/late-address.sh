# timeout: 600
# Two storage interfaces of which one gets its address later: its paths, a target's and a log's, wait with that reason,
# and are connected when the address comes, by the kernel's word for it: their next try would come ten minutes later.  The
# same for an interface, for a second one in a subnet, and for a route.
. ./lib.sh
p=nqn.2024-01.org.example
san
subsystem $p:one $p:listed
tcp_port 1 10.20.1.21 4420
tcp_port 2 10.21.1.21 4420
expose 1 $p:one $p:listed
expose 2 $p:one $p:listed
ip address flush dev san1
policy <<'Y'
version: 1
defaults: { retry: { max-delay: 10m } }
targets:
  - { name: pinned, transport: tcp, traddr: 10.21.1.21, trsvcid: 4420, host-traddr: 10.21.1.78, subsystem-nqn: "nqn.2024-01.org.example:one" }
rules:
  - { name: discovery, match: { trsvcid: 8009 }, action: discover }
  - { name: volumes, match: { trsvcid: 4420 }, action: connect, host-side: same-subnet, expect-paths: 2 }
Y
echo '{}' | scripted_dc dc 10.20.1.10:8009
connect_dc 10.20.1.10 8009
scripted_dc_changes dc <<J
{"genctr": 2, "records": [{"subnqn": "$p:one", "traddr": "10.20.1.21", "trsvcid": "4420"},
  {"subnqn": "$p:listed", "traddr": "10.20.1.21", "trsvcid": "4420"},
  {"subnqn": "$p:listed", "traddr": "10.21.1.21", "trsvcid": "4420"}]}
J
wait_until 30 live $p:one
wait_until 30 live $p:listed
nvmf-policy boot >"$WORK/boot" 2>&1 || true

step "the second paths have no address to come from"
wait_until 20 matches "refused +\S*listed +10.21.1.21:4420 .*not-reachable-from-source" nvmf-policy status
wait_until 20 matches "pending +\S*one +10.21.1.21:4420 from 10.21.1.78 +source-missing" nvmf-policy status
expect "degraded" 3 "$(nvmf-policy status >/dev/null || echo $?)"
expect "paths" 2 "$(live_subsystems | wc -l)"

step "the address comes"
start=$(uptime_ms)
ip address add 10.21.1.78/24 dev san1
wait_until 10 live $p:one 2
wait_until 10 live $p:listed 2
step "live after $(($(uptime_ms) - start)) ms"
wait_until 20 idle
expect "from where" 10.21.1.78 "$(address "$(controller $p:one 10.21.1.21)" host_traddr)"
expect "not degraded" 0 "$(nvmf-policy status >"$WORK/status" && echo 0 || echo $?)"
for name in one listed; do expect_match "paths" "$name +paths 2 of 2" "$(cat "$WORK/status")"; done

step "the same paths by other host sides are not made twice"
record_writes
policy <<Y
version: 1
defaults: { retry: { max-delay: 10m } }
targets:
  - { name: by-interface, transport: tcp, traddr: 10.20.1.21, trsvcid: 4420, host-iface: san0, subsystem-nqn: "$p:one" }
  - { name: by-route, transport: tcp, traddr: 10.21.1.21, trsvcid: 4420, subsystem-nqn: "$p:one" }
rules:
  - { name: volumes, match: { trsvcid: 4420 }, action: connect, host-side: any }
Y
nvmf-policy boot
wait_until 20 idle
expect "strings written" 0 "$(writes nvmf-hands | wc -l)"
expect "paths" 4 "$(live_subsystems | wc -l)"
expect "what would be done" 2 "$(nvmf-policy --dry-run --format json | jq '[.plans[].items[] | select(.outcome == "keep" or .outcome == "differs")] | length')"

step "an interface that comes later"
ip link add san2 type veth peer name array2 netns array
array ip address add 10.22.1.21/24 dev array2
array ip link set array2 up
tcp_port 4 10.22.1.21 4420
array ln -s "$NVMET/subsystems/$p:one" "$NVMET/ports/4/subsystems/$p:one"
ip link set san2 name spare
policy <<Y
version: 1
defaults: { retry: { max-delay: 10m } }
targets:
  - { name: later, transport: tcp, traddr: 10.22.1.21, trsvcid: 4420, host-iface: san2, subsystem-nqn: "$p:one" }
rules:
  - { name: volumes, match: { trsvcid: 4420 }, action: connect }
boot: { wait-for: ["$p:one"], paths: 3, timeout: 3s }
Y
expect "boot waits for it" 1 "$(nvmf-policy boot && echo 0 || echo $?)"
expect_match "and says what is missing" "after 3s still missing: $p:one: 2 of 3 paths" "$(our_journal)"
wait_until 20 matches "pending +\S*one +10.22.1.21:4420 via san2 +source-missing" nvmf-policy status
ip link set spare name san2
ip address add 10.22.1.77/24 dev san2
ip link set san2 up
wait_until 20 live $p:one 3
wait_until 20 idle
expect "boot, with all paths" 0 "$(nvmf-policy boot && echo 0 || echo $?)"
expect "by what" san2 "$(address "$(controller $p:one 10.22.1.21)" host_iface)"

step "a route that comes later"
policy <<Y
version: 1
defaults: { retry: { max-delay: 10m } }
targets:
  - { name: beyond, transport: tcp, traddr: 10.23.1.21, trsvcid: 4420, subsystem-nqn: "$p:one" }
rules:
  - { name: volumes, match: { trsvcid: 4420 }, action: connect }
Y
array ip address add 10.23.1.21/32 dev lo
tcp_port 5 10.23.1.21 4420
array ln -s "$NVMET/subsystems/$p:one" "$NVMET/ports/5/subsystems/$p:one"
nvmf-policy boot
wait_until 20 matches "pending +\S*one +10.23.1.21:4420 .*no route to 10.23.1.21" nvmf-policy status
expect "degraded" 3 "$(nvmf-policy status >/dev/null || echo $?)"
ip route add 10.23.1.0/24 via 10.20.1.10
wait_until 20 live $p:one 4

step "a target at a link-local address, which means something only with its interface"
local_address=$(array ip -6 -o address show dev array0 scope link | awk '{ sub("/.*", "", $4); print $4; exit }')
subsystem $p:two
tcp_port 3 :: 4421
array ln -s "$NVMET/subsystems/$p:two" "$NVMET/ports/3/subsystems/$p:two"
policy <<Y
version: 1
defaults: { retry: { max-delay: 10m } }
targets:
  - { name: local, transport: tcp, traddr: "$local_address%san0", trsvcid: 4421, subsystem-nqn: "$p:two" }
rules:
  - { name: volumes, match: { traddr: "fe80::/10" }, action: connect }
Y
nvmf-policy boot
wait_until 30 live $p:two
expect "where" "$local_address%san0" "$(address "$(controller $p:two)" traddr)"

step "another interface in the subnet of a path that is connected: one more path, while the service rests"
policy <<Y
version: 1
rules:
  - { name: discovery, match: { trsvcid: 8009 }, action: discover }
  - { name: volumes, match: { subsystem-nqn: "$p:listed" }, action: connect, host-side: same-subnet }
Y
scripted_dc_changes dc <<J
{"genctr": 3, "records": [{"subnqn": "$p:listed", "traddr": "10.20.1.21", "trsvcid": "4420"},
  {"subnqn": "$p:listed", "traddr": "10.21.1.21", "trsvcid": "4420"}]}
J
wait_until 20 matches "discovery-log-changed .*paths 2 of 2" nvmf-policy status
wait_until 20 idle
array ip route add 10.20.1.88/32 dev array1
ip address add 10.20.1.88/24 dev san1
wait_until 10 live $p:listed 3
expect "from where" "10.20.1.88 san1" "$(for c in $(controllers | awk -v n=$p:listed '$4 == n { print $1 }'); do echo "$(address "$c" host_traddr) $(address "$c" host_iface)"; done | grep 10.20.1.88)"

step "and one that comes after the executor was started anew"
systemctl restart nvmf-policy-connect.service
wait_until 20 idle
array ip route add 10.20.1.89/32 dev array2
ip address add 10.20.1.89/24 dev san2
wait_until 10 live $p:listed 4
