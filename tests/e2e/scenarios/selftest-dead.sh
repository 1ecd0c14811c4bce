# needs: base
# The guest itself: a dead address swallows the handshake, and a target that accepts may not answer afterwards.
. ./lib.sh
modprobe -a nvme-fabrics nvme-tcp
san

# how_long TRADDR TRSVCID: seconds until the kernel gives up a connect, and its error
how_long() {
	local start=${EPOCHREALTIME/./} text
	text=$(nvme connect -t tcp -a "$1" -s "$2" -n nqn.2024-01.org.example:none 2>&1) && fail "connected to nobody"
	echo "$(((${EPOCHREALTIME/./} - start) / 1000000)) s: $text"
}

step "nobody listens"
expect_match "refused" "Connection refused" "$(how_long 10.20.1.10 4420)"

step "nobody is there"
expect_match "dead" "^[2-6] s: .*(timed out|Input/output)" "$(how_long 10.99.0.5 4420)"

step "somebody accepts and says nothing"
echo '{"silent": "accept"}' | scripted_dc mute 10.20.1.11:4420
expect_match "silent" "^([89]|1[0-9]) s: " "$(how_long 10.20.1.11 4420)"
