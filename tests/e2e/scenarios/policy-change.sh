# Every change of the policy is followed by a sweep: one after another, in a directory of drop-in files that was not
# there, and while the sweep for an earlier change is still at work.
. ./lib.sh
delay=10
change() {
	delay=$((delay + 1))
	sed -i "s/slow-delay: .*s }/slow-delay: ${delay}s }/" /etc/nvmf/autoconnect.yaml
}
# The sweep stores it when it has loaded a policy; without another process, for one step is in a hurry.
in_force() { [[ $(</run/nvmf/last-good) == *"$1"* ]]; }

policy <<'Y'
version: 1
rules:
  - { name: volumes, match: { any: true }, action: connect, retry: { slow-delay: 10s } }
Y
systemctl start nvmf-policy-sweep.path

step "one change after another"
for _ in 1 2 3 4 5 6; do
	change
	wait_until 5 in_force "slow-delay: ${delay}s"
	wait_until 5 eval '[ "$(systemctl is-active nvmf-policy-changed.service)" = inactive ]'
done

step "a second one within the same moment"
change
change
wait_until 5 in_force "slow-delay: ${delay}s"

for directory in /etc/nvmf /run/nvmf /usr/local/lib/nvmf /usr/lib/nvmf; do
	step "drop-in files below $directory"
	mkdir -p $directory/autoconnect.d
	name=$(tr / - <<<"50$directory")
	printf 'version: 1\ndeny:\n  - { name: n%s, match: { traddr: 192.0.2.1 }, reason: none }\n' "$name" \
		>"$directory/autoconnect.d/$name.yaml"
	wait_until 5 in_force "n$name"
	rm $directory/autoconnect.d/*
	wait_until 5 eval '! in_force "n$name"'
done

step "after the sweep's last look, before systemd watches again"
mkdir -p /run/systemd/system/nvmf-policy-changed.service.d
printf '[Service]\nExecStopPost=/bin/sleep 3\n' >/run/systemd/system/nvmf-policy-changed.service.d/slow-end.conf
systemctl daemon-reload
change
wait_until 10 eval '[ "$(systemctl show -P SubState nvmf-policy-changed.service)" = stop-post ]'
expect "the first" true "$(in_force "slow-delay: ${delay}s" && echo true || echo false)"
change
wait_until 10 in_force "slow-delay: ${delay}s"
rm -r /run/systemd/system/nvmf-policy-changed.service.d
systemctl daemon-reload
wait_until 10 eval '[ "$(systemctl is-active nvmf-policy-settled.service)" = inactive ]'

step "one that loads and cannot be used: it is said once, and the sweep ends"
cp /etc/nvmf/autoconnect.yaml "$WORK/policy"
printf 'deny:\n  - { name: never, match: { hostname: "a b" }, reason: none }\n' >>/etc/nvmf/autoconnect.yaml
wait_until 5 matches "guard .never. can never match" our_journal
wait_until 5 eval '[ "$(systemctl is-active nvmf-policy-changed.service)" = inactive ]'
wait_until 10 eval '[ "$(systemctl show -P ActiveState nvmf-policy-settled.timer)" = inactive ]'
expect "how often" 1 "$(our_journal | grep -c "guard .never. can never match")"
cp "$WORK/policy" /etc/nvmf/autoconnect.yaml

step "while the sweep is at work"
# A sweep of an earlier change would read the second one in place of the one that is stopped.
at_rest() {
	[ "$(systemctl list-units --plain --no-legend --state=active,activating,deactivating 'nvmf-policy-changed.*' 'nvmf-policy-settled.*')" = "" ]
}
quiet() { at_rest && sleep 1.5 && at_rest; }
for try in 1 2 3 4 5 6 7 8 9 10; do
	[ "$try" -lt 10 ] || fail "the sweep was never met at work"
	wait_until 20 quiet
	change
	until in_force "slow-delay: ${delay}s"; do :; done
	read -r process </sys/fs/cgroup/system.slice/nvmf-policy-changed.service/cgroup.procs || continue
	kill -STOP "$process" && break
done
change
sleep 3
expect "still the first" false "$(in_force "slow-delay: ${delay}s" && echo true || echo false)"
kill -CONT "$process"
wait_until 5 in_force "slow-delay: ${delay}s"
