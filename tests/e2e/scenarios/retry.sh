# A target that refuses at first and appears five seconds later is connected by the retry; the tries are at the delays
# of the schedule.
. ./lib.sh
late=nqn.2024-01.org.example:late
san
policy <<'Y'
version: 1
rules:
  - { name: discovery, match: { trsvcid: 8009 }, action: discover }
  - name: volumes
    match: { traddr: 10.20.1.21 }
    action: connect
    retry: { first-delay: 1s, factor: 2, jitter: 0% }
Y
# refusals: how many handshakes the array has refused, all of them since nothing else knocks at closed doors there
refusals() { array nstat -az TcpOutRsts | awk '$1 == "TcpOutRsts" { print $2 }'; }

step "a log lists a target that is not there yet"
echo '{}' | scripted_dc dc 10.20.1.10:8009
connect_dc 10.20.1.10 8009
before=$(refusals)
scripted_dc_changes dc <<J
{"genctr": 2, "records": [{"subnqn": "$late", "traddr": "10.20.1.21", "trsvcid": "4420"}]}
J
wait_until 20 item_is $late "connect waiting"
first=$(path_record $late .first_try_boot_ms)
expect "why it waits" refused "$(path_record $late .error_class)"

step "it appears five seconds later"
wait_until 10 eval '[ $(uptime_ms) -ge $((first + 5000)) ]'
# After delays of 1, 2 and 4 s the tries are at 0, 1, 3 and 7 s.
expect "tries in 5 s" 3 "$(path_record $late .tries)"
expect "refusals in 5 s" 3 "$(($(refusals) - before))"
near "the next try, in ms after the first" 7000 500 "$(($(path_record $late .next_try_boot_ms) - first))"
subsystem $late
tcp_port 1 10.20.1.21 4420
expose 1 $late
wait_until 10 live $late
near "connected, in ms after the first try" 7750 1250 "$(($(uptime_ms) - first))"
wait_until 20 idle
