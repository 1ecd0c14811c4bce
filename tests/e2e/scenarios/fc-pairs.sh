# timeout: 600
# Two host ports and two target ports of which each sees its own one: every pair once, nothing across, and an event that
# comes three times changes nothing. Before that, a target of the policy whose port is not there.
. ./lib.sh
p=nqn.2024-01.org.example
subsystem $p:one
for n in 1 2; do
	fc_host_port $n
	fc_target_port $n $n
	expose $n $p:one
done
policy <<Y
version: 1
targets:
  - name: fabric-a
    transport: fc
    traddr: $(fc_address target 1)
    host-traddr: $(fc_address host 1)
rules:
  - { name: fabric, match: { transport: fc }, action: discover }
  - { name: volumes, match: { transport: fc, subsystem-nqn: "nqn.2024-01.org.example:*" }, action: connect, expect-paths: 2 }
Y

step "a target whose port is not there yet"
nvmf-policy boot
wait_until 20 matches "given-up +discovery .*port-missing" nvmf-policy status

step "both see"
fc_see 1 1
fc_see 2 2
wait_until 60 live $p:one 2
wait_until 30 idle

step "each pair once"
for n in 1 2; do
	c=$(controller $p:one "$(fc_address target $n)")
	expect "host side of target $n" "$(fc_address host $n)" "$(address "$c" host_traddr)"
	expect_match "as status shows it" "live +\S*one +$c" \
		"$(nvmf-policy status | grep -A4 -F "$(fc_address target $n) from $(fc_address host $n)")"
done
expect "what status says" 0 "$(nvmf-policy status >"$WORK/status" && echo 0 || echo $?)"
expect_match "what status says" "one +paths 2 of 2" "$(cat "$WORK/status")"

step "the events again, three times"
for _ in 1 2 3; do echo add >/sys/class/fc/fc_udev_device/nvme_discovery; done
udevadm settle
sleep 2
wait_until 60 idle
expect "controllers" 2 "$(live_subsystems | wc -l)"
