# needs: packages
# timeout: 900
# The package: installed switched off, with an identity; upgraded and downgraded while one path is connected and
# another is tried; removed and purged without a disconnect.
rm -f /etc/nvme/hostnqn /etc/nvme/hostid
dpkg --install nvmf-policy.deb >install.txt 2>&1 || { cat install.txt; exit 1; }
. ./lib.sh
p=nqn.2024-01.org.example
in_charge() { [ -e /run/nvmf/in-charge ] && masked; }
install_package() { dpkg --install "$1" >"$WORK/dpkg" 2>&1 || fail "$(cat "$WORK/dpkg")"; }
# nvme-cli's rules file is masked by a link of its name
masked() { [ -e /run/udev/rules.d/70-nvmf-autoconnect.rules ]; }

step "installed"
expect "switched on" disabled "$(systemctl is-enabled nvmf-policy.service || true)"
expect "active" inactive "$(systemctl is-active nvmf-policy.service || true)"
expect "masked" no "$(masked && echo yes || echo no)"
expect_match "identity" "sound" "$(nvmf-policy identity)"
nvmf-policy check || fail "the installed policy"

step "switched on"
san
subsystem $p:one $p:two
tcp_port 1 10.20.1.21 4420
tcp_port 2 10.20.1.22 4420
expose 1 $p:one
policy_for_everything
echo "{\"records\": [{\"subnqn\": \"$p:one\", \"traddr\": \"10.20.1.21\", \"trsvcid\": \"4420\"},
  {\"subnqn\": \"$p:two\", \"traddr\": \"10.20.1.22\", \"trsvcid\": \"4420\"}]}" | scripted_dc dc 10.20.1.10:8009
systemctl enable --now nvmf-policy.service
connect_dc 10.20.1.10 8009 >/dev/null
wait_until 60 live $p:one
wait_until 30 item_is $p:two "connect waiting"
one=$(controller $p:one)
cp /etc/nvmf/autoconnect.yaml "$WORK/policy"

step "upgraded while it tries"
identity=$(cat /etc/nvme/hostnqn)
process=$(executor)
tries=$(path_record $p:two .tries)
install_package nvmf-policy-later.deb
expect "version" "later" "$(dpkg-query -W -f '${Version}' nvmf-policy | sed 's/.*+//')"
expect "policy" "" "$(diff "$WORK/policy" /etc/nvmf/autoconnect.yaml)"
expect "identity" "$identity" "$(cat /etc/nvme/hostnqn)"
expect "switched on" enabled "$(systemctl is-enabled nvmf-policy.service)"
in_charge || fail "not in charge after the upgrade"
expect "connected" "$one live" "$(controller $p:one) $(attr "$one" state)"
wait_until 20 started_anew "$process"
expect "the program of the executor" /usr/libexec/nvmf/nvmf-connect "$(readlink "/proc/$(executor)/exe")"
expect "its end before" success "$(systemctl show -P Result $EXECUTOR)"
wait_until 20 item_is $p:two "connect waiting"
[ "$(path_record $p:two .tries)" -ge "$tries" ] || fail "the tries began anew"
expose 2 $p:two
wait_until 90 live $p:two

step "downgraded, with a state that a later version wrote"
# A sweep would read the log again at once, because nothing says that it was read.
systemctl stop 'nvmf-policy-sweep*' nvmf-policy-changed.timer nvmf-policy-settled.timer
stop_executor
state=$(find /run/nvmf/state -name '*.json')
sed -i 's/"format_version":1,/"format_version":999,/' "$state"
cp "$state" "$WORK/state"
install_package nvmf-policy.deb
status=0
nvmf-policy status >"$WORK/status" 2>&1 || status=$?
expect "degraded" 3 "$status"
expect_match "what status says of it" "${state##*/}: written by another version" "$(cat "$WORK/status")"
systemctl start nvmf-policy-sweep.service
wait_until 30 matches "cannot be used and is begun anew.*another version.*unusable" our_journal
cmp "$state.unusable" "$WORK/state" || fail "the later state was not kept"
wait_until 30 nvmf-policy status
expect "connected" "$one $p:one $p:two" "$(controller $p:one) $(live_subsystems | xargs)"

step "removed"
dpkg --remove nvmf-policy >"$WORK/dpkg" 2>&1 || fail "$(cat "$WORK/dpkg")"
expect "policy" "" "$(diff "$WORK/policy" /etc/nvmf/autoconnect.yaml)"
expect "units that run" "" "$(systemctl list-units --plain --no-legend 'nvmf-policy*' | awk '$4 != "dead" { print $1 }')"
expect "failed" "" "$(systemctl list-units --failed --plain --no-legend '*nvmf*')"
expect "masked" no "$(masked && echo yes || echo no)"
expect "connected" "$one $p:one $p:two" "$(controller $p:one) $(live_subsystems | xargs)"

step "purged"
dpkg --purge nvmf-policy >"$WORK/dpkg" 2>&1 || fail "$(cat "$WORK/dpkg")"
expect "files" "" "$(find /etc /run /usr /var -path /var/lib/e2e -prune -o \( -path '*nvmf-policy*' -o -path '*/nvmf/*' \) -print)"
expect "controllers marked as ours" "" "$(grep -ls nvmf-policy /run/nvme/registry/*/owner || true)"
expect "identity" "$identity" "$(cat /etc/nvme/hostnqn)"
expect "connected" "$one $p:one $p:two" "$(controller $p:one) $(live_subsystems | xargs)"
