# timeout: 600
# A subsystem that does not allow this host: rejected, with the kernel's own reason, and tried again slowly until it is
# allowed. A subsystem that does not exist is rejected, too, with another reason.
. ./lib.sh
p=nqn.2024-01.org.example
san
subsystem $p:closed
echo 0 >"$NVMET/subsystems/$p:closed/attr_allow_any_host"
mkdir "$NVMET/hosts/$HOSTNQN"
tcp_port 1 10.20.1.21 4420
expose 1 $p:closed
policy <<'Y'
version: 1
rules:
  - { name: discovery, match: { trsvcid: 8009 }, action: discover }
  - { name: volumes, match: { trsvcid: 4420 }, action: connect, retry: { slow-delay: 6s, jitter: 0% } }
Y
echo '{}' | scripted_dc dc 10.20.1.10:8009
connect_dc 10.20.1.10 8009
scripted_dc_changes dc <<J
{"genctr": 2, "records": [{"subnqn": "$p:closed", "traddr": "10.20.1.21", "trsvcid": "4420"},
  {"subnqn": "$p:absent", "traddr": "10.20.1.21", "trsvcid": "4420"},
  {"subnqn": "$p:elsewhere", "traddr": "10.99.0.7", "trsvcid": "4420", "eflags": ["ncc"]}]}
J

step "not allowed"
wait_until 30 item_is $p:closed "connect waiting"
wait_until 30 item_is $p:absent "connect waiting"
expect "class" rejected "$(path_record $p:closed .error_class)"
expect "class" rejected "$(path_record $p:absent .error_class)"
expect_match "why" "not allowed" "$(path_record $p:closed .reason)"
expect_no_match "why" "not allowed" "$(path_record $p:absent .reason)"
wait_until 20 matches "waiting +[^ ]*:closed .*not allowed" nvmf-policy status
wait_until 20 matches "waiting +[^ ]*:absent .*rejected: " nvmf-policy status
expect "lane" slow "$(path_record $p:closed .lane)"
expect_match "journal" "closed.*rejected.*not allowed" "$(our_journal)"

step "allowed"
ln -s "$NVMET/hosts/$HOSTNQN" "$NVMET/subsystems/$p:closed/allowed_hosts/$HOSTNQN"
wait_until 20 live $p:closed
wait_until 20 matches "live +[^ ]*:closed" nvmf-policy status

step "what the discovery controller says is not connected to it has nothing to hurry for"
wait_until 20 item_is $p:elsewhere "connect waiting"
expect "class" unreachable "$(path_record $p:elsewhere .error_class)"
expect "lane" slow "$(path_record $p:elsewhere .lane)"
