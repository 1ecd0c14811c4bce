// Addresses in a form that belongs elsewhere: a WWN that would be read as IPv6, `ADDRESS:PORT`,
// brackets, a netmask, a range whose end is one number; and patterns where one endpoint is named.
// Targets, matches, sets and guards say the same about them.
#pragma once

#include "policy/reader.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace nvmf::policy {

// The form of the text, and how to write it.
struct AddressForm {
  std::string problem; // "is an address and a port"
  diag::Advice advice;
  bool is_pattern = false; // what the help says to write is a prefix or range
  std::string address;     // where the text has a port behind it
};

// Whose address it is: only a controller's has a port.
enum class AddressSide : std::uint8_t { controller, host };

// NVP217: nothing where the text is an address, a pattern or anything else.
std::optional<AddressForm> other_form_of_address(std::string_view text,
                                                 AddressSide side = AddressSide::controller);
// NVP218: "is a prefix, where one address belongs"; nothing where the text is one address, or
// anything else.
std::optional<AddressForm> pattern_of_address(std::string_view text);

// Reports either; false if there was nothing to report.
bool report_other_form(Reader& reader, const yaml::Node& node, AddressSide side);
bool report_pattern(Reader& reader, const yaml::Node& node);
// NVP217: the text is the name of an interface, where this host's address belongs.
bool report_interface(Reader& reader, const yaml::Node& node);

// NVP207: how to write what `text` is likely to mean, empty if that cannot be told.
struct AddressUse {
  std::string_view match_key; // of the condition, if it is one
  bool in_target = false;
  bool takes_names = false; // host names, too
};
std::string address_help(std::string_view text, const AddressUse& use);

} // namespace nvmf::policy
