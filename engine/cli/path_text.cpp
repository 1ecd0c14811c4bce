#include "cli/path_text.hpp"

#include "base/wire_text.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <string_view>

namespace nvmf::cli {

namespace {

using decide::Outcome;
using execute::PathRecord;
using execute::PathState;

// Whole seconds, rounded up: "in 4s".
std::string in_text(base::Duration left) {
  using std::chrono::seconds;
  const auto whole = std::chrono::ceil<seconds>(std::max(left, base::Duration::zero()));
  return base::format_duration(whole);
}

} // namespace

std::string why_text(const PathRecord& path, const plan::Item* item, base::Duration now) {
  if (path.state == PathState::live) {
    // The detail begins with the device.
    const bool has_detail = item && !item->detail.empty() && item->device == path.device;
    if (has_detail && item->outcome == Outcome::differs)
      return "differs: " + base::escaped(item->detail);
    if (has_detail && item->reason)
      return fmt::format("{}: {}", to_string(*item->reason), base::escaped(item->detail));
    return path.device.empty() ? path.reason : path.device;
  }
  std::string text;
  if (path.next_try)
    text = fmt::format("try {} in {}", path.tries + 1, in_text(*path.next_try - now));
  auto const add = [&text](std::string_view more) {
    if (!more.empty())
      text += fmt::format("{}{}", text.empty() ? "" : ": ", more);
  };
  auto const word = path.error_class ? to_string(*path.error_class) : std::string_view();
  if (!path.reason.starts_with(word))
    add(word);
  add(base::escaped(path.reason));
  return text;
}

std::string why_text(const plan::Item& item) {
  std::string text;
  if (item.outcome == Outcome::denied && item.decided_by)
    text = item.decided_by->name;
  else if (item.reason)
    text = to_string(*item.reason);
  if (!item.detail.empty())
    text += (text.empty() ? "" : ": ") + base::escaped(item.detail);
  if (!item.device.empty() && item.reason != decide::Reason::owned_by)
    text += fmt::format("; connected as {}, and stays", item.device);
  return text;
}

} // namespace nvmf::cli
