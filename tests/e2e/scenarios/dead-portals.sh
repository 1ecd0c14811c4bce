# timeout: 600
# Half of the portals swallow the handshake: the others do not wait for them.
. ./lib.sh
san
names=() records=()
for i in $(seq 8); do
	names+=("nqn.2024-01.org.example:volume.$i")
	records+=("{\"subnqn\": \"nqn.2024-01.org.example:dead.$i\", \"traddr\": \"10.99.0.$((10 + i))\", \"trsvcid\": \"4420\"}")
	records+=("{\"subnqn\": \"nqn.2024-01.org.example:volume.$i\", \"traddr\": \"10.20.1.21\", \"trsvcid\": \"4420\"}")
done
subsystem "${names[@]}"
tcp_port 1 10.20.1.21 4420
expose 1 "${names[@]}"
policy_for_everything

echo '{}' | scripted_dc dc 10.20.1.10:8009
connect_dc 10.20.1.10 8009
record_writes
step "the log: every other portal is dead"
start=$(uptime_ms)
scripted_dc_changes dc <<J
{"genctr": 2, "records": [$(IFS=,; echo "${records[*]}")]}
J
wait_until 60 eval '[ "$(live_subsystems | wc -l)" = 8 ]'
took=$(($(uptime_ms) - start))
step "all live after $took ms"
wait_until 20 item_is nqn.2024-01.org.example:dead.1 "connect waiting"
expect_no_match "the kernel was not asked for the dead" "10\.99\.0\." "$(writes)"
