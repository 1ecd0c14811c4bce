# needs: base
# The guest itself: a simulated FC fabric raises FC_EVENT=nvmediscovery, nvme-cli's pipeline acts on it, and the kernel
# sends the event again when asked.
. ./lib.sh
lun=nqn.2024-01.org.example:lun

step "an array with one subsystem on one FC port"
subsystem $lun
fc_host_port 1
fc_target_port 1 1
expose 1 $lun

step "the host's port sees it"
record_events events
fc_see 1 1
wait_until 10 event_seen events SUBSYSTEM=fc FC_EVENT=nvmediscovery "NVMEFC_HOST_TRADDR=$(fc_address host 1)" \
	"NVMEFC_TRADDR=$(fc_address target 1)"
wait_until 30 live $lun
expect "host side" "$(fc_address host 1)" "$(address "$(controller $lun)" host_traddr)"

step "the events are sent again on request"
record_events again
echo add >/sys/class/fc/fc_udev_device/nvme_discovery
wait_until 10 event_seen again FC_EVENT=nvmediscovery "NVMEFC_TRADDR=$(fc_address target 1)"
