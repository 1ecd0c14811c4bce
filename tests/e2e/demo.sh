# timeout: 300
# `./dev demo`: a real event in a real kernel, from the policy to the connects.  Runs in the guest like a scenario.
. ./lib.sh
p=nqn.2014-08.com.example

title() { printf '\n──── %s\n\n' "$*"; }
show() {
	printf '$ %s\n' "$*"
	"$@"
}

step "an array in a second network namespace exports five subsystems"
san
subsystem $p:prod.vol{1,2} $p:prod.old $p:scratch $p:late
for nqn in $p:prod.vol{1,2}; do namespace "$nqn"; done
tcp_port 1 10.20.1.10 8009
expose 1 $p:prod.vol1 $p:prod.vol2 $p:prod.old $p:scratch

policy <<-Y
	version: 1

	deny:
	  - name: retired
	    match: { subsystem-nqn: "$p:prod.old" }
	    reason: "being wiped"

	rules:
	  - name: storage-network
	    match: { transport: tcp, traddr: 10.20.1.0/24, trsvcid: 8009 }
	    action: discover

	  - name: production
	    match: { subsystem-nqn: ["$p:prod.*", "$p:late"] }
	    action: connect
	    host-side: same-subnet
	    connect: { queue-size: 64, ctrl-loss-tmo: infinity, reconnect-delay: 2s }
	    retry: { first-delay: 2s, max-delay: 1m }
Y
step "this host is connected to the array's discovery controller, and to nothing else"
device=$(connect_dc 10.20.1.10 8009)

title "The policy"
show cat /etc/nvmf/autoconnect.yaml
show nvmf-policy check

title "The dry run: what would be done, before anything is"
show nvmf-policy --dry-run --read-log --show-strings

title "The event: the array exports one more subsystem, and its discovery controller says so"
record_events events
expose 1 $p:late
wait_until 20 event_seen events "DEVNAME=/dev/$device" NVME_AEN=0x70f002
awk -v RS= '/NVME_AEN=/' "$WORK/events" | grep -E '^(ACTION|DEVNAME|SUBSYSTEM|NVME_)'
wait_until 60 live $p:late
wait_until 60 live $p:prod.vol2
wait_until 20 idle

title "The plan that udev's planner wrote, as the executor carried it out"
jq '.plan | {id, policy, event}' /run/nvmf/state/*.json

title "The journal"
journalctl -b -o short-monotonic --no-hostname -t nvmf-policy -t nvmf-connect

title "The connections of now"
show nvme list-subsys

title "The dry run again: all is as the policy wants it"
show nvmf-policy --dry-run --read-log

title "Why is \`scratch\` not there?"
show nvmf-policy explain transport=tcp traddr=10.20.1.10 trsvcid=8009 "subsystem-nqn=$p:scratch"
