// The help texts: at most 80 columns, ending with examples.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <string_view>

namespace nvmf::cli {

class HelpFormatter final : public CLI::FormatterBase {
public:
  std::string make_help(const CLI::App* app, std::string name,
                        CLI::AppFormatMode mode) const override;
};

// `text` in lines of at most `columns`, each but the first after `indent` blanks; the first is
// taken to begin there.
std::string wrapped(std::string_view text, std::size_t indent, std::size_t columns = 80);

} // namespace nvmf::cli
