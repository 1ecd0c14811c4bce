# A discovery log with commas, newlines and control characters in names and addresses connects nothing that no rule
# allowed.
. ./lib.sh
p=nqn.2024-01.org.example
san
subsystem $p:ok $p:ok.many $p:ok.far $p:ok.odd $p:forbidden
tcp_port 1 10.20.1.21 4420
expose 1 $p:ok $p:ok.many $p:ok.far $p:ok.odd $p:forbidden
policy <<'Y'
version: 1
rules:
  - { name: discovery, match: { trsvcid: 8009 }, action: discover }
  - { name: ok, match: { subsystem-nqn: "nqn.2024-01.org.example:ok*" }, action: connect }
Y

step "the log"
record_writes
scripted_dc dc 10.20.1.10:8009 <<'J'
{}
J
dc=$(connect_dc 10.20.1.10 8009)
scripted_dc_changes dc <<J
{"genctr": 2, "records": [
  {"subnqn": "$p:ok1,nqn=$p:forbidden", "traddr": "10.20.1.21", "trsvcid": "4420"},
  {"subnqn": "$p:ok2\\nnqn=$p:forbidden", "traddr": "10.20.1.21", "trsvcid": "4420"},
  {"subnqn": "$p:ok3", "traddr": "10.20.1.21,nqn=$p:forbidden", "trsvcid": "4420"},
  {"subnqn": "$p:ok4", "traddr": "10.20.1.21", "trsvcid": "4420,nqn=$p:forbidden"},
  {"subnqn": "$p:ok5\\u0001\\u001b[2J", "traddr": "10.20.1.21", "trsvcid": "4420"},
  {"subnqn": "$p:ok6\\u00e4", "traddr": "10.20.1.21", "trsvcid": "4420"},
  {"subnqn": "$p:ok7 x", "traddr": "10.20.1.21", "trsvcid": "4420"},
  {"subnqn": "", "traddr": "10.20.1.21", "trsvcid": "4420"},
  {"subnqn": "$p:ok8", "traddr": "fe80::1", "adrfam": "ipv6", "trsvcid": "4420"},
  {"subnqn": "$p:ok9", "traddr": "10.20.1.21", "adrfam": "ipv6", "trsvcid": "4420"},
  {"raw": "$(printf 'ff%.0s' $(seq 1024))"},
  {"subnqn": "$p:ok", "traddr": "10.20.1.21", "trsvcid": "4420", "pad": " "}]}
J
wait_until 40 live $p:ok
wait_until 20 idle

step "only the honest record was connected"
expect "live" $p:ok "$(live_subsystems | xargs)"
expect "strings written" 1 "$(writes nvmf-hands | wc -l)"
expect_no_match "strings written" forbidden "$(cat /sys/kernel/tracing/trace)"
expect "reasons" "11 ignored invalid-entry" \
	"$(items | grep -oE 'ignored invalid-entry' | sort | uniq -c | xargs)"
expect_no_match "no control characters in the journal" "$(printf '\x1b|\x01')" "$(our_journal)"

step "records without end, a counter that never rests, an empty log: the event still comes afterwards"
for log in '{"genctr": 3, "numrec": 18446744073709551615}' '{"genctr": 4, "genctr-moves": true, "records": [{"raw": ""}]}' \
	'{"genctr": 50}' '{"genctr": 51, "numrec": 3, "records": []}'; do
	sent=$(grep -c 'event sent' "$WORK/dc.out")
	scripted_dc_changes dc <<<"$log"
	wait_until 10 matches "^$((sent + 1))\$" grep -c 'event sent' "$WORK/dc.out"
	wait_until 40 matches 'rae=0' tail -n 1 "$WORK/dc.out"
	case $log in
	*moves*) wait_until 40 matches "waiting +discovery .*log-unstable" nvmf-policy status ;;
	esac
done
expect "live" $p:ok "$(live_subsystems | xargs)"
expect "the discovery controller stays" live "$(attr "$dc" state)"

step "more records than the limit, five hundred times the same path among them"
python3 - $p >"$WORK/long.json" <<'P'
import json, sys
nqn = sys.argv[1]
path = {"subnqn": nqn + ":ok.many", "traddr": "10.20.1.21", "trsvcid": "4420"}
others = [{"subnqn": f"{nqn}:forbidden.{i}." + "x" * 150, "traddr": f"10.{i // 250}.{i % 250}.1", "trsvcid": "4420"}
          for i in range(4500)]
print(json.dumps({"genctr": 60, "records": [path] * 500 + others}))
P
scripted_dc_changes dc <"$WORK/long.json"
read_at_most() { [ "$(our_journal | grep -c "log of $dc read: 4096 entries")" = "$1" ]; }
wait_until 60 read_at_most 2 # the first was the one without end
wait_until 60 idle
expect "live" "$p:ok $p:ok.many" "$(live_subsystems | xargs)"
expect "strings written" 2 "$(writes nvmf-hands | wc -l)"
peak=$(($(cat "/sys/fs/cgroup$(systemctl show -P ControlGroup $EXECUTOR)/memory.peak") / 1048576))
step "most memory of its service: $peak MiB"
[ $peak -lt 96 ] || fail "the service needed $peak MiB"

step "referrals to itself and in a circle, and a record of a kind that nobody knows"
refer_to() { echo "{\"subtype\": \"discovery subsystem referral\", \"subnqn\": \"$DISCOVERY\", \"traddr\": \"$1\", \"trsvcid\": \"8009\"}"; }
far="{\"subnqn\": \"$p:ok.far\", \"traddr\": \"10.20.1.21\", \"trsvcid\": \"4420\"}"
odd="{\"subtype\": 9, \"subnqn\": \"$p:ok.odd\", \"traddr\": \"10.20.1.21\", \"trsvcid\": \"4420\"}"
scripted_dc other 10.20.1.12:8009 <<<"{\"records\": [$(refer_to 10.20.1.10), $(refer_to 10.20.1.12), $far]}"
scripted_dc_changes dc <<<"{\"genctr\": 70, \"records\": [$(refer_to 10.20.1.10), $(refer_to 10.20.1.12), $(refer_to 10.20.1.12), $odd]}"
wait_until 40 live $p:ok.far
wait_until 20 idle
never 3 connected $p:ok.odd
expect "the odd one" "ignored unknown-subtype" "$(item $p:ok.odd)"
expect "asked for its log" 1 "$(our_journal | grep -c "log of $(discovery_controller 10.20.1.12) read")"
[ "$(controllers | grep -c ' discovery ')" -le 2 ] || fail "a discovery controller was connected twice: $(controllers)"
