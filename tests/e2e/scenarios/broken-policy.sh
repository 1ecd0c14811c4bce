# A broken policy: every mistake is named and nothing is planned by it; the services go on with the last one that
# loaded.
. ./lib.sh
p=nqn.2024-01.org.example
san
subsystem $p:one $p:two
tcp_port 1 10.20.1.10 8009
listen 1
policy_for_everything
connect_dc 10.20.1.10 8009
expose 1 $p:one
wait_until 30 live $p:one
wait_until 20 idle

step "two mistakes"
cat >/etc/nvmf/autoconnect.yaml <<'Y'
version: 1
rules:
  - name: discovery
    match: { tranport: tcp }
    action: discover
  - name: volumes
    match: { any: true }
    action: conect
Y
status=0
text=$(nvmf-policy check 2>&1) || status=$?
expect "exit status of check" 1 $status
expect_match "the first" "autoconnect.yaml:4:14" "$text"
expect_match "the second" "autoconnect.yaml:8:13" "$text"
expect "degraded" 3 "$(nvmf-policy status >"$WORK/status" || echo $?)"
expect_match "what is in force" "the last good one, stored .*the files are not used" "$(cat "$WORK/status")"

step "an event"
expose 1 $p:two
wait_until 30 live $p:two
wait_until 20 idle
expect "live" "$p:one $p:two" "$(live_subsystems | xargs)"

step "no policy at all, nor a last one, and a request that only the path unit sees"
id=$(basename "$(find /run/nvmf/state -name '*.json')" .json)
withdraw 1 $p:two
nvme disconnect -n $p:two
# The event of the withdrawal has been dealt with, by the last good policy.
wait_until 20 matches "read: 2 entries" eval 'our_journal | tail -n 3'
wait_until 20 idle
rm -rf /etc/nvmf/autoconnect.yaml /var/lib/nvmf/last-good /run/nvmf/last-good
ask_again "$id"
wait_until 20 matches "failed: there is no policy" our_journal
expose 1 $p:two
never 5 live $p:two
expect "the request waits for a policy" 1 "$(requests | wc -l)"
expect_match "what status says" "failed: there is no policy" "$(nvmf-policy status || true)"

step "a policy comes"
policy_for_everything
systemctl start nvmf-policy-changed.service
wait_until 30 live $p:two
wait_until 20 idle
expect "not degraded" 0 "$(nvmf-policy status >"$WORK/status" && echo 0 || echo $?)"
expect_match "what is in force" "1 file, changed " "$(cat "$WORK/status")"
