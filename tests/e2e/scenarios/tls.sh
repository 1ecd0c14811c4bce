# TLS up to the handshake: the key of the connection is derived and given to the kernel, by file and by keyring; Debian 12
# has no tlshd, and that is said.  A record that needs a secure channel is not connected without one.
. ./lib.sh
p=nqn.2024-01.org.example
san
subsystem $p:sealed $p:open
tcp_port 1 10.20.1.21 4420
expose 1 $p:sealed $p:open
install -d -m 0700 /etc/nvmf/keys
key=$(nvme gen-tls-key)
(umask 077; echo "$key" >/etc/nvmf/keys/tls)
policy_with() {
	policy <<-Y
		version: 1
		rules:
		  - { name: discovery, match: { trsvcid: 8009 }, action: discover }
		  - name: concatenated
		    match: { subsystem-nqn: "*:concatenated" }
		    action: connect
		    connect: { concat: true, dhchap-secret: { credential: none } }
		  - name: sealed
		    match: { subsystem-nqn: "*:sealed" }
		    action: connect
		    connect: { tls: true, tls-key: { $1 } }
		    retry: { first-delay: 1s, max-delay: 2s }
		  - { name: open, match: { any: true }, action: connect }
	Y
}
policy_with "file: /etc/nvmf/keys/tls"
echo '{}' | scripted_dc dc 10.20.1.10:8009
connect_dc 10.20.1.10 8009
record_writes

step "a key in a file"
sealed='{"subnqn": "'$p':sealed", "traddr": "10.20.1.21", "trsvcid": "4420", "treq": "required", "sectype": "tls13"}'
open='{"subnqn": "'$p':open", "traddr": "10.20.1.21", "trsvcid": "4420", "treq": "required", "sectype": "tls13"}'
concatenated='{"subnqn": "'$p':concatenated", "traddr": "10.20.1.21", "trsvcid": "4420"}'
scripted_dc_changes dc <<<"{\"genctr\": 2, \"records\": [$sealed, $open, $concatenated]}"
wait_until 30 matches "waiting +\S*:sealed .*tls-unavailable: no TLS handshake service.*tlshd" nvmf-policy status
identity="NVMe0R01 $HOSTNQN $p:sealed"
expect_match "the kernel has the key" "psk +$identity" "$(cat /proc/keys)"
expect_match "what was written" "nqn=$p:sealed,.*,tls_key=0x[0-9a-f]{8},tls$" "$(writes)"
expect_match "the kernel's own reason" "failed to start TLS: -3" "$(dmesg)"

step "what has no key"
expect "a record that requires a secure channel" "refused security-required" "$(item $p:open)"
expect_match "as status shows it" ":open .*security-required" "$(nvmf-policy status || true)"
if ! grep -q concat /dev/nvme-fabrics; then
	expect "what this kernel lacks" "refused kernel-option-missing" "$(item $p:concatenated)"
fi
expect_no_match "the kernel was not asked" ":open|:concatenated" "$(writes)"

step "a record that requires what the kernel does not speak"
scripted_dc_changes dc <<<"{\"genctr\": 3, \"records\": [${sealed/tls13/tls}]}"
wait_until 30 matches "refused +\S*:sealed .*security-required: .*TLS 1.2" nvmf-policy status

step "the same key, from the kernel's keyring"
echo >/sys/kernel/tracing/trace
serial=$(awk -v name="$identity" 'index($0, name) { print $1; exit }' /proc/keys)
rm /etc/nvmf/keys/tls
policy_with "keyring: \"$identity\""
scripted_dc_changes dc <<<"{\"genctr\": 4, \"records\": [$sealed]}"
wait_until 30 matches "nqn=$p:sealed,.*,tls_key=0x$serial,tls$" writes

step "where the key is"
body=$(cut -d: -f3 <<<"$key")
[ ${#body} -ge 40 ] || fail "not a key: $key"
wait_until 20 item_is $p:sealed "connect waiting"
collect_what_could_leak "$WORK/search"
grep -qaF $p:sealed "$WORK/search/core" || fail "the dump lacks what the executor knows"
expect "where it was found" "" "$(grep -rlaF "$body" "$WORK/search" || true)"
