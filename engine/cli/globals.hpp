// The global options, which every command has.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace nvmf::cli {

enum class ColorChoice : std::uint8_t { automatic, always, never };

struct Globals {
  std::string root;                // put before every path of the host; empty: the host itself
  std::vector<std::string> policy; // replaces the search path; empty: the search path
  std::string format;              // `human`, `json` …; empty: the command's usual one
  ColorChoice color = ColorChoice::automatic;
  bool quiet = false;
  bool verbose = false;
};

} // namespace nvmf::cli
