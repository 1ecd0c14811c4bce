# disk: nvme
# timeout: 600
# A host with a local disk, without fabrics, Fibre Channel or policy: nothing starts, nothing fails,
# nothing is logged.
. ./lib.sh

if [ "$(boot_number)" = 0 ]; then
	rm -rf /etc/nvmf/autoconnect.yaml /var/lib/nvmf
	systemctl disable nvmf-autoconnect.service
	reboot_guest
fi

systemctl is-system-running --wait || true
# The driver of the disk is loaded by udev, which the boot does not wait for.
wait_until 60 test -e /sys/class/nvme/nvme0/transport
udevadm trigger --action=change --subsystem-match=nvme --settle
expect "failed units" "" "$(systemctl --failed --plain --no-legend)"
expect_match "a local disk" pcie "$(cat /sys/class/nvme/nvme*/transport)"
expect "our lines in the journal" "" "$(our_journal)"
expect "requests" "" "$(requests)"
expect "executors" "" "$(executors)"
expect_no_match "modules" "^nvme_(fabrics|tcp|fc)" "$(lsmod)"
