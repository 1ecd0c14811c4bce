# timeout: 600
# A journal whose reader stopped and whose queue is full holds up neither connections nor a stop; the lines come when it
# reads again.
. ./lib.sh
p=nqn.2024-01.org.example
san
subsystem $p:one $p:two
tcp_port 1 10.20.1.10 8009
listen 1
policy_for_everything
dc=$(connect_dc 10.20.1.10 8009)
expose 1 $p:one
wait_until 40 live $p:one
wait_until 20 idle

step "the journal stops reading, and its queue is full"
journald=$(systemctl show -P MainPID systemd-journald)
kill -STOP "$journald"
trap 'kill -CONT "$journald"' EXIT
python3 - <<'Y'
import socket
full = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
try:
    while True:
        full.sendto(b"MESSAGE=filler\n", "/run/systemd/journal/socket")
except BlockingIOError:
    pass
Y

step "an event"
expose 1 $p:two
wait_until 60 live $p:two

step "stop"
start=$(uptime_ms)
systemctl stop nvmf-policy-connect.target
took=$(($(uptime_ms) - start))
[ $took -lt 5000 ] || fail "stopping took $took ms"
expect "executors" "" "$(executors)"
expect "the discovery controller" live "$(attr "$dc" state)"

step "another event, and then the journal reads again"
subsystem $p:three
expose 1 $p:three
wait_until 60 live $p:three
kill -CONT "$journald"
wait_until 30 matches "live: $p:three at" our_journal
wait_until 20 idle
