# timeout: 2400
# A thousand events from twenty discovery controllers in bursts, while executor, hands and planners are killed and the
# executor is started anew: nothing is lost, nothing doubled, and there is never more than one executor.
. ./lib.sh
p=nqn.2024-01.org.example
sources=20
bursts=26 # of forty events: each source's own, and the same once more
san
subsystem $p:first $p:last
tcp_port 1 10.21.1.21 4420
expose 1 $p:first $p:last
policy_for_everything
addresses=()
for i in $(seq 10 $((9 + sources))); do addresses+=("10.20.1.$i:8009"); done
echo '{}' | scripted_dc dc "${addresses[@]}"
for address in "${addresses[@]}"; do connect_dc "${address%:*}" 8009 >/dev/null; done
expect "sources" $sources "$(controllers | grep -c discovery)"

# A discovery controller sends no second event before its log was read: an event that udev
# is asked to send again looks like one.
mkdir -p /run/udev/rules.d
echo 'SUBSYSTEM=="nvme", ACTION=="change", ENV{SYNTH_UUID}=="?*", ENV{NVME_AEN}="0x70f002"' >/run/udev/rules.d/60-again.rules
udevadm control --reload
devices=()
while read -r device kind _; do [ "$kind" != discovery ] || devices+=("/sys/class/nvme/$device"); done < <(controllers)
planned() { journalctl -b -o cat -t nvmf-policy | grep -c discovery-log-changed; }

step "the bursts"
first='{"subnqn": "'$p':first", "traddr": "10.21.1.21", "trsvcid": "4420"}'
last='{"subnqn": "'$p':last", "traddr": "10.21.1.21", "trsvcid": "4420"}'
dead='{"subnqn": "'$p':dead", "traddr": "10.99.0.5", "trsvcid": "4420"}'
declare -A killed=([executor]=0 [planner]=0)
# kill_some WHAT PID…
kill_some() {
	local pid what=$1
	shift
	for pid; do ! kill -KILL "$pid" 2>/dev/null || killed[$what]=$((${killed[$what]} + 1)); done
}
# the executor or its hands
some_executors() { pgrep -x 'nvmf-(connect|hands)' | shuf -n 1 || true; }
planners() { pgrep -f "nvmf-policy event"; }
for burst in $(seq $bursts); do
	# At first there is always something to retry, so that the executor is at work; later it rests.
	[ "$burst" -le 20 ] && records="$first, $dead" || records=$first
	scripted_dc_changes dc <<<"{\"genctr\": $((burst + 1)), \"records\": [$records]}"
	udevadm trigger --action=change "${devices[@]}"
	case $((burst % 10)) in
	2 | 7) kill_some executor $(some_executors) ;;
	4) wait_until 5 planners && kill_some planner $(planners || true) ;;
	9) systemctl restart --no-block $EXECUTOR ;;
	esac
	udevadm settle --timeout=600
	[ "$burst" != 20 ] || wait_until 20 matches "dead .*duplicate-of: " nvmf-policy status
done
step "$(planned) events planned, ${killed[executor]} executors and ${killed[planner]} planners killed, $(grep -c 'event sent' "$WORK/dc.out") of them from the controllers"
[ $(($(planned) + ${killed[planner]})) -ge 1000 ] || fail "that were few events"

step "the last change reaches every source, whichever process is killed; only a killed planner's needs the sweep"
planners_before=${killed[planner]}
last_reached() { cat /run/nvmf/state/*.json | jq -r '.logs[] | select(.genctr == 1000) | .device' | sort -u | wc -l; }
scripted_dc_changes dc <<<"{\"genctr\": 1000, \"records\": [$first, $last]}"
for _ in 1 2 3; do
	sleep 0.5
	kill_some executor $(some_executors)
	kill_some planner $(planners || true)
done
udevadm settle --timeout=600
[ "${killed[executor]}" -gt 0 ] && [ "${killed[planner]}" -gt 0 ] || fail "nobody was killed"
wait_until 60 idle
away=$((sources - $(last_reached)))
step "$away sources need the sweep, $((killed[planner] - planners_before)) planners were killed"
[ $away -le $((killed[planner] - planners_before)) ] || fail "events are lost whose planners lived"
systemctl start nvmf-policy-sweep.service
wait_until 60 idle
wait_until 30 live $p:last
expect "logs that were read to the last change" $sources "$(last_reached)"
expect "controllers" "$p:first $p:last" "$(live_subsystems | xargs)"
expect "controllers that there ever were" "$p:first $p:last" \
	"$(dmesg | sed -nE 's/.*new ctrl: NQN "(nqn.2024-01[^"]*)".*/\1/p' | sort | xargs)"
expect "states" $sources "$(find /run/nvmf/state -name '*.json' | wc -l)"
expect "services that there were" $EXECUTOR \
	"$(journalctl -b -o json -t nvmf-connect | jq -r ._SYSTEMD_UNIT | grep nvmf-policy-connect | sort -u)"
expect "executors" 1 "$(executors | wc -l)"
expect "requests that were given up" "" "$(ls /run/nvmf/failed)"
expect "exit status of status" 0 "$(nvmf-policy status >"$WORK/status"; echo $?)"
for nqn in $p:first $p:last; do expect_match "status" "live .*${nqn##*example}" "$(cat "$WORK/status")"; done
expect_no_match "what nobody lists any more" "waiting|given-up" "$(cat "$WORK/status")"
