#include "property/random_policy.hpp"

#include <algorithm>

namespace nvmf::property {

namespace {

using Words = std::vector<std::string>;

const Words events{
    "boot",     "discovery-log-changed", "discovery-reconnected", "fc-discovery", "discovered",
    "referral", "controller-lost"};
const Words transports{"tcp", "rdma", "fc", "loop"};
const Words ip_values{"10.0.0.0",      "10.0.0.1",      "10.0.0.2",       "10.0.0.3",
                      "10.0.1.1",      "192.168.1.9",   "fd00::",         "fd00::1",
                      "fd00::2",       "fd00::ffff",    "fe80::1",        "fe80::1%eth0",
                      "fe80::1%eth1",  "fe80::2%eth0",  "fe80::2%p1",     "::1",
                      "2001:db8::a:1", "2001:db8::b:1", "255.255.255.255"};
const Words ip_patterns{"10.0.0.0/30",
                        "10.0.0.0/31",
                        "10.0.0.2/31",
                        "10.0.0.0/8",
                        "0.0.0.0/0",
                        "10.0.0.1",
                        "10.0.0.3",
                        "::ffff:10.0.0.2",
                        "10.0.0.1-10.0.0.2",
                        "10.0.0.0-10.0.0.1",
                        "0.0.0.0-10.0.0.255",
                        "fd00::/126",
                        "fd00::/16",
                        "::/0",
                        "fd00::1",
                        "fd00::1-fd00::ffff",
                        "fe80::/64",
                        "fe80::1",
                        "fe80::1%eth0",
                        "fe80::2%eth0",
                        "2001:db8::/33",
                        "8000::/1",
                        "0.0.0.0/1",
                        "128.0.0.0/1"};
const Words fc_values{
    "nn-0x1000000000000001:pn-0x2000000000000001", "nn-0x1000000000000001:pn-0x2100000000000002",
    "nn-0x1100000000000002:pn-0x2000000000000001", "nn-0xffffffffffffffff:pn-0xffffffffffffffff"};
const Words fc_patterns{"nn-0x1000000000000001:pn-0x2000000000000001",
                        "nn-0x1000000000000001:pn-*",
                        "nn-*:pn-0x20*",
                        "nn-0x1*:pn-0x2*",
                        "nn-*:pn-*",
                        "nn-0x11*:pn-0x2000000000000001"};
const Words loop_values{"a", "b", "10.0.0.1-loop"};
const Words services{"1", "4420", "4421", "8009", "65535"};
const Words service_patterns{"4420",   "8009",       "4420-4421", "1-65535",
                             "1-8009", "4421-65535", "8010-9000"};
const Words names{"nqn.a:x",  "nqn.a:xy", "nqn.a:y",   "nqn.b:x",
                  "nqn.b:zz", "testnqn",  "nqn.a:xyx", "nqn.2014-08.org.nvmexpress.discovery"};
const Words name_patterns{"nqn.a:blue", "nqn.a:bl*", "nqn.a:x",  "nqn.a:xy", "nqn.a:*", "nqn.*",
                          "*",          "nqn.?:x",   "nqn.a:x*", "*:x",      "*x*",     "nqn.a:?",
                          "nqn.b:*",    "*y",        "nqn.*:x?", "testnqn",  "?*",      "n*n.a*x"};
const Words interfaces{"eth0", "eth1", "p1"};
const Words interface_patterns{"eth0", "eth?", "*", "p*", "e*0"};
const Words hosts{"web-1", "WEB-2", "db"};
const Words host_patterns{"web-*", "Web-1", "*", "d?"};
const Words sources{"dc-a", "dc-b", "first"};
const Words source_patterns{"dc-a", "dc-b", "first", "dc-*", "d?-a", "*", "x*"};
const Words identities{"default", "blue", "black"};
const Words identity_patterns{"default", "bl*", "blue", "*", "b?ack"};
const Words owners{"none", "stas", "nvmf-policy", "stacd"};
const Words owner_patterns{"none", "*", "sta*", "stas", "n*", "?*"};
const Words flags{"true", "false"};
const Words ports{"0", "1", "2", "65535"};
const Words port_patterns{"0", "1", "0-1", "0-65535", "2-65535"};
const Words treqs{"required", "not-required", "unspecified"};
const Words property_values{"1", "x y", "abc"};
const Words property_patterns{"1", "*", "a*", "?"};

struct Key {
  const char* name;
  const Words* patterns;
};

const std::vector<Key> exact_keys{
    {"event", &events},
    {"transport", &transports},
    {"traddr", nullptr},
    {"traddr", nullptr},
    {"host-traddr", nullptr},
    {"trsvcid", &service_patterns},
    {"host-iface", &interface_patterns},
    {"subsystem-nqn", &name_patterns},
    {"subsystem-nqn", &name_patterns},
    {"discovery-nqn", &name_patterns},
    {"host-nqn", &name_patterns},
    {"source", &source_patterns},
    {"identity", &identity_patterns},
    {"owner", &owner_patterns},
    {"persistent", &flags},
    {"portid", &port_patterns},
    {"secure-channel", &treqs},
};

std::string address_pattern(Random& random, const std::string& key) {
  if (random.one_in(5))
    return random.any_of(fc_patterns);
  if (key == "traddr" && random.one_in(8))
    return random.any_of(loop_values);
  return random.any_of(ip_patterns);
}

TextClause random_clause(Random& random, Keys keys) {
  if (keys == Keys::all && random.one_in(8)) {
    bool const of_host = random.one_in(2);
    TextClause clause{
        of_host ? "hostname" : "udev", {}, of_host ? "" : (random.one_in(2) ? "A" : "B")};
    clause.values.push_back(random.any_of(of_host ? host_patterns : property_patterns));
    return clause;
  }
  const Key& key = random.any_of(exact_keys);
  TextClause clause{key.name, {}, {}};
  std::size_t const count = 1 + random.below(random.one_in(3) ? 4 : 2);
  for (std::size_t i = 0; i < count; ++i)
    clause.values.push_back(key.patterns ? random.any_of(*key.patterns)
                                         : address_pattern(random, clause.key));
  return clause;
}

void add_clause(std::vector<TextClause>& clauses, TextClause clause) {
  bool const twice = std::any_of(clauses.begin(), clauses.end(), [&](const TextClause& other) {
    return other.key == clause.key && other.property == clause.property;
  });
  if (!twice)
    clauses.push_back(std::move(clause));
}

TextMatch random_match(Random& random, Keys keys) {
  TextMatch match;
  if (random.one_in(8))
    return match; // any: true
  std::size_t const wanted = random.below(4);
  for (std::size_t i = 0; i < wanted; ++i)
    add_clause(match.all, random_clause(random, keys));
  for (std::size_t unwanted = random.one_in(3) ? 1 + random.below(2) : 0; unwanted > 0; --unwanted)
    add_clause(match.none, random_clause(random, keys));
  return match;
}

TextRule random_rule(Random& random, Keys keys, std::size_t number) {
  static const Words actions{"discover", "connect", "connect", "connect", "ignore"};
  TextRule rule{
      "r" + std::to_string(number), random_match(random, keys), random.any_of(actions), {}};
  if (rule.action == "connect" && random.one_in(2))
    rule.options["nr-io-queues"] = random.one_in(2) ? "4" : "8";
  if (rule.action == "connect" && random.one_in(4))
    rule.options[random.any_of(transports) + " nr-io-queues"] = random.one_in(2) ? "4" : "8";
  if (rule.action != "ignore" && random.one_in(6))
    rule.identity = random.one_in(2) ? "blue" : "black";
  return rule;
}

std::string maybe(Random& random, const Words& words) {
  return random.one_in(3) ? std::string() : random.any_of(words);
}

std::string address(Random& random, const std::string& transport) {
  if (transport == "fc")
    return random.any_of(fc_values);
  return random.any_of(transport == "loop" ? loop_values : ip_values);
}

bool from_udev(const std::string& kind) {
  return kind == "discovery-log-changed" || kind == "discovery-reconnected" ||
         kind == "fc-discovery" || kind == "controller-lost";
}

std::string clauses_text(const std::vector<TextClause>& clauses) {
  std::string text;
  for (const TextClause& clause : clauses) {
    text += " " + clause.key + (clause.property.empty() ? "" : " " + clause.property) + ":";
    for (const std::string& value : clause.values)
      text += " " + value;
    text += ";";
  }
  return text;
}

std::string rule_text(const TextRule& rule) {
  std::string text = rule.action + " " + rule.name + "  {" + clauses_text(rule.match.all) +
                     " not {" + clauses_text(rule.match.none) + " } }";
  for (const auto& [name, value] : rule.options)
    text += " " + name + "=" + value;
  if (!rule.identity.empty())
    text += " as " + rule.identity;
  return text + "\n";
}

} // namespace

TextPolicy random_policy(Random& random, Keys keys) {
  TextPolicy policy;
  for (std::size_t i = 0, count = random.below(3); i < count; ++i)
    policy.guards.push_back({"g" + std::to_string(i), random_match(random, keys), "deny", {}});
  for (std::size_t i = 0, count = 1 + random.below(8); i < count; ++i)
    policy.rules.push_back(random_rule(random, keys, i));
  return policy;
}

TextPolicy changed(TextPolicy policy, Random& random, Keys keys) {
  for (std::size_t changes = 1 + random.below(3); changes > 0; --changes) {
    std::size_t const at = random.below(policy.rules.size());
    switch (random.below(5)) {
    case 0:
      std::swap(policy.rules[at], policy.rules[random.below(policy.rules.size())]);
      break;
    case 1:
      policy.rules.insert(policy.rules.begin() + static_cast<std::ptrdiff_t>(at),
                          random_rule(random, keys, 90 + changes));
      break;
    case 2:
      add_clause(policy.rules[at].match.all, random_clause(random, keys));
      break;
    case 3:
      policy.rules[at].options["queue-size"] = "64";
      break;
    default:
      policy.guards.push_back(
          {"h" + std::to_string(changes), random_match(random, keys), "deny", {}});
    }
  }
  return policy;
}

TextEvent random_event(Random& random) {
  TextEvent event;
  std::string const kind = random.one_in(2) ? "discovered" : random.any_of(events);
  std::string const transport = kind == "fc-discovery" ? "fc" : random.any_of(transports);
  bool const either = kind == "boot" || kind == "controller-lost";
  event.io_subsystem = kind == "discovered" || (either && random.one_in(2));
  bool const ip = transport == "tcp" || transport == "rdma";
  auto const set = [&](const std::string& key, const std::string& value) {
    if (!value.empty())
      event.values[key] = value;
  };
  set("event", kind);
  set("transport", transport);
  if (transport != "loop" || random.one_in(2))
    set("traddr", address(random, transport));
  if (transport != "loop" && random.one_in(2))
    set("host-traddr", address(random, transport));
  if (ip)
    set("trsvcid", kind == "boot" ? random.any_of(services) : maybe(random, services));
  if (transport == "tcp")
    set("host-iface", maybe(random, interfaces));
  if (event.io_subsystem)
    set("subsystem-nqn", random.any_of(names));
  if (!event.io_subsystem || kind != "boot")
    set("discovery-nqn", maybe(random, names));
  set("host-nqn", maybe(random, names));
  set("hostname", maybe(random, hosts));
  if (event.io_subsystem && kind != "boot") {
    set("portid", maybe(random, ports));
    set("secure-channel", maybe(random, treqs));
  }
  set("identity", maybe(random, identities));
  if (kind == "discovery-log-changed" || kind == "discovery-reconnected") {
    set("owner", maybe(random, owners));
    set("persistent", maybe(random, flags));
  }
  for (const std::string& source : sources)
    if (random.one_in(3))
      event.sources.push_back(source);
  for (const char* property : {"A", "B"})
    if (from_udev(kind) && random.one_in(2))
      event.udev[property] = random.any_of(property_values);
  return event;
}

// The two have names, kinds and addresses of their own, so that a name means one endpoint.
std::vector<TextTarget> random_targets(Random& random) {
  std::vector<TextTarget> targets;
  auto const add = [&](TextTarget target, const char* option) {
    if (random.one_in(4))
      return;
    if (random.one_in(2))
      target.options[option] = random.one_in(2) ? "4" : "8";
    targets.push_back(std::move(target));
  };
  add({.name = "dc-a", .traddr = "10.0.0.1", .subsystem_nqn = {}, .options = {}}, "keep-alive-tmo");
  add({.name = "dc-b", .traddr = "10.0.0.2", .subsystem_nqn = "nqn.a:x", .options = {}},
      "nr-io-queues");
  return targets;
}

std::string to_text(const TextPolicy& policy) {
  std::string text;
  for (const TextRule& guard : policy.guards)
    text += rule_text(guard);
  for (const TextRule& rule : policy.rules)
    text += rule_text(rule);
  for (const TextTarget& target : policy.targets) {
    text += "target " + target.name + " " + target.traddr + " " + target.subsystem_nqn;
    for (const auto& [name, value] : target.options)
      text += " " + name + "=" + value;
    text += "\n";
  }
  return text;
}

std::string to_text(const TextEvent& event) {
  std::string text;
  for (const auto& [key, value] : event.values)
    text += key + "=" + value + " ";
  for (const std::string& source : event.sources)
    text += "source=" + source + " ";
  for (const auto& [key, value] : event.udev)
    text += "udev." + key + "=" + value + " ";
  return event.target.empty() ? text : text + "target=" + event.target;
}

} // namespace nvmf::property
