# The policy as it is installed leaves a stranger's discovery controller in passing alone (no keep-alive, no owner, named
# by nothing), and nothing of its log is connected; one that somebody keeps is read.  At a target's address one in
# passing is let be, and ours is connected beside it.
. ./lib.sh
p=nqn.2024-01.org.example
san
subsystem $p:one $p:two $p:three $p:four
tcp_port 1 10.20.1.21 4420
expose 1 $p:one $p:two $p:three $p:four
cp /usr/share/nvmf/autoconnect.yaml /etc/nvmf/autoconnect.yaml
record() { echo "{\"subnqn\": \"$p:$1\", \"traddr\": \"10.20.1.21\", \"trsvcid\": \"4420\"}"; }

step "a stranger asks a discovery controller, whose log changes meanwhile"
echo '{}' | scripted_dc passing 10.20.1.10:8009
modprobe nvme-fabrics
nvme connect -t tcp -a 10.20.1.10 -s 8009 -n "$DISCOVERY" -k 0 >/dev/null
stranger=$(discovery_controller 10.20.1.10)
expect "its keep-alive" 0 "$(attr "$stranger" kato)"
record_events events
scripted_dc_changes passing <<<"{\"genctr\": 2, \"records\": [$(record one)]}"
wait_until 20 event_seen events NVME_AEN=0x70f002 NVME_TRADDR=10.20.1.10
wait_until 20 matches "10.20.1.10.*ignored by strangers-in-passing" journalctl -b -o cat -t nvmf-policy
never 5 connected $p:one
expect "its log was not read" 0 "$(find /run/nvmf/state -name '*.json' 2>/dev/null | wc -l)"
expect "the stranger's" live "$(attr "$stranger" state)"

step "it goes at once after the event"
scripted_dc_changes passing <<<"{\"genctr\": 3, \"records\": [$(record one), $(record two)]}"
nvme disconnect -d "$stranger"
never 5 connected $p:two
expect "nothing of its log" "" "$(live_subsystems)"

step "one that somebody keeps is read"
echo '{}' | scripted_dc kept 10.20.1.11:8009
connect_dc 10.20.1.11 8009 >/dev/null
scripted_dc_changes kept <<<"{\"genctr\": 2, \"records\": [$(record two)]}"
wait_until 30 live $p:two
expect "live" "$p:two" "$(live_subsystems | xargs)"

step "one in passing does not stand in for a target that is to stay"
nvme connect -t tcp -a 10.20.1.10 -s 8009 -n "$DISCOVERY" -k 0 >/dev/null
stranger=$(discovery_controller 10.20.1.10)
policy <<Y
version: 1
targets:
  - { name: array, transport: tcp, traddr: 10.20.1.10 }
rules:
  - { name: volumes, match: { source: array }, action: connect }
Y
ours() { controllers | awk -v other="$stranger" '$2 == "discovery" && $5 ~ /traddr=10.20.1.10,/ && $1 != other { print $1 }'; }
nvmf-policy boot
wait_until 30 live $p:one
wait_until 20 idle
expect "ours has a keep-alive" 30 "$(attr "$(ours)" kato)"
expect "the stranger's" "live 0" "$(attr "$stranger" state) $(attr "$stranger" kato)"
own=$(ours)

step "both report a change: ours serves, and no third one is connected"
scripted_dc_changes passing <<<"{\"genctr\": 4, \"records\": [$(record one), $(record two), $(record three)]}"
wait_until 30 live $p:three
wait_until 20 idle
expect "ours" "$own" "$(ours)"

step "the stranger goes, and ours goes on"
nvme disconnect -d "$stranger"
scripted_dc_changes passing <<<"{\"genctr\": 5, \"records\": [$(record one), $(record two), $(record three), $(record four)]}"
wait_until 30 live $p:four
expect "ours" "$own live" "$(ours) $(attr "$own" state)"
