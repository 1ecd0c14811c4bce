# timeout: 1200
# Sixty-four discovery controllers raise an event at once: all are served by one executor with one
# inotify instance, and what it needs grows with their number and no faster.
. ./lib.sh
p=nqn.2024-01.org.example
few=16
many=64
san
subsystem $p:first $p:second
tcp_port 1 10.20.1.21 4420
expose 1 $p:first $p:second
policy_for_everything
addresses=()
for i in $(seq $many); do addresses+=("127.1.0.$i:8009"); done

# start_dc NAME ADDRESS…: in this host's own network, where loopback addresses are
start_dc() {
	local name=$1 address listen=()
	shift
	for address; do listen+=(--listen "$address"); done
	echo '{}' >"$WORK/$name.json"
	./scripted_dc.py "${listen[@]}" "$WORK/$name.json" >"$WORK/$name.out" 2>&1 &
	echo $! >"$WORK/$name.pid"
	wait_until 20 grep -qx ready "$WORK/$name.out"
}
# connect_dcs ADDRESS…: as an administrator would
connect_dcs() {
	modprobe nvme-fabrics
	python3 - "$DISCOVERY" "$@" <<-'P'
		import sys
		for address in sys.argv[2:]:
		    traddr, trsvcid = address.split(":")
		    with open("/dev/nvme-fabrics", "r+b", buffering=0) as device:
		        device.write(f"nqn={sys.argv[1]},transport=tcp,traddr={traddr},trsvcid={trsvcid},keep_alive_tmo=120".encode())
		        device.read(64)
	P
}
# read_at GENERATION: how many discovery controllers' logs were read at it
read_at() {
	cat /run/nvmf/state/*.json 2>/dev/null |
		jq -r --argjson at "$1" '.logs[] | select(.genctr == $at) | .device' | sort -u | wc -l
}
# In hundredths of a second, of executor and hands together.
processor_time() {
	local process total=0
	for process in $(executor) $(hands); do
		total=$((total + $(awk '{ print $14 + $15 }' "/proc/$process/stat")))
	done
	echo $total
}
# wave GENERATION NUMBER NQN: that many sources list it; sets `took`
wave() {
	local before
	before=$(processor_time)
	for name in few rest; do
		[ ! -e "$WORK/$name.pid" ] || scripted_dc_changes $name <<-J
			{"genctr": $1, "records": [{"subnqn": "$3", "traddr": "10.20.1.21", "trsvcid": "4420"}]}
		J
	done
	wait_until 120 eval '[ "$(read_at '"$1"')" = '"$2"' ]'
	wait_until 60 live "$3"
	wait_until 60 idle
	took=$(($(processor_time) - before))
	step "$2 sources: $took hundredths of a second of processor time"
}

step "$few sources"
start_dc few "${addresses[@]:0:few}"
connect_dcs "${addresses[@]:0:few}"
wave 2 $few $p:first # the first event of each begins its session
wave 3 $few $p:first
of_few=$took

step "$many sources"
start_dc rest "${addresses[@]:few}"
connect_dcs "${addresses[@]:few}"
expect "sources" $many "$(controllers | grep -c ' discovery ')"
wave 4 $many $p:second
wave 5 $many $p:second
[ "$took" -le $((of_few * many * 3 / few / 2 + 20)) ] || fail "$few sources needed $of_few, $many $took"

step "one executor, one watch"
expect "processes" 2 "$(pgrep -c -x 'nvmf-(connect|hands)')"
expect "starts" 1 "$(journalctl -b -o cat _PID=1 | grep -c "Starting $EXECUTOR")"
instances=$(for process in $(executor) $(hands); do ls -l "/proc/$process/fd"; done | grep -c anon_inode:inotify || true)
[ "$instances" -le 1 ] || fail "$instances inotify instances"
expect "states" $many "$(find /run/nvmf/state -name '*.json' | wc -l)"
expect "live" "$p:second" "$(live_subsystems | grep second | xargs)"
expect "not degraded" 0 "$(nvmf-policy status >"$WORK/status" && echo 0 || echo $?)"
