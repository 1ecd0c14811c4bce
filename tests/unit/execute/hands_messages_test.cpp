#include "execute/hands_messages.hpp"

#include "execute/item_json.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

using namespace nvmf;
using namespace std::chrono_literals;
using execute::HandsAnswer;
using execute::HandsRequest;

namespace {

using MessageJson = nlohmann::ordered_json;

plan::Tid whole_tid() {
  return {.endpoint = base::Endpoint{.transport = base::Transport::tcp,
                                     .traddr = *base::Traddr::parse_any("192.0.2.10"),
                                     .trsvcid = 8009,
                                     .host_traddr = *base::Traddr::parse_any("192.0.2.20"),
                                     .host_iface = "eth1"},
          .subsystem_nqn = "nqn.2014-08.org.nvmexpress.discovery",
          .host_nqn = "nqn.2024-01.com.example:host",
          .hostid = "11111111-2222-3333-4444-555555555555"};
}

// No field has the value that it has without being set.
plan::Item whole_item() {
  using base::OptionId;
  plan::Item item{.outcome = decide::Outcome::connect,
                  .reason = decide::Reason::no_rule_matched,
                  .detail = "detail",
                  .parent = 7,
                  .subject = base::Subject::discovery_controller,
                  .event = base::EventKind::controller_lost,
                  .tid = whole_tid(),
                  .retry = {.attempts = 3,
                            .first_delay = 11ms,
                            .factor = 1.5,
                            .max_delay = 22ms,
                            .jitter_percent = 7,
                            .give_up_after = base::infinite_duration,
                            .slow_delay = 33ms},
                  .decided_by = plan::DecidedBy{.kind = plan::DecidedBy::Kind::target,
                                                .name = "dc-a",
                                                .path = "/etc/nvmf/autoconnect.yaml",
                                                .line = 12},
                  .closest = "prod, failed at transport",
                  .device = "nvme4",
                  .bystander = "nvme5",
                  .string = "nqn=x",
                  .keep_connected = true,
                  .persistent_if_supported = true,
                  .follow_referrals = false,
                  .poll = 900s,
                  .sources = {"dc-a", "\xff not text"},
                  .probe = false,
                  .expect_paths = 4,
                  .firmware =
                      plan::FirmwarePath{.was_unavailable = true, .address_may_have_moved = true},
                  .slow_lane = true,
                  .left_out = {OptionId::tls, OptionId::tos}};
  const auto put = [&](OptionId id, base::OptionValue value) {
    item.connect[id] = {.value = std::move(value), .origin = "defaults", .path = "/p", .line = 3};
  };
  put(OptionId::ctrl_loss_tmo, std::int64_t{-1});
  put(OptionId::queue_size, std::int64_t{128});
  put(OptionId::tls, true);
  put(OptionId::keyring, std::string(".nvme"));
  put(OptionId::nr_io_queues, base::KernelDefault{});
  put(OptionId::dhchap_secret,
      base::SecretRef{.kind = base::SecretRef::Kind::credential, .name = "a"});
  put(OptionId::dhchap_ctrl_secret,
      base::SecretRef{.kind = base::SecretRef::Kind::file, .name = "/b"});
  put(OptionId::tls_key, base::SecretRef{.kind = base::SecretRef::Kind::keyring, .name = "c"});
  return item;
}

execute::WriteRequest whole_write() {
  return {.id = "0123456789abcdef",
          .item = whole_item(),
          .stay = execute::Stay::transient,
          .probe = fabrics::FailedAttempt::Probe::answered,
          .lane = execute::WriteRequest::Lane::suspect,
          .policy_digest = "sha256:ab"};
}

execute::WriteOutcome whole_outcome() {
  return {.kind = execute::WriteOutcome::Kind::postponed,
          .device = "nvme3",
          .incarnation = 0xfedcba9876543210,
          .error_class = fabrics::ErrorClass::auth,
          .reason = "the kernel said \xfe",
          .took = 9ms,
          .wait = 300s,
          .secrets = "fingerprint"};
}

// Every value that a record can have, text that is not UTF-8 included.
execute::LogOutcome whole_log() {
  return {.kind = execute::LogOutcome::Kind::reconnect_as,
          .log = {.genctr = 8,
                  .numrec = 5000,
                  .entries = {{.trtype = 3,
                               .adrfam = 2,
                               .subtype = event::EntrySubtype::current_discovery,
                               .secure_channel = base::SecureChannel::not_required,
                               .may_disable_sqflow = true,
                               .portid = 1,
                               .cntlid = 0xffff,
                               .asqsz = 32,
                               .eflags = 7,
                               .trsvcid = "4420",
                               .subnqn = std::string("nqn.\0\x80\xff", 7),
                               .traddr = "fd00::1",
                               .sectype = 2},
                              {}},
                  .truncated = true},
          .own_nqn = "nqn.2024-01.com.example:dc",
          .error = {.message = "changed", .code = EAGAIN}};
}

template <class T>
T through(const T& what) {
  const auto request = execute::request_from_bytes(to_bytes(HandsRequest{77, what}));
  REQUIRE_MESSAGE(request, (request ? "" : request.error().message));
  CHECK(request->number == 77);
  REQUIRE(std::holds_alternative<T>(request->what));
  return std::get<T>(request->what);
}

template <class T>
T answered(const T& what) {
  const auto answer = execute::answer_from_bytes(to_bytes(HandsAnswer{UINT64_MAX, what}));
  REQUIRE_MESSAGE(answer, (answer ? "" : answer.error().message));
  CHECK(answer->number == UINT64_MAX);
  REQUIRE(std::holds_alternative<T>(answer->what));
  return std::get<T>(answer->what);
}

std::string bytes_of(const MessageJson& json) {
  std::string bytes;
  MessageJson::to_cbor(json, bytes);
  return bytes;
}

MessageJson json_of(const std::string& bytes) { return MessageJson::from_cbor(bytes); }

} // namespace

TEST_CASE("an item keeps every field on its way to another process") {
  const auto back = execute::item_from_json(execute::item_to_json(whole_item()));
  REQUIRE_MESSAGE(back, (back ? "" : back.error().message));
  CHECK(*back == whole_item());
  CHECK(*execute::item_from_json(execute::item_to_json({})) == plan::Item());
}

TEST_CASE("requests of the loop arrive at its hands as they were") {
  const auto write = through(whole_write());
  CHECK(write.id == whole_write().id);
  CHECK(write.item == whole_item());
  CHECK(write.stay == execute::Stay::transient);
  CHECK(write.probe == fabrics::FailedAttempt::Probe::answered);
  CHECK(write.lane == execute::WriteRequest::Lane::suspect);
  const auto log = through(execute::LogRequest{.item = whole_item(),
                                               .device = "nvme4",
                                               .max_entries = 17,
                                               .nqn = execute::LogRequest::Nqn::unique_first});
  CHECK(log.item == whole_item());
  CHECK(log.device == "nvme4");
  CHECK(log.max_entries == 17);
  CHECK(log.nqn == execute::LogRequest::Nqn::unique_first);
  const auto ended =
      through(execute::Disconnection{.device = "nvme9", .tid = whole_tid(), .incarnation = 5});
  CHECK(ended.device == "nvme9");
  CHECK(ended.tid == whole_tid());
  CHECK(ended.incarnation == 5);
  CHECK(through(execute::wish::Adopt{.device = "nvme2"}).device == "nvme2");
  (void)through(execute::wish::SettleLeftOvers{});
  (void)through(execute::wish::KernelOptions{});
  (void)through(execute::wish::SignOfLife{});
  (void)through(execute::wish::Stop{});
}

TEST_CASE("answers of the hands arrive at the loop as they were") {
  const auto write = answered(whole_outcome());
  CHECK(write.kind == whole_outcome().kind);
  CHECK(write.device == whole_outcome().device);
  CHECK(write.incarnation == whole_outcome().incarnation);
  CHECK(write.error_class == whole_outcome().error_class);
  CHECK(write.reason == whole_outcome().reason);
  CHECK(write.took == whole_outcome().took);
  CHECK(write.wait == whole_outcome().wait);
  CHECK(write.secrets == whole_outcome().secrets);
  const auto log = answered(whole_log());
  CHECK(log.kind == whole_log().kind);
  CHECK(log.log == whole_log().log);
  CHECK(log.own_nqn == whole_log().own_nqn);
  CHECK(log.error == whole_log().error);
  CHECK(answered(base::Result<void>()).has_value());
  const base::Error error{.message = "Permission denied", .code = EACCES};
  CHECK(answered(base::Result<void>(tl::unexpected(error))).error() == error);
  using Options = base::Result<decide::KernelOptions>;
  decide::KernelOptions options{"nqn", "tls"};
  options.doubtful = {"tls"};
  CHECK(answered(Options(options)) == Options(options));
  CHECK(answered(Options(tl::unexpected(error))).error() == error);
}

TEST_CASE("a message with a field that is missing or of another kind is refused by name") {
  const MessageJson request = json_of(to_bytes(HandsRequest{1, whole_write()}));
  const MessageJson answer = json_of(to_bytes(HandsAnswer{1, whole_log()}));
  const auto without_each = [](const MessageJson& whole, auto read, auto change) {
    for (const auto& [key, value] : whole.items()) {
      CAPTURE(key);
      MessageJson damaged = whole;
      change(damaged, key);
      const auto result = read(bytes_of(damaged));
      REQUIRE_FALSE(result);
      CHECK(result.error().code == EINVAL);
      CHECK(result.error().message.starts_with("`" + key + "`"));
    }
  };
  const auto take_out = [](MessageJson& json, const std::string& key) { json.erase(key); };
  const auto exchange = [](MessageJson& json, const std::string& key) {
    json[key] = MessageJson::array({nullptr});
  };
  without_each(request, execute::request_from_bytes, take_out);
  without_each(request, execute::request_from_bytes, exchange);
  without_each(answer, execute::answer_from_bytes, take_out);
  without_each(answer, execute::answer_from_bytes, exchange);
  for (const auto& [key, value] : request["item"].items()) {
    CAPTURE(key);
    MessageJson damaged = request;
    damaged["item"][key] = MessageJson::array({nullptr});
    const auto result = execute::request_from_bytes(bytes_of(damaged));
    REQUIRE_FALSE(result);
    CHECK(result.error().message.starts_with("`item`: `" + key + "`"));
  }
}

TEST_CASE("an enumeration outside its values is refused") {
  struct Row {
    const char* key;
    int value;
  };
  for (const Row& row : {Row{"stay", 2}, Row{"probe", 2}, Row{"lane", 2}, Row{"lane", 256}}) {
    CAPTURE(row.key);
    MessageJson damaged = json_of(to_bytes(HandsRequest{1, whole_write()}));
    damaged[row.key] = row.value;
    const auto result = execute::request_from_bytes(bytes_of(damaged));
    REQUIRE_FALSE(result);
    CHECK(result.error().message == "`" + std::string(row.key) + "` is missing or not valid");
  }
}

TEST_CASE("bytes that are cut off, too deep or no message at all are refused") {
  const std::string whole = to_bytes(HandsAnswer{1, whole_log()});
  for (std::size_t length = 0; length < whole.size(); ++length) {
    CAPTURE(length);
    CHECK_FALSE(execute::answer_from_bytes(whole.substr(0, length)));
  }
  CHECK_FALSE(execute::answer_from_bytes(whole + '\0'));
  // Lists within lists, which would be a call each.
  CHECK_FALSE(execute::answer_from_bytes(std::string(std::size_t{4} << 20, '\x81')));
  // A list that claims 2^63 elements.
  CHECK_FALSE(execute::answer_from_bytes(std::string("\x9b\x80\0\0\0\0\0\0\0", 9)));
  CHECK_FALSE(execute::answer_from_bytes(bytes_of(MessageJson::array({1, 2}))));
  CHECK_FALSE(execute::answer_from_bytes(bytes_of("text")));
}

TEST_CASE("a message with any byte changed is refused or another message, and ends nothing") {
  const std::string request = to_bytes(HandsRequest{1, whole_write()});
  const std::string answer = to_bytes(HandsAnswer{1, whole_log()});
  std::size_t refused = 0;
  for (const unsigned change : {0x01U, 0x20U, 0x80U, 0xffU}) {
    for (std::size_t at = 0; at < request.size(); ++at) {
      std::string damaged = request;
      damaged[at] = static_cast<char>(damaged[at] ^ change);
      refused += execute::request_from_bytes(damaged) ? 0 : 1;
    }
    for (std::size_t at = 0; at < answer.size(); ++at) {
      std::string damaged = answer;
      damaged[at] = static_cast<char>(damaged[at] ^ change);
      refused += execute::answer_from_bytes(damaged) ? 0 : 1;
    }
  }
  CHECK(refused > request.size() + answer.size());
}
