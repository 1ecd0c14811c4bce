#include "systemd/journal.hpp"

#include "base/fd.hpp"
#include "temporary_tree.hpp"

#include <array>
#include <cstring>
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <string>
#include <sys/socket.h>
#include <sys/un.h>
#include <vector>

using namespace nvmf;
using systemd::HostJournal;
using systemd::Priority;

namespace {

// The journal's end of the socket, which reads when it is told to.
class FakeJournal {
public:
  explicit FakeJournal(std::string path)
      : path_(std::move(path)), fd_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path_.copy(address.sun_path, sizeof address.sun_path - 1);
    REQUIRE(::bind(fd_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  }
  const std::string& path() const { return path_; }

  // The next entry; empty if there is none.
  std::string read() const {
    std::vector<char> buffer(std::size_t{1} << 20U);
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control{};
    iovec piece{.iov_base = buffer.data(), .iov_len = buffer.size()};
    msghdr message{};
    message.msg_iov = &piece;
    message.msg_iovlen = 1;
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    ssize_t length = ::recvmsg(fd_.get(), &message, MSG_DONTWAIT);
    if (length == 0 && CMSG_FIRSTHDR(&message) != nullptr) {
      int descriptor = -1;
      std::memcpy(&descriptor, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof descriptor);
      base::Fd const file(descriptor);
      length = ::pread(file.get(), buffer.data(), buffer.size(), 0);
    }
    return length <= 0 ? std::string() : std::string(buffer.data(), static_cast<size_t>(length));
  }

  // The entries that it is offered, until nothing is left.
  std::vector<std::string> read_all(HostJournal& writer) const {
    std::vector<std::string> all;
    for (bool more = true; more;) {
      more = writer.write_waiting();
      for (std::string entry = read(); !entry.empty(); entry = read())
        all.push_back(std::move(entry));
    }
    return all;
  }

private:
  std::string path_;
  base::Fd fd_;
};

std::size_t count_of(const std::vector<std::string>& entries, const std::string& text) {
  std::size_t count = 0;
  for (const std::string& entry : entries)
    count += entry.find(text) != std::string::npos ? 1U : 0U;
  return count;
}

} // namespace

TEST_CASE("an entry of the journal's protocol") {
  using namespace std::string_literals;
  CHECK(systemd::journal_entry({}).empty());
  CHECK(systemd::journal_entry({{"MESSAGE", "a=b"}, {"EMPTY", ""}}) == "MESSAGE=a=b\nEMPTY=\n");
  CHECK(systemd::journal_entry({{"A", "x\nPRIORITY=0"}, {"B", "y"}}) ==
        "A\n\x0c\0\0\0\0\0\0\0x\nPRIORITY=0\nB=y\n"s);
}

TEST_CASE("a line reaches the journal with its fields") {
  test::TemporaryTree const tree;
  FakeJournal const journal(tree.root() + "/socket");
  HostJournal writer("nvmf-test", journal.path());
  writer.write({.priority = Priority::notice,
                .message_id = "0123",
                .message = "one",
                .fields = {{"NVMF_REASON", "two"}, {"NVMF_RULE", ""}}});
  CHECK(journal.read() == "MESSAGE=one\nPRIORITY=5\nSYSLOG_IDENTIFIER=nvmf-test\n"
                          "MESSAGE_ID=0123\nNVMF_REASON=two\n");
  CHECK_FALSE(writer.write_waiting());
}

TEST_CASE("an entry that is too long for a datagram is passed in a file") {
  test::TemporaryTree const tree;
  FakeJournal const journal(tree.root() + "/socket");
  HostJournal writer("nvmf-test", journal.path());
  std::string const text(600'000, 'x');
  writer.write({.message = text});
  CHECK(journal.read().starts_with("MESSAGE=" + text + "\nPRIORITY=6\n"));
}

// The test ends at all: a write that waits for a journal that is not read would not return.
TEST_CASE("a journal that takes nothing holds nobody up, and important lines outlast others") {
  test::TemporaryTree const tree;
  FakeJournal const journal(tree.root() + "/socket");
  HostJournal writer("nvmf-test", journal.path());
  constexpr int many = 5000;
  for (int i = 0; i < many; ++i) {
    writer.write({.priority = Priority::debug, .message = fmt::format("debug {}", i)});
    if (i % 10 == 0)
      writer.write({.priority = Priority::error, .message = fmt::format("error {}", i)});
  }
  CHECK(writer.write_waiting());
  writer.finish(base::Duration(0)); // nor does its end wait
  auto const entries = journal.read_all(writer);
  CHECK(count_of(entries, "MESSAGE=error") == many / 10);
  std::size_t const debug = count_of(entries, "MESSAGE=debug");
  CHECK(debug >= HostJournal::most_lines - many / 10);
  CHECK(debug < many);
  REQUIRE(count_of(entries, "were dropped") == 1);
  CHECK(entries.back().starts_with(fmt::format(
      "MESSAGE=lines that the journal did not take were dropped: {} of priority debug\n",
      many - debug)));
  CHECK(journal.read_all(writer).empty());
}

TEST_CASE("long lines that wait are bounded by their length") {
  test::TemporaryTree const tree;
  FakeJournal const journal(tree.root() + "/socket");
  HostJournal writer("nvmf-test", journal.path());
  std::string const long_text(50'000, 'x');
  constexpr std::size_t many = 200;
  for (std::size_t i = 0; i < many; ++i)
    writer.write({.message = long_text});
  auto const entries = journal.read_all(writer);
  std::size_t const arrived = count_of(entries, long_text);
  // Those that wait, and the ones that the socket holds.
  CHECK(arrived >= HostJournal::most_bytes / long_text.size() - 1);
  CHECK(arrived < many);
  CHECK(count_of(entries, fmt::format("{} of priority info", many - arrived)) == 1);
}
