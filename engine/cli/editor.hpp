// A copy of a text, for the user's editor.
#pragma once

#include "base/result.hpp"

#include <string>

namespace nvmf::cli {

// A text in a directory of its own, which only this user may enter. It goes with the object, unless
// it is kept.
class WorkingCopy {
public:
  // The copy has the name of the file that it is of, so that the editor knows the language.
  static base::Result<WorkingCopy> create(const std::string& file_name, const std::string& text);
  WorkingCopy(WorkingCopy&& other) noexcept;
  WorkingCopy& operator=(WorkingCopy&&) = delete;
  WorkingCopy(const WorkingCopy&) = delete;
  WorkingCopy& operator=(const WorkingCopy&) = delete;
  ~WorkingCopy();

  const std::string& path() const { return path_; }
  base::Result<std::string> text() const;
  void keep() { is_kept_ = true; }

private:
  WorkingCopy(std::string directory, std::string path)
      : directory_(std::move(directory)), path_(std::move(path)) {}

  std::string directory_; // empty: moved from
  std::string path_;
  bool is_kept_ = false;
};

// Runs `$VISUAL`, `$EDITOR`, `editor` or `vi`, the first that there is, on the file and waits for
// its end. A failure says how it ended where that was not well. Meanwhile the terminal's signals
// are the editor's.
base::Result<void> run_editor(const std::string& path);

} // namespace nvmf::cli
