// The fields of a JSON object, or the elements of an array, in a file that may be damaged. A field
// that is missing or of the wrong type is noted and reads as empty; `result` says so at the end.
// Nothing here throws.
#pragma once

#include "base/result.hpp"

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <fmt/format.h>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace nvmf::execute {

class JsonFields {
public:
  using Json = nlohmann::ordered_json;

  explicit JsonFields(const Json& json) : json_(json) {}

  // The value of a key or at an index; null where there is none.
  const Json& at(const char* key) const {
    auto const found = json_.find(key); // the end, too, of what is not an object
    return found == json_.end() ? nothing() : *found;
  }
  const Json& at(std::size_t index) const {
    return json_.is_array() && index < json_.size() ? json_[index] : nothing();
  }

  // Texts, whole numbers that fit, any number for a `double`, `true` and `false`.
  template <class T, class Key>
  T required(Key key) {
    auto value = read<T>(at(key));
    if (!value)
      note_problem(key, " is missing or not valid");
    return std::move(value).value_or(T{});
  }
  // The same; null or absent: nothing.
  template <class T>
  std::optional<T> optional(const char* key) {
    return at(key).is_null() ? std::nullopt : std::optional(required<T>(key));
  }
  // The same, but absent is wrong.
  template <class T>
  std::optional<T> nullable(const char* key) {
    if (!json_.contains(key))
      note(key);
    return optional<T>(key);
  }
  std::string text_or_empty(const char* key) {
    return optional<std::string>(key).value_or(std::string());
  }
  // A word that `parsed` is the meaning of; noted if it has none.
  template <class T>
  T known(const char* key, std::optional<T> parsed) {
    if (!parsed)
      note(key);
    return std::move(parsed).value_or(T{});
  }
  // The result of another reader for a value.
  template <class T>
  T taken(const char* key, base::Result<T> value) {
    if (!value)
      note_problem(key, ": " + value.error().message);
    return value ? std::move(*value) : T{};
  }

  void note(const char* key) { note_problem(key, " is missing or not valid"); }

  // The value if nothing was noted, else the first problem.
  template <class T>
  base::Result<T> result(T value) const {
    if (!problem_.empty())
      return base::failure(problem_, EINVAL);
    return value;
  }

private:
  static const Json& nothing() {
    static const Json null;
    return null;
  }

  template <class T>
  static std::optional<T> read(const Json& json) {
    if constexpr (std::is_same_v<T, std::string>) {
      return json.is_string() ? std::optional(json.get<T>()) : std::nullopt;
    } else if constexpr (std::is_same_v<T, bool>) {
      return json.is_boolean() ? std::optional(json.get<T>()) : std::nullopt;
    } else if constexpr (std::is_same_v<T, double>) {
      return json.is_number() ? std::optional(json.get<T>()) : std::nullopt;
    } else if constexpr (std::is_signed_v<T>) {
      static_assert(sizeof(T) == sizeof(std::int64_t));
      bool const fits = json.is_number_integer() &&
                        (!json.is_number_unsigned() ||
                         json.get<std::uint64_t>() <= std::numeric_limits<std::int64_t>::max());
      return fits ? std::optional(json.get<T>()) : std::nullopt;
    } else {
      bool const fits =
          json.is_number_unsigned() && json.get<std::uint64_t>() <= std::numeric_limits<T>::max();
      return fits ? std::optional(json.get<T>()) : std::nullopt;
    }
  }

  template <class Key>
  void note_problem(Key key, const std::string& why) {
    if (problem_.empty())
      problem_ = fmt::format("`{}`{}", key, why);
  }

  const Json& json_;
  std::string problem_;
};

// An array whose elements `read` makes values of; the first that it cannot is the failure.
template <class T, class Read>
base::Result<std::vector<T>> each_of(const nlohmann::ordered_json& json, Read read) {
  if (!json.is_array())
    return base::failure("is not a list", EINVAL);
  std::vector<T> all;
  for (const auto& element : json) {
    base::Result<T> one = read(element);
    if (!one)
      return tl::unexpected(one.error());
    all.push_back(std::move(*one));
  }
  return all;
}

} // namespace nvmf::execute
