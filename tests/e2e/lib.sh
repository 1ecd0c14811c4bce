# The common functions of the scenarios.  A scenario is a bash script that runs as root inside the guest:
#
#   . ./lib.sh
#   san                                              two storage networks and a second host in a network namespace
#   subsystem nqn.2024-01.org.example:one            the kernel's own target, nvmet
#   tcp_port 1 10.20.1.10 8009
#   expose 1 nqn.2024-01.org.example:one
#   wait_until 10 live nqn.2024-01.org.example:one
#   expect "queue size" 64 "$(queue_size "$(controller nqn.2024-01.org.example:one)")"
#
# The first command that fails ends it.
# shellcheck shell=bash
set -eEuo pipefail
trap 'echo "FAILED at ${BASH_SOURCE[0]}:$LINENO: $BASH_COMMAND" >&2' ERR

HOSTNQN=$(cat /etc/nvme/hostnqn)
DISCOVERY=nqn.2014-08.org.nvmexpress.discovery
NVMET=/sys/kernel/config/nvmet
WORK=$(mktemp -d)

# ---- saying what is expected ---------------------------------------------------------------------------------------

step() { printf '%6.1f  %s\n' "$(cut -d' ' -f1 /proc/uptime)" "$*"; }

fail() {
	trap - ERR
	echo "FAILED: $*" >&2
	exit 1
}

# expect WHAT EXPECTED GOT
expect() {
	[ "$2" = "$3" ] || fail "$1
  expected: $2
  got:      $3"
}

# expect_match WHAT PATTERN GOT: an extended regular expression found anywhere in what was got
expect_match() {
	grep -qE -- "$2" <<<"$3" || fail "$1
  expected a match of: $2
  got: $3"
}

# expect_no_match WHAT PATTERN GOT
expect_no_match() {
	! grep -qE -- "$2" <<<"$3" || fail "$1
  expected no match of: $2
  got: $3"
}

# near WHAT EXPECTED TOLERANCE GOT: whole numbers
near() {
	local off=$(($4 - $2))
	[ ${off#-} -le "$3" ] || fail "$1
  expected: $2, give or take $3
  got:      $4"
}

# wait_until SECONDS COMMAND…: until the command succeeds.  The seconds are those of a machine with nothing else to do;
# it waits four times as long, for one that is building something meanwhile.  It rests for twice as long as the command took: the guest's
# one processor is for what is waited for.
wait_until() {
	local seconds=$(($1 * 4)) began=${EPOCHREALTIME/./} start
	shift
	while start=${EPOCHREALTIME/./}; ! "$@" >/dev/null 2>&1; do
		[ $((start - began)) -lt $((seconds * 1000000)) ] || fail "waited $seconds s for: $*"
		sleep "$(printf '0.%06d' $(((${EPOCHREALTIME/./} - start) * 2 % 900000 + 50000)))"
	done
}

# never SECONDS COMMAND…: the command does not succeed once in that time
never() {
	local end=$((${EPOCHREALTIME/./} + $1 * 1000000)) seconds=$1
	shift
	while [ "${EPOCHREALTIME/./}" -lt "$end" ]; do
		! "$@" >/dev/null 2>&1 || fail "must not happen within $seconds s: $*"
		sleep 0.1
	done
}

# matches PATTERN COMMAND…: the command's output has a match
matches() {
	local pattern=$1 text
	shift
	text=$("$@" 2>&1) || true
	grep -qE -- "$pattern" <<<"$text"
}

no() { ! "$@"; }

uptime_ms() { awk '{ print int($1 * 1000) }' /proc/uptime; }

# A scenario that reboots the guest is run from its top again after each boot.
boot_number() { echo "$E2E_BOOT"; }
reboot_guest() {
	trap - ERR
	exit 194
}

# own_disk_as_target NQN UUID TRADDR [COMMAND…]: the lines of an initramfs script that make the guest's disk the namespace
# of a subsystem; the command runs the one that begins to listen
own_disk_as_target() {
	local subsystem=subsystems/$1 uuid=$2 traddr=$3
	shift 3
	cat <<-S
		cd $NVMET
		mkdir $subsystem ports/1 $subsystem/namespaces/1
		echo 1 >$subsystem/attr_allow_any_host
		echo -n /dev/vda >$subsystem/namespaces/1/device_path
		echo $uuid >$subsystem/namespaces/1/device_uuid
		echo 1 >$subsystem/namespaces/1/enable
		echo tcp >ports/1/addr_trtype
		echo ipv4 >ports/1/addr_adrfam
		echo $traddr >ports/1/addr_traddr
		echo 4420 >ports/1/addr_trsvcid
		$* ln -s $NVMET/$subsystem ports/1/$subsystem
	S
}

# make_initrd FILE: the guest's disk has no kernel, of whose configuration mkinitramfs wants a line
make_initrd() {
	[ -e "/boot/config-$(uname -r)" ] || echo CONFIG_RD_LZ4=y >"/boot/config-$(uname -r)"
	mkinitramfs -o "$1" "$(uname -r)"
}

# install_dracut: from the packages beside the scenario; those of the guest's base already have what they need of others
install_dracut() {
	local package
	for package in debs/dracut*.deb; do dpkg-deb --fsys-tarfile "$package" | tar -C / --keep-directory-symlink -x; done
}

# dracut_target <SCRIPT: a dracut module whose script runs in the initramfs before udev does, with the drivers and programs
# of a target
dracut_target() {
	local module=/usr/lib/dracut/modules.d/99target
	mkdir -p $module
	{ printf '#!/bin/sh\n' && cat; } >$module/target
	echo '/sbin/target >/dev/kmsg 2>&1' >$module/hook.sh
	cat >$module/module-setup.sh <<-'M'
		check() { return 255; }
		installkernel() { instmods virtio_pci virtio_blk ext4 nvmet nvmet_tcp veth; }
		install() {
			inst_script "$moddir/target" /sbin/target
			inst_hook pre-udev 10 "$moddir/hook.sh"
			inst_multiple ip nsenter mkdir mount ln sleep
		}
	M
	chmod 755 $module/*
}

# make_dracut_initrd FILE OPTION…: with systemd, networkd and the module nvmf-policy
make_dracut_initrd() {
	local file=$1
	shift
	dracut --force --no-hostonly --no-early-microcode --compress lz4 --modules "base systemd-initrd dracut-systemd
		systemd-networkd network udev-rules rootfs-block fs-lib usrmount target $*" "$file" "$(uname -r)" >"$WORK/dracut" 2>&1 ||
		fail "$(cat "$WORK/dracut")"
}

# reboot_with_initrd FILE OPTION…: the same, by that initrd and with more options of the kernel
reboot_with_initrd() {
	cp "$1" /var/lib/e2e/initrd.img
	shift
	echo "$*" >/var/lib/e2e/kernel-options
	trap - ERR
	exit 195
}

# ---- networks --------------------------------------------------------------------------------------------------------

# Two storage networks to a second host, which is the namespace `array`:
#   san0  10.20.1.77/24, fd20:a::77/64   array has 10.20.1.10 to .29, fd20:a::10
#   san1  10.21.1.77/24                  array has 10.21.1.10 to .29
# and a third one where every address is dead: dead0, 10.99.0.1/24.
san() {
	local n i
	modprobe -a veth dummy
	ip netns add array
	array ip link set lo up
	for n in 0 1; do
		ip link add "san$n" type veth peer name "array$n" netns array
		ip address add "10.2$n.1.77/24" dev "san$n"
		ip link set "san$n" up
		array ip link set "array$n" up
		for i in $(seq 10 29); do echo "address add 10.2$n.1.$i/24 dev array$n"; done | array ip -batch -
	done
	ip address add fd20:a::77/64 dev san0 nodad
	array ip address add fd20:a::10/64 dev array0 nodad
	ip link add dead0 type dummy
	ip address add 10.99.0.1/24 dev dead0
	ip link set dead0 up
}

# Runs a command with the network of the second host (but with the files and /sys of this one).
array() { nsenter --net=/run/netns/array -- "$@"; }

# ---- targets: the kernel's nvmet -------------------------------------------------------------------------------------

# subsystem NQN…: every host is allowed
subsystem() {
	local nqn
	modprobe nvmet
	for nqn; do
		mkdir "$NVMET/subsystems/$nqn"
		echo 1 >"$NVMET/subsystems/$nqn/attr_allow_any_host"
	done
}

# namespace NQN: 16 MiB, so that the subsystem has a disk
namespace() {
	local file directory=$NVMET/subsystems/$1/namespaces/1
	file=$(mktemp -p "$WORK")
	truncate -s 16M "$file"
	mkdir "$directory"
	echo -n "$file" >"$directory/device_path"
	echo 1 >"$directory/enable"
}

# tcp_port NUMBER TRADDR TRSVCID [PREFIX]: begins to listen when something is exposed there.  An address that is not
# this host's own is the second host's.
tcp_port() {
	local directory=$NVMET/ports/$1 family=ipv4
	case $2 in *:*) family=ipv6 ;; esac
	modprobe nvmet-tcp
	mkdir "$directory"
	echo tcp >"$directory/addr_trtype"
	echo "$family" >"$directory/addr_adrfam"
	echo "$2" >"$directory/addr_traddr"
	echo "$3" >"$directory/addr_trsvcid"
}

# The socket of a port belongs to the network namespace of the process that exposes the first subsystem there.
network_of_port() {
	local address theirs=""
	address=$(cat "$NVMET/ports/$1/addr_traddr")
	[ ! -e /run/netns/array ] || theirs=$(array ip -o address)
	if [[ $theirs == *" $address/"* ]]; then echo array; else echo env; fi
}

# expose PORT NQN…: raises an event at the hosts that are connected to the discovery controller of that port
expose() {
	local port=$1 nqn network
	network=$(network_of_port "$port")
	shift
	for nqn; do "$network" ln -s "$NVMET/subsystems/$nqn" "$NVMET/ports/$port/subsystems/$nqn"; done
}

# withdraw PORT NQN…
withdraw() {
	local port=$1 nqn
	shift
	for nqn; do rm "$NVMET/ports/$port/subsystems/$nqn"; done
}

# listen PORT: makes the port answer though nothing that this host may see is exposed there
listen() {
	local nqn="nqn.2024-01.org.example:hidden-$1"
	modprobe nvmet
	mkdir "$NVMET/subsystems/$nqn"
	expose "$1" "$nqn"
}

# ---- targets: Fibre Channel by nvme-fcloop ---------------------------------------------------------------------------

# Names of the simulated fabric: fc_name KIND N gives the text after wwnn= and wwpn=.
fc_node() { printf '0x1000%s000000%02x' "$([ "$1" = host ] && echo 0001 || echo 0002)" "$2"; }
fc_port_name() { printf '0x2000%s000000%02x' "$([ "$1" = host ] && echo 0001 || echo 0002)" "$2"; }
# fc_address host|target N: as in traddr and host_traddr
fc_address() { echo "nn-$(fc_node "$1" "$2"):pn-$(fc_port_name "$1" "$2")"; }

fcloop() { echo "$2" >"/sys/class/fcloop/ctl/$1"; }

# fc_host_port N: a port of this host
fc_host_port() {
	modprobe -a nvme-fc nvme-fcloop
	fcloop add_local_port "wwnn=$(fc_node host "$1"),wwpn=$(fc_port_name host "$1")"
}

# fc_target_port N PORT: a port of the array, which is nvmet's port PORT
fc_target_port() {
	local directory=$NVMET/ports/$2
	modprobe -a nvmet-fc nvme-fcloop
	fcloop add_target_port "wwnn=$(fc_node target "$1"),wwpn=$(fc_port_name target "$1")"
	mkdir "$directory"
	echo fc >"$directory/addr_trtype"
	echo fc >"$directory/addr_adrfam"
	fc_address target "$1" >"$directory/addr_traddr"
}

# fc_see HOST TARGET: the host's port sees the target's port, a discovery controller (roles 0x60); raises the event
fc_see() {
	fcloop add_remote_port "wwnn=$(fc_node target "$2"),wwpn=$(fc_port_name target "$2"),$(
		)lpwwnn=$(fc_node host "$1"),lpwwpn=$(fc_port_name host "$1"),roles=0x60"
}

# fc_lose TARGET
fc_lose() { fcloop del_remote_port "wwnn=$(fc_node target "$1"),wwpn=$(fc_port_name target "$1")"; }

# ---- targets: the scripted discovery controller ----------------------------------------------------------------------

# scripted_dc NAME ADDRESS:PORT… <LOG.json: on the second host; the hosts' actions are in $WORK/NAME.out
scripted_dc() {
	local name=$1 address listen=()
	shift
	for address; do listen+=(--listen "$address"); done
	cat >"$WORK/$name.json"
	nsenter --net=/run/netns/array -- ./scripted_dc.py "${listen[@]}" "$WORK/$name.json" >"$WORK/$name.out" 2>&1 &
	echo $! >"$WORK/$name.pid"
	wait_until 20 grep -qx ready "$WORK/$name.out"
}

# scripted_dc_changes NAME <LOG.json: another log, and the event
scripted_dc_changes() {
	cat >"$WORK/$1.json"
	kill -HUP "$(cat "$WORK/$1.pid")"
}

# ---- this host -------------------------------------------------------------------------------------------------------

# connect_dc TRADDR TRSVCID [OPTION…]: a persistent discovery controller, as an administrator would; prints nvmeN
connect_dc() {
	local traddr=$1 trsvcid=$2
	shift 2
	modprobe nvme-fabrics
	nvme connect -t tcp -a "$traddr" -s "$trsvcid" -n "$DISCOVERY" -k 30 -o json "$@" >/dev/null
	discovery_controller "$traddr"
}

# controllers: one line for each controller of a fabric: nvmeN cntrltype state NQN address
# No process is started for it: a loop that waits must leave the guest's one processor to what it waits for.
controllers() {
	local c part line
	for c in /sys/devices/virtual/nvme-fabrics/ctl/nvme*; do
		line=${c##*/}
		for part in cntrltype state subsysnqn address; do
			{ read -r part <"$c/$part"; } 2>/dev/null || continue 2
			line+=" $part"
		done
		echo "$line"
	done
}

# controller NQN [TRADDR]: the name of the first such controller
controller() {
	local device kind state nqn address
	while read -r device kind state nqn address; do
		[ "$nqn" = "$1" ] && [[ ",$address," == *",traddr=${2-},"* || -z ${2-} ]] || continue
		echo "$device"
		return
	done < <(controllers)
}

# discovery_controller TRADDR: sysfs names it by its own NQN, whatever it was connected by
discovery_controller() {
	local device kind state nqn address
	while read -r device kind state nqn address; do
		[ "$kind" = discovery ] && [[ ",$address," == *",traddr=$1,"* ]] || continue
		echo "$device"
		return
	done < <(controllers)
}

# live NQN [COUNT]: exactly so many controllers of that subsystem are live (default 1)
live() {
	local device kind state nqn address count=0
	while read -r device kind state nqn address; do
		[ "$state $nqn" != "live $1" ] || count=$((count + 1))
	done < <(controllers)
	[ $count = "${2-1}" ]
}

# connected NQN: there is a controller, in whatever state
connected() { [ -n "$(controller "$1")" ]; }

# live_subsystems: the NQNs of the live I/O controllers, sorted, one a line for each controller
live_subsystems() { controllers | awk '$2 == "io" && $3 == "live" { print $4 }' | sort; }

# attr nvmeN NAME
attr() { cat "/sys/class/nvme/$1/$2"; }
queue_size() { echo $(($(attr "$1" sqsize) + 1)); }
# address nvmeN KEY: one part of sysfs's `address`
address() { attr "$1" address | tr , '\n' | sed -n "s/^$2=//p"; }

# record_events NAME: what udev sees from here on, into $WORK/NAME
record_events() {
	udevadm monitor --udev --property >"$WORK/$1" &
	echo $! >"$WORK/$1.pid"
	wait_until 10 grep -q '^UDEV' "$WORK/$1"
}

# event_seen NAME KEY=VALUE…: one recorded event has all of these
event_seen() {
	awk -v RS= -v words="${*:2}" '
		BEGIN { count = split(words, want, " ") }
		{ held = 0; for (i = 1; i <= count; i++) if (index("\n" $0 "\n", "\n" want[i] "\n")) held++
		  if (held == count) found = 1 }
		END { exit !found }' "$WORK/$1"
}

# Makes nvme-cli's own rule do nothing: for scenarios about a host without the project.
silence_nvme_cli() {
	mkdir -p /run/udev/rules.d
	ln -sf /dev/null /run/udev/rules.d/70-nvmf-autoconnect.rules
	udevadm control --reload
}

# ---- the project -----------------------------------------------------------------------------------------------------

# policy <YAML: the administrator's file, in force from now on
policy() {
	mkdir -p /etc/nvmf
	cat >/etc/nvmf/autoconnect.yaml
	nvmf-policy check >"$WORK/check" 2>&1 || fail "the policy is wrong: $(cat "$WORK/check")"
}

# A policy that discovers and connects whatever the array offers, and leaves alone what is in its own network only.
policy_for_everything() {
	policy <<-'Y'
		version: 1
		rules:
		  - { name: discovery, match: { any: true }, action: discover }
		  - { name: volumes, match: { any: true }, action: connect }
	Y
}

# items: what became of each thing that the executors decided: NQN outcome reason path-state device
items() {
	cat /run/nvmf/state/*.json 2>/dev/null | jq -r '
		(.paths | map({(.item | tostring): .}) | add // {}) as $paths
		| .plan.items | to_entries[]
		| "\(.value.tid["subsystem-nqn"]) \(.value.outcome) \(.value.reason) " +
		  "\($paths[.key | tostring].state) \($paths[.key | tostring].device)"'
}

# item NQN: outcome, and the reason or the state of its path
item() {
	items | awk -v nqn="$1" '$1 == nqn { print $2, ($3 == "null" ? $4 : $3); exit }'
}
item_is() { [ "$(item "$1")" = "$2" ]; }

# path_record NQN JQ: a field of the path's record in the state
path_record() {
	cat /run/nvmf/state/*.json | jq -r --arg nqn "$1" '
		. as $state | .paths[] | select($state.plan.items[.item].tid["subsystem-nqn"] == $nqn) | '"$2"
}

EXECUTOR=nvmf-policy-connect.service

# executors: the line of the executor's unit, where it runs, starts or ends
executors() { systemctl list-units --plain --no-legend --state=active,activating,deactivating $EXECUTOR; }

# executor: its process, without its hands; nothing where it does not run
executor() {
	local process
	process=$(systemctl show -P MainPID $EXECUTOR)
	[ "$process" = 0 ] || echo "$process"
}

# started_anew PROCESS: the executor is another one by now
started_anew() { [ -n "$(executor)" ] && [ "$(executor)" != "$1" ]; }

# hands: the processes that write for it; more than one while those of an earlier executor are in the kernel
hands() { pgrep -x nvmf-hands || true; }

# stop_executor: as an administrator would; it ends within three seconds and well, whatever the kernel is at
stop_executor() {
	local start took
	start=${EPOCHREALTIME/./}
	systemctl stop $EXECUTOR
	took=$(((${EPOCHREALTIME/./} - start) / 1000))
	[ $took -le 3000 ] || fail "stopping took $took ms"
	expect "the unit" "inactive success" "$(systemctl show -P ActiveState $EXECUTOR) $(systemctl show -P Result $EXECUTOR)"
}

# no_jobs: systemd answers and has nothing left to do
no_jobs() {
	local jobs
	jobs=$(systemctl list-jobs --no-legend) && [ -z "$jobs" ]
}

# requests: files that ask for something, claimed or not
requests() { find /run/nvmf/plans /run/nvmf/running -name '*.json' 2>/dev/null; }

# ask_again ID: asks for the event in the state of that id, as a planner that died before it started the service
ask_again() {
	(umask 077; jq -c .plan "/run/nvmf/state/$1.json" >/run/nvmf/plans/.request)
	mv /run/nvmf/plans/.request "/run/nvmf/plans/$1.json"
}

# idle: nothing asked for, nothing under way or waiting for its next try; the executor may rest until the next event of
# a discovery controller.
idle() {
	[ -z "$(requests)" ] && [ -z "$(cat /run/nvmf/state/*.json 2>/dev/null | jq -r 'select(.phase == "running") | .id')" ]
}

# our_journal: the lines of planner and executor
our_journal() { journalctl -b -o cat -t nvmf-policy -t nvmf-connect; }

# dump_core PROCESS FILE: kills it
dump_core() {
	prlimit --pid "$1" --core=unlimited
	kill -QUIT "$1"
	wait_until 20 test -s "/var/lib/e2e/core.$1"
	sleep 1
	cp "/var/lib/e2e/core.$1" "$2"
	[ "$(stat -c %s "$2")" -gt 100000 ] || fail "$2 is too small for a core dump"
}

# collect_what_could_leak DIRECTORY: everything in which a secret could be found: what the programs print, what systemd
# and the kernel show of units and processes, journal, kernel log, files, and core dumps of the executor and its hands,
# which it kills
collect_what_could_leak() {
	local of_loop of_hands directory=$1
	of_loop=$(executor)
	of_hands=$(pgrep -P "$of_loop" -x nvmf-hands)
	mkdir -p "$directory"
	{
		nvmf-policy status
		nvmf-policy plan --all --show-strings -v --format json
		nvmf-policy plan --all --show-strings -v
	} >"$directory/output" 2>&1 || true
	systemctl show 'nvmf-policy*' >"$directory/units"
	cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ 2>/dev/null | tr '\0' '\n' | grep -v gen- >"$directory/processes" || true
	printf '#!/bin/sh\nexec cat >"/var/lib/e2e/core.$1"\n' >/usr/local/bin/keep-core
	chmod 755 /usr/local/bin/keep-core
	echo '|/usr/local/bin/keep-core %P' >/proc/sys/kernel/core_pattern
	# It cannot end with its hands while it is stopped.
	kill -STOP "$of_loop"
	dump_core "$of_hands" "$directory/core-of-hands"
	kill -CONT "$of_loop"
	dump_core "$of_loop" "$directory/core"
	journalctl -b --no-pager -o export >"$directory/journal"
	dmesg >"$directory/kernel"
	cp -r /run/nvmf /run/nvme /var/lib/nvmf "$directory/" 2>/dev/null || true
}

# record_writes: notes every string written to /dev/nvme-fabrics from here on
record_writes() {
	modprobe nvme-fabrics
	echo 'p:nvmf_write nvme_fabrics:nvmf_dev_write text=+u0(%si):ustring length=%dx:u32' \
		>/sys/kernel/tracing/kprobe_events
	echo 1 >/sys/kernel/tracing/events/kprobes/nvmf_write/enable
}

# writes [PROGRAM]: those strings, one a line
writes() {
	sed -nE "s/^ *${1-.*}-[0-9]+ +\[.* text=\"(.*)\" length=([0-9]+)\$/\2 \1/p" /sys/kernel/tracing/trace |
		while read -r length text; do echo "${text:0:length}"; done
}

# at_boot NAME UNIT-LINES <SCRIPT: runs it at every boot, as early as the unit's lines (separated by ;) say; the script
# may use this library
at_boot() {
	local name=$1 lines=$2
	{ echo '. ./lib.sh' && cat; } >"/var/lib/e2e/$name.sh"
	cat >"/etc/systemd/system/$name.service" <<-U
		[Unit]
		DefaultDependencies=no
		${lines//;/$'\n'}
		[Service]
		Type=oneshot
		RemainAfterExit=yes
		WorkingDirectory=/var/lib/e2e
		Environment=TMPDIR=/run HOME=/root
		ExecStart=/bin/bash $name.sh
		[Install]
		WantedBy=sysinit.target
	U
	systemctl enable "$name.service" 2>/dev/null
}
