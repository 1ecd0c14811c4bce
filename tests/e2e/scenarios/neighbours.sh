# timeout: 600
# With nvme-cli installed only our service reacts; switched off, only nvme-cli's; switched on again, only ours.
. ./lib.sh
p=nqn.2024-01.org.example
san
subsystem $p:one $p:two $p:three
tcp_port 1 10.20.1.10 8009
listen 1
policy_for_everything
# journalctl has no answer for units that never were.
theirs() { { journalctl -b -o cat -u 'nvmf-connect@*' 2>/dev/null || true; } | wc -l; }
ours() { our_journal | wc -l; }
# What udev had somebody start has run, and its lines are in the journal.
settle() {
	udevadm settle
	wait_until 60 no_jobs
	journalctl --sync
}

step "ours is in charge"
connect_dc 10.20.1.10 8009
expose 1 $p:one
wait_until 30 live $p:one
wait_until 20 idle
settle
expect "nvme-cli's starts" 0 "$(theirs)"

step "switched off"
systemctl disable --now nvmf-policy.service
expect "flag" no "$([ -e /run/nvmf/in-charge ] && echo yes || echo no)"
before=$(ours)
expose 1 $p:two
wait_until 40 live $p:two
settle
[ "$(theirs)" -gt 0 ] || fail "nvme-cli's service connected nothing"
expect "our lines in the journal" "$before" "$(ours)"
expect "our executors" "" "$(executors)"

step "switched on again"
systemctl enable --now nvmf-policy.service
wait_until 30 idle
before=$(theirs)
expose 1 $p:three
wait_until 30 live $p:three
wait_until 20 idle
settle
expect "nvme-cli's lines in the journal" "$before" "$(theirs)"
