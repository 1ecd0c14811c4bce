# timeout: 1200
# debs: dracut-core dracut-network dracut
# nbft: host,nqn=nqn.2014-08.org.nvmexpress:uuid:0b00f3a2-9a0e-4b43-8d2e-2c3b4a5f6b07,id=0b00f3a2-9a0e-4b43-8d2e-2c3b4a5f6b07 hfi=1,mac=02:00:00:00:00:01,vlan=7,address=10.27.1.77 subsystem=1,nqn=nqn.2024-01.org.example:root,traddr=10.27.1.10,hfis=1
# Root over NVMe/TCP with dracut and systemd: first by the firmware's table and a policy that says nothing, the service of
# the real root going on; then by words of the kernel's command line, in a root without the service.  The target is the
# guest's own kernel with the guest's own disk, in a network of its own.
. ./lib.sh
p=nqn.2024-01.org.example
uuid=3b2c1d0e-4f5a-4b6c-8d7e-9f0a1b2c3d4e
table_id=0b00f3a2-9a0e-4b43-8d2e-2c3b4a5f6b07
table_nqn=nqn.2014-08.org.nvmexpress:uuid:$table_id
root=root=/dev/disk/by-id/nvme-uuid.$uuid

if [ "$(boot_number)" = 0 ]; then
	install_dracut
	echo 'version: 1' | policy
	mkdir -p /etc/nvmf/autoconnect.d
	ln -s /dev/null /etc/nvmf/autoconnect.d/10-masked.yaml
	echo DHHC-1:00:c2VjcmV0: >/etc/nvmf/key
	chmod 0600 /etc/nvmf/key
	echo $p:another-host >/etc/nvmf/another-nqn
	cat >/etc/nvmf/autoconnect.d/50-identity.yaml <<-'Y'
		version: 1
		identities:
		  another:
		    hostnqn: { file: /etc/nvmf/another-nqn }
		    hostid: 0b00f3a2-9a0e-4b43-8d2e-000000000001
		    dhchap-secret: { file: /etc/nvmf/key }
	Y
	dracut_target <<-S
		modprobe -a nvmet-tcp veth 8021q virtio_pci virtio_blk
		mount -t configfs none /sys/kernel/config
		while ! [ -b /dev/vda ]; do sleep 0.1; done
		ip netns add array
		ip link add boot0 address 02:00:00:00:00:01 type veth peer name array0 netns array
		ip -n array link set array0 up
		ip -n array link add link array0 name array7 type vlan id 7
		ip -n array address add 10.27.1.10/24 dev array7
		ip -n array link set array7 up
		$(own_disk_as_target $p:root $uuid 10.27.1.10 nsenter --net=/run/netns/array --)
	S

	step "dracut's own module makes room while ours is switched on"
	omitted() { omit_dracutmodules="" && . /usr/lib/dracut/dracut.conf.d/74-nvmf-policy.conf && echo "$omit_dracutmodules"; }
	expect "left out" " nvmf " "$(omitted)"
	systemctl -q disable nvmf-policy.service
	expect "left out while ours is off" "" "$(omitted)"
	systemctl -q enable nvmf-policy.service

	step "an image, without secrets"
	make_dracut_initrd "$WORK/initrd" nvmf-policy
	files=$(lsinitrd "$WORK/initrd")
	for file in usr/bin/nvmf-policy usr/libexec/nvmf/nvmf-connect etc/nvmf/autoconnect.yaml etc/nvme/hostnqn etc/nvme/hostid \
		"etc/nvmf/autoconnect.d/10-masked.yaml -> /dev/null" etc/nvmf/another-nqn etc/nvmf/autoconnect.d/50-identity.yaml; do
		expect_match "what is in it" " $file\$" "$files"
	done
	expect_match "and the driver" "/nvme-tcp\.ko" "$files"
	expect_no_match "and no secret" "etc/nvmf/key" "$files"
	expect_no_match "and no nvme-cli" "bin/nvme\$|bin/jq\$" "$files"
	step "its size is $(stat -c %s "$WORK/initrd") bytes"
	cp "$WORK/initrd" /var/lib/e2e/without-secrets.img
	reboot_with_initrd "$WORK/initrd" "$root"
fi

if [ "$(boot_number)" = 2 ]; then
	step "by words of the kernel's command line"
	wait_until 60 no_jobs
	device=$(controller $p:root)
	expect "controllers" 1 "$(controllers | wc -l)"
	expect "as whom" "$HOSTNQN" "$(attr "$device" hostnqn)"
	expect "over which interface" "10.27.1.10 10.27.1.78" "$(address "$device" traddr) $(address "$device" src_addr)"

	step "a real root without the service: nobody of ours is in charge, and nvme-cli is not kept from its work"
	expect "what the initramfs left of who is in charge" "" "$(find /run/nvmf /run/udev -name in-charge -o -name '*autoconnect.rules')"
	expect "and of its policy" /run/nvmf/autoconnect.d/90-rd-nvmf.yaml "$(find /run/nvmf/autoconnect.d -type f)"
	expect "failed units" "" "$(systemctl --failed --plain --no-legend)"
	expect "active units" "" "$(systemctl list-units --plain --no-legend --state=active 'nvmf-policy*' | awk '{ print $1 }')"
	exit 0
fi

step "root is behind the table's VLAN"
device=$(controller $p:root)
expect_match "what is mounted" "^/dev/nvme[0-9]+n1\$" "$(readlink -f "$(findmnt -nvo SOURCE /)")"
expect "controllers" 1 "$(controllers | wc -l)"
expect "as whom" "$table_nqn $table_id" "$(attr "$device" hostnqn) $(attr "$device" hostid)"
expect "by which interface" "10.27.1.77 nbft0.7" "$(address "$device" host_traddr) $(address "$device" host_iface)"
expect "its owner" nbft "$(cat "/run/nvme/registry/$device/owner")"
expect_match "connected by the initramfs" "nvmf-connect.*live: $p:root at 10.27.1.10:4420" "$(journalctl -b -o short | sed '/Switching root/,$d')"

step "the service of the real root goes on"
wait_until 60 systemctl is-active nvmf-policy.service
wait_until 60 no_jobs
wait_until 30 idle
expect "failed units" "" "$(systemctl --failed --plain --no-legend)"
expect "controllers" 1 "$(controllers | wc -l)"
expect "the same one" "$device" "$(controller $p:root)"
expect "its owner" nbft "$(cat "/run/nvme/registry/$device/owner")"

step "asked for, the secret is in the image"
echo 'nvmf_policy_secrets=yes' >/etc/dracut.conf.d/secrets.conf
make_dracut_initrd "$WORK/initrd" nvmf-policy
expect_match "the secret" "^-rw------- .* etc/nvmf/key\$" "$(lsinitrd "$WORK/initrd")"
expect "who may read the image" 600 "$(stat -c %a "$WORK/initrd")"

step "the same root without the service, and by the kernel's command line"
systemctl disable nvmf-policy.service
reboot_with_initrd without-secrets.img "$root rd.nvmf.nonbft rd.nvmf.discover=tcp,10.27.1.10 rd.nvmf.discover=tcp,;reboot \
	rd.nvmf.hostnqn=$HOSTNQN ifname=san0:02:00:00:00:00:01 vlan=san0.7:san0 ip=10.27.1.78:::24::san0.7:none"
