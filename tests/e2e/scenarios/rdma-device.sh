# timeout: 600
# Controllers go with their RDMA device, which the kernel's log does not tell from a disconnect: they come back with it.
# One that an administrator disconnects while the device stays is kept away.
. ./lib.sh
p=nqn.2024-01.org.example
san
modprobe -a rdma_rxe nvme-rdma nvmet-rdma
rdma link add rxe0 type rxe netdev san0
subsystem $p:one
rdma_port() {
	modprobe nvmet
	mkdir -p "$NVMET/ports/1"
	echo rdma >"$NVMET/ports/1/addr_trtype"
	echo ipv4 >"$NVMET/ports/1/addr_adrfam"
	echo 10.20.1.77 >"$NVMET/ports/1/addr_traddr"
	echo 4420 >"$NVMET/ports/1/addr_trsvcid"
}
rdma_port
expose 1 $p:one
policy <<Y
version: 1
targets:
  - { name: volume, subsystem-nqn: $p:one, transport: rdma, traddr: 10.20.1.77, trsvcid: 4420 }
defaults:
  retry: { first-delay: 1s, max-delay: 2s, slow-delay: 2s }
Y
systemctl start nvmf-policy-sweep.service
wait_until 40 live $p:one
wait_until 20 idle

step "the device goes and comes back"
rdma link delete rxe0
wait_until 40 no connected $p:one
wait_until 20 matches "$p:one: .*(unless its device is gone|is gone or was replaced)" our_journal
rdma link add rxe0 type rxe netdev san0
# the target listens on the new device
withdraw 1 $p:one
expose 1 $p:one
wait_until 60 live $p:one
wait_until 20 idle

step "disconnected by hand"
nvme disconnect -n $p:one
wait_until 20 matches "$p:one: disconnected by hand, kept away unless its device is gone" our_journal
wait_until 30 matches "removed-by-administrator" nvmf-policy status
never 15 live $p:one
nvmf-policy resume $p:one
wait_until 30 live $p:one
