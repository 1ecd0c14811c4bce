# timeout: 600
# What others connected stays theirs, and what exclusions.conf names is not connected; both with the reason.
. ./lib.sh
p=nqn.2024-01.org.example
san
subsystem $p:excluded $p:theirs $p:firmware $p:ours
tcp_port 1 10.20.1.10 8009
tcp_port 2 10.20.1.21 4420
listen 1
expose 2 $p:theirs $p:firmware
policy_for_everything
cat >/etc/nvme/exclusions.conf <<X
[exclusions]
exclusion = transport=tcp;nqn=$p:excluded
X
modprobe nvme-fabrics
theirs=$(nvme connect -t tcp -a 10.20.1.21 -s 4420 -n $p:theirs -o json | jq -r .device)
# A controller as a firmware boot leaves it: without a registry entry.
nvme connect -t tcp -a 10.20.1.21 -s 4420 -n $p:firmware --ctrl-loss-tmo=1234 >/dev/null
mkdir -p "/run/nvme/registry/$theirs"
echo stas >"/run/nvme/registry/$theirs/owner"
cat /sys/kernel/uevent_seqnum >"/run/nvme/registry/$theirs/seqnum"

step "a log that lists all of them"
echo '{}' | scripted_dc dc 10.20.1.11:8009
connect_dc 10.20.1.11 8009
expose 2 $p:excluded $p:ours
record() { echo "{\"subnqn\": \"$p:$1\", \"traddr\": \"10.20.1.21\", \"trsvcid\": \"4420\"}"; }
scripted_dc_changes dc <<<"{\"genctr\": 2, \"records\": [$(record excluded), $(record theirs), $(record firmware), $(record ours)]}"
wait_until 40 live $p:ours
wait_until 20 idle

step "what became of them"
expect "excluded" "refused excluded-by-list" "$(item $p:excluded)"
expect "another's" "refused owned-by" "$(item $p:theirs)"
expect "nobody's" "keep live" "$(item $p:firmware)"
expect "whose it is" stas "$(cat "/run/nvme/registry/$theirs/owner")"
expect "the firmware's settings" 1240 "$(attr "$(controller $p:firmware)" ctrl_loss_tmo)"
expect "live" "$p:firmware $p:ours $p:theirs" "$(live_subsystems | xargs)"
nvmf-policy status >"$WORK/status" || true
expect_match "what status says" "excluded.*excluded-by-list" "$(cat "$WORK/status")"
expect_match "what status says" "theirs.*owner stas" "$(cat "$WORK/status")"

step "a stop of everything leaves them alone"
systemctl stop nvmf-policy.service
expect "live" "$p:firmware $p:ours $p:theirs" "$(live_subsystems | xargs)"
