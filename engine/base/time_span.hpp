// Times as people and systemd write them (systemd.time(7), "Parsing Time Spans").
#pragma once

#include "base/duration.hpp"

#include <optional>
#include <string_view>

namespace nvmf::base {

// `1h30m`, `1.5h`, `600 s`, `10min`, `3 days 5 hours`, `infinity`, in any case; a number without a
// unit is seconds. Nothing for anything else, a sign, or more than a hundred years. The policy
// language itself takes one number and one unit: parse_duration.
std::optional<Duration> parse_time_span(std::string_view text);

} // namespace nvmf::base
