#include "host/names.hpp"

#include "host/facts_file.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <cerrno>
#include <condition_variable>
#include <fmt/format.h>
#include <memory>
#include <mutex>
#include <netdb.h>
#include <set>
#include <sys/socket.h>
#include <thread>
#include <utility>

namespace nvmf::host {

namespace {

constexpr std::size_t names_limit = 1 << 20;
constexpr mode_t public_file = 0644;
constexpr std::size_t most_resolvers = 32;

// Names and answers of threads that may outlive the one that asks.
struct Asked {
  std::mutex mutex;
  std::condition_variable answered;
  std::vector<std::string> names; // those that nobody has begun are at the end
  NameAnswers answers;
};

void answer(const std::shared_ptr<Asked>& asked, const Resolver& resolver) {
  std::unique_lock lock(asked->mutex);
  while (!asked->names.empty()) {
    std::string const name = std::move(asked->names.back());
    asked->names.pop_back();
    lock.unlock();
    auto addresses = resolver(name);
    lock.lock();
    asked->answers.insert_or_assign(name, std::move(addresses));
    asked->answered.notify_one();
  }
}

std::optional<base::IpAddress> numeric_address(const addrinfo& info) {
  std::array<char, NI_MAXHOST> text{};
  if (::getnameinfo(info.ai_addr, info.ai_addrlen, text.data(), text.size(), nullptr, 0,
                    NI_NUMERICHOST) != 0)
    return std::nullopt;
  return base::IpAddress::parse(text.data());
}

} // namespace

event::Names read_names(const base::FileSystem& files) {
  auto text = files.read(names_path, names_limit);
  if (!text)
    return {};
  diag::Sink sink;
  auto const facts = parse_facts_file(
      std::make_shared<const diag::Source>(diag::Source{names_path, std::move(*text)}), sink);
  return facts ? facts->names : event::Names();
}

base::Result<void> write_names(base::FileSystem& files, const event::Names& names) {
  std::string text;
  for (const auto& [name, addresses] : names) {
    std::string list;
    for (const base::IpAddress& address : addresses)
      list += fmt::format("{}\"{}\"", list.empty() ? "" : ", ", address.to_string());
    text += fmt::format("{}\n    \"{}\": [{}]", text.empty() ? "" : ",", name, list);
  }
  return files.write_atomically(names_path, fmt::format("{{\n  \"names\": {{{}\n  }}\n}}\n", text),
                                public_file);
}

base::Result<std::vector<base::IpAddress>> resolve_name(const std::string& name) {
  addrinfo hints{};
  hints.ai_flags = AI_ADDRCONFIG;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  int const error = ::getaddrinfo(name.c_str(), nullptr, &hints, &found);
  if (error == EAI_NONAME || error == EAI_NODATA)
    return std::vector<base::IpAddress>();
  if (error != 0)
    return base::failure(fmt::format("{}: {}", name, ::gai_strerror(error)), EAGAIN);
  std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> const owner(found, ::freeaddrinfo);
  std::vector<base::IpAddress> addresses;
  for (const addrinfo* each = found; each != nullptr; each = each->ai_next)
    if (auto address = numeric_address(*each))
      addresses.push_back(std::move(*address));
  // Resolvers turn their answers round; the same addresses are not news.
  std::sort(addresses.begin(), addresses.end(), [](const auto& a, const auto& b) {
    return std::pair(a.family, a.to_string()) < std::pair(b.family, b.to_string());
  });
  addresses.erase(std::unique(addresses.begin(), addresses.end()), addresses.end());
  return addresses;
}

NameAnswers resolve_names(const std::vector<std::string>& names, base::Duration within,
                          const Resolver& resolver) {
  auto const asked = std::make_shared<Asked>();
  std::size_t const wanted = std::set<std::string>(names.begin(), names.end()).size();
  asked->names = names;
  for (std::size_t i = 0; i < std::min(names.size(), most_resolvers); ++i)
    std::thread(answer, asked, resolver).detach();
  std::unique_lock lock(asked->mutex);
  asked->answered.wait_for(lock, within, [&] { return asked->answers.size() == wanted; });
  asked->names.clear(); // nobody waits for the rest
  NameAnswers answers = asked->answers;
  for (const std::string& name : names)
    if (!answers.contains(name))
      answers.emplace(
          name, base::failure(fmt::format("no answer within {}", base::format_duration(within)),
                              ETIMEDOUT));
  return answers;
}

} // namespace nvmf::host
