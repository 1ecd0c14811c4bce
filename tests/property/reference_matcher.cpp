#include "property/reference_matcher.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <cctype>

namespace nvmf::property {

namespace {

std::string lower(std::string text) {
  for (char& c : text)
    c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

bool glob(const char* pattern, const char* text) {
  if (*pattern == '\0')
    return *text == '\0';
  if (*pattern == '*')
    return glob(pattern + 1, text) || (*text != '\0' && glob(pattern, text + 1));
  return *text != '\0' && (*pattern == '?' || *pattern == *text) && glob(pattern + 1, text + 1);
}

// An address as its bits ('0', '1'): 32 or 128 of them; empty if it is none.
std::string bits(const std::string& address) {
  std::string const text = address.substr(0, address.find('%'));
  unsigned char bytes[16] = {};
  std::size_t size = 4;
  if (inet_pton(AF_INET, text.c_str(), bytes) != 1) {
    size = 16;
    if (inet_pton(AF_INET6, text.c_str(), bytes) != 1)
      return {};
  }
  std::string result;
  for (std::size_t i = 0; i < size * 8; ++i)
    result += (bytes[i / 8] >> (7 - i % 8) & 1) != 0 ? '1' : '0';
  std::string const mapped = std::string(80, '0') + std::string(16, '1');
  return result.rfind(mapped, 0) == 0 ? result.substr(96) : result;
}

std::string scope(const std::string& address) {
  auto const percent = address.find('%');
  return percent == std::string::npos ? "" : address.substr(percent + 1);
}

bool ip_matches(const std::string& pattern, const std::string& value) {
  std::string const own = bits(value);
  if (auto const dash = pattern.find('-'); dash != std::string::npos) {
    std::string const low = bits(pattern.substr(0, dash));
    return own.size() == low.size() && low <= own && own <= bits(pattern.substr(dash + 1));
  }
  if (auto const slash = pattern.find('/'); slash != std::string::npos) {
    std::string const net = bits(pattern.substr(0, slash));
    auto const length = static_cast<std::size_t>(std::stoi(pattern.substr(slash + 1)));
    return own.size() == net.size() && own.compare(0, length, net, 0, length) == 0;
  }
  return own == bits(pattern) && (scope(pattern).empty() || scope(pattern) == scope(value));
}

// All in lower case with `0x`, one `*` at the end of a name.
bool fc_matches(const std::string& pattern, const std::string& value) {
  return glob(pattern.c_str(), value.c_str());
}

bool address_matches(const std::string& pattern, const std::string& value) {
  bool const fc_pattern = pattern.rfind("nn-", 0) == 0;
  bool const fc_value = value.rfind("nn-", 0) == 0;
  if (fc_pattern || fc_value)
    return fc_pattern && fc_value && fc_matches(pattern, value);
  return bits(value).empty() ? pattern == value : ip_matches(pattern, value);
}

bool number_matches(const std::string& pattern, const std::string& value) {
  auto const dash = pattern.find('-');
  int const low = std::stoi(pattern);
  int const high = dash == std::string::npos ? low : std::stoi(pattern.substr(dash + 1));
  return low <= std::stoi(value) && std::stoi(value) <= high;
}

bool value_matches(const std::string& key, const std::string& pattern, const std::string& value) {
  if (key == "traddr" || key == "host-traddr")
    return address_matches(pattern, value);
  if (key == "trsvcid" || key == "portid")
    return number_matches(pattern, value);
  if (key == "event" || key == "transport" || key == "secure-channel" || key == "persistent")
    return pattern == value;
  if (key == "owner" && (pattern == "none" || value == "none"))
    return pattern == value;
  // A glob is compared with targets only; of the sources `first` is the name of a rule.
  if (key == "source" && pattern.find_first_of("*?") != std::string::npos && value == "first")
    return false;
  if (key == "hostname")
    return glob(lower(pattern).c_str(), lower(value).c_str());
  return glob(pattern.c_str(), value.c_str());
}

// The values that the event has for the clause's key.
std::vector<std::string> values_of(const TextClause& clause, const TextEvent& event) {
  if (clause.key == "source")
    return event.sources;
  const auto& values = clause.key == "udev" ? event.udev : event.values;
  auto const found = values.find(clause.key == "udev" ? clause.property : clause.key);
  return found == values.end() ? std::vector<std::string>() : std::vector{found->second};
}

bool holds(const TextClause& clause, const TextEvent& event) {
  for (const std::string& value : values_of(clause, event))
    for (const std::string& pattern : clause.values)
      if (value_matches(clause.key, pattern, value))
        return true;
  return false;
}

bool names_io(const TextMatch& match) {
  auto const io_key = [](const TextClause& clause) {
    return clause.key == "subsystem-nqn" || clause.key == "portid" ||
           clause.key == "secure-channel";
  };
  return std::any_of(match.all.begin(), match.all.end(), io_key) ||
         std::any_of(match.none.begin(), match.none.end(), io_key);
}

} // namespace

bool matches(const TextMatch& match, const TextEvent& event) {
  for (const TextClause& clause : match.all)
    if (!holds(clause, event))
      return false;
  for (const TextClause& clause : match.none)
    if (holds(clause, event))
      return false;
  return true;
}

bool applies_to(const TextRule& rule, const TextEvent& event) {
  if (rule.action == "discover")
    return !event.io_subsystem;
  if (rule.action == "connect" || names_io(rule.match))
    return event.io_subsystem;
  return true;
}

TextEvent as_used(const TextRule& rule, TextEvent event) {
  auto const kind = event.values.find("event");
  bool const is_firmware = kind != event.values.end() && kind->second == "firmware";
  if (!rule.identity.empty() && !is_firmware) {
    event.values["identity"] = rule.identity;
    event.values["host-nqn"] = host_nqn_of(rule.identity);
  }
  return event;
}

namespace {

bool holds_for(const TextRule& rule, const TextEvent& event) {
  return applies_to(rule, event) && matches(rule.match, event);
}

bool waits_for_the_end(const TextRule& guard) {
  auto const is_late = [](const TextClause& clause) {
    return clause.key == "host-traddr" || clause.key == "host-iface" || clause.key == "host-nqn" ||
           clause.key == "identity";
  };
  return std::any_of(guard.match.all.begin(), guard.match.all.end(), is_late) ||
         std::any_of(guard.match.none.begin(), guard.match.none.end(), is_late);
}

// The rules, the target, the firmware's table.
TextDecision decide_without_guards(const TextPolicy& policy, const TextEvent& event) {
  for (const TextRule& rule : policy.rules)
    if (holds_for(rule, event))
      return {rule.action == "ignore" ? "ignored" : rule.action, rule.name};
  for (const TextTarget& target : policy.targets)
    if (target.name == event.target && target.subsystem_nqn.empty() != event.io_subsystem)
      return {event.io_subsystem ? "connect" : "discover", target.name};
  if (auto const kind = event.values.find("event");
      kind != event.values.end() && kind->second == "firmware") // the table's own is wanted
    return {event.io_subsystem ? "connect" : "discover", ""};
  return {"ignored", ""};
}

} // namespace

TextDecision decide(const TextPolicy& policy, const TextEvent& event) {
  for (const TextRule& guard : policy.guards)
    if (!waits_for_the_end(guard) && holds_for(guard, event))
      return {"denied", guard.name};
  TextDecision const wish = decide_without_guards(policy, event);
  TextEvent used = event;
  for (const TextRule& rule : policy.rules)
    if (rule.name == wish.name)
      used = as_used(rule, event);
  for (const TextRule& guard : policy.guards)
    if (holds_for(guard, used))
      return {"denied", guard.name};
  return wish;
}

} // namespace nvmf::property
