# timeout: 600
# Twelve paths of one discovery controller are lost while the executor is stopped, and it raises an event meanwhile: each
# is a request of its own, and all are back.
. ./lib.sh
p=nqn.2024-01.org.example
san
names=()
for i in $(seq 12); do names+=("$p:volume.$i"); done
subsystem "${names[@]}" $p:new
tcp_port 1 10.20.1.21 4420
expose 1 "${names[@]}" $p:new
# log GENERATION NQN…: what the discovery controller lists
log() {
	local generation=$1 name records=()
	shift
	for name; do records+=("{\"subnqn\": \"$name\", \"traddr\": \"10.20.1.21\", \"trsvcid\": \"4420\"}"); done
	local IFS=,
	scripted_dc_changes dc <<<"{\"genctr\": $generation, \"records\": [${records[*]}]}"
}
echo '{}' | scripted_dc dc 10.20.1.10:8009
policy <<'Y'
version: 1
defaults:
  connect: { reconnect-delay: 1s, ctrl-loss-tmo: 3s }
rules:
  - { name: discovery, match: { trsvcid: 8009 }, action: discover }
  - { name: volumes, match: { any: true }, action: connect, retry: { first-delay: 1s, max-delay: 2s, slow-delay: 2s } }
Y
connect_dc 10.20.1.10 8009
log 2 "${names[@]}"
all_live() { [ "$(live_subsystems | grep -c volume)" = 12 ]; }
wait_until 60 all_live
wait_until 20 idle

step "nobody takes requests, and the twelve are lost"
systemctl stop nvmf-policy-plans.path nvmf-policy-sweep.timer
stop_executor
systemctl mask --runtime "$EXECUTOR"
withdraw 1 "${names[@]}"
waiting() { find /run/nvmf/plans -name '*.json' -printf '%f\n'; }
wait_until 60 eval '[ "$(waiting | wc -l)" = 12 ]'
expect "live" "" "$(live_subsystems)"
expect "their session" "$(basename /run/nvmf/state/*.json .json)" "$(waiting | cut -d. -f1 | sort -u)"

step "an event of the discovery controller"
log 3 "${names[@]}" $p:new
wait_until 20 eval '[ "$(waiting | wc -l)" = 13 ]'

step "all are back, and each was made once"
expose 1 "${names[@]}"
systemctl unmask --runtime "$EXECUTOR"
systemctl start nvmf-policy-plans.path
wait_until 60 all_live
wait_until 20 live $p:new
wait_until 20 idle
for name in "${names[@]}"; do
	expect "controllers that there ever were of $name" 2 "$(dmesg | grep -c "new ctrl: NQN \"$name\"")"
done
expect "sources" 1 "$(find /run/nvmf/state -name '*.json' | wc -l)"
expect "not degraded" 0 "$(nvmf-policy status >"$WORK/status" && echo 0 || echo $?)"
