// Whose input the executor is handling, on a page that outlives it: after a crash
// /run/nvmf/executing names the source that it was at, and only that one is blamed.
#pragma once

#include "base/result.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace nvmf::execute {

class CrashMark {
public:
  // Maps the page of the file, which is made where there is none. Without one nothing is marked.
  explicit CrashMark(const std::string& path);
  ~CrashMark();
  CrashMark(const CrashMark&) = delete;
  CrashMark& operator=(const CrashMark&) = delete;

  // The id that the page named when it was mapped: that of a source whose handling never ended.
  const std::optional<std::string>& culprit() const { return culprit_; }

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

} // namespace nvmf::execute
