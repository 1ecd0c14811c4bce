# needs: base
# The guest itself: the kernel's host driver accepts the scripted discovery controller, reads its log and gets its event.
. ./lib.sh
silence_nvme_cli
san
record_events events

step "a log that the kernel's own target could not serve"
scripted_dc dc 10.20.1.10:8009 <<'J'
{"genctr": 7,
 "records": [
  {"subtype": "current discovery subsystem", "subnqn": "nqn.2014-08.org.nvmexpress.discovery",
   "traddr": "10.20.1.10", "trsvcid": "8009", "eflags": ["epcsd", "dupretinfo"]},
  {"subnqn": "nqn.2024-01.org.example:one", "traddr": "10.20.1.21", "trsvcid": "4420", "treq": "required",
   "sectype": "tls13"},
  {"subnqn": "nqn.2024-01.org.example:a,nqn=b", "traddr": "10.20.1.22", "trsvcid": "4420", "pad": " "},
  {"subtype": "discovery subsystem referral", "subnqn": "nqn.2014-08.org.nvmexpress.discovery",
   "traddr": "10.20.1.11", "trsvcid": "8009"}]}
J
dc=$(connect_dc 10.20.1.10 8009)
expect "type of $dc" discovery "$(attr "$dc" cntrltype)"
log=$(nvme discover -d "/dev/$dc" -o json)
expect "entries" 4 "$(grep -c '"subnqn"' <<<"$log")"
expect_match "generation" '"genctr" *: *7' "$log"
expect_match "text as it is" '"nqn.2024-01.org.example:a,nqn=b' "$log"
expect_match "words" 'tls13' "$log"
expect_match "who connected" "connect subnqn=$DISCOVERY hostnqn=$HOSTNQN kato=" "$(cat "$WORK/dc.out")"

step "the log changes"
scripted_dc_changes dc <<'J'
{"genctr": 8, "numrec": 18446744073709551615}
J
wait_until 10 event_seen events "DEVNAME=/dev/$dc" NVME_AEN=0x70f002
nvme disconnect -d "$dc"
wait_until 10 no connected "$DISCOVERY"

step "one with a name of its own"
own=nqn.2024-01.org.example:discovery
echo "{\"subnqn\": \"$own\"}" | scripted_dc own 10.20.1.12:8009
dc=$(connect_dc 10.20.1.12 8009)
expect "its name" $own "$(attr "$dc" subsysnqn)"
