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
# The services that udev caused have run, and its lines are in the journal.
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

step "units of newer nvme-cli"
expect "our state directory" "700 root" "$(stat -c '%a %U' /var/lib/nvmf)"
for unit in nvmf-connect-nbft nvme-discoverd; do
	printf '[Service]\nType=oneshot\nExecStart=/usr/bin/touch %s/%s\n' "$WORK" "$unit" >"/etc/systemd/system/$unit.service"
done
systemctl daemon-reload
systemctl start nvmf-connect-nbft.service nvme-discoverd.service
expect "what they did while we are in charge" "" "$(cd "$WORK" && ls -d nvm*-* 2>/dev/null)"
systemctl stop nvmf-policy.service
systemctl start nvmf-connect-nbft.service nvme-discoverd.service
expect "what they did while we are not" "nvme-discoverd nvmf-connect-nbft" "$(cd "$WORK" && echo nvm*-*)"
systemctl start nvmf-policy.service

step "what cannot be silenced is named"
expect_no_match "status before" "past the policy" "$(nvmf-policy status)"
echo 'ACTION=="change", SUBSYSTEM=="nvme", RUN+="/usr/sbin/nvme connect-all"' >/etc/udev/rules.d/70-nvmf-autoconnect.rules
systemd-run --quiet --unit=stafd.service sleep 60
expect_match "status" "70-nvmf-autoconnect.rules:1" "$(nvmf-policy status)"
expect_match "status" "stafd" "$(nvmf-policy status)"
found=$(nvmf-policy check --host --format short || true)
expect_match "check --host" NVP710 "$found"
expect_match "check --host" NVP706 "$found"
systemctl stop stafd.service
expect_no_match "check --host" NVP706 "$(nvmf-policy check --host --format short || true)"
