# disk: nvme
# A discovery controller that came back is read again; events that mean nothing to us trigger nothing.
. ./lib.sh
p=nqn.2024-01.org.example
san
subsystem $p:one $p:two
tcp_port 1 10.20.1.10 8009
listen 1
tcp_port 2 10.20.1.11 4420
expose 2 $p:two
policy_for_everything

step "the discovery controller's port goes away"
dc=$(connect_dc 10.20.1.10 8009 -c 1)
record_events events
withdraw 1 "$p:hidden-1"
wait_until 20 grep -q connecting "/sys/class/nvme/$dc/state"

step "it comes back with something new"
expose 1 $p:one
wait_until 30 event_seen events "DEVNAME=/dev/$dc" NVME_EVENT=rediscover
wait_until 30 live $p:one
wait_until 20 idle

step "connected, other events, add, and PCIe trigger nothing"
planned() { our_journal | wc -l; }
before=$(planned)
record_events others
nvme connect -t tcp -a 10.20.1.11 -s 4420 -n $p:two >/dev/null
wait_until 10 event_seen others NVME_EVENT=connected ACTION=change
udevadm trigger --action=add --subsystem-match=nvme --settle
udevadm trigger --action=change --subsystem-match=nvme --settle
scripted_dc other 10.20.1.12:8009 <<'J'
{}
J
other=$(connect_dc 10.20.1.12 8009)
# SMART / health status: temperature threshold (type 1, information 1, log page 2)
echo '{"event": 131329}' | scripted_dc_changes other
wait_until 10 event_seen others "DEVNAME=/dev/$other" NVME_AEN=0x020101
udevadm settle
expect "requests" "" "$(requests)"
never 2 no idle
expect "lines in our journal" "$before" "$(planned)"
expect_match "the local disk is there" pcie "$(cat /sys/class/nvme/nvme*/transport)"
