# timeout: 3600
# From the event to all subsystems live: the kernel's own writes one after another, ours, and nvme-cli's pipeline; and
# the same with as many dead portals among them.  Prints milliseconds, five of each; only ratios mean anything.
. ./lib.sh
case $0 in
*sixty-four*) count=64 ;;
*) count=16 ;;
esac
generation=1
names=() records=() dead=()
for i in $(seq $count); do
	names+=("nqn.2024-01.org.example:volume.$i")
	records+=("{\"subnqn\": \"nqn.2024-01.org.example:volume.$i\", \"traddr\": \"10.20.1.21\", \"trsvcid\": \"4420\"}")
done
for i in $(seq $count); do
	dead+=("{\"subnqn\": \"nqn.2024-01.org.example:dead.$i\", \"traddr\": \"10.99.0.$((10 + i))\", \"trsvcid\": \"4420\"}")
done
joined() { local IFS=,; echo "$*"; }
san
subsystem "${names[@]}"
tcp_port 1 10.20.1.21 4420
expose 1 "${names[@]}"
policy <<-'Y'
	version: 1
	targets:
	  - { name: array, transport: tcp, traddr: 10.20.1.10, trsvcid: 8009 }
	rules:
	  - { name: discovery, match: { any: true }, action: discover }
	  - { name: volumes, match: { any: true }, action: connect }
Y
echo '{}' | scripted_dc dc 10.20.1.10:8009
modprobe nvme-fabrics

udevadm monitor --kernel >"$WORK/uevents" &
wait_until 10 grep -q '^KERNEL' "$WORK/uevents"

# measure WHO RECORD…: from the kernel's event to its line about the last controller
measure() {
	local who=$1 start end
	shift
	generation=$((generation + 1))
	dmesg --clear
	: >"$WORK/uevents"
	scripted_dc_changes dc <<<"{\"genctr\": $generation, \"records\": [$(joined "$@")]}"
	# Looked at seldom and cheaply: the guest's one processor is for what is measured.
	wait_until 150 eval 'sleep 2; [ "$(ls /sys/class/nvme | wc -l)" -gt $count ]'
	wait_until 20 eval '[ "$(live_subsystems | wc -l)" = $count ]'
	start=$(sed -nE 's/.*KERNEL\[([0-9]+)\.([0-9]{3}).*\] change .*\(nvme\)$/\1\2/p' "$WORK/uevents" | head -n 1)
	end=$(dmesg | sed -n 's/^\[ *\([0-9]*\)\.\([0-9]\{3\}\).*new ctrl: NQN "nqn.2024-01.*/\1\2/p' | tail -n 1)
	echo "$who: $((end - start)) ms"
}

# A path that an administrator disconnects while ours is in charge is kept away, so it is switched off for that
# moment; and the log is empty, so that switching it on connects nothing.  Ours connects its discovery controller itself, for nvme-cli's
# pipeline an administrator does.
start_afresh() {
	systemctl disable --now nvmf-policy.service 2>/dev/null
	systemctl stop nvmefc-connect.target
	generation=$((generation + 1))
	scripted_dc_changes dc <<<"{\"genctr\": $generation}"
	for name in "${names[@]}"; do nvme disconnect -n "$name" >/dev/null; done
	wait_until 20 eval '[ "$(live_subsystems | wc -l)" = 0 ]'
	# With what ours would have taken out itself when the controllers went.
	rm -rf /run/nvmf/state/* /run/nvme/registry/*
	# nvme-cli 2.3 never reads the log with RAE clear, so that no second event comes: a new connection begins anew.
	nvme disconnect -n "$DISCOVERY" >/dev/null
	if [ "$1" = ours ]; then
		systemctl enable --now nvmf-policy.service 2>/dev/null
		wait_until 20 eval '[ -n "$(discovery_controller 10.20.1.10)" ]'
		wait_until 20 idle
	else
		connect_dc 10.20.1.10 8009 >/dev/null
	fi
	sleep 5
	expect "live before" 0 "$(live_subsystems | wc -l)"
}

# kernel_alone: milliseconds of its writes one after another
kernel_alone() {
	python3 - "${names[@]}" <<-'P'
		import sys, time
		start = time.monotonic()
		for name in sys.argv[1:]:
		    with open("/dev/nvme-fabrics", "r+b", buffering=0) as device:
		        device.write(f"nqn={name},transport=tcp,traddr=10.20.1.21,trsvcid=4420".encode())
		        device.read(64)
		print(int((time.monotonic() - start) * 1000))
	P
}

# The first run of anything in a guest is slower: everything is done once before it is measured.
step "the kernel alone, ours and nvme-cli's for the first time"
start_afresh nobody
kernel_alone >/dev/null
start_afresh ours
measure "" "${records[@]}" >/dev/null
start_afresh nvme-cli
measure "" "${records[@]}" >/dev/null

mixed=("${records[@]:0:4}" "${dead[@]}" "${records[@]:4}")
# This machine is faster in one minute than in another: compared figures are measured side by side.
for round in 1 2 3 4 5; do
	step "round $round"
	start_afresh nobody
	echo "the kernel alone: $(kernel_alone) ms"
	start_afresh ours
	measure "ours" "${records[@]}"
	start_afresh ours
	measure "ours, with as many dead portals" "${mixed[@]}"
	# As it is where somebody else connected the discovery controller, or an upgrade ended the service.
	start_afresh ours
	systemctl stop $EXECUTOR
	measure "ours, its executor started by the event" "${records[@]}"
	start_afresh ours
	systemctl stop $EXECUTOR
	measure "ours, its executor started by the event, with as many dead portals" "${mixed[@]}"
	start_afresh nvme-cli
	measure "nvme-cli's" "${records[@]}"
	sleep 5
done

# It spends some seconds on each dead portal, one after another: sixteen tell enough, once.
[ $count = 16 ] || exit 0
start_afresh nvme-cli
measure "nvme-cli's, with as many dead portals" "${mixed[@]}"
