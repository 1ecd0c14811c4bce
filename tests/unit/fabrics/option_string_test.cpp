#include "fabrics/option_string.hpp"

#include <doctest/doctest.h>

using namespace nvmf;
using base::OptionId;
using base::SecretRef;

namespace {

constexpr const char* host_nqn =
    "nqn.2014-08.org.nvmexpress:uuid:11111111-2222-3333-4444-555555555555";
constexpr const char* hostid = "11111111-2222-3333-4444-555555555555";

plan::Item tcp_item() {
  plan::Item item{.subject = base::Subject::io_subsystem};
  item.tid = {.endpoint = base::Endpoint{.transport = base::Transport::tcp,
                                         .traddr = *base::Traddr::parse_any("192.0.2.10"),
                                         .trsvcid = 4420},
              .subsystem_nqn = "nqn.2024-01.com.example:vol1",
              .host_nqn = host_nqn,
              .hostid = hostid};
  return item;
}

void set(plan::Item& item, OptionId id, base::OptionValue value) {
  item.connect[id] = {.value = std::move(value), .origin = "rule x"};
}

std::string text(const plan::Item& item, const fabrics::ResolvedSecrets& secrets = {}) {
  auto const built = fabrics::option_string(item, secrets);
  return built ? built->reveal() : "error: " + built.error().message;
}

const std::string identity = std::string(",hostnqn=") + host_nqn + ",hostid=" + hostid;

} // namespace

TEST_CASE("a connection without options") {
  CHECK(text(tcp_item()) == "nqn=nqn.2024-01.com.example:vol1,transport=tcp,traddr=192.0.2.10,"
                            "trsvcid=4420" +
                                identity);
}

TEST_CASE("every option, in nvme-cli's order") {
  plan::Item item = tcp_item();
  item.tid.endpoint->host_traddr = *base::Traddr::parse_any("192.0.2.20");
  item.tid.endpoint->host_iface = "eth1";
  SecretRef const secret{.kind = SecretRef::Kind::credential, .name = "nvmf-dhchap"};
  set(item, OptionId::dhchap_secret, secret);
  set(item, OptionId::dhchap_ctrl_secret,
      SecretRef{.kind = SecretRef::Kind::file, .name = "/etc/x"});
  set(item, OptionId::nr_io_queues, std::int64_t{4});
  set(item, OptionId::nr_write_queues, std::int64_t{2});
  set(item, OptionId::nr_poll_queues, std::int64_t{3});
  set(item, OptionId::queue_size, std::int64_t{64});
  set(item, OptionId::keep_alive_tmo, std::int64_t{7});
  set(item, OptionId::reconnect_delay, std::int64_t{11});
  set(item, OptionId::ctrl_loss_tmo, std::int64_t{-1});
  set(item, OptionId::fast_io_fail_tmo, std::int64_t{5});
  set(item, OptionId::tos, std::int64_t{0});
  set(item, OptionId::keyring, std::string(".nvme"));
  set(item, OptionId::tls_key, SecretRef{.kind = SecretRef::Kind::keyring, .name = "NVMe0R01 x"});
  for (OptionId flag : {OptionId::duplicate_connect, OptionId::disable_sqflow, OptionId::hdr_digest,
                        OptionId::data_digest, OptionId::tls})
    set(item, flag, true);
  set(item, OptionId::concat, false);

  std::string const before = "nqn=nqn.2024-01.com.example:vol1,transport=tcp,traddr=192.0.2.10,"
                             "host_traddr=192.0.2.20,host_iface=eth1,trsvcid=4420" +
                             identity;
  std::string const between =
      ",nr_io_queues=4,nr_write_queues=2,nr_poll_queues=3,queue_size=64,keep_alive_tmo=7,"
      "reconnect_delay=11,ctrl_loss_tmo=-1,fast_io_fail_tmo=5,tos=0";
  std::string const after = ",duplicate_connect,disable_sqflow,hdr_digest,data_digest,tls";
  fabrics::ResolvedSecrets secrets;
  secrets.emplace(OptionId::dhchap_secret, base::Secret("DHHC-1:00:abc:"));
  secrets.emplace(OptionId::dhchap_ctrl_secret, base::Secret("DHHC-1:00:def:"));
  secrets.emplace(OptionId::keyring, base::Secret("0x0000000a"));
  secrets.emplace(OptionId::tls_key, base::Secret("0x0badcafe"));
  CHECK(text(item, secrets) ==
        before + ",dhchap_secret=DHHC-1:00:abc:,dhchap_ctrl_secret=DHHC-1:00:def:" + between +
            ",keyring=0x0000000a,tls_key=0x0badcafe" + after);
  CHECK(*fabrics::redacted_option_string(item) ==
        before + ",dhchap_secret=<credential:nvmf-dhchap>,dhchap_ctrl_secret=<file:/etc/x>" +
            between + ",keyring=<keyring:.nvme>,tls_key=<keyring:NVMe0R01 x>" + after);
  CHECK(text(item) == "error: dhchap_secret: the secret was not resolved");
  CHECK(fabrics::option_names(item).size() == 26);
}

TEST_CASE("a discovery controller is recognised by its name or by a flag") {
  plan::Item item = tcp_item();
  item.subject = base::Subject::discovery_controller;
  item.tid.endpoint->trsvcid = 8009;
  item.tid.subsystem_nqn = "nqn.2014-08.org.nvmexpress.discovery";
  set(item, OptionId::keep_alive_tmo, std::int64_t{30});
  CHECK(text(item) == "nqn=nqn.2014-08.org.nvmexpress.discovery,transport=tcp,traddr=192.0.2.10,"
                      "trsvcid=8009" +
                          identity + ",keep_alive_tmo=30");
  item.tid.subsystem_nqn = "nqn.2020-01.com.array:discovery";
  CHECK(text(item) == "nqn=nqn.2020-01.com.array:discovery,transport=tcp,traddr=192.0.2.10,"
                      "trsvcid=8009" +
                          identity + ",discovery,keep_alive_tmo=30");
}

TEST_CASE("fc and ipv6 are spelled canonically") {
  plan::Item item = tcp_item();
  item.tid.endpoint->traddr = *base::Traddr::parse_any("2001:0DB8:0::1");
  CHECK(text(item).find("traddr=2001:db8::1,") != std::string::npos);
  item.tid.endpoint->transport = base::Transport::fc;
  item.tid.endpoint->traddr = *base::Traddr::parse_any("NN-2000F4C7AA0CD7C2:PN-2100F4C7AA0CD7C2");
  item.tid.endpoint->host_traddr =
      *base::Traddr::parse_any("nn-0x2000f4c7aa0cd7c3:pn-0x2100f4c7aa0cd7c3");
  item.tid.endpoint->trsvcid.reset();
  CHECK(text(item) == "nqn=nqn.2024-01.com.example:vol1,transport=fc,"
                      "traddr=nn-0x2000f4c7aa0cd7c2:pn-0x2100f4c7aa0cd7c2,"
                      "host_traddr=nn-0x2000f4c7aa0cd7c3:pn-0x2100f4c7aa0cd7c3" +
                          identity);
}

TEST_CASE("nothing that the kernel would split gets into a string") {
  for (const char* hostile :
       {"nqn.x:a,nqn=nqn.y:b", "nqn.x:a\nnqn=b", "nqn.x a", "nqn.x\x01", "nqn.\xc3\xa4"}) {
    CAPTURE(hostile);
    plan::Item item = tcp_item();
    item.tid.subsystem_nqn = hostile;
    CHECK_FALSE(fabrics::option_string(item, {}));
    CHECK_FALSE(fabrics::redacted_option_string(item));
    item = tcp_item();
    item.tid.endpoint->host_iface = hostile;
    CHECK_FALSE(fabrics::option_string(item, {}));
  }
  plan::Item item = tcp_item();
  item.tid.subsystem_nqn = "nqn.x:a,nqn=b";
  CHECK(text(item) == "error: `nqn` cannot be given to the kernel: `nqn.x:a,nqn=b` holds a comma, "
                      "blank, control or non-ASCII character");
  item = tcp_item();
  set(item, OptionId::dhchap_secret, SecretRef{.name = "x"});
  fabrics::ResolvedSecrets secrets;
  secrets.emplace(OptionId::dhchap_secret, base::Secret("DHHC-1:00:a,nqn=b"));
  CHECK(text(item, secrets) ==
        "error: dhchap_secret: the secret holds a comma, blank, control or non-ASCII character");
}

TEST_CASE("incomplete and endless strings are refused") {
  plan::Item item = tcp_item();
  item.tid.subsystem_nqn.clear();
  CHECK(text(item) == "error: the connection has no `nqn`");
  item = tcp_item();
  item.tid.endpoint.reset();
  CHECK(text(item) == "error: the connection has no `transport`");
  item = tcp_item();
  item.tid.endpoint->host_iface = std::string(4096, 'x');
  auto const built = fabrics::option_string(item, {});
  REQUIRE_FALSE(built);
  CHECK(built.error().code == ENOMEM);
}

TEST_CASE("options that a kernel lacks are named") {
  plan::Item item = tcp_item();
  item.tid.endpoint->host_iface = "eth1";
  set(item, OptionId::tls, true);
  set(item, OptionId::hdr_digest, false);
  std::set<std::string> const kernel{"nqn", "transport", "traddr", "trsvcid", "hostnqn", "hostid"};
  CHECK(fabrics::missing_options(item, kernel) == std::vector<std::string>{"host_iface", "tls"});
}
