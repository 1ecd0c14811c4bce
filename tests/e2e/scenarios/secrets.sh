# timeout: 900
# In-band authentication with keys in files, one way and both ways: the wrong key ends the tries until the file changes,
# and no key is found anywhere but where the administrator put it.
. ./lib.sh
p=nqn.2024-01.org.example
san
host_key=$(nvme gen-dhchap-key -m 1 -l 32 -n "$HOSTNQN" | tr -d '\n')
controller_key=$(nvme gen-dhchap-key -m 1 -l 32 -n $p:both | tr -d '\n')
wrong_key=$(nvme gen-dhchap-key -m 1 -l 32 -n "$HOSTNQN" | tr -d '\n')
subsystem $p:oneway $p:both
mkdir "$NVMET/hosts/$HOSTNQN"
echo "$host_key" >"$NVMET/hosts/$HOSTNQN/dhchap_key"
for s in oneway both; do
	echo 0 >"$NVMET/subsystems/$p:$s/attr_allow_any_host"
	ln -s "$NVMET/hosts/$HOSTNQN" "$NVMET/subsystems/$p:$s/allowed_hosts/$HOSTNQN"
done
tcp_port 1 10.20.1.21 4420
expose 1 $p:oneway
install -d -m 0700 /etc/nvmf/keys
(umask 077; echo "$wrong_key" >/etc/nvmf/keys/host; echo "$wrong_key" >/etc/nvmf/keys/controller)
mkdir -p /etc/credstore
(umask 077; echo "$host_key" >/etc/credstore/nvmf-dhchap)
policy <<'Y'
version: 1
rules:
  - { name: discovery, match: { trsvcid: 8009 }, action: discover }
  - name: both-ways
    match: { subsystem-nqn: "*:both" }
    action: connect
    retry: { first-delay: 1s, max-delay: 5s, slow-delay: 5s }
    connect: { dhchap-secret: { credential: nvmf-dhchap }, dhchap-ctrl-secret: { file: /etc/nvmf/keys/controller } }
  - name: one-way
    match: { subsystem-nqn: "*" }
    action: connect
    retry: { first-delay: 1s, max-delay: 5s, slow-delay: 5s }
    connect: { dhchap-secret: { file: /etc/nvmf/keys/host } }
Y
echo '{}' | scripted_dc dc 10.20.1.10:8009
connect_dc 10.20.1.10 8009

step "the wrong key"
scripted_dc_changes dc <<J
{"genctr": 2, "records": [{"subnqn": "$p:oneway", "traddr": "10.20.1.21", "trsvcid": "4420"},
  {"subnqn": "$p:dead", "traddr": "10.99.0.5", "trsvcid": "4420"}]}
J
# nvmet may close the connection before the host has read its refusal; to the host that is a target that went silent, and
# it asks again.
wait_until 60 item_is $p:oneway "connect given-up"
expect "class" auth "$(path_record $p:oneway .error_class)"
expect_match "what status says" "given-up +[^ ]*:oneway .*authentication failed" "$(nvmf-policy status || true)"

step "the right key"
(umask 077; echo "$host_key" >/etc/nvmf/keys/host)
wait_until 45 live $p:oneway
wait_until 20 matches "live +[^ ]*:oneway" nvmf-policy status

step "both ways, the host's key from a credential, the wrong key for the controller"
echo "$controller_key" >"$NVMET/hosts/$HOSTNQN/dhchap_ctrl_key"
expose 1 $p:both
scripted_dc_changes dc <<J
{"genctr": 3, "records": [{"subnqn": "$p:oneway", "traddr": "10.20.1.21", "trsvcid": "4420"},
  {"subnqn": "$p:both", "traddr": "10.20.1.21", "trsvcid": "4420"},
  {"subnqn": "$p:dead", "traddr": "10.99.0.5", "trsvcid": "4420"}]}
J
wait_until 150 item_is $p:both "connect given-up"
expect "class" auth "$(path_record $p:both .error_class)"
wait_until 20 matches "given-up +[^ ]*:both .*authentication failed" nvmf-policy status

step "the right key for the controller"
(umask 077; echo "$controller_key" >/etc/nvmf/keys/controller)
wait_until 40 live $p:both
wait_until 20 matches "live +[^ ]*:both" nvmf-policy status
wait_until 30 item_is $p:dead "connect waiting"

step "where the keys are"
collect_what_could_leak "$WORK/search"
grep -qaF $p:dead "$WORK/search/core" || fail "the dump lacks what the executor knows"
for key in "$host_key" "$controller_key" "$wrong_key"; do
	# The part that is the secret: after DHHC-1:NN: and before the colon.
	body=$(cut -d: -f3 <<<"$key")
	[ ${#body} -ge 40 ] || fail "not a key: $key"
	expect "where a key was found" "" "$(grep -rlaF "$body" "$WORK/search" || true)"
done
