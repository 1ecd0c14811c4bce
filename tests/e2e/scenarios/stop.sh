# timeout: 600
# `systemctl stop nvmefc-connect.target` withdraws what waits, ends the executor and disconnects nothing, and a later
# event works again; a stop or restart of the executor alone withdraws nothing.  `nvmf-policy cancel` and `disconnect`.
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
expect_match "an executor waits" "$EXECUTOR" "$(executors)"
one=$(controller $p:one)
id=$(basename "$(find /run/nvmf/state -name '*.json')" .json)
tries() { path_record $p:dead .tries; }
# goes_on COMMAND…: after the command the path is still to be tried, and is tried again
goes_on() {
	local before
	before=$(tries)
	"$@"
	expect "the state" running "$(jq -r .phase "/run/nvmf/state/$id.json")"
	expect_match "what is still wanted" "^connect (waiting|probing|connecting)" "$(item $p:dead)"
	wait_until 60 eval '[ "$(tries)" -gt '"$before"' ]'
}

step "restart, stop and start of the executor withdraw nothing"
process=$(executor)
goes_on systemctl restart $EXECUTOR
[ "$(executor)" != "$process" ] || fail "it was not started anew"
goes_on systemctl try-restart $EXECUTOR
stop_executor
expect "executors" "" "$(executors)"
never 2 eval '[ -n "$(executors)" ]'
goes_on systemctl start $EXECUTOR
expect "not disconnected" "live live" "$(attr "$one" state) $(attr "$dc" state)"

step "the stop of the target does"
start=${EPOCHREALTIME/./}
systemctl stop nvmefc-connect.target
took=$(((${EPOCHREALTIME/./} - start) / 1000))
[ $took -lt 5000 ] || fail "stopping took $took ms"
expect "requests" "" "$(requests)"
expect "executors" "" "$(executors)"
expect "the executor's end" success "$(systemctl show -P Result $EXECUTOR)"
expect "the state says so" cancelled "$(jq -r .phase "/run/nvmf/state/$id.json")"
never 3 no idle
expect "not disconnected" "live live" "$(attr "$one" state) $(attr "$dc" state)"

step "also of what nobody has claimed yet"
ask_again "$id"
wait_until 30 item_is $p:dead "connect waiting"
wait_until 20 systemctl is-active nvmf-policy-connect.target
systemctl stop nvmf-policy-plans.path
stop_executor
ask_again "$id"
expect "requests" "/run/nvmf/plans/$id.json" "$(find /run/nvmf/plans -name '*.json')"
systemctl stop nvmefc-connect.target
expect "requests" "" "$(requests)"
expect "the state says so" cancelled "$(jq -r .phase "/run/nvmf/state/$id.json")"
systemctl start nvmf-policy-plans.path
never 3 no idle
expect "executors" "" "$(executors)"

step "a request that nobody but the path unit knows of is carried out, every time"
for _ in 1 2; do
	before=$(our_journal | grep -c "log of $dc read")
	ask_again "$id"
	wait_until 20 eval '[ "$(our_journal | grep -c "log of $dc read")" -gt "$before" ]'
	systemctl stop nvmefc-connect.target
	expect "requests" "" "$(requests)"
	expect "executors" "" "$(executors)"
done

step "in the middle of a run nothing new begins"
for i in $(seq 160); do many+=("$p:many.$i"); done
subsystem "${many[@]}"
expose 1 "${many[@]}"
record_writes
for name in "${many[@]}"; do records+=("{\"subnqn\": \"$name\", \"traddr\": \"10.20.1.21\", \"trsvcid\": \"4420\"}"); done
scripted_dc_changes dc <<<"{\"genctr\": 3, \"records\": [$(IFS=,; echo "${records[*]}")]}"
until [ "$(ls /sys/class/nvme | wc -l)" -ge 4 ]; do sleep 0.1; done
systemctl stop nvmefc-connect.target
written=$(writes nvmf-hands | wc -l)
[ "$written" -lt 160 ] || fail "everything was written before the stop"
never 4 eval '[ "$(writes nvmf-hands | wc -l)" != $written ]'
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

step "a path is cancelled, and no other"
scripted_dc_changes dc <<J
{"genctr": 5, "records": [
  {"subnqn": "$p:one", "traddr": "10.20.1.21", "trsvcid": "4420"},
  {"subnqn": "$p:dead", "traddr": "10.99.0.5", "trsvcid": "4420"},
  {"subnqn": "$p:gone", "traddr": "10.99.0.6", "trsvcid": "4420"}]}
J
wait_until 30 item_is $p:dead "connect waiting"
wait_until 30 item_is $p:gone "connect waiting"
expect_match "what is withdrawn" "$p:dead  10.99.0.5:4420  was (waiting|probing|connecting)" "$(nvmf-policy cancel $p:dead)"
expect "its state" "given-up cancelled" "$(path_record $p:dead '"\(.state) \(.reason)"')"
expect_match "the other's" "^(waiting|probing|connecting)$" "$(path_record $p:gone .state)"
expect_match "the next time" "nothing to cancel" "$(nvmf-policy cancel $p:dead 2>&1)"
expect_match "resumed" "$p:dead .*cancelled" "$(nvmf-policy resume $p:dead)"
wait_until 30 item_is $p:dead "connect waiting"

step "a connection is ended and stays away"
expect_match "what is disconnected" "$one  $p:one  10.20.1.21:4420  disconnected" "$(nvmf-policy disconnect $p:one 2>&1)"
expect "live" "$p:two" "$(live_subsystems | grep -v many | xargs)"
scripted_dc_changes dc <<J
{"genctr": 6, "records": [{"subnqn": "$p:one", "traddr": "10.20.1.21", "trsvcid": "4420"}]}
J
wait_until 30 item_is $p:one "connect given-up"
never 3 connected $p:one
expect_match "status" "removed-by-administrator" "$(nvmf-policy status || true)"
nvmf-policy resume $p:one
wait_until 30 live $p:one
wait_until 20 idle

step "switched off, no connection is ours; switched on, those are that stayed"
owner() { cat "/run/nvme/registry/$1/owner" 2>/dev/null || echo none; }
one=$(controller $p:one) two=$(controller $p:two)
systemctl stop nvmf-policy.service
expect "connected" "live live" "$(attr "$one" state) $(attr "$two" state)"
expect "controllers marked as ours" "" "$(grep -ls nvmf-policy /run/nvme/registry/*/owner || true)"
echo 1 >"/sys/class/nvme/$two/delete_controller"
echo "transport=tcp,traddr=10.20.1.21,trsvcid=4420,nqn=$p:two,hostnqn=$(cat /etc/nvme/hostnqn),hostid=$(cat /etc/nvme/hostid)" >/dev/nvme-fabrics
expect "made by hand, of the same number" "$two" "$(controller $p:two)"
systemctl start nvmf-policy.service
expect "their owners" "nvmf-policy none" "$(owner "$one") $(owner "$two")"
