# bash completion for nvmf-policy. A test compares the words with what `--help` says.

declare -A _nvmf_policy_options=(
	[plan]="--event --device --target --all --discovery-log --read-log --facts --show-strings --out --detailed-exitcode --dry-run --format --quiet --verbose"
	[check]="--host --fail-on --select --ignore --format --quiet"
	[explain]="--event --device --last --discovery-log --facts --why-not --suggest --format"
	[test]="--coverage --filter --format --quiet"
	[show]="--format --origins"
	[analyze]="--limit --exit-code --format"
	[status]="--watch --format"
	[wait]="--subsystem --paths --timeout"
	[resume]="--all"
	[code]="--all --format"
	[doc]=""
	[schema]=""
	[record]="--count --timeout --out"
	[identity]="--create --format"
	[import]="--quiet"
	[suggest]="--unmatched --event --discovery-log --facts --quiet"
	[event]=""
	[boot]=""
	[dispatch]=""
	[sweep]=""
	[help]=""
)
# Those of every command, and those that only some have.
_nvmf_policy_globals="--root --policy --color --version --help"
_nvmf_policy_some="--format --quiet --verbose"

# The command among the words, or nothing.
_nvmf_policy_command() {
	local at
	for ((at = 1; at < COMP_CWORD; at++)); do
		case ${COMP_WORDS[at]} in
		--root | --policy | --format | --color) ((at++)) ;;
		-*) ;;
		*)
			printf '%s' "${COMP_WORDS[at]}"
			return
			;;
		esac
	done
}

# Fixed words that may stand after `previous`; fails where anything may stand.
_nvmf_policy_values() {
	local command=$1 previous=$2
	case $command:$previous in
	*:--color) echo "auto always never" ;;
	check:--format) echo "human short json sarif" ;;
	test:--format) echo "human json junit" ;;
	code:--format) echo "human json markdown" ;;
	@(plan|explain|analyze|show|status|identity):--format) echo "human json" ;;
	:--format) echo "human json" ;;
	check:--fail-on) echo "error warning info" ;;
	*:--device) (cd /sys/class/nvme 2>/dev/null && echo nvme*[0-9]) ;;
	show:show) echo "files rules sets profiles rule effective" ;;
	analyze:analyze) echo "reachability overlaps diff" ;;
	schema:schema) echo "policy test event plan" ;;
	help:help) echo "${!_nvmf_policy_options[*]}" ;;
	*) return 1 ;;
	esac
}

_nvmf_policy() {
	local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} command words
	command=$(_nvmf_policy_command)
	if [[ $current != -* ]] && words=$(_nvmf_policy_values "$command" "$previous"); then
		mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
	elif [[ $current == -* ]]; then
		words="$_nvmf_policy_globals ${_nvmf_policy_options[${command:-none}]-}"
		[[ -n $command ]] || words+=" $_nvmf_policy_some --dry-run"
		mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
	elif [[ -z $command && $previous != --@(root|policy) ]]; then
		mapfile -t COMPREPLY < <(compgen -W "${!_nvmf_policy_options[*]}" -- "$current")
	else
		mapfile -t COMPREPLY < <(compgen -f -- "$current")
	fi
}

complete -o filenames -F _nvmf_policy nvmf-policy
