#include "base/connect_option.hpp"

#include <algorithm>
#include <doctest/doctest.h>

using namespace nvmf::base;

TEST_CASE("the table is in the order of its ids, and names differ only in their dashes") {
  std::size_t index = 0;
  for (const ConnectOption& option : connect_options()) {
    CAPTURE(std::string(option.name));
    CHECK(static_cast<std::size_t>(option.id) == index++);
    std::string kernel(option.name);
    std::replace(kernel.begin(), kernel.end(), '-', '_');
    CHECK(kernel == option.kernel_name);
    CHECK(find_connect_option(option.name) == &connect_option(option.id));
    CHECK_FALSE(option.about.empty());
    CHECK_FALSE(option.about.ends_with('.'));
  }
  CHECK(find_connect_option("ctrl_loss_tmo") == nullptr);
}

TEST_CASE("values as a policy writes them") {
  struct {
    OptionId id;
    OptionValue value;
    const char* text;
  } const rows[] = {
      {OptionId::nr_io_queues, std::int64_t{16}, "16"},
      {OptionId::ctrl_loss_tmo, std::int64_t{600}, "10m"},
      {OptionId::ctrl_loss_tmo, std::int64_t{-1}, "infinity"},
      {OptionId::keep_alive_tmo, std::int64_t{0}, "0s"},
      {OptionId::tos, std::int64_t{0}, "0"},
      {OptionId::tls, true, "true"},
      {OptionId::tls, false, "false"},
      {OptionId::keyring, std::string(".nvme"), ".nvme"},
      {OptionId::queue_size, KernelDefault{}, "null"},
      {OptionId::tls_key, SecretRef{SecretRef::Kind::file, "/etc/nvmf/psk"},
       "{file: /etc/nvmf/psk}"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.text);
    CHECK(to_policy_text(row.id, row.value) == row.text);
  }
}
