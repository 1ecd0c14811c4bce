# timeout: 900
# nbft: host,nqn=nqn.2014-08.org.nvmexpress:uuid:0b00f3a2-9a0e-4b43-8d2e-2c3b4a5f6b07,id=0b00f3a2-9a0e-4b43-8d2e-2c3b4a5f6b07 hfi=1,mac=02:00:00:00:00:01,address=10.20.1.77 hfi=2,mac=02:00:00:00:01:01,address=10.21.1.77 hfi=3,mac=02:00:00:00:00:01,vlan=7,address=10.27.1.77 subsystem=1,nqn=nqn.2024-01.org.example:root,traddr=10.20.1.10,hfis=1 subsystem=2,nqn=nqn.2024-01.org.example:root,traddr=10.21.1.10,hfis=2 subsystem=3,nqn=nqn.2024-01.org.example:vlan,traddr=10.27.1.10,hfis=3 subsystem=4,nqn=nqn.2024-01.org.example:secret,traddr=10.20.1.11,hfis=1,security=1 security=1 discovery=1,hfi=1,uri=nvme+tcp://10.20.1.12:8009/
# nbft: sample damage=8,value=2
# A host that its firmware booted: what the table (NBFT) names is connected once, under the table's identity and from
# its interfaces, found by MAC address and VLAN; the path that the initramfs left is adopted.  A second table that
# cannot be read harms nothing.  Neither the installed policy nor a discovery log makes another connection of the boot
# subsystem; a lost path comes back; a stop ends nothing.
. ./lib.sh
p=nqn.2024-01.org.example
table_id=0b00f3a2-9a0e-4b43-8d2e-2c3b4a5f6b07
table_nqn=nqn.2014-08.org.nvmexpress:uuid:$table_id

if [ "$(boot_number)" = 0 ]; then
	policy <<-Y
		version: 1
		defaults: { connect: { keep-alive-tmo: 5s, reconnect-delay: 1s, ctrl-loss-tmo: 5s } }
	Y
	at_boot array 'After=systemd-udevd.service sys-kernel-config.mount sys-kernel-tracing.mount;Before=nvmf-policy-boot.service' <<-S
		mountpoint -q /sys/kernel/config || { modprobe configfs; mount -t configfs none /sys/kernel/config; }
		mountpoint -q /sys/kernel/tracing || mount -t tracefs none /sys/kernel/tracing
		san
		ip link set san0 address 02:00:00:00:00:01
		ip link set san1 address 02:00:00:00:01:01
		ip link add link san0 name storage7 type vlan id 7
		ip address add 10.27.1.77/24 dev storage7
		ip link set storage7 up
		array ip link add link array0 name array7 type vlan id 7
		array ip address add 10.27.1.10/24 dev array7
		array ip link set array7 up
		subsystem $p:root $p:vlan $p:secret $p:more $p:other
		tcp_port 1 10.20.1.10 4420
		expose 1 $p:root
		tcp_port 2 10.21.1.10 4420
		expose 2 $p:root
		tcp_port 3 10.27.1.10 4420
		expose 3 $p:vlan
		tcp_port 4 10.20.1.11 4420
		expose 4 $p:secret
		tcp_port 5 10.20.1.12 8009
		expose 5 $p:more
		tcp_port 6 10.20.1.13 4420
		expose 6 $p:root $p:other
		# one interface is late
		ip link set san1 down
		record_writes
		# as an initramfs does
		nvme connect -t tcp -a 10.20.1.10 -s 4420 -n $p:root --host-traddr 10.20.1.77 --host-iface san0 \
			--hostnqn $table_nqn --hostid $table_id --ctrl-loss-tmo 5 --reconnect-delay 1
	S
	reboot_guest
fi

# of NQN ATTRIBUTE: of each of its controllers, each value once
of() {
	local device kind state nqn address
	while read -r device kind state nqn address; do
		[ "$nqn" != "$1" ] || attr "$device" "$2"
	done < <(controllers) | sort -u | xargs
}
# owners NQN: of each of its controllers
owners() {
	local device kind state nqn address
	while read -r device kind state nqn address; do
		[ "$nqn" != "$1" ] || cat "/run/nvme/registry/$device/owner"
	done < <(controllers) | xargs
}
# owner_of TRADDR: of the boot subsystem's path there
owner_of() { cat "/run/nvme/registry/$(controller $p:root "$1")/owner"; }
owner_is() { [ "$(owner_of "$1")" = "$2" ]; }
# The paths of the boot subsystem in the table that a session knows under the policy in force.
known_paths() {
	cat /run/nvmf/state/*.json | jq -r --arg nqn $p:root --arg digest "$(nvmf-policy plan --all --format json | jq -r .policy.digest)" '
		select(.plan.event["subsystem-nqn"] == $nqn and .plan.policy.digest == $digest) | .plan.event.traddr' | sort | xargs
}
first_path_is_gone() { [ -z "$(controller $p:root 10.20.1.10)" ]; }
connects_of() { writes | grep -cF "nqn=$1," || true; }

step "booted by the table"
wait_until 60 live $p:vlan
expect "the path that the initramfs left, and no other yet" 1 "$(controllers | grep -cF " $p:root ")"
wait_until 20 matches '^nbft$' owners $p:root
expect "identity of the boot subsystem" "$table_nqn" "$(of $p:root hostnqn)"
expect "identity of the one behind the VLAN" "$table_nqn $table_id" "$(of $p:vlan hostnqn) $(of $p:vlan hostid)"
expect "its host side" "10.27.1.77 storage7" "$(address "$(controller $p:vlan)" host_traddr) $(address "$(controller $p:vlan)" host_iface)"
expect "its owner" nbft "$(owners $p:vlan)"
expect_match "a security profile that the policy has no key for" "$p:secret.*security-required" "$(our_journal)"
expect_match "the other table" "/NBFT2: byte 8: " "$(our_journal)"
expect "the boot" success "$(systemctl show -P Result nvmf-policy-boot.service)"
findings=$(nvmf-policy check --host --format short || true)
expect_match "what check says of the other table" "tables/NBFT2.*NVP713.*byte 8" "$findings"
expect_match "and of the identity" "tables/NBFT1.*NVP715" "$findings"

step "its discovery controller is read and not kept, and what it lists nobody wants yet"
wait_until 30 matches "log of nvme[0-9]+ read: 2 entries" our_journal
wait_until 20 item_is $p:more "ignored no-rule-matched"
expect "a discovery controller" "" "$(discovery_controller 10.20.1.12)"
expect "connects of the one that needs a secure channel" 0 "$(connects_of $p:secret)"

step "the late interface comes"
ip link set san1 up
wait_until 30 live $p:root 2
expect "its host side" "10.21.1.77 san1" \
	"$(address "$(controller $p:root 10.21.1.10)" host_traddr) $(address "$(controller $p:root 10.21.1.10)" host_iface)"
wait_until 20 matches '^nbft nbft$' owners $p:root
wait_until 30 idle

step "an interface goes, and comes back under another name"
ip link delete storage7
wait_until 60 no connected $p:vlan
wait_until 30 matches "$p:vlan .*source-missing" nvmf-policy status
ip link add link san0 name vlan7 type vlan id 7
ip address add 10.27.1.77/24 dev vlan7
ip link set vlan7 up
wait_until 30 live $p:vlan
expect "its host side" "10.27.1.77 vlan7" "$(address "$(controller $p:vlan)" host_traddr) $(address "$(controller $p:vlan)" host_iface)"
expect "its identity" "$table_nqn" "$(of $p:vlan hostnqn)"
wait_until 20 matches '^nbft$' owners $p:vlan

step "the installed policy, and a discovery log that lists the boot subsystem"
policy </usr/share/nvmf/autoconnect.yaml
systemctl start nvmf-policy-sweep.service
wait_until 60 live $p:more
wait_until 30 idle
expect "the paths that the sweep adopted again" "10.20.1.10 10.21.1.10" "$(known_paths)"
expect "identity of what the table's discovery controller lists" "$table_nqn" "$(of $p:more hostnqn)"
echo '{}' | scripted_dc dc 10.20.1.15:8009
connect_dc 10.20.1.15 8009
scripted_dc_changes dc <<J
{"genctr": 2, "records": [
  {"subnqn": "$p:root", "traddr": "10.20.1.10", "trsvcid": "4420"},
  {"subnqn": "$p:root", "traddr": "10.21.1.10", "trsvcid": "4420"},
  {"subnqn": "$p:root", "traddr": "10.20.1.13", "trsvcid": "4420"},
  {"subnqn": "$p:other", "traddr": "10.20.1.13", "trsvcid": "4420"}]}
J
wait_until 30 live $p:other
wait_until 30 live $p:root 3
wait_until 30 idle
expect "identity of the boot subsystem's paths" "$table_nqn" "$(of $p:root hostnqn)"
expect "identity of another subsystem" "$HOSTNQN" "$(of $p:other hostnqn)"
expect "connects of the boot subsystem, one for each path" 3 "$(connects_of $p:root)"
expect "connects of the one behind the VLAN, one for each interface" 2 "$(connects_of $p:vlan)"
expect_match "status" "10\.20\.1\.10" "$(nvmf-policy status -v || true)"

step "a path is lost and comes back"
withdraw 1 $p:root
wait_until 60 first_path_is_gone
expose 1 $p:root
wait_until 60 live $p:root 3
expect "identity of its paths" "$table_nqn" "$(of $p:root hostnqn)"
wait_until 20 owner_is 10.20.1.10 nbft
expect "owner of the path that the table does not name" nvmf-policy "$(owner_of 10.20.1.13)"
expect "its host side" "10.20.1.77 san0" \
	"$(address "$(controller $p:root 10.20.1.10)" host_traddr) $(address "$(controller $p:root 10.20.1.10)" host_iface)"
wait_until 30 idle

step "a stop of ours ends nothing"
systemctl stop nvmf-policy-connect.target
systemctl stop nvmf-policy.service
never 3 no live $p:root 3
expect "live" "$p:more $p:other $p:root $p:root $p:root $p:vlan" "$(live_subsystems | xargs)"
