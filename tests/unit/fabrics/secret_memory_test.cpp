// A secret that was used leaves no copy in this process's memory, freed memory included.
#include "fabrics/option_string.hpp"
#include "fabrics/secret_source.hpp"
#include "temporary_tree.hpp"

#include <array>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <doctest/doctest.h>
#include <fcntl.h>
#include <unistd.h>

using namespace nvmf;

namespace {

// A valid DH-CHAP secret, each byte with `veil`: as itself it is only in the file.
constexpr std::uint8_t veil = 0x5a;
constexpr std::array<std::uint8_t, 59> veiled{
    0x1e, 0x12, 0x12, 0x19, 0x77, 0x6b, 0x60, 0x6a, 0x6a, 0x60, 0x19, 0x20, 0x18, 0x0c, 0x3f,
    0x2a, 0x75, 0x1f, 0x6c, 0x0b, 0x6e, 0x20, 0x0d, 0x12, 0x68, 0x33, 0x22, 0x71, 0x2d, 0x08,
    0x14, 0x36, 0x2f, 0x1b, 0x2a, 0x39, 0x28, 0x2c, 0x1c, 0x1e, 0x36, 0x3f, 0x3d, 0x6c, 0x30,
    0x14, 0x62, 0x32, 0x39, 0x62, 0x03, 0x03, 0x03, 0x0c, 0x3d, 0x3c, 0x09, 0x2a, 0x60,
};

void write_secret(const std::string& path) {
  int const fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  REQUIRE(fd >= 0);
  for (std::uint8_t const byte : veiled) {
    auto const plain = static_cast<std::uint8_t>(byte ^ veil);
    REQUIRE(::write(fd, &plain, 1) == 1);
  }
  ::close(fd);
}

// How often a piece of the secret's second half is in [begin, end). The memory is looked at in
// place: a copy of it would be found, too.
__attribute__((no_sanitize("address", "undefined"))) int
copies_in(const volatile std::uint8_t* begin, const volatile std::uint8_t* end) {
  constexpr std::size_t piece = 16;
  constexpr std::size_t from = veiled.size() - piece - 2;
  int found = 0;
  for (const volatile std::uint8_t* at = begin; at + piece <= end; ++at) {
    std::size_t same = 0;
    while (same < piece && (at[same] ^ veil) == veiled[from + same])
      ++same;
    if (same == piece)
      ++found;
  }
  return found;
}

// All that this process can write into: data, heap and stacks. Nothing is allocated here, for that
// could overwrite what is looked for.
int copies_in_memory() {
  static std::array<char, std::size_t{1} << 18U> text;
  int const fd = ::open("/proc/self/maps", O_RDONLY | O_CLOEXEC);
  REQUIRE(fd >= 0);
  std::size_t length = 0;
  for (ssize_t count = 1; count > 0; length += static_cast<std::size_t>(count))
    count = ::read(fd, text.data() + length, text.size() - 1 - length);
  ::close(fd);
  text[length] = '\0';
  int found = 0;
  for (const char* line = text.data(); *line != '\0'; line = std::strchr(line, '\n') + 1) {
    char* rest = nullptr;
    auto const begin = std::strtoull(line, &rest, 16);
    auto const end = std::strtoull(rest + 1, &rest, 16);
    if (std::strncmp(rest, " rw", 3) == 0)
      found += copies_in(reinterpret_cast<const std::uint8_t*>(begin),
                         reinterpret_cast<const std::uint8_t*>(end));
  }
  return found;
}

} // namespace

TEST_CASE("a secret that was read, put into an option string and let go is nowhere in memory") {
  test::TemporaryTree tree;
  write_secret(tree.root() + "/key");
  base::RealFileSystem files(tree.root());
  fabrics::HostSecretSource source(files, std::nullopt);
  plan::Item item{.subject = base::Subject::io_subsystem};
  item.tid = {.endpoint = base::Endpoint{.transport = base::Transport::tcp,
                                         .traddr = *base::Traddr::parse_any("192.0.2.10"),
                                         .trsvcid = 4420},
              .subsystem_nqn = "nqn.2024-01.com.example:vol1",
              .host_nqn = "nqn.2024-01.com.example:host",
              .hostid = "11111111-2222-3333-4444-555555555555"};
  item.connect[base::OptionId::dhchap_secret] = {
      .value = base::SecretRef{.kind = base::SecretRef::Kind::file, .name = "/key"},
      .origin = "rule x"};
  {
    auto secrets = fabrics::resolve_secrets(item, source);
    REQUIRE(secrets);
    auto const string = fabrics::option_string(item, *secrets);
    REQUIRE(string);
    CHECK(copies_in_memory() >= 2);
  }
  CHECK_FALSE(fabrics::secret_fingerprint(item, source).empty());
  CHECK(copies_in_memory() == 0);
}

TEST_CASE("a file that was read and wiped is nowhere in memory") {
  test::TemporaryTree tree;
  write_secret(tree.root() + "/key");
  for (std::size_t const limit : {std::size_t{4096}, std::size_t{1} << 20U}) {
    CAPTURE(limit);
    auto content = base::RealFileSystem(tree.root()).read("/key", limit);
    REQUIRE(content);
    CHECK(copies_in_memory() == 1);
    base::wipe(*content);
    CHECK(copies_in_memory() == 0);
  }
}
