#include "tools/completion.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <set>

namespace nvmf::tools {

namespace {

// The parts of the scripts beside the tables.
constexpr const char* bash_logic = R"sh(
_nvmf_policy() {
	local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} cword=$COMP_CWORD
	local words=("${COMP_WORDS[@]}") command='' arguments=0 assigned='' at word offered
	# A word of ours may have colons, at which bash cuts.
	if declare -F _get_comp_words_by_ref >/dev/null; then
		_get_comp_words_by_ref -n : -c current -p previous -w words -i cword
	fi
	for ((at = 1; at < cword; at++)); do
		word=${words[at]}
		if _nvmf_policy_takes_value "$word"; then
			[[ ${words[at + 1]} != '=' ]] || ((++at))
			((++at))
		elif [[ -z $command && ($word != -* || $word == --dry-run) ]]; then
			command=$word
		elif [[ $word != -* ]]; then
			((++arguments))
		fi
	done
	# `--format=json` is three words, for bash cuts at `=`, too.
	if [[ $current == '=' ]]; then
		current='' assigned=1
	elif [[ $previous == '=' ]]; then
		previous=${words[cword - 2]} assigned=1
	fi
	if _nvmf_policy_takes_value "$previous"; then
		offered=$(_nvmf_policy_values "$command:$previous" "$current")
	elif [[ $assigned ]]; then
		offered=''
	elif [[ $current == -* ]]; then
		offered=$(_nvmf_policy_options "$command")
	else
		offered=$(_nvmf_policy_values "$command:$((arguments + 1))" "$current")
	fi
	COMPREPLY=()
	while IFS= read -r word; do
		[[ -z $word || $word != "$current"* ]] || COMPREPLY+=("$word")
	done <<<"$offered"
	# A key is not a file, whose `=` would be quoted, and its value follows at once.
	[[ ${COMPREPLY[0]} != *= ]] || compopt +o filenames -o nospace 2>/dev/null
	if declare -F __ltrim_colon_completions >/dev/null; then
		__ltrim_colon_completions "$current"
	fi
}

complete -o filenames -F _nvmf_policy nvmf-policy
)sh";

std::string bash_line(const Values& values) {
  switch (values.kind) {
  case ValueKind::none:
    return {};
  case ValueKind::words:
    return fmt::format("printf '%s\\n' {}", fmt::join(values.words, " "));
  case ValueKind::files:
    return R"sh(compgen -f -- "$2")sh";
  case ValueKind::folders:
    return R"sh(compgen -d -- "$2")sh";
  case ValueKind::rules:
  case ValueKind::targets:
  case ValueKind::devices:
  case ValueKind::nqns:
  case ValueKind::paths:
    return listing(values.kind);
  }
  return {};
}

std::string bash_case(const std::string& pattern, const std::string& line) {
  return line.empty() ? line : fmt::format("\t{}) {} ;;\n", pattern, line);
}

// `command:--option` or `command:N` for the Nth argument.
std::string bash_values(const cli::CommandShape& command, const Shapes& shapes) {
  std::string text;
  int number = 0;
  for (const cli::OptionShape& option : command.options) {
    const std::string line = bash_line(values_of(command, option, shapes));
    if (option.is_argument)
      ++number;
    const std::string what = !option.is_argument ? option.names.back()
                             : option.repeats    ? std::string("[0-9]*")
                                                 : std::to_string(number);
    text += bash_case(command.name + ':' + what, line);
  }
  return text;
}

std::string bash_function(const char* about, const char* name, const std::string& cases) {
  return fmt::format("\n# {}\n{}() {{\n\tcase $1 in\n{}\t*) return 1 ;;\n\tesac\n}}\n", about, name,
                     cases);
}

} // namespace

std::string bash_completion(const Shapes& shapes) {
  std::string options;
  std::string values;
  std::vector<std::string> names;
  std::set<std::string> with_value;
  for (const cli::CommandShape& command : shapes) {
    Values words{ValueKind::words, {}};
    for (const cli::OptionShape& option : command.options) {
      if (!option.is_argument)
        words.words.push_back(option.names.back());
      if (takes_value(option))
        with_value.insert(option.names.back());
    }
    if (command.name.empty())
      words.words.emplace_back("--dry-run");
    else if (!command.name.starts_with('-'))
      names.push_back(command.name);
    options += bash_case(command.name.empty() ? "''" : command.name, bash_line(words));
    values += bash_values(command, shapes);
  }
  values += bash_case(":1", bash_line({ValueKind::words, names}));
  return "# bash completion for nvmf-policy, made by its build of the table of commands\n" +
         bash_function("The options of a command; of the program, where there is none.",
                       "_nvmf_policy_options", options) +
         bash_function("The values: `command:--option`, `command:N` for the Nth argument.",
                       "_nvmf_policy_values", values) +
         bash_function("Whether the next word is the value of this one.",
                       "_nvmf_policy_takes_value",
                       bash_case(fmt::format("{}", fmt::join(with_value, " | ")), "return 0")) +
         bash_logic;
}

} // namespace nvmf::tools
