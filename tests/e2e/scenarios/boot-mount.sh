# timeout: 1500
# A file system on a subsystem that `boot.wait-for` names is mounted at boot, although the network comes late; it is
# unmounted at shutdown before its paths go.
. ./lib.sh
p=nqn.2024-01.org.example

case $(boot_number) in
0)
	policy <<-Y
		version: 1
		targets:
		  - { name: array, transport: tcp, traddr: 10.20.1.10, trsvcid: 8009 }
		rules:
		  - { name: discovery, match: { trsvcid: 8009 }, action: discover }
		  - { name: volumes, match: { subsystem-nqn: "nqn.2024-01.org.example:*" }, action: connect, connect: { ctrl-loss-tmo: infinity } }
		boot:
		  wait-for: ["$p:data"]
		  timeout: 280s
	Y
	# The journal of the boot before is read after the shutdown.
	mkdir -p /etc/systemd/journald.conf.d
	printf '[Journal]\nStorage=persistent\n' >/etc/systemd/journald.conf.d/zz-persistent.conf
	truncate -s 64M /var/lib/e2e/data.img
	mkfs.ext4 -q -b 4096 -L data /var/lib/e2e/data.img
	mkdir -p /srv/data
	echo 'LABEL=data /srv/data ext4 _netdev,nofail,x-systemd.device-timeout=300s 0 2' >>/etc/fstab
	# The array comes up beside the boot, some seconds after the boot service began to wait.
	at_boot array 'After=systemd-udevd.service sys-kernel-config.mount' <<-S
		mountpoint -q /sys/kernel/config || { modprobe configfs; mount -t configfs none /sys/kernel/config; }
		modprobe nvmet-tcp
		systemd-run --no-block --unit=late-array --property=DefaultDependencies=no --property=WorkingDirectory=/var/lib/e2e \\
			--setenv=HOME=/root --setenv=TMPDIR=/run bash late.sh
	S
	cat >late.sh <<-S
		. ./lib.sh
		sleep 8
		san
		subsystem $p:data
		mkdir $NVMET/subsystems/$p:data/namespaces/1
		echo -n /var/lib/e2e/data.img >$NVMET/subsystems/$p:data/namespaces/1/device_path
		echo 1 >$NVMET/subsystems/$p:data/namespaces/1/enable
		tcp_port 1 10.20.1.10 8009
		expose 1 $p:data
	S
	reboot_guest
	;;
1)
	step "after the boot"
	wait_until 120 matches '^(running|degraded)$' systemctl is-system-running
	expect "mounted" /srv/data "$(findmnt -n -o TARGET /srv/data)"
	expect "boot service" success "$(systemctl show -P Result nvmf-policy-boot.service)"
	expect "boot service" active "$(systemctl is-active nvmf-policy-boot.service)"
	# In microseconds since boot, as systemd counts.
	live_at=$(dmesg | sed -nE "s/^\\[ *([0-9]+)\\.([0-9]{6})\\].*new ctrl: NQN \"$p:data\".*/\\1\\2/p" | head -n 1)
	waited_until=$(systemctl show -P ActiveEnterTimestampMonotonic nvmf-policy-boot.service)
	[ "$live_at" -lt "$waited_until" ] || fail "boot did not wait for the subsystem"
	[ "$waited_until" -le "$(systemctl show -P ActiveEnterTimestampMonotonic remote-fs-pre.target)" ] ||
		fail "remote file systems did not wait"
	expect "what status says" 0 "$(nvmf-policy status >"$WORK/status" && echo 0 || echo $?)"
	expect_match "what status says" "live .*:data" "$(cat "$WORK/status")"
	expect_no_match "what check says of it" NVP709 "$(nvmf-policy check --host 2>&1 || true)"
	cp /etc/fstab "$WORK/fstab"
	sed -i 's/_netdev,//' /etc/fstab
	expect_match "and without _netdev" "mounts ./srv/data. without ._netdev.*nvme[0-9]+n1" "$(nvmf-policy check --host 2>&1 || true)"
	cp "$WORK/fstab" /etc/fstab
	echo "written before the shutdown" >/srv/data/file
	reboot_guest
	;;
2)
	step "after the shutdown with it mounted"
	wait_until 120 findmnt /srv/data
	expect "what was written" "written before the shutdown" "$(cat /srv/data/file)"
	expect_no_match "it was unmounted in order" "recovering journal|recovery complete" "$(journalctl -b -o cat)"
	expect_match "there is a journal of it" "nvmf-policy" "$(journalctl -b -1 -o cat)"
	expect_no_match "nothing hung at the shutdown" "nvmf-policy.*timed out|Failed unmounting /srv/data" \
		"$(journalctl -b -1 -o cat)"

	step "what boot needs and does not come is named, and boot goes on"
	systemctl disable array.service
	sed -i 's/timeout: 280s/timeout: 5s/' /etc/nvmf/autoconnect.yaml
	sed -i 's/device-timeout=300s/device-timeout=5s/' /etc/fstab
	reboot_guest
	;;
3)
	wait_until 120 matches '^(running|degraded)$' systemctl is-system-running
	expect_match "journal" "after 5s still missing: $p:data" "$(our_journal)"
	expect "the boot service failed nothing" active "$(systemctl is-active nvmf-policy-boot.service)"
	expect "degraded" 3 "$(nvmf-policy status >"$WORK/status" || echo $?)"
	wait_until 20 matches "(pending|waiting) +discovery +10.20.1.10:8009 .*(unreachable|source-missing|refused)" nvmf-policy status
	;;
esac
