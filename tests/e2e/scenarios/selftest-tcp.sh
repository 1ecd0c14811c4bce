# needs: base
# The guest itself: nvmet's discovery controller raises an event that udev sees, and nvme-cli's pipeline acts on it.
. ./lib.sh
one=nqn.2024-01.org.example:one two=nqn.2024-01.org.example:two

step "an array with one subsystem exposed"
san
subsystem $one $two
tcp_port 1 10.20.1.10 8009
expose 1 $one

step "a persistent discovery controller"
record_events events
dc=$(connect_dc 10.20.1.10 8009)
expect "type of $dc" discovery "$(attr "$dc" cntrltype)"
expect "keep-alive time of $dc" 30 "$(attr "$dc" kato)"
expect_match "the log" "$one" "$(nvme discover -d "/dev/$dc")"

step "a second subsystem is exposed"
expose 1 $two
wait_until 10 event_seen events "DEVNAME=/dev/$dc" NVME_AEN=0x70f002 NVME_TRTYPE=tcp NVME_TRADDR=10.20.1.10 \
	NVME_TRSVCID=8009 NVME_HOST_TRADDR=none NVME_HOST_IFACE=none
wait_until 30 live $two
wait_until 30 live $one
expect "what is live" "$one $two" "$(live_subsystems | xargs)"
expect "source address" 10.20.1.77 "$(address "$(controller $one)" src_addr)"

step "a namespace becomes a disk"
namespace $one
wait_until 10 test -b "/dev/$(controller $one)n1"
