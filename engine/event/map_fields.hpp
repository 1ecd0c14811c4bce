// The fields of a YAML map that describes an event or a fact: each is asked for by name, and what
// is there but was never asked for is a finding.
#pragma once

#include "base/traddr.hpp"
#include "base/transport.hpp"
#include "diag/finding.hpp"
#include "yaml/tree.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nvmf::event {

// Codes of FINDINGS that such a file can have.
namespace code {
inline constexpr std::uint16_t unknown_key = 203;
inline constexpr std::uint16_t wrong_type = 204;
inline constexpr std::uint16_t missing_key = 205;
inline constexpr std::uint16_t out_of_range = 206;
inline constexpr std::uint16_t bad_address = 207;
inline constexpr std::uint16_t bad_nqn = 208;
} // namespace code

class MapFields {
public:
  // `what` is what the map describes: "an event", "an interface". A node that is no map is a
  // finding and has no fields.
  MapFields(const yaml::Document& document, const yaml::Node& node, std::string what,
            diag::Sink& sink);

  // The value of a field; null if it is not there.
  const yaml::Node* find(const std::string& name);

  // Nothing where the field is absent, empty, `null` or `none`, and where it is wrong, which was
  // reported then. Text is a scalar that could stand in an option string.
  std::optional<std::string> text(const std::string& name);
  std::optional<std::string> nqn(const std::string& name);
  std::optional<base::Traddr> address(const std::string& name, base::Transport transport);
  std::optional<std::uint32_t> number(const std::string& name, std::uint32_t first,
                                      std::uint32_t last);
  std::optional<std::uint16_t> service(const std::string& name);
  std::optional<bool> boolean(const std::string& name);
  // A scalar or a list of them.
  std::vector<std::string> texts(const std::string& name);
  // One of the words that `parse` knows.
  template <class Parse>
  auto word(const std::string& name, const std::vector<std::string>& words, Parse parse)
      -> decltype(parse(std::string_view())) {
    auto const given = text(name);
    if (!given)
      return std::nullopt;
    if (auto value = parse(*given))
      return value;
    report_word(name, *given, words);
    return std::nullopt;
  }

  // 205 where the field is absent or says nothing.
  void require(const std::string& name);
  diag::Finding& report(std::uint16_t code, std::string message, const yaml::Node& node);
  // Reports the fields that nobody asked for.
  void finish();

private:
  // Reports a scalar that could not stand in an option string.
  bool is_usable(const std::string& name, const yaml::Node& value);
  void report_word(const std::string& name, const std::string& given,
                   const std::vector<std::string>& words);

  const yaml::Document& document_;
  const yaml::Node& node_;
  std::string what_;
  diag::Sink& sink_;
  std::vector<std::string> asked_;
};

} // namespace nvmf::event
