// `nvmf-policy doc`: the reference of one key, as the manual has it.
#include "base/nearest.hpp"
#include "cli/commands.hpp"
#include "cli/fit_text.hpp"
#include "cli/terminal.hpp"
#include "cli/usage.hpp"
#include "policy/key_reference.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <memory>
#include <set>
#include <string>

namespace nvmf::cli {

namespace {

using policy::KeyPlace;

// A key with all its places.
struct FoundKey {
  const policy::Key* key;
  std::vector<std::string> paths;
};

// `connect.ctrl-loss-tmo` is the end of `rules.connect.ctrl-loss-tmo`.
bool ends_in(const std::string& path, const std::string& wanted) {
  return path == wanted || path.ends_with('.' + wanted);
}

std::vector<FoundKey> keys_called(const std::vector<KeyPlace>& places, const std::string& wanted) {
  std::vector<FoundKey> found;
  for (const KeyPlace& place : places) {
    if (!ends_in(place.path, wanted))
      continue;
    const auto known = std::find_if(found.begin(), found.end(),
                                    [&](const FoundKey& one) { return one.key == place.key; });
    if (known == found.end())
      found.push_back({place.key, {place.path}});
    else
      known->paths.push_back(place.path);
  }
  // `connect` itself, not the options of each place: a whole path names one key.
  const auto whole = std::find_if(found.begin(), found.end(), [&](const FoundKey& one) {
    return std::find(one.paths.begin(), one.paths.end(), wanted) != one.paths.end();
  });
  return whole == found.end() ? found : std::vector{*whole};
}

std::string without_backticks(std::string text) {
  std::erase(text, '`');
  return text;
}

// Behind a word in its column.
std::string fact_line(std::string_view word, const std::string& text, std::size_t columns) {
  constexpr std::size_t text_column = 14;
  return fmt::format("  {}{}\n", padded(fmt::format("{}:", word), text_column - 2),
                     wrapped(text, text_column, columns));
}

std::string doc_text(const FoundKey& found, std::size_t columns) {
  const policy::Key& key = *found.key;
  const policy::KeyReference reference = policy::reference_of(key);
  std::string text = fmt::format("{}{}\n", key.name, key.required ? "  (required)" : "");
  text += fmt::format("  {}\n\n", wrapped(without_backticks(reference.meaning), 2, columns));
  for (const policy::KeyReference::Fact& fact : reference.facts)
    text += fact_line(fact.word, without_backticks(fact.text), columns);
  text += fact_line("Example", reference.example, columns);
  text += fact_line("Place", fmt::format("{}", fmt::join(found.paths, ", ")), columns);
  const bool has_keys = key.type == policy::ValueType::map || key.type == policy::ValueType::maps ||
                        key.type == policy::ValueType::named_maps;
  if (has_keys)
    text +=
        fact_line("Keys", fmt::format("{}", fmt::join(policy::names_of(key.inner), ", ")), columns);
  return text;
}

// The keys of the top level, a line each.
std::string overview(std::size_t columns) {
  std::string text;
  for (const policy::Key& key : policy::keys_of(policy::Section::top)) {
    const std::string about = without_backticks(policy::reference_of(key).meaning);
    const std::string first = about.substr(0, about.find(". "));
    constexpr std::size_t about_column = 15;
    text += fmt::format("{}{}{}\n", padded(key.name, about_column),
                        wrapped(first, about_column, columns), first.ends_with('.') ? "" : ".");
  }
  return text;
}

// Keys that the word is a part of, a few at most: `ctrl-loss`, `tmo`.
std::string keys_with(const std::vector<KeyPlace>& places, const std::string& word) {
  constexpr std::size_t most = 6;
  std::set<std::string> names;
  for (const KeyPlace& place : places)
    if (place.key->name.find(word) != std::string_view::npos)
      names.emplace(place.key->name);
  std::string text;
  if (names.size() <= most)
    for (const std::string& name : names)
      text += fmt::format("{}`{}`", text.empty() ? "" : ", ", name);
  return text;
}

ExitCode no_such_key(const std::vector<KeyPlace>& places, const std::string& wanted) {
  std::vector<std::string> names;
  for (const KeyPlace& place : places)
    for (std::size_t at = 0; at != std::string::npos; at = place.path.find('.', at))
      names.push_back(place.path.substr(at == 0 ? 0 : ++at));
  const auto near = base::nearest(wanted, names);
  const std::string meant = near ? fmt::format("`{}`", *near) : keys_with(places, wanted);
  return usage_error("doc", {fmt::format("there is no key `{}`", wanted),
                             meant.empty() ? "`nvmf-policy doc` lists the keys of the top level"
                                           : fmt::format("did you mean {}?", meant)});
}

ExitCode run_doc(const std::string& wanted, const Globals& globals) {
  constexpr std::size_t usual_columns = 80;
  const std::size_t columns = screen_for(stdout, globals.color).columns.value_or(usual_columns);
  if (wanted.empty()) {
    print(overview(columns));
    return ExitCode::done;
  }
  const std::vector<KeyPlace> places = policy::all_key_places();
  const std::vector<FoundKey> found = keys_called(places, wanted);
  if (found.empty())
    return no_such_key(places, wanted);
  for (std::size_t at = 0; at < found.size(); ++at)
    print((at == 0 ? "" : "\n") + doc_text(found[at], columns));
  return ExitCode::done;
}

} // namespace

Runner declare_doc(Options& options) {
  auto key = std::make_shared<std::string>();
  options.argument("KEY", "a key, or the end of its path: `connect.ctrl-loss-tmo`", *key);
  return [key](const Globals& globals) { return run_doc(*key, globals); };
}

} // namespace nvmf::cli
