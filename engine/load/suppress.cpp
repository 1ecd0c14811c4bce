#include "load/suppress.hpp"

#include "base/lower_case.hpp"
#include "diag/catalogue.hpp"
#include "diag/place.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <iterator>

namespace nvmf::load {

namespace {

constexpr std::string_view blanks = " \t";
constexpr std::string_view reason_mark = "--";
constexpr const char* right_form = "write `# nvmf: allow NVPnnn -- why`";
// Other marks before a reason: they are the mistake, and not codes with such names.
constexpr std::string_view other_marks[] = {" - ", "\u2014", "\u2013", " # ", ": "};

std::string_view trimmed(std::string_view text) {
  std::size_t const first = std::min(text.find_first_not_of(blanks), text.size());
  text.remove_prefix(first);
  return text.substr(0, text.find_last_not_of(blanks) + 1);
}

// The text behind `# nvmf: allow`; empty view with null data if the comment says something else.
std::string_view behind_allow(std::string_view comment) {
  for (std::string_view const word : {"#", "nvmf:", "allow"}) {
    comment.remove_prefix(std::min(comment.find_first_not_of(blanks), comment.size()));
    if (!comment.starts_with(word))
      return {};
    comment.remove_prefix(word.size());
  }
  // A word that only begins like it is a sentence of its own.
  bool const whole_word = comment.empty() || blanks.find(comment.front()) != std::string_view::npos;
  return whole_word ? comment : std::string_view();
}

std::vector<std::string_view> words_of(std::string_view text) {
  constexpr std::string_view separators = " \t,()";
  std::vector<std::string_view> words;
  for (std::size_t at = text.find_first_not_of(separators); at != std::string_view::npos;
       at = text.find_first_not_of(separators)) {
    text.remove_prefix(at);
    words.push_back(text.substr(0, text.find_first_of(separators)));
    text.remove_prefix(words.back().size());
  }
  return words;
}

// `# nvmf-policy: ignore NVP408`, `# noqa: NVP408`, `# nvmf: Allow NVP408`: means to suppress, and
// does not.
bool is_nearly_suppression(std::string_view comment) {
  std::string const lower = base::lower_case(comment);
  constexpr std::string_view verbs[] = {"ignore", "allow", "disable", "suppress", "noqa", "nolint"};
  std::vector<std::string_view> words;
  for (std::string_view word : words_of(std::string_view(lower).substr(1)))
    while (!word.empty()) { // `allow=NVP408`, `nvmf:ignore`
      std::size_t const end = std::min(word.find_first_of(":="), word.size());
      if (end > 0)
        words.push_back(word.substr(0, end));
      word.remove_prefix(std::min(end + 1, word.size()));
    }
  auto const verb = std::find_if(words.begin(), words.end(), [&](std::string_view word) {
    return std::find(std::begin(verbs), std::end(verbs), word) != std::end(verbs);
  });
  if (verb == words.end() || verb - words.begin() > 2)
    return false;
  bool const is_ours = verb != words.begin() && words.front().starts_with("nvmf");
  bool const is_alone = verb + 1 == words.end();
  bool const has_code = !is_alone && diag::parse_code(verb[1]).has_value();
  bool const has_mark =
      comment.find(':') < comment.find("NVP") || *verb == "nolint" || *verb == "noqa";
  return is_ours ? is_alone || has_code : has_code && has_mark;
}

// Where the codes end and the reason begins: at its mark, or at the first word that cannot be meant
// as a code.
std::size_t end_of_codes(std::string_view rest) {
  std::size_t end = std::min(rest.find(reason_mark), rest.size());
  for (std::string_view const mark : other_marks)
    end = std::min(end, rest.find(mark));
  bool has_code = false;
  for (std::string_view const word : words_of(rest.substr(0, end))) {
    bool const is_code = diag::parse_code(word).has_value();
    bool const may_be_code = is_code || base::lower_case(word).starts_with("nvp");
    if (has_code && !may_be_code)
      return static_cast<std::size_t>(word.data() - rest.data());
    has_code = has_code || is_code;
  }
  return end;
}

// The comment with its reason behind the right mark; nothing where it has none.
std::optional<std::string> with_two_dashes(std::string_view comment, std::string_view end) {
  constexpr std::string_view marks = " -#:\u2013\u2014";
  std::string_view reason = end;
  // Bytes of the two long dashes, too: a reason does not begin with them.
  reason.remove_prefix(std::min(reason.find_first_not_of(marks), reason.size()));
  if (reason.empty() || end.starts_with(reason_mark))
    return std::nullopt;
  std::string_view begin = comment.substr(0, comment.size() - end.size());
  begin = begin.substr(0, begin.find_last_not_of(blanks) + 1);
  return fmt::format("{} -- {}", begin, reason);
}

class SuppressionReader {
public:
  SuppressionReader(const yaml::Document& document, diag::Sink& sink)
      : document_(document), sink_(sink) {}

  std::vector<Suppression> run() {
    const auto& comments = document_.comments;
    for (std::size_t i = 0; i < comments.size(); ++i)
      if (std::string_view const rest = behind_allow(comments[i].text); rest.data() != nullptr)
        read(i, rest);
      else if (is_nearly_suppression(comments[i].text))
        sink_.add(805, "this comment suppresses nothing", span_of(comments[i], comments[i].text))
            .help = right_form;
    return std::move(out_);
  }

private:
  void read(std::size_t index, std::string_view rest) {
    const yaml::Comment& comment = document_.comments[index];
    // `NVP408 - why` has its mistake in the mark, not in a code that is called `-`.
    std::size_t const mark = end_of_codes(rest);
    std::string_view const codes = rest.substr(0, mark);
    bool const has_reason = rest.substr(mark).starts_with(reason_mark) &&
                            !trimmed(rest.substr(mark + reason_mark.size())).empty();
    std::uint32_t const line = comment.alone ? line_below(index) : comment.start.line;
    bool const meant = read_codes(comment, codes, line);
    if (meant && !has_reason) {
      diag::Finding& finding =
          sink_.add(804, "a suppression without a reason", span_of(comment, comment.text));
      finding.help = right_form;
      finding.replacement = with_two_dashes(comment.text, rest.substr(mark));
    }
  }

  // False for a comment that names no code at all, which is one mistake, however many words it has.
  bool read_codes(const yaml::Comment& comment, std::string_view codes, std::uint32_t line) {
    std::vector<std::string_view> const words = words_of(codes);
    bool const any = std::any_of(words.begin(), words.end(),
                                 [](std::string_view word) { return diag::parse_code(word); });
    if (words.size() == 1 || any) {
      for (std::string_view const word : words)
        add(comment, word, line);
      return true;
    }
    diag::Finding& finding =
        sink_.add(806, "a suppression without a code", span_of(comment, comment.text));
    if (!words.empty())
      finding.help = "write `# nvmf: allow NVPnnn -- why`; a comment for people begins otherwise";
    return false;
  }

  void add(const yaml::Comment& comment, std::string_view word, std::uint32_t line) {
    auto const code = diag::parse_code(word);
    if (code)
      out_.push_back({.code = *code, .span = span_of(comment, word), .line = line});
    else
      sink_.add(806, fmt::format("`{}` is not the code of a finding", word),
                span_of(comment, word));
  }

  // Comments that follow each other apply to the same line.
  std::uint32_t line_below(std::size_t index) const {
    const auto& comments = document_.comments;
    std::uint32_t line = comments[index].start.line + 1;
    for (++index; index < comments.size() && comments[index].alone; ++index) {
      if (comments[index].start.line != line)
        break;
      ++line;
    }
    return line;
  }

  diag::Span span_of(const yaml::Comment& comment, std::string_view part) const {
    auto const offset = static_cast<std::uint32_t>(part.data() - comment.text.data());
    diag::Position const start{comment.start.line, comment.start.column + offset};
    return {document_.source,
            start,
            {start.line, start.column + static_cast<std::uint32_t>(part.size())}};
  }

  const yaml::Document& document_;
  diag::Sink& sink_;
  std::vector<Suppression> out_;
};

bool was_looked_for(std::uint16_t code, LookedFor looked_for) {
  const diag::CatalogueEntry* entry = diag::find_entry(code);
  if (diag::is_about_reachability(code) && looked_for == LookedFor::text)
    return false;
  return !entry->needs_host && entry->severity != diag::Severity::on_request;
}

} // namespace

std::vector<Suppression> read_suppressions(const yaml::Document& document, diag::Sink& sink) {
  return SuppressionReader(document, sink).run();
}

void apply_suppressions(std::vector<diag::Finding>& findings,
                        std::vector<Suppression>& suppressions) {
  if (suppressions.empty())
    return;
  auto const is_suppressed = [&](const diag::Finding& finding) {
    const diag::LabelledSpan* where = diag::main_span(finding);
    if (finding.severity == diag::Severity::error || where == nullptr)
      return false;
    bool taken = false;
    for (Suppression& each : suppressions)
      if (each.code == finding.code && each.span.source == where->span.source &&
          each.line == where->span.start.line)
        each.used = taken = true;
    return taken;
  };
  findings.erase(std::remove_if(findings.begin(), findings.end(), is_suppressed), findings.end());
}

void report_unused(const std::vector<Suppression>& suppressions, LookedFor looked_for,
                   diag::Sink& sink) {
  for (const Suppression& each : suppressions) {
    if (each.used || !was_looked_for(each.code, looked_for))
      continue;
    const diag::CatalogueEntry* entry = diag::find_entry(each.code);
    bool const is_error = entry->severity == diag::Severity::error;
    sink.add(805,
             fmt::format("nothing to suppress: {} does not occur here", diag::code_name(each.code)),
             each.span)
        .help = is_error ? "errors cannot be suppressed" : "take the comment out";
  }
}

} // namespace nvmf::load
