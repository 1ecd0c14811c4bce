# timeout: 900
# An interface takes ninety seconds at boot, so that network.target and network-online.target are late: paths that do
# not need it are connected before, and the boot unit waits for no more than its own set.
. ./lib.sh
p=nqn.2024-01.org.example

if [ "$(boot_number)" = 0 ]; then
	policy <<-Y
		version: 1
		boot: { wait-for: ["$p:one"], timeout: 60s }
		targets:
		  - { name: array, transport: tcp, traddr: 10.20.1.10, trsvcid: 8009 }
		rules:
		  - { name: volumes, match: { subsystem-nqn: "$p:*" }, action: connect }
	Y
	at_boot array 'After=systemd-udevd.service sys-kernel-config.mount;Before=nvmf-policy-boot.service' <<-S
		mountpoint -q /sys/kernel/config || { modprobe configfs; mount -t configfs none /sys/kernel/config; }
		san
		subsystem $p:one $p:two
		tcp_port 1 10.20.1.10 8009
		expose 1 $p:one
	S
	# As systemd-networkd-wait-online.service orders itself, and what brings the interfaces up does.
	at_boot slow-interface \
		'After=network-pre.target;Before=network.target network-online.target;Wants=network.target network-online.target' <<-'S'
			sleep 90
		S
	reboot_guest
fi

slow() { [ "$(systemctl show -P ActiveState slow-interface.service)" = activating ]; }
network() { systemctl show -P ActiveState network.target network-online.target | xargs; }

step "before the interface is there"
wait_until 15 live $p:one
slow || fail "connected when the interface was there"
wait_until 10 idle
expect "what waits for the interface" "inactive inactive" "$(network)"
expect "the executor" "active" "$(systemctl show -P ActiveState $EXECUTOR)"
expect_no_match "what is queued of ours" "nvmf-policy" "$(systemctl list-jobs --no-legend | grep -v nvmf-policy-sweep || true)"
expect "boot service" "active success" \
	"$(systemctl show -P ActiveState nvmf-policy-boot.service) $(systemctl show -P Result nvmf-policy-boot.service)"

step "an executor that is started while the interface is awaited"
stop_executor
expose 1 $p:two
wait_until 20 live $p:two
slow || fail "connected when the interface was there"
expect "the target" active "$(systemctl show -P ActiveState nvmf-policy-connect.target)"

step "the interface is there"
wait_until 100 no slow
wait_until 60 systemctl is-system-running
expect "what waited for it" "active active" "$(network)"
expect "live" "$p:one $p:two" "$(live_subsystems | xargs)"
