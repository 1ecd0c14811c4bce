// Host names, asked of the host's resolver beside the loop; /run/nvmf/names.json keeps the answers
// for planners.
#pragma once

#include "base/file_system.hpp"
#include "event/from_target.hpp"
#include "execute/worker.hpp"

#include <functional>
#include <string>
#include <vector>

namespace nvmf::execute {

class NameAsker {
public:
  struct Answers {
    event::Names before;
    event::Names now;
  };
  using Then = std::function<void(const Answers&)>;

  NameAsker(base::RealFileSystem& files, std::string root);

  // `then` is called by `run_answers`.
  void ask(std::vector<std::string> names, Then then);

  // Readable when answers wait.
  int fd() const { return worker_.fd(); }
  void run_answers() { worker_.run_completions(); }

private:
  base::RealFileSystem& files_;
  std::string root_;
  Worker worker_;
};

// The addresses of the name are others.
bool differ(const event::Names& a, const event::Names& b, const std::string& name);

// One of the names has the address.
bool has_address(const event::Names& names, const std::vector<std::string>& of,
                 const base::Traddr& address);

} // namespace nvmf::execute
