#include "cli/options.hpp"

#include "base/wire_text.hpp"
#include "cli/usage.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <fmt/format.h>

namespace nvmf::cli {

namespace {

// The value of a flag. The library takes `--flag=VALUE` where VALUE is this one, so it is a text
// that nobody writes.
const char* const given = "{\x01}";

std::optional<std::size_t> number_in(const std::string& text, std::size_t most) {
  std::size_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool whole = error == std::errc() && end == text.data() + text.size();
  return whole && number >= 1 && number <= most ? std::optional(number) : std::nullopt;
}

std::string range_to(std::size_t most) {
  return most == std::size_t(-1) ? "a number from 1" : fmt::format("a number from 1 to {}", most);
}

// An option whose value is what `parse` makes of it, or that is not `wanted`.
template <class Value, class Parse>
CLI::Option* parsed(CLI::App& app, const std::string& name, const std::string& about,
                    std::optional<Value>& into, Parse parse, const std::string& wanted) {
  const auto take = [&into, parse](const CLI::results_t& words) {
    if (const auto value = parse(words.empty() ? std::string() : words.back()))
      into = *value;
    return true;
  };
  return app.add_option(name, take, about)
      ->take_last()
      ->check([parse, wanted](const std::string& text) {
        return parse(text) ? std::string()
                           : fmt::format("is {}, not `{}`", wanted, base::escaped(text));
      });
}

} // namespace

Options::Option Options::flag(const std::string& names, const std::string& about, bool& into) {
  std::string with_value = names;
  for (std::size_t at = 0; at != std::string::npos; at = with_value.find(',', at + 1))
    with_value.insert(std::min(with_value.find(',', at + 1), with_value.size()), given);
  return app_.add_flag(with_value, about)
      ->disable_flag_override()
      ->take_last()
      ->each([&into](const std::string&) { into = true; });
}

Options::Option Options::value(const std::string& name, const std::string& type,
                               const std::string& about, std::optional<std::string>& into) {
  const auto parse = [](const std::string& text) { return std::optional(text); };
  return parsed(app_, name, about, into, parse, type)->type_name(type);
}

Options::Option Options::choice(const std::string& name, const std::string& type,
                                const std::string& about, const Words& words, std::string& into) {
  CLI::Option* const option = app_.add_option(name, into, about)->type_name(type)->take_last();
  one_of(option, words);
  return option;
}

Options::Option Options::number(const std::string& name, const std::string& about,
                                std::optional<std::size_t>& into, std::size_t most) {
  const auto parse = [most](const std::string& text) { return number_in(text, most); };
  return parsed(app_, name, about, into, parse, range_to(most))->type_name("N");
}

Options::Option Options::optional_number(const std::string& name, const std::string& about,
                                         std::optional<std::size_t>& into, std::size_t most,
                                         std::size_t without) {
  const auto parse = [most, without](const std::string& text) {
    return text.empty() ? std::optional(without) : number_in(text, most);
  };
  return parsed(app_, name, about, into, parse, range_to(most))->type_name("[N]")->expected(0, 1);
}

Options::Option Options::duration(const std::string& name, const std::string& about,
                                  std::optional<base::Duration>& into) {
  const auto parse = [](const std::string& text) { return base::parse_duration(text); };
  return parsed(app_, name, about, into, parse, "a duration such as `90s` or `10m`")
      ->type_name("TIME");
}

Options::Option Options::values(const std::string& name, const std::string& type,
                                const std::string& about, Words& into) {
  return app_.add_option(name, into, about)->type_name(type)->allow_extra_args(false);
}

Options::Option Options::list(const std::string& name, const std::string& type,
                              const std::string& about, Words& into) {
  return app_.add_option(name, into, about)
      ->type_name(type)
      ->allow_extra_args(false)
      ->delimiter(',');
}

Options::Option Options::argument(const std::string& name, const std::string& about,
                                  std::string& into) {
  return app_.add_option(name, into, about);
}

Options::Option Options::arguments(const std::string& name, const std::string& about, Words& into) {
  return app_.add_option(name, into, about);
}

void Options::formats(const Words& forms) {
  formats_ = forms;
  choice("--format", "FMT", "form of the result: " + alternatives(forms), forms, globals_.format);
}

void Options::quiet(const std::string& about) { flag("-q,--quiet", about, globals_.quiet); }

void Options::verbose(const std::string& about) { flag("-v,--verbose", about, globals_.verbose); }

void Options::one_of(Option option, const Words& words) {
  choices_[option] = words;
  option->check([words](const std::string& value) {
    return is_one_of(value, words) ? std::string() : not_one_of(value, words);
  });
}

void Options::check(Option option,
                    const std::function<std::string(const std::string& value)>& problem) {
  option->check(problem);
}

void Options::required(Option option) { option->required(); }

void Options::exclude_each_other(std::initializer_list<Option> options) {
  for (CLI::Option* const option : options)
    for (CLI::Option* const other : options)
      if (option < other)
        option->excludes(other);
}

void Options::needs(Option option, Option other) { option->needs(other); }

} // namespace nvmf::cli
