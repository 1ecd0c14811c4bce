# `systemctl stop nvmefc-connect.target` ends the executors that wait and withdraws the plans, disconnects nothing, and
# a later event works again.
. ./lib.sh
p=nqn.2024-01.org.example
many=() records=()
san
subsystem $p:one $p:two
tcp_port 1 10.20.1.21 4420
expose 1 $p:one
policy_for_everything

step "one target is there, another is dead"
scripted_dc dc 10.20.1.10:8009 <<'J'
{}
J
dc=$(connect_dc 10.20.1.10 8009)
scripted_dc_changes dc <<J
{"genctr": 2, "records": [
  {"subnqn": "$p:one", "traddr": "10.20.1.21", "trsvcid": "4420"},
  {"subnqn": "$p:dead", "traddr": "10.99.0.5", "trsvcid": "4420"}]}
J
wait_until 30 live $p:one
wait_until 30 item_is $p:dead "connect waiting"
expect_match "an executor waits" "nvmf-policy-connect@" "$(executors)"
one=$(controller $p:one)

step "stop"
# A plan that nobody has claimed yet goes as well: its starter is held back for a moment.
systemctl stop nvmf-policy-plans.path
id=$(basename "$(find /run/nvmf/state -name '*.json')" .json)
cp "/run/nvmf/state/$id.json" "/run/nvmf/plans/0123456789abcdef.json"
start=${EPOCHREALTIME/./}
systemctl stop nvmefc-connect.target
took=$(((${EPOCHREALTIME/./} - start) / 1000))
[ $took -lt 5000 ] || fail "stopping took $took ms"
expect "requests" "" "$(requests)"
expect "executors" "" "$(executors)"
expect "the state says so" cancelled "$(jq -r .phase "/run/nvmf/state/$id.json")"
systemctl start nvmf-policy-plans.path
never 3 no idle
expect "not disconnected" live "$(attr "$one" state)"
expect "not disconnected" live "$(attr "$dc" state)"

step "a request that nobody but the path unit knows of is carried out, every time"
for _ in 1 2; do
	before=$(our_journal | grep -c "log of $dc read")
	ask_again "$id"
	wait_until 20 eval '[ "$(our_journal | grep -c "log of $dc read")" -gt "$before" ]'
	systemctl stop nvmefc-connect.target
	expect "requests" "" "$(requests)"
done

step "in the middle of a run nothing new begins"
for i in $(seq 64); do many+=("$p:many.$i"); done
subsystem "${many[@]}"
expose 1 "${many[@]}"
record_writes
for name in "${many[@]}"; do records+=("{\"subnqn\": \"$name\", \"traddr\": \"10.20.1.21\", \"trsvcid\": \"4420\"}"); done
scripted_dc_changes dc <<<"{\"genctr\": 3, \"records\": [$(IFS=,; echo "${records[*]}")]}"
until [ "$(ls /sys/class/nvme | wc -l)" -ge 8 ]; do sleep 0.1; done
systemctl stop nvmefc-connect.target
written=$(writes nvmf-connect | wc -l)
[ "$written" -lt 64 ] || fail "everything was written before the stop"
never 4 eval '[ "$(writes nvmf-connect | wc -l)" != $written ]'
expect "the state says so" cancelled "$(jq -r .phase "/run/nvmf/state/$id.json")"

step "a later event works"
expose 1 $p:two
scripted_dc_changes dc <<J
{"genctr": 4, "records": [
  {"subnqn": "$p:one", "traddr": "10.20.1.21", "trsvcid": "4420"},
  {"subnqn": "$p:two", "traddr": "10.20.1.21", "trsvcid": "4420"}]}
J
wait_until 30 live $p:two
expect "still the same" "$one" "$(controller $p:one)"
wait_until 20 idle
