// A policy for people: what is loaded, and what each rule comes to.
#pragma once

#include "load/load.hpp"
#include "policy/lookup.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace nvmf::cli {

enum class Origins : std::uint8_t { hidden, shown };

// Every file of the search path in the order of consultation, with what became of it.
// In a window of so many columns names are shortened and matches wrapped.
std::string files_text(const load::Loaded& loaded, std::optional<std::size_t> columns);

// Guards and rules in the order in which they are asked.
std::string rules_text(const policy::Policy& policy, std::optional<std::size_t> columns);
std::string sets_text(const policy::Policy& policy);
std::string profiles_text(const policy::Policy& policy, Origins origins);

// Options as they were written, one a line.
std::string settings_text(const policy::OptionSettings& settings, std::size_t indent,
                          Origins origins);
// The settings of a connection: its options and its retries.
std::string connection_text(const policy::Connection& connection, Origins origins);

// One rule with its match, its options as they come out of profiles and defaults, and its retries.
std::string rule_text(const policy::Policy& policy, const policy::Rule& rule, Origins origins);

// The rules of that name: the one of a full name, all of a bare one.
std::vector<const policy::Rule*> rules_named(const policy::Policy& policy, const std::string& name);

// The rule whose name is nearest to one that does not exist.
std::optional<std::string> nearest_rule(const policy::Policy& policy, const std::string& name);

// `transport: tcp, traddr: @storage-nets, not trsvcid: 8009`.
std::string match_text(const policy::Match& match);

} // namespace nvmf::cli
