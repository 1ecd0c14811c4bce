#include "execute/name_asker.hpp"

#include "execute/file_lock.hpp"
#include "host/names.hpp"

#include <algorithm>
#include <map>
#include <memory>
#include <utility>

namespace nvmf::execute {

namespace {

constexpr const char* names_lock = "/run/nvmf/names.lock";
// A name server that does not answer holds each of its askers for some seconds.
constexpr std::size_t asker_threads = 4;

// A name that nobody can tell now keeps what it had.
NameAsker::Answers answers_for(base::FileSystem& files, const std::string& root,
                               const std::vector<std::string>& names) {
  std::map<std::string, base::Result<std::vector<base::IpAddress>>> told;
  for (const std::string& name : names)
    told.emplace(name, host::resolve_name(name));
  // Several askers note what they were told.
  auto const lock = FileLock::wait(root + names_lock);
  NameAsker::Answers answers{.before = host::read_names(files), .now = {}};
  answers.now = answers.before;
  for (auto& [name, addresses] : told) {
    if (addresses && addresses->empty())
      answers.now.erase(name);
    else if (addresses)
      answers.now[name] = std::move(*addresses);
  }
  if (answers.now != answers.before)
    (void)host::write_names(files, answers.now);
  return answers;
}

} // namespace

NameAsker::NameAsker(base::RealFileSystem& files, std::string root)
    : files_(files), root_(std::move(root)), worker_(asker_threads) {}

void NameAsker::ask(std::vector<std::string> names, Then then) {
  worker_.post([this, names = std::move(names), then = std::move(then)]() -> Worker::Completion {
    auto answers = std::make_shared<Answers>(answers_for(files_, root_, names));
    return [then, answers] { then(*answers); };
  });
}

bool differ(const event::Names& a, const event::Names& b, const std::string& name) {
  auto const one = a.find(name);
  auto const other = b.find(name);
  return one == a.end() || other == b.end() ? (one == a.end()) != (other == b.end())
                                            : one->second != other->second;
}

bool has_address(const event::Names& names, const std::vector<std::string>& of,
                 const base::Traddr& address) {
  return std::any_of(of.begin(), of.end(), [&](const std::string& name) {
    auto const found = names.find(name);
    return found != names.end() && address.ip() &&
           std::any_of(found->second.begin(), found->second.end(),
                       [&](const base::IpAddress& one) { return one.same_as(*address.ip()); });
  });
}

} // namespace nvmf::execute
