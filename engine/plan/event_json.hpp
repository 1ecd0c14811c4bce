// The event-file form of an event (event/codec.hpp) as JSON.
#pragma once

#include "base/result.hpp"
#include "event/codec.hpp"

#include <cstdint>
#include <nlohmann/json_fwd.hpp>

namespace nvmf::plan {

// Whether fields that are not set are in the object, as null, empty list or empty map.
enum class UnsetFields : std::uint8_t { left_out, shown };
nlohmann::ordered_json event_value(const event::DescribedEvent& event, UnsetFields unset);

// The event that such an object describes. The first mistake is the error.
base::Result<event::Event> event_from(const nlohmann::ordered_json& json);

} // namespace nvmf::plan
