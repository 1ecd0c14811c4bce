// Plans as JSON: what `plan --format json` prints, and the request file in /run/nvmf/plans.
#pragma once

#include "base/result.hpp"
#include "plan/plan.hpp"

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace nvmf::plan {

// The document `{format_version, policy, plans, summary}`, indented, with a final newline.
std::string to_json(const PolicyStamp& policy, const std::vector<Plan>& plans);

// One element of `plans`, with `format_version` and `policy` of its own: the file that the executor
// runs.
std::string to_request(const Plan& plan);
// The same as a value, for a document that it is a part of.
nlohmann::ordered_json request_value(const Plan& plan);

// A number, boolean or text; null for a secret, whose reference each document writes in its own
// way.
nlohmann::ordered_json option_value(const base::OptionValue& value);
// An identity with all its keys, null where a value is not set.
nlohmann::ordered_json tid_value(const Tid& tid);
// `{kind, name, path, line}`, without the place where it is not known.
nlohmann::ordered_json decided_by_value(const DecidedBy& decided_by);

// The event, id, policy stamp and `undecided` of a request; its items are the planner's view and
// are decided again by the executor, so they are not read back. Text from a file that may be
// damaged or hostile: a missing field, a wrong type or a value that does not parse is an error that
// names the field.
base::Result<Plan> from_request(std::string_view text);
// Only the event, of a request that another version of this program may have written.
base::Result<event::Event> event_of_request(std::string_view text);

} // namespace nvmf::plan
