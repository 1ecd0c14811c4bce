# timeout: 600
# Where the kernel's log was overwritten before anybody read it, a removal is doubtful: connected again once, not at
# once, and kept away when it is removed again.
. ./lib.sh
p=nqn.2024-01.org.example
san
subsystem $p:one
tcp_port 1 10.20.1.21 4420
expose 1 $p:one
policy <<Y
version: 1
targets:
  - { name: volume, subsystem-nqn: $p:one, transport: tcp, traddr: 10.20.1.21, trsvcid: 4420 }
defaults:
  retry: { first-delay: 1s, max-delay: 2s, slow-delay: 2s }
Y
systemctl start nvmf-policy-sweep.service
wait_until 40 live $p:one
wait_until 20 idle

# The removal waits in udev's queue until nothing of it is left in the log.
disconnect_unseen() {
	udevadm control --stop-exec-queue
	nvme disconnect -n $p:one
	for i in $(seq 9000); do echo "<6>filler $i: nothing to see here, and nothing to learn from it either"; done |
		while read -r line; do echo "$line" >/dev/kmsg; done
	expect "lines about it" 0 "$(dmesg | grep -c 'Removing ctrl' || true)"
	since=$(uptime_ms)
	udevadm control --start-exec-queue
}
# all lines are taken
echo on >/proc/sys/kernel/printk_devkmsg

step "removed, and nobody can say why"
disconnect_unseen
wait_until 20 matches "$p:one: doubtful: the kernel log does not say why; connected again in 10s" our_journal
expect_match "status" "doubtful: " "$(nvmf-policy status || true)"
never 3 live $p:one
wait_until 40 live $p:one
[ $(($(uptime_ms) - since)) -ge 10000 ] || fail "connected again at once"
wait_until 20 idle

step "again: somebody means it"
disconnect_unseen
wait_until 20 matches "removed again within ten minutes without a reason, kept away" our_journal
never 20 live $p:one
expect_match "status" "removed-by-administrator" "$(nvmf-policy status || true)"
nvmf-policy resume $p:one
wait_until 30 live $p:one
