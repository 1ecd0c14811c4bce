# timeout: 600
# A controller that the kernel gave up is planned again; one that an administrator disconnected stays away until
# `nvmf-policy resume` or until the policy changes.
. ./lib.sh
p=nqn.2024-01.org.example
san
subsystem $p:one $p:two $p:three
tcp_port 1 10.20.1.21 4420
expose 1 $p:one $p:two $p:three
generation=1
# log NAME…: what the discovery controller lists from now on, whatever the target has
log() {
	local name records=()
	for name; do records+=("{\"subnqn\": \"$p:$name\", \"traddr\": \"10.20.1.21\", \"trsvcid\": \"4420\"}"); done
	generation=$((generation + 1))
	local IFS=,
	scripted_dc_changes dc <<<"{\"genctr\": $generation, \"records\": [${records[*]}]}"
}
echo '{}' | scripted_dc dc 10.20.1.10:8009
policy <<'Y'
version: 1
defaults:
  connect: { reconnect-delay: 1s, ctrl-loss-tmo: 3s }
rules:
  - { name: discovery, match: { trsvcid: 8009 }, action: discover }
  - { name: volumes, match: { any: true }, action: connect, retry: { first-delay: 1s, max-delay: 2s, slow-delay: 2s } }
Y
connect_dc 10.20.1.10 8009
log one two
wait_until 40 live $p:one
wait_until 20 live $p:two
wait_until 20 idle

step "disconnected by hand"
nvme disconnect -n $p:one
wait_until 20 matches "disconnected by hand, kept away" our_journal
log one two three
wait_until 30 live $p:three
wait_until 20 idle
never 3 live $p:one
expect "why it is away" removed-by-administrator "$(path_record $p:one .reason)"
expect_match "as status shows it" ":one .*removed-by-administrator" "$(nvmf-policy status || true)"

step "resumed"
nvmf-policy resume $p:one
wait_until 30 live $p:one
wait_until 20 idle

step "disconnected by hand, until the policy changes"
nvme disconnect -n $p:one
wait_until 20 matches ":one .*removed-by-administrator" nvmf-policy status
never 3 live $p:one
systemctl start nvmf-policy-sweep.path
echo "# says the same" >>/etc/nvmf/autoconnect.yaml
never 3 live $p:one
sed -i 's/slow-delay: 2s/slow-delay: 3s/' /etc/nvmf/autoconnect.yaml
wait_until 30 live $p:one
wait_until 20 idle
systemctl stop nvmf-policy-sweep.path

step "given up by the kernel"
withdraw 1 $p:two
wait_until 40 no connected $p:two
wait_until 20 matches "$p:two: given up by the kernel" our_journal
wait_until 20 matches "controller-lost +tcp 10\.20\.1\.21:4420 $p:two" nvmf-policy status
wait_until 30 matches "waiting +\S*:two .*rejected: " nvmf-policy status
expose 1 $p:two
wait_until 40 live $p:two
wait_until 30 idle
expect "live" "$p:one $p:three $p:two" "$(live_subsystems | xargs)"
expect "not degraded" 0 "$(nvmf-policy status >"$WORK/status" && echo 0 || echo $?)"

step "the same, while nobody can be told: the sweep finds out"
mv /usr/bin/nvmf-policy /usr/bin/nvmf-policy.away
nvme disconnect -n $p:one
withdraw 1 $p:two
wait_until 40 no connected $p:two
udevadm settle
mv /usr/bin/nvmf-policy.away /usr/bin/nvmf-policy
expose 1 $p:two
systemctl start nvmf-policy-sweep.service
wait_until 40 live $p:two
wait_until 30 idle
never 3 live $p:one
wait_until 20 matches "$p:one: disconnected by hand, kept away" eval 'our_journal | tail -n 40'
nvmf-policy resume $p:one
wait_until 30 live $p:one
wait_until 20 idle

step "what no log lists any more stays, and is named"
log one two
wait_until 20 matches "no discovery log lists it any more" nvmf-policy status
expect_match "which" "^ .*$p:three" "$(nvmf-policy status | sed -n '/no discovery log/,$p')"
expect "live" "$p:one $p:three $p:two" "$(live_subsystems | xargs)"
