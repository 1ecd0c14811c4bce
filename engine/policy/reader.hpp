// Reports about nodes of a policy, whose secrets no finding may show.
#pragma once

#include "policy/key_table.hpp"
#include "yaml/reader.hpp"

#include <memory>
#include <string>
#include <utility>

namespace nvmf::policy {

class Reader : public yaml::Reader {
public:
  // `source` is the text that findings show; it is the document's.
  Reader(std::shared_ptr<diag::Source> source, diag::Sink& sink)
      : yaml::Reader(source, sink), source_(std::move(source)) {}

  // Overwrites a secret in the text that findings show, so that none of them can print it.
  void mask(const yaml::Node& scalar);

private:
  std::shared_ptr<diag::Source> source_;
};

using yaml::described;

// The value is of the wrong type: 210 where its spelling is ambiguous, else 204: "`KEY` takes
// EXPECTED, not GOT".
void report_mismatch(Reader& reader, const yaml::Node& node, const Key& key);

// The value that a key takes, in words: "a whole number", "`true` or `false`".
std::string expected_by(const Key& key);

} // namespace nvmf::policy
