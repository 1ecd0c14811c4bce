# apparmor: enforce
# timeout: 600
# The services under AppArmor: boot, an event, a wait, a withdrawal, a removal and a program that an upgrade has replaced
# while it ran. Nothing that they do is denied, and what the profiles leave out is.
. ./lib.sh
p=nqn.2024-01.org.example
label() { cat "/proc/$1/attr/current"; }
no_hands() { [ -z "$(hands)" ]; }

step "what is denied"
systemd-run --quiet --wait --pipe -p AppArmorProfile=nvmf-policy-service nvmf-policy check --policy /etc/shadow \
	>"$WORK/check" 2>&1 && fail "a file of others was read"
expect_match "what it says" "Permission denied" "$(cat "$WORK/check")"
expect_match "the kernel's log" 'DENIED.*profile="nvmf-policy-service" name="/etc/shadow"' "$(dmesg)"
dmesg --clear # what is denied from here on is a mistake

san
subsystem $p:one $p:two $p:three
tcp_port 1 10.20.1.10 8009
tcp_port 2 10.20.1.22 4420
listen 1
policy <<'Y'
version: 1
targets:
  - { name: array, transport: tcp, traddr: 10.20.1.10, trsvcid: 8009 }
rules:
  - { name: discovery, match: { any: true }, action: discover }
  - { name: volumes, match: { any: true }, action: connect }
Y

step "at boot"
systemctl restart nvmf-policy-boot.service
wait_until 30 started_anew 0
expect "the executor" "nvmf-policy-connect (enforce)" "$(label "$(executor)")"
wait_until 40 discovery_controller 10.20.1.10

step "an event"
expose 1 $p:one
wait_until 40 live $p:one
expect "the hands" "nvmf-policy-connect (enforce)" "$(label "$(hands | head -n 1)")"

step "a program that was replaced"
program=$(readlink "/proc/$(executor)/exe")
cp -p "$program" "$program.new"
mv "$program.new" "$program"
wait_until 60 no_hands
expose 1 $p:two
wait_until 40 live $p:two

step "a sweep"
systemctl start nvmf-policy-sweep.service
expect "its end" success "$(systemctl show -P Result nvmf-policy-sweep.service)"

step "lost, and disconnected by an administrator"
nvme disconnect -n $p:one >/dev/null
wait_until 20 matches "removed-by-administrator" nvmf-policy status
nvmf-policy disconnect "$(controller $p:two)" >/dev/null
wait_until 20 no connected $p:two
nvmf-policy resume --all >/dev/null
wait_until 40 live $p:one
wait_until 40 live $p:two

step "withdrawn"
systemctl stop nvmf-policy-connect.target
expect "its end" success "$(systemctl show -P Result nvmf-policy-requests.service)"
expect "connected" "$p:one $p:two" "$(live_subsystems | xargs)"
