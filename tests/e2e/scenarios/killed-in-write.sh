# timeout: 600
# The executor is killed in the middle of writes: every subsystem is connected once, has its registry entry, and no
# intent is left over.
. ./lib.sh
p=nqn.2024-01.org.example
san
names=()
for i in $(seq 8); do names+=("$p:volume.$i"); done
subsystem "${names[@]}"
tcp_port 1 10.20.1.10 8009
listen 1
policy <<'Y'
version: 1
targets:
  - { name: asked-once, transport: tcp, traddr: 10.20.1.12, trsvcid: 8009 }
rules:
  - { name: discovery-once, match: { traddr: 10.20.1.12, trsvcid: 8009 }, action: discover, persistent: false }
  - { name: discovery, match: { trsvcid: 8009 }, action: discover }
  - { name: volumes, match: { any: true }, action: connect }
Y
connect_dc 10.20.1.10 8009

# An intent exists for exactly as long as its write.
cat >kill_in_write.py <<'P'
import os, signal, sys, time
names = sys.argv[1:]
end = time.monotonic() + 60
print("ready", flush=True)
while time.monotonic() < end:
    if [name for name in os.listdir("/run/nvmf/intents") if name[0] != "."]:
        for pid in filter(str.isdigit, os.listdir("/proc")):
            try:
                with open(f"/proc/{pid}/comm") as file:
                    if file.read().strip() in names:
                        os.kill(int(pid), signal.SIGKILL)
            except OSError:
                pass
        sys.exit(0)
    time.sleep(0.005)
sys.exit(1)
P
mkdir -p -m 0700 /run/nvmf/intents

step "killed while something is being written, eight times: the executor, its hands, or both"
killed=0
whom=("nvmf-connect nvmf-hands" nvmf-hands nvmf-connect)
for name in "${names[@]}"; do
	python3 kill_in_write.py ${whom[killed % 3]} >"$WORK/killer" &
	wait_until 10 grep -q ready "$WORK/killer"
	expose 1 "$name"
	! wait $! || killed=$((killed + 1))
done
[ $killed -ge 4 ] || fail "only $killed writes were met"
wait_until 100 eval '[ "$(live_subsystems | uniq | wc -l)" = 8 ]'
wait_until 60 idle

step "each once, each ours"
expect "controllers" "$(printf '%s\n' "${names[@]}")" "$(live_subsystems)"
expect "intents" "" "$(ls /run/nvmf/intents)"
for name in "${names[@]}"; do
	expect "owner of $name" nvmf-policy "$(cat "/run/nvme/registry/$(controller "$name")/owner")"
done
expect "what status says" 0 "$(nvmf-policy status >"$WORK/status" && echo 0 || echo $?)"
expect_match "what status says" "volume.8 +paths 1 of 1" "$(cat "$WORK/status")"

step "both are killed while they connect a discovery controller that is not to stay"
scripted_dc once 10.20.1.12:8009 <<<'{}'
python3 kill_in_write.py nvmf-connect nvmf-hands >"$WORK/killer" &
wait_until 10 grep -q ready "$WORK/killer"
nvmf-policy boot
wait $! || fail "the write was not met"
wait_until 60 grep -q 'rae=0' "$WORK/once.out"
wait_until 60 idle
wait_until 20 eval '[ -z "$(discovery_controller 10.20.1.12)" ]'
expect "intents" "" "$(ls /run/nvmf/intents)"
