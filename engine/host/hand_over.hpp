// Handing plans from the planner to the executor: no event is lost, none is doubled.
//
// The planner submits (a file in plans/), the path unit starts the executor where it does not run,
// the executor claims by renaming to running/. A claimed request is a request too: it goes only
// when the executor calls `finish`.
#pragma once

#include "base/file_system.hpp"
#include "base/result.hpp"
#include "host/request_name.hpp"
#include "host/run_paths.hpp"
#include "plan/plan.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nvmf::host {

class HandOver {
public:
  // `files` must outlive it.
  explicit HandOver(base::FileSystem& files) : files_(&files) {}

  // Makes the directories of run_paths.hpp that are missing (0755; state, plans, running 0700).
  base::Result<void> prepare();

  // Writes the plan's request into plans/ (0600, renamed into place); a waiting one of that name is
  // replaced: both ask for the same thing. Makes the directories when they are missing.
  base::Result<void> submit(const plan::Plan& plan);

  // The requests in plans/, in running/, in failed/; other names are passed over. A directory that
  // is not there is empty.
  base::Result<std::vector<RequestName>> waiting() const;
  base::Result<std::vector<RequestName>> running() const;
  base::Result<std::vector<RequestName>> failed() const;
  // Ids of which an executor left a state.
  base::Result<std::vector<std::string>> remembered() const;

  // Moves files that are neither requests (any other name, no file) nor commands from plans/ to
  // failed/: a file that stays makes the path unit fire for ever. Returns the names.
  base::Result<std::vector<std::string>> set_aside_foreign();

  // Removes unfinished files that writers left below /run/nvmf when they were killed: those that
  // were last written before `before`.
  void sweep_unfinished(std::chrono::system_clock::time_point before);

  // Reads a request that was given up; none if there is none.
  base::Result<std::optional<plan::Plan>> read_failed(const RequestName& name) const;

  // The event of a request that cannot be read as one (another version wrote it); none if there is
  // no such request, or one that can be read. Fails if not even its event can be read.
  base::Result<std::optional<event::Event>> event_of_failed(const RequestName& name) const;
  // A request that was given up waits again, unless a newer one does; then it only goes.
  base::Result<void> ask_again(const RequestName& name);
  // It has been asked for in another way: the request that was given up goes.
  base::Result<void> forget_failed(const RequestName& name);

  // Moves the request from plans/ to running/, over one that is there, forgets the crashes of its
  // session and its requests that were given up, and reads it; none if nothing waited. A
  // file that cannot be read as a plan is moved to failed/ (a poisoned file must leave plans/, else
  // the path unit starts for ever) and is a failure.
  base::Result<std::optional<plan::Plan>> claim(const RequestName& name);

  // The request that was claimed and not finished (after a crash); none if there is none. A broken
  // file is moved to failed/ and is a failure.
  base::Result<std::optional<plan::Plan>> claimed(const RequestName& name);

  // Counts a crash at the handling of `id` beside its requests; returns their number since one was
  // claimed or since `note_progress`, this one included.
  base::Result<unsigned> count_crash(const std::string& id);
  base::Result<void> note_progress(const std::string& id);

  // The log was read to its end and the state is written: the claimed request goes.
  base::Result<void> finish(const RequestName& name);
  // Keeps the request of an executor that cannot go on in running/, unless one of its name is
  // there; returns the name.
  base::Result<RequestName> keep(const plan::Plan& plan);
  // Given up: the claimed request moves to failed/.
  base::Result<void> set_aside(const RequestName& name);
  // Stop means stop: the request goes from plans/ and running/. True if there was one.
  base::Result<bool> withdraw(const RequestName& name);

private:
  base::Result<void> move_to_failed(std::string_view directory, const std::string& name);

  base::FileSystem* files_;
};

} // namespace nvmf::host
