# timeout: 600
# One discovery controller from two NICs is two controllers of the kernel: each has a session of its own, its log is
# read with every event, and what it lists is connected from its own side.
. ./lib.sh
p=nqn.2024-01.org.example
san
subsystem $p:one $p:two $p:three
tcp_port 1 10.20.1.21 4420
expose 1 $p:one $p:two $p:three
# The second network reaches the same addresses.
ip route add 10.20.1.0/24 dev san1 metric 200
log() {
	local generation=$1 name records=()
	shift
	for name; do records+=("{\"subnqn\": \"$p:$name\", \"traddr\": \"10.20.1.21\", \"trsvcid\": \"4420\"}"); done
	local IFS=,
	scripted_dc_changes dc <<<"{\"genctr\": $generation, \"records\": [${records[*]}]}"
}
# read_by_both GENERATION: the log at it
read_by_both() {
	[ "$(cat /run/nvmf/state/*.json | jq -r ".logs[] | select(.genctr == $1) | .device" | sort -u | wc -l)" = 2 ]
}
sides() { controllers | awk -v nqn="$p:$1" '$4 == nqn { print $5 }' | grep -o 'host_iface=[^,]*' | sort | xargs; }
made() { dmesg | grep -c "new ctrl: NQN \"$p:$1\""; }
states() { find /run/nvmf/state -name '*.json' | wc -l; }

step "a target with two sides"
echo '{"genctr": 1, "records": [{"subnqn": "'$p':one", "traddr": "10.20.1.21", "trsvcid": "4420"}]}' |
	scripted_dc dc 10.20.1.10:8009
policy <<'Y'
version: 1
targets:
  - { name: left, transport: tcp, traddr: 10.20.1.10, trsvcid: 8009, host-iface: san0 }
  - { name: right, transport: tcp, traddr: 10.20.1.10, trsvcid: 8009, host-iface: san1 }
rules:
  - { name: discovery, match: { trsvcid: 8009 }, action: discover }
  - { name: volumes, match: { any: true }, action: connect, host-side: inherit }
Y
nvmf-policy boot
wait_until 40 live $p:one 2
wait_until 20 read_by_both 1
wait_until 20 idle
expect "discovery controllers" 2 "$(controllers | grep -c ' discovery ')"
expect "from where" "host_iface=san0 host_iface=san1" "$(sides one)"
expect "sessions" 2 "$(states)"

step "an event on each, and another"
log 2 one two
wait_until 40 live $p:two 2
wait_until 20 read_by_both 2
wait_until 20 idle
log 3 one two three
wait_until 40 live $p:three 2
wait_until 20 read_by_both 3
wait_until 20 idle
expect "from where" "host_iface=san0 host_iface=san1" "$(sides three)"
for name in one two three; do expect "made of $name" 2 "$(made $name)"; done

step "boot targets meet the sessions that there are"
nvmf-policy boot
wait_until 20 idle
expect "sessions" 2 "$(states)"
expect "discovery controllers" 2 "$(controllers | grep -c ' discovery ')"

step "so does a target whose discovery controller an administrator connected from a side of their choice"
echo '{"genctr": 1}' | scripted_dc other 10.20.1.11:8009
connect_dc 10.20.1.11 8009 --host-iface san1
scripted_dc_changes other <<<'{"genctr": 2}'
wait_until 30 eval '[ "$(states)" = 3 ]'
wait_until 20 idle
sed -i '/^rules:/i \  - { name: other, transport: tcp, traddr: 10.20.1.11, trsvcid: 8009 }' /etc/nvmf/autoconnect.yaml
nvmf-policy boot
wait_until 20 idle
scripted_dc_changes other <<<'{"genctr": 3}'
wait_until 20 eval '[ "$(cat /run/nvmf/state/*.json | jq -r ".logs[] | select(.genctr == 3) | .device" | wc -l)" = 3 ]'
wait_until 20 idle
expect "sessions" 3 "$(states)"
expect "discovery controllers" 3 "$(controllers | grep -c ' discovery ')"
expect "not degraded" 0 "$(nvmf-policy status >"$WORK/status" && echo 0 || echo $?)"
