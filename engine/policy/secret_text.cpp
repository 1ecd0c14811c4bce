#include "policy/secret_text.hpp"

#include "base/connect_option.hpp"
#include "base/nearest.hpp"
#include "policy/key_table.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <set>
#include <unordered_set>
#include <utility>

namespace nvmf::policy {

namespace {

// A secret ends at a blank, a quote, or what ends a flow value.
constexpr std::string_view secret_end = " \t\r\n\"'`,]}";
// `DHHC-1:…` and `NVMeTLSkey-1:…`, in any case: a secret must be found also in a line that was
// lowered before it is shown.
constexpr std::string_view version_mark = "-1:";
constexpr std::array<std::string_view, 2> forms{"dhhc", "nvmetlskey"};

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

bool ends_with_form(std::string_view text) {
  return std::any_of(forms.begin(), forms.end(), [&](std::string_view form) {
    return text.size() >= form.size() &&
           std::equal(form.begin(), form.end(),
                      text.end() - static_cast<std::ptrdiff_t>(form.size()),
                      [](char wanted, char c) { return wanted == lower(c); });
  });
}

// Where the text of the next secret begins; npos: there is none.
std::size_t next_secret(std::string_view text, std::size_t at) {
  for (at = text.find(version_mark, at); at != std::string_view::npos;
       at = text.find(version_mark, at)) {
    if (ends_with_form(text.substr(0, at)))
      return at + version_mark.size();
    at += version_mark.size();
  }
  return at;
}

constexpr std::string_view blanks = " \t";
constexpr std::string_view structure = " \t\r\n{}[],";

bool is_word_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_';
}

// Secret options, also as nvme-cli's configuration and the kernel call them, and what people write.
const std::vector<std::string>& secret_words() {
  static const auto words = [] {
    std::vector<std::string> all{"dhchap-key", "dhchap-ctrl-key", "secret", "password"};
    for (const base::ConnectOption& option : base::connect_options())
      if (option.kind == base::OptionKind::secret)
        all.emplace_back(option.name);
    return all;
  }();
  return words;
}

bool is_reference_word(std::string_view word) { return find_key(Section::secret, word) != nullptr; }

// Whether the text before a colon is a key, or the end of a secret, whose last character is a
// colon.
bool is_like_key(std::string_view word) {
  constexpr std::size_t longest = 15;
  return word.size() <= longest && std::all_of(word.begin(), word.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || c == '-' || c == '_';
         });
}

class Masker {
public:
  explicit Masker(std::string text) : text_(std::move(text)) {}

  MaskedText run() {
    for (at_ = text_.find(':'); at_ != std::string::npos; at_ = text_.find(':', at_ + 1))
      if (std::size_t const begin = word_before(at_); is_secret_key(begin))
        mask_value(begin);
    return {std::move(text_), std::move(secrets_)};
  }

private:
  std::size_t end_of_line(std::size_t from) const {
    return std::min(text_.find('\n', from), text_.size());
  }

  bool is_colon(std::size_t at) const {
    if (text_[at] != ':' || at + 1 == text_.size())
      return text_[at] == ':';
    char const next = text_[at + 1];
    return is_quote(next) || std::string_view(" \t\r\n").find(next) != std::string_view::npos;
  }

  static bool is_quote(char c) { return c == '"' || c == '\''; }

  // Where the word before a colon begins; a quoted one without its quote.
  std::size_t word_before(std::size_t colon) const {
    std::size_t begin = colon;
    while (begin > 0 && blanks.find(text_[begin - 1]) != std::string_view::npos)
      --begin;
    if (begin > 0 && is_quote(text_[begin - 1]))
      --begin;
    while (begin > 0 && is_word_character(text_[begin - 1]))
      --begin;
    return begin;
  }

  std::string_view word_at(std::size_t begin) const {
    std::size_t end = begin;
    while (end < text_.size() && is_word_character(text_[end]))
      ++end;
    return std::string_view(text_).substr(begin, end - begin);
  }

  bool is_secret_key(std::size_t begin) const {
    constexpr std::size_t shortest = 6;
    std::string_view const word = word_at(begin);
    return word.size() >= shortest && is_colon(at_) && base::nearest(word, secret_words());
  }

  void mask_value(std::size_t key) {
    std::size_t const value = std::min(text_.find_first_not_of(blanks, at_ + 1), text_.size());
    std::size_t const line_begin = text_.rfind('\n', at_) + 1;
    std::size_t const end = end_of_line(at_);
    if (word_at(value) == "null")
      return;
    if (value < end && (text_[value] == '{' || text_[value] == '['))
      return mask_flow(value, flow_end(value));
    bool const in_flow =
        text_.substr(line_begin, key - line_begin).find_first_of("{[") != std::string::npos;
    if (in_flow)
      return mask_flow(std::min(value, end), scalar_end(value, end));
    mask_words(std::min(value, end), end);
    mask_lines_below(end, key - line_begin);
  }

  // A scalar within brackets ends where its map does, or before the next key.
  std::size_t scalar_end(std::size_t from, std::size_t limit) const {
    for (std::size_t at = from; at < limit; ++at) {
      if (text_[at] == '}' || text_[at] == ']')
        return at;
      if (text_[at] != ',')
        continue;
      std::size_t const next = std::min(text_.find_first_not_of(blanks, at + 1), limit);
      std::size_t const colon = next + word_at(next).size();
      if (colon > next && colon < limit && is_colon(colon))
        return at;
    }
    return limit;
  }

  // Behind the bracket that closes the one at `open`; the end of the line if none does.
  std::size_t flow_end(std::size_t open) const {
    std::size_t depth = 0;
    for (std::size_t at = open; at < text_.size(); ++at) {
      if (text_[at] == '{' || text_[at] == '[')
        ++depth;
      else if ((text_[at] == '}' || text_[at] == ']') && --depth == 0)
        return at + 1;
    }
    return end_of_line(open);
  }

  // Lines that are indented deeper than the key belong to its value.
  void mask_lines_below(std::size_t end, std::size_t column) {
    while (end < text_.size()) {
      std::size_t const begin = end + 1;
      std::size_t const first = std::min(text_.find_first_not_of(blanks, begin), text_.size());
      end = end_of_line(begin);
      if (first < end && first - begin <= column)
        return;
      mask_flow(std::min(first, end), end);
    }
  }

  // Everything but keys and brackets; a reference stays, it is not a secret.
  void mask_flow(std::size_t from, std::size_t to) {
    bool in_reference = false;
    while ((from = text_.find_first_not_of(structure, from)) < to) {
      std::size_t const end = std::min({text_.find_first_of(structure, from), to, text_.size()});
      std::string_view const word = std::string_view(text_).substr(from, end - from);
      bool const is_key =
          word.size() > 1 && word.back() == ':' && is_like_key(word.substr(0, word.size() - 1));
      if (is_key)
        in_reference = is_reference_word(word.substr(0, word.size() - 1));
      bool const is_dash = end - from == 1 && text_[from] == '-';
      if (!is_key && !is_dash && !in_reference)
        mask(from, end);
      from = end;
    }
  }

  // A scalar up to the end of its line, whatever is in it.
  void mask_words(std::size_t from, std::size_t to) {
    while ((from = text_.find_first_not_of(" \t\r", from)) < to) {
      std::size_t const end = std::min({text_.find_first_of(" \t\r\n", from), to, text_.size()});
      mask(from, end);
      from = end;
    }
  }

  void mask(std::size_t from, std::size_t to) {
    constexpr std::size_t telling = 3; // any shorter text is part of every sentence
    std::string_view secret = std::string_view(text_).substr(from, to - from);
    while (!secret.empty() && is_quote(secret.front()))
      secret.remove_prefix(1);
    while (!secret.empty() && is_quote(secret.back()))
      secret.remove_suffix(1);
    if (secret.size() >= telling && secret.find_first_not_of('*') != std::string_view::npos)
      secrets_.emplace_back(secret);
    for (std::size_t i = from; i < to; ++i)
      if (!is_quote(text_[i]))
        text_[i] = '*';
  }

  std::string text_;
  std::vector<std::string> secrets_;
  std::size_t at_ = 0; // the colon
};

// Secrets to be found in texts: by their lengths, of which there are few.
class KnownSecrets {
public:
  void add(std::string secret) {
    lengths_.insert(secret.size());
    secrets_.insert(std::move(secret));
  }

  // Masks what has a secret's form, and each of these.
  void mask(std::string& text) const {
    text = with_secrets_masked(std::move(text));
    std::string const clear = text;
    for (std::size_t const length : lengths_)
      for (std::size_t at = 0; at + length <= clear.size(); ++at)
        if (secrets_.contains(clear.substr(at, length)))
          text.replace(at, length, length, '*');
  }

private:
  std::unordered_set<std::string> secrets_;
  std::set<std::size_t> lengths_;
};

// The texts that findings point into, masked once each, and the secrets that they held.
class MaskedSources {
public:
  diag::SourcePtr masked(const diag::SourcePtr& source) {
    diag::SourcePtr& known = known_[source];
    if (!known) {
      MaskedText text = with_secret_values_masked(with_secrets_masked(source->text));
      known =
          std::make_shared<const diag::Source>(diag::Source{source->path, std::move(text.text)});
      for (std::string& secret : text.secrets)
        secrets_.add(std::move(secret));
    }
    return known;
  }
  const KnownSecrets& secrets() const { return secrets_; }

private:
  std::map<diag::SourcePtr, diag::SourcePtr> known_;
  KnownSecrets secrets_;
};

} // namespace

void hide_secrets(std::vector<diag::Finding>& findings) {
  MaskedSources sources;
  for (diag::Finding& finding : findings)
    for (diag::LabelledSpan& place : finding.spans)
      if (place.span.source)
        place.span.source = sources.masked(place.span.source);
  for (diag::Finding& finding : findings) {
    sources.secrets().mask(finding.message);
    sources.secrets().mask(finding.help);
    for (std::string& note : finding.notes)
      sources.secrets().mask(note);
    if (finding.replacement) {
      const std::string before = *finding.replacement;
      sources.secrets().mask(*finding.replacement);
      if (*finding.replacement != before)
        finding.replacement.reset();
    }
  }
}

std::string with_secrets_masked(std::string text) {
  for (std::size_t at = next_secret(text, 0); at != std::string::npos; at = next_secret(text, at)) {
    std::size_t const end = std::min(text.find_first_of(secret_end, at), text.size());
    std::fill(text.begin() + static_cast<std::ptrdiff_t>(at),
              text.begin() + static_cast<std::ptrdiff_t>(end), '*');
    at = end;
  }
  return text;
}

bool holds_secret(std::string_view text) { return next_secret(text, 0) != std::string_view::npos; }

MaskedText with_secret_values_masked(std::string text) { return Masker(std::move(text)).run(); }

} // namespace nvmf::policy
