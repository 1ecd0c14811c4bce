// Whose input the executor is handling, on a page that outlives it: after a crash
// /run/nvmf/executing names the source that it was at, and only that one is blamed.
//
// The executor's place is at the beginning; then each thread of the hands has one, with the number
// of their process: the hands of an executor before may still be in the kernel.
#pragma once

#include "base/result.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <vector>

namespace nvmf::execute {

inline constexpr std::string_view executing_page = "/run/nvmf/executing";
// The beginning of the reason in the state of a request at which the executor crashed too often.
inline constexpr std::string_view crash_reason = "crashed";

class CrashMark {
public:
  // Maps the page of the file, which is made where there is none. Without one nothing is marked.
  explicit CrashMark(const std::string& path);
  ~CrashMark();
  CrashMark(const CrashMark&) = delete;
  CrashMark& operator=(const CrashMark&) = delete;

  // The id that the page named when it was mapped: that of a source whose handling never ended.
  const std::optional<std::string>& culprit() const { return culprit_; }

  // Of hands that ended by a fault: the ids that they were at; the one of the thread at fault
  // alone, where that is known.
  std::vector<std::string> culprits_in(pid_t hands) const;

  // Names the source for as long as the value lives.
  class Handling {
  public:
    Handling(CrashMark& mark, std::string_view id);
    ~Handling();
    Handling(const Handling&) = delete;
    Handling& operator=(const Handling&) = delete;

  private:
    CrashMark& mark_;
  };

private:
  char* page_ = nullptr;
  std::optional<std::string> culprit_;
};

// The same in the hands, for any of their threads.
class HandsMark {
public:
  // From now on a fault notes which thread it was in.
  explicit HandsMark(const std::string& path);
  HandsMark(const HandsMark&) = delete;
  HandsMark& operator=(const HandsMark&) = delete;

  // Names the source for as long as the value lives, which is on one thread.
  class Handling {
  public:
    Handling(HandsMark& mark, std::string_view id);
    ~Handling();
    Handling(const Handling&) = delete;
    Handling& operator=(const Handling&) = delete;

  private:
    char* place_ = nullptr;
    char* outer_ = nullptr; // of the thread, when this began
    std::size_t number_ = 0;
  };

private:
  char* take_place();

  char* page_ = nullptr; // for ever: threads may be at work when the process ends
};

} // namespace nvmf::execute
