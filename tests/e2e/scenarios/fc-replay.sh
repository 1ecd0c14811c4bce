# timeout: 600
# What Fibre Channel saw before udev ran is connected all the same: the replay service asks the kernel for its events
# again.
. ./lib.sh
lun=nqn.2024-01.org.example:lun

if [ "$(boot_number)" = 0 ]; then
	step "the array will be seen before udev runs"
	policy_for_everything
	at_boot early-array 'After=-.mount;Before=systemd-udevd.service systemd-udevd-kernel.socket nvmf-policy.service' <<-S
		mountpoint -q /sys/kernel/config || { modprobe configfs; mount -t configfs none /sys/kernel/config; }
		subsystem $lun
		fc_host_port 1
		fc_target_port 1 1
		expose 1 $lun
		fc_see 1 1
	S
	reboot_guest
fi

step "after the boot"
expect "the array was there early" active "$(systemctl is-active early-array.service)"
wait_until 60 live $lun
wait_until 30 idle
expect "replay" success "$(systemctl show -P Result nvmf-policy-fc-boot.service)"
expect "nvme-cli's replay did not act" no "$(systemctl show -P ConditionResult nvmefc-boot-connections.service)"
expect "live" $lun "$(live_subsystems | xargs)"
