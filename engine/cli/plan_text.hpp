// Plans for people: one line per thing and what becomes of it.
#pragma once

#include "cli/terminal.hpp"
#include "plan/plan.hpp"
#include "policy/policy.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace nvmf::cli {

// Whether the logs of a plan's discovery controllers are known.
enum class LogKnowledge : std::uint8_t { not_read, read };

struct ShownPlan {
  plan::Plan plan;
  LogKnowledge log = LogKnowledge::not_read;
  std::string log_problem; // why it could not be read, where it was asked for; empty: it was not
};

enum class Detail : std::uint8_t { changes, brief, full };

// `Policy  sha256:9f2c1e…  3 files, 2 guards, 5 rules`.
std::string policy_line(const policy::Policy& policy);

// All plans and the summary. `full` adds options with their origins and the retry schedule; option
// strings are shown where items have them. In a window first the places go, then NQNs get shorter,
// then source addresses go whose interface is there, then reasons are cut: a row stays one line.
std::string plans_text(const policy::Policy& policy, const std::vector<ShownPlan>& plans,
                       Detail detail, const Screen& screen);

// `Plan: 1 discover, 2 connect.   Nothing was changed.`
std::string summary_text(const std::vector<ShownPlan>& plans, const Screen& screen);

// `after 2s 4s 8s ..., at most 2m, ±20%; gives up after 24h`.
std::string retry_text(const plan::Retry& retry);
// That of the item: `every 5m: …` where nothing that fails is tried again soon.
std::string retry_text(const plan::Item& item);

} // namespace nvmf::cli
