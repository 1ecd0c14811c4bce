// The help texts: at most 80 columns, ending with examples.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

namespace nvmf::cli {

class HelpFormatter final : public CLI::FormatterBase {
public:
  std::string make_help(const CLI::App* app, std::string name,
                        CLI::AppFormatMode mode) const override;
};

} // namespace nvmf::cli
