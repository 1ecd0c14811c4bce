# timeout: 900
# nbft: host,nqn=nqn.2014-08.org.nvmexpress:uuid:0b00f3a2-9a0e-4b43-8d2e-2c3b4a5f6b07,id=0b00f3a2-9a0e-4b43-8d2e-2c3b4a5f6b07 hfi=1,mac=02:00:00:00:00:01,vlan=7,address=10.27.1.77 subsystem=1,nqn=nqn.2024-01.org.example:root,traddr=10.27.1.10,hfis=1
# nbft: sample damage=8,value=2
# Root by the firmware's table with initramfs-tools and a policy that says nothing: the initramfs has no network, makes
# that of the table (a VLAN) on the interface with its MAC address, and connects as the table's host.  The target is
# the guest's own kernel with the guest's own disk, in a network of its own.
. ./lib.sh
p=nqn.2024-01.org.example
uuid=3b2c1d0e-4f5a-4b6c-8d7e-9f0a1b2c3d4e
table_id=0b00f3a2-9a0e-4b43-8d2e-2c3b4a5f6b07
table_nqn=nqn.2014-08.org.nvmexpress:uuid:$table_id

if [ "$(boot_number)" = 0 ]; then
	echo 'version: 1' | policy
	echo NVMF_POLICY=yes >/etc/initramfs-tools/conf.d/nvmf-policy
	echo "NVMF_POLICY_SUBSYSTEM='$p:root'" >>/etc/initramfs-tools/conf.d/nvmf-policy
	cat >/etc/initramfs-tools/hooks/target <<-'H'
		#!/bin/sh
		[ "$1" != prereqs ] || exit 0
		. /usr/share/initramfs-tools/hook-functions
		copy_exec /usr/bin/nsenter
		manual_add_modules nvmet nvmet_tcp veth
	H
	cat >/etc/initramfs-tools/scripts/init-premount/target <<-S
		#!/bin/sh
		[ "\$1" != prereqs ] || exit 0
		. /scripts/functions
		modprobe nvmet-tcp
		modprobe veth
		modprobe 8021q
		mount -t configfs none /sys/kernel/config
		wait_for_udev 10
		ip netns add array
		ip link add boot0 address 02:00:00:00:00:01 type veth peer name array0 netns array
		ip -n array link set array0 up
		ip -n array link add link array0 name array7 type vlan id 7
		ip -n array address add 10.27.1.10/24 dev array7
		ip -n array link set array7 up
		$(own_disk_as_target $p:root $uuid 10.27.1.10 nsenter --net=/run/netns/array --)
	S
	chmod 755 /etc/initramfs-tools/hooks/target /etc/initramfs-tools/scripts/init-premount/target
	step "an initramfs"
	make_initrd "$WORK/initrd"
	reboot_with_initrd "$WORK/initrd" "root=/dev/disk/by-id/nvme-uuid.$uuid"
fi

step "root is behind the table's VLAN"
device=$(controller $p:root)
expect_match "what is mounted" "^/dev/nvme[0-9]+n1\$" "$(readlink -f "$(findmnt -nvo SOURCE /)")"
expect "controllers" 1 "$(controllers | wc -l)"
expect "as whom" "$table_nqn $table_id" "$(attr "$device" hostnqn) $(attr "$device" hostid)"
expect "by which interface" "10.27.1.77 boot0.7" "$(address "$device" host_traddr) $(address "$device" host_iface)"
expect "its owner" nbft "$(cat "/run/nvme/registry/$device/owner")"
expect_match "the table that cannot be read" "/NBFT2: byte 8: " "$(dmesg)"

step "the service of the real root keeps it"
wait_until 60 systemctl is-active nvmf-policy.service
wait_until 60 no_jobs
wait_until 30 idle
expect "failed units" "" "$(systemctl --failed --plain --no-legend)"
expect "controllers" 1 "$(controllers | wc -l)"
expect "the same one" "$device" "$(controller $p:root)"
expect "its owner" nbft "$(cat "/run/nvme/registry/$device/owner")"
