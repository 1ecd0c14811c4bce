// Prints the option string of an I/O connection given as `nvme connect` words (`--traddr=…`), for
// the comparison with what nvme-cli writes. Secrets are given in the clear, as nvme-cli takes them.
#include "base/connect_option.hpp"
#include "fabrics/option_string.hpp"

#include <cstdio>
#include <string>

using namespace nvmf;

namespace {

bool set_tid(plan::Tid& tid, const std::string& key, const std::string& value) {
  if (!tid.endpoint)
    tid.endpoint.emplace();
  if (key == "transport")
    tid.endpoint->transport = base::parse_transport(value).value();
  else if (key == "traddr")
    tid.endpoint->traddr = base::Traddr::parse_any(value);
  else if (key == "host-traddr")
    tid.endpoint->host_traddr = base::Traddr::parse_any(value);
  else if (key == "trsvcid")
    tid.endpoint->trsvcid = static_cast<std::uint16_t>(std::stoi(value));
  else if (key == "host-iface")
    tid.endpoint->host_iface = value;
  else if (key == "nqn")
    tid.subsystem_nqn = value;
  else if (key == "hostnqn")
    tid.host_nqn = value;
  else if (key == "hostid")
    tid.hostid = value;
  else
    return false;
  return true;
}

} // namespace

int main(int argc, char** argv) {
  plan::Item item;
  fabrics::ResolvedSecrets secrets;
  for (int i = 1; i < argc; ++i) {
    std::string const word = std::string(argv[i]).substr(2);
    auto const equals = word.find('=');
    std::string const key = word.substr(0, equals);
    std::string const value = equals == std::string::npos ? "" : word.substr(equals + 1);
    if (set_tid(item.tid, key, value))
      continue;
    const base::ConnectOption* option = base::find_connect_option(key);
    if (!option)
      return 2;
    if (option->kind == base::OptionKind::secret) {
      item.connect[option->id].value = base::SecretRef{.name = "given"};
      secrets.emplace(option->id, base::Secret(value));
    } else if (option->kind == base::OptionKind::flag) {
      item.connect[option->id].value = true;
    } else {
      item.connect[option->id].value = std::int64_t{std::stoll(value)};
    }
  }
  auto const text = fabrics::option_string(item, secrets);
  std::puts(text ? text->reveal().c_str() : text.error().message.c_str());
  return text ? 0 : 1;
}
