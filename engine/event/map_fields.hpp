// The fields of a map that describes an event or a fact: text of the wire and of udev, in which
// `none` and an empty value are as good as no field.
#pragma once

#include "base/traddr.hpp"
#include "base/transport.hpp"
#include "diag/codes.hpp"
#include "yaml/checked_map.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nvmf::event {

namespace code = diag::code;

class MapFields : public yaml::CheckedMap {
public:
  MapFields(yaml::Reader& reader, const yaml::Node& node, const yaml::MapKind& kind);

  // Nothing where the field is absent, empty, `null` or `none`, and where it is wrong, which was
  // reported then. Text is a scalar that is valid in an option string.
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

private:
  // Reports a scalar that is not valid in an option string.
  bool is_usable(const std::string& name, const yaml::Node& value);
  void report_word(const std::string& name, const std::string& given,
                   const std::vector<std::string>& words);

  yaml::Reader& reader_;
  std::string_view described_;
};

} // namespace nvmf::event
