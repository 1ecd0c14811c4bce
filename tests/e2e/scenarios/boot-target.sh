# timeout: 600
# At boot a target of the policy is connected, its discovery controller stays, and its later event works.  nvme-cli's
# boot service does not act.
. ./lib.sh
p=nqn.2024-01.org.example

if [ "$(boot_number)" = 0 ]; then
	policy <<-Y
		version: 1
		targets:
		  - { name: array, transport: tcp, traddr: 10.20.1.10, trsvcid: 8009 }
		rules:
		  - { name: discovery, match: { trsvcid: 8009, event: boot }, action: discover }
		  - { name: later, match: { trsvcid: 8009, event: [discovery-log-changed, discovery-reconnected] }, action: discover }
		  - { name: volumes, match: { subsystem-nqn: "nqn.2024-01.org.example:*" }, action: connect }
	Y
	echo "--transport=tcp --traddr=10.20.1.10 --trsvcid=8009" >>/etc/nvme/discovery.conf
	at_boot array 'After=systemd-udevd.service sys-kernel-config.mount;Before=nvmf-policy-boot.service' <<-S
		mountpoint -q /sys/kernel/config || { modprobe configfs; mount -t configfs none /sys/kernel/config; }
		san
		subsystem $p:one $p:two
		tcp_port 1 10.20.1.10 8009
		expose 1 $p:one
	S
	reboot_guest
fi

step "after the boot"
wait_until 60 live $p:one
wait_until 60 systemctl is-system-running
expect "boot service" success "$(systemctl show -P Result nvmf-policy-boot.service)"
expect "nvme-cli's boot service did not act" no "$(systemctl show -P ConditionResult nvmf-autoconnect.service)"
wait_until 20 idle
dc=$(discovery_controller 10.20.1.10)
expect "the discovery controller stays" live "$(attr "$dc" state)"
expect "its keep-alive time" 30 "$(attr "$dc" kato)"
expect "its owner" nvmf-policy "$(cat "/run/nvme/registry/$dc/owner")"

step "its later event works"
expose 1 $p:two
wait_until 30 live $p:two
wait_until 20 idle
expect "live" "$p:one $p:two" "$(live_subsystems | xargs)"
