// From texts to the engine's values and back to names.
#pragma once

#include "decide/decide.hpp"
#include "property/texts.hpp"

#include <optional>
#include <string>

namespace nvmf::property {

policy::Policy to_engine(const TextPolicy& policy);
event::Event to_engine(const TextEvent& event);
// `uname -n` of the event; nothing if it has none.
std::optional<std::string> hostname_of(const TextEvent& event);
TextDecision to_text(const decide::Decision& decision);
// The reverse of to_engine, for events that the analysis made up.
TextEvent to_text_event(const event::Event& event, const std::optional<std::string>& hostname);

} // namespace nvmf::property
