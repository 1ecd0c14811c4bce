# timeout: 900
# Root over NVMe/TCP with initramfs-tools: the hook puts the program into an initramfs, which connects the root
# subsystem under this host's identity.  The target is the guest's own kernel with the guest's own disk, set up in the
# initramfs before.  The real root's service takes over what is connected.
. ./lib.sh
p=nqn.2024-01.org.example
uuid=3b2c1d0e-4f5a-4b6c-8d7e-9f0a1b2c3d4e
hook=/usr/share/initramfs-tools/hooks/nvmf-policy

# what_the_hook_brings: the files that it puts into an initramfs of this host
what_the_hook_brings() {
	local directory
	directory=$(mktemp -d -p "$WORK")
	env CONFDIR=/etc/initramfs-tools DESTDIR="$directory" MODULES=list version="$(uname -r)" verbose=n $hook
	(cd "$directory" && find . -not -type d | sort)
}

if [ "$(boot_number)" = 0 ]; then
	policy <<-Y
		version: 1
		targets:
		  - { name: root, transport: tcp, traddr: 127.0.0.1, trsvcid: 4420, subsystem-nqn: "$p:root" }
		boot: { wait-for: ["$p:root"], timeout: 60s }
	Y

	step "nothing is brought into the initramfs of a host whose root is local"
	expect "files" "" "$(what_the_hook_brings)"

	step "an initramfs with the program"
	echo NVMF_POLICY=yes >/etc/initramfs-tools/conf.d/nvmf-policy
	mkdir -p /etc/nvmf/autoconnect.d
	ln -s /dev/null /etc/nvmf/autoconnect.d/10-masked.yaml
	files=$(what_the_hook_brings)
	for file in /usr/bin/nvmf-policy /etc/nvmf/autoconnect.yaml /etc/nvmf/autoconnect.d/10-masked.yaml \
		/etc/nvme/hostnqn /etc/nvme/hostid /var/lib/nvmf/last-good; do
		expect_match "what the hook brings" "^\.$file\$" "$files"
	done
	expect_match "and the driver" "/nvme-tcp\.ko" "$files"
	# the target
	cat >/etc/initramfs-tools/hooks/target <<-'H'
		#!/bin/sh
		[ "$1" != prereqs ] || exit 0
		. /usr/share/initramfs-tools/hook-functions
		copy_exec /usr/bin/ip
		manual_add_modules nvmet nvmet_tcp
	H
	cat >/etc/initramfs-tools/scripts/init-premount/target <<-S
		#!/bin/sh
		[ "\$1" != prereqs ] || exit 0
		. /scripts/functions
		modprobe nvmet-tcp
		mount -t configfs none /sys/kernel/config
		ip link set lo up
		wait_for_udev 10
		$(own_disk_as_target $p:root $uuid 127.0.0.1)
	S
	chmod 755 /etc/initramfs-tools/hooks/target /etc/initramfs-tools/scripts/init-premount/target
	make_initrd "$WORK/initrd"
	step "its size is $(stat -c %s "$WORK/initrd") bytes"
	reboot_with_initrd "$WORK/initrd" "root=/dev/disk/by-id/nvme-uuid.$uuid"
fi

if [ "$(boot_number)" = 2 ]; then
	step "a real root without the service: nobody of ours is in charge, and nvme-cli is not kept from its work"
	wait_until 60 no_jobs
	expect "root's controllers" 1 "$(controllers | grep -cF " live $p:root ")"
	expect "what the initramfs left of who is in charge" "" "$(find /run/nvmf /run/udev -name in-charge -o -name '*autoconnect.rules')"
	expect "failed units" "" "$(systemctl --failed --plain --no-legend)"
	expect "active units" "" "$(systemctl list-units --plain --no-legend --state=active 'nvmf-policy*' | awk '{ print $1 }')"
	exit 0
fi

step "root is behind the fabric"
device=$(controller $p:root)
expect_match "what is mounted" "^/dev/nvme[0-9]+n1\$" "$(readlink -f "$(findmnt -nvo SOURCE /)")"
expect "controllers" 1 "$(controllers | wc -l)"
expect "its host NQN" "$HOSTNQN" "$(attr "$device" hostnqn)"
expect_match "the initramfs said so" "nvmf-connect: live: $p:root at 127.0.0.1:4420" "$(dmesg)"
expect "its owner" nvmf-policy "$(cat "/run/nvme/registry/$device/owner")"

step "the service of the real root goes on"
wait_until 60 systemctl is-active nvmf-policy.service
wait_until 60 no_jobs
expect "boot service" success "$(systemctl show -P Result nvmf-policy-boot.service)"
wait_until 30 idle
expect "failed units" "" "$(systemctl --failed --plain --no-legend)"
expect "controllers" 1 "$(controllers | wc -l)"
expect "the same one" "$device" "$(controller $p:root)"
expect_match "status" "$p:root" "$(nvmf-policy status)"

step "the hook finds out by itself that it is needed"
rm /etc/initramfs-tools/conf.d/nvmf-policy
expect_match "what it brings" "^\./usr/bin/nvmf-policy\$" "$(what_the_hook_brings)"

step "the same root without the service"
systemctl disable nvmf-policy.service
cp initrd.img "$WORK/initrd"
reboot_with_initrd "$WORK/initrd" "root=/dev/disk/by-id/nvme-uuid.$uuid"
