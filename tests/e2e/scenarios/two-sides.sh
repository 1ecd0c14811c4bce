# timeout: 600
# The same path is never made twice: not by two sources that connect from different host sides at the same time, and not
# where a live controller shows its source address only by `src_addr`.
. ./lib.sh
p=nqn.2024-01.org.example
san
names=() records=()
for i in $(seq 8); do
	names+=("$p:volume.$i")
	records+=("{\"subnqn\": \"$p:volume.$i\", \"traddr\": \"10.20.1.21\", \"trsvcid\": \"4420\"}")
done
subsystem "${names[@]}" $p:plain
tcp_port 1 10.20.1.21 4420
expose 1 "${names[@]}" $p:plain
policy_for_everything

step "two discovery controllers, one of them by an interface, list the same eight"
echo '{}' | scripted_dc dc 10.20.1.10:8009 10.20.1.11:8009
connect_dc 10.20.1.10 8009
connect_dc 10.20.1.11 8009 --host-iface san0
scripted_dc_changes dc <<<"{\"genctr\": 2, \"records\": [$(IFS=,; echo "${records[*]}")]}"
wait_until 60 eval '[ "$(live_subsystems | uniq | wc -l)" = 8 ]'
wait_until 30 idle
expect "sources" 2 "$(find /run/nvmf/state -name '*.json' | wc -l)"
expect "controllers that there ever were" 8 "$(dmesg | grep -c "new ctrl: NQN \"$p:volume")"
expect "not degraded" 0 "$(nvmf-policy status >"$WORK/status" && echo 0 || echo $?)"
expect "live, as status shows it, each once" 8 "$(grep -c "live .*volume" "$WORK/status")"
expect "and by how many paths each" 8 "$(grep -c "volume.* paths 1 of 1" "$WORK/status")"

step "a controller that was connected without a host side"
nvme connect -t tcp -a 10.20.1.21 -s 4420 -n $p:plain >/dev/null
plain=$(controller $p:plain)
expect "its source address" 10.20.1.77 "$(address "$plain" src_addr)"
ip address add 10.20.1.76/24 dev san0
record_writes
policy <<Y
version: 1
targets:
  - { name: interface, transport: tcp, traddr: 10.20.1.21, trsvcid: 4420, host-iface: san0, subsystem-nqn: "$p:plain" }
  - { name: address, transport: tcp, traddr: 10.20.1.21, trsvcid: 4420, host-traddr: 10.20.1.77, subsystem-nqn: "$p:plain" }
rules:
  - { name: volumes, match: { trsvcid: 4420 }, action: connect }
Y
nvmf-policy boot
wait_until 20 idle
expect "strings written" 0 "$(writes nvmf-hands | wc -l)"
expect "what would be done" 2 \
	"$(nvmf-policy --dry-run --format json | jq '[.plans[].items[] | select(.outcome == "keep")] | length')"

step "another source address is another path"
policy <<Y
version: 1
targets:
  - { name: other, transport: tcp, traddr: 10.20.1.21, trsvcid: 4420, host-traddr: 10.20.1.76, subsystem-nqn: "$p:plain" }
rules:
  - { name: volumes, match: { trsvcid: 4420 }, action: connect }
Y
nvmf-policy boot
wait_until 30 live $p:plain 2
wait_until 20 idle
expect "strings written" 1 "$(writes nvmf-hands | wc -l)"
