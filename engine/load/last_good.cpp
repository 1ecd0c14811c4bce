#include "load/last_good.hpp"

#include "load/trust.hpp"
#include "yaml/yaml.hpp"

#include <array>
#include <cerrno>
#include <charconv>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <string_view>
#include <vector>

namespace nvmf::load {

namespace {

// The stored form: a line of words, then for each file its length and path, and its bytes.
//
//   nvmf-last-good 1
//   digest sha256:…
//   stored 1763811869
//   file 1234 /etc/nvmf/autoconnect.yaml
//   <1234 bytes>
constexpr std::string_view magic = "nvmf-last-good 1";
constexpr std::size_t longest_store = 4 * yaml::longest_text;
constexpr mode_t file_mode = 0600;
constexpr mode_t directory_mode = 0755;

struct Store {
  std::string digest;
  std::chrono::system_clock::time_point stored_at;
  std::vector<FileText> files;
};

std::string to_text(const Loaded& loaded, std::chrono::system_clock::time_point now) {
  auto const seconds =
      std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count();
  std::string text =
      fmt::format("{}\ndigest {}\nstored {}\n", magic, loaded.policy->digest, seconds);
  for (const diag::SourcePtr& source : loaded.sources)
    text += fmt::format("file {} {}\n{}\n", source->text.size(), source->path, source->text);
  return text;
}

// The next line, taken off; nothing at the end or without a line end.
std::optional<std::string_view> take_line(std::string_view& text) {
  auto const end = text.find('\n');
  if (end == std::string_view::npos)
    return std::nullopt;
  std::string_view const line = text.substr(0, end);
  text.remove_prefix(end + 1);
  return line;
}

std::optional<std::string_view> take_value(std::string_view& text, std::string_view word) {
  auto const line = take_line(text);
  if (!line || !line->starts_with(word))
    return std::nullopt;
  return line->substr(word.size());
}

std::optional<std::int64_t> number(std::string_view text) {
  std::int64_t value = 0;
  auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  bool const whole = error == std::errc() && end == text.data() + text.size() && value >= 0;
  return whole ? std::optional(value) : std::nullopt;
}

std::optional<FileText> take_file(std::string_view& text) {
  auto const head = take_value(text, "file ");
  if (!head)
    return std::nullopt;
  auto const space = head->find(' ');
  auto const size = number(head->substr(0, space));
  if (!size || space == std::string_view::npos ||
      static_cast<std::uint64_t>(*size) >= text.size() ||
      text[static_cast<std::size_t>(*size)] != '\n')
    return std::nullopt;
  auto const length = static_cast<std::size_t>(*size);
  FileText file{std::string(head->substr(space + 1)), std::string(text.substr(0, length))};
  text.remove_prefix(length + 1);
  return file;
}

std::optional<Store> parse(std::string_view text) {
  if (take_line(text) != magic)
    return std::nullopt;
  auto const digest = take_value(text, "digest ");
  auto const stored = take_value(text, "stored ");
  auto const seconds = stored ? number(*stored) : std::nullopt;
  constexpr auto latest = std::chrono::duration_cast<std::chrono::seconds>(
      std::chrono::system_clock::duration::max()); // in the year 2262
  if (!digest || !seconds || *seconds > latest.count())
    return std::nullopt;
  Store store{.digest = std::string(*digest),
              .stored_at = std::chrono::system_clock::time_point(std::chrono::seconds(*seconds))};
  while (!text.empty()) {
    auto file = take_file(text);
    if (!file)
      return std::nullopt;
    store.files.push_back(std::move(*file));
  }
  return store;
}

std::optional<Store> read_store(const base::FileSystem& files, const char* path) {
  auto const text = files.read(path, longest_store);
  return text ? parse(*text) : std::nullopt;
}

base::Result<void> write_store(base::FileSystem& files, const std::string& path,
                               const std::string& text, const std::string& digest) {
  auto const stored = read_store(files, path.c_str());
  if (stored && stored->digest == digest)
    return {};
  if (auto const made = files.make_directories(path.substr(0, path.rfind('/')), directory_mode);
      !made)
    return base::with_context("keeping the last good policy", made.error());
  if (auto const written = files.write_atomically(path, text, file_mode); !written)
    return base::with_context("keeping the last good policy", written.error());
  return {};
}

std::optional<LastGood> restore_from(const base::FileSystem& files, const char* path) {
  auto const store = read_store(files, path);
  if (!store)
    return std::nullopt;
  Loaded loaded = load_texts(store->files);
  if (!loaded.policy || loaded.policy->digest != store->digest)
    return std::nullopt;
  return LastGood{loaded.policy, store->stored_at, path};
}

std::string first_error(const Loaded& loaded) {
  std::size_t errors = 0;
  const diag::Finding* first = nullptr;
  for (const diag::Finding& finding : loaded.findings.findings())
    if (finding.severity == diag::Severity::error && ++errors == 1)
      first = &finding;
  if (first == nullptr)
    return "the policy does not load";
  std::string const place =
      first->spans.empty() ? std::string() : first->spans.front().span.place();
  std::string const more = errors > 1 ? fmt::format(" (and {} more)", errors - 1) : std::string();
  return fmt::format("{}: {}{}", place, first->message, more);
}

std::string why_not(const base::FileSystem& files, const Loaded& current) {
  if (!current.found_any)
    return "there is no policy";
  if (!current.policy)
    return first_error(current);
  for (const Distrust& distrust : distrusted(files, current))
    if (!distrust.in_path)
      return fmt::format("{} {}", distrust.path, distrust.why);
  return {};
}

} // namespace

base::Result<void> store_last_good(base::FileSystem& files, const Loaded& loaded,
                                   const base::Clock& clock) {
  std::string const text = to_text(loaded, clock.now());
  auto const kept = write_store(files, last_good_path, text, loaded.policy->digest);
  auto const copied = write_store(files, last_good_copy, text, loaded.policy->digest);
  return kept ? copied : kept;
}

std::optional<LastGood> restore_last_good(const base::FileSystem& files, LastGoodPlace place) {
  auto restored = restore_from(files, last_good_copy);
  if (!restored && place == LastGoodPlace::run_then_var)
    restored = restore_from(files, last_good_path);
  return restored;
}

std::string stored_text(std::chrono::system_clock::time_point stored_at) {
  return fmt::format("{:%Y-%m-%d %H:%M} UTC",
                     fmt::gmtime(std::chrono::system_clock::to_time_t(stored_at)));
}

std::string InForce::consequence() const {
  if (why.empty() || !current.found_any)
    return why;
  if (!fallback)
    return why + "; no last good policy is stored, nothing is connected";
  return fmt::format("{}; in use is the last good policy, stored {}", why,
                     stored_text(fallback->stored_at));
}

std::string last_good_digest(const base::FileSystem& files) {
  auto const store = read_store(files, last_good_copy);
  return store ? store->digest : std::string();
}

InForce load_in_force(const base::FileSystem& files, LastGoodPlace place) {
  InForce force{.current = load_policy(files)};
  force.why = why_not(files, force.current);
  if (force.why.empty()) {
    force.policy = force.current.policy;
    return force;
  }
  if (!force.current.found_any)
    return force;
  force.fallback = restore_last_good(files, place);
  if (force.fallback)
    force.policy = force.fallback->policy;
  return force;
}

} // namespace nvmf::load
