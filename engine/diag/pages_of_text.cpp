// 1xx: the text itself.
#include "diag/catalogue_pages.hpp"

namespace nvmf::diag {

namespace {

using enum Severity;
constexpr CatalogueEntry text_pages[] = {
    {.code = 101,
     .slug = "invalid-yaml",
     .severity = error,
     .title = "the text is not YAML",
     .why = "The text cannot be read as YAML, so nothing of the policy is used. Most often the "
            "indentation is off, a bracket is not closed, or a value that begins with a special "
            "character has no quotes.",
     .bad = "rules:\n"
            "  - name: volumes\n"
            "    match: {traddr: @storage-nets}\n"
            "    action: connect",
     .good = "sets:\n"
             "  storage-nets: {traddr: 10.20.0.0/16}\n"
             "rules:\n"
             "  - name: volumes\n"
             "    match: {traddr: \"@storage-nets\"}\n"
             "    action: connect"},
    {.code = 102,
     .slug = "duplicate-key",
     .severity = error,
     .title = "a key is there twice",
     .why = "YAML parsers take the first or the last of two equal keys, as they please. Here "
            "neither is taken: one of them is a mistake.",
     .bad = "rules:\n"
            "  - name: volumes\n"
            "    match: {traddr: 10.0.0.1, traddr: 10.0.0.2}\n"
            "    action: connect",
     .good = "rules:\n"
             "  - name: volumes\n"
             "    match: {traddr: [10.0.0.1, 10.0.0.2]}\n"
             "    action: connect"},
    {.code = 103,
     .slug = "anchor-or-alias",
     .severity = error,
     .title = "an anchor, alias or merge key",
     .why = "Anchors and aliases make a text mean something other than what stands in it, and grow "
            "without bound. Sets, profiles and defaults do their work. A glob that begins with `*` "
            "needs quotes, or YAML takes it for an alias.",
     .bad = "rules:\n"
            "  - name: volumes\n"
            "    match: {hostname: *web}\n"
            "    action: connect",
     .good = "rules:\n"
             "  - name: volumes\n"
             "    match: {hostname: \"*web\"}\n"
             "    action: connect"},
    {.code = 104,
     .slug = "explicit-tag",
     .severity = error,
     .title = "an explicit tag",
     .why = "A tag (`!!str`) tells a YAML parser what a value is. The language knows that itself; "
            "quotes make a text.",
     .bad = "rules:\n"
            "  - name: volumes\n"
            "    match: {trsvcid: !!int \"4420\"}\n"
            "    action: connect",
     .good = "rules:\n"
             "  - name: volumes\n"
             "    match: {trsvcid: 4420}\n"
             "    action: connect"},
    {.code = 105,
     .slug = "several-documents",
     .severity = error,
     .title = "several documents in one file",
     .why = "A file is one document. A second one would be passed over in silence by many readers, "
            "so the file is refused.",
     .bad = "limits: {referral-depth: 2}\n"
            "---\n"
            "version: 1",
     .good = "limits: {referral-depth: 2}"},
    {.code = 106,
     .slug = "tab-used",
     .severity = error,
     .title = "a tab",
     .why = "YAML forbids tabs in the indentation: there it is an error. Elsewhere a tab is "
            "allowed, but shown differently by every editor: a warning.",
     .bad = "limits:\n"
            "\treferral-depth: 2",
     .good = "limits:\n"
             "  referral-depth: 2"},
    {.code = 107,
     .slug = "invisible-or-bidi-character",
     .severity = error,
     .title = "an invisible character",
     .why = "Characters that cannot be seen, or that turn the direction of text, make a policy "
            "read differently from what it means. Control characters are never part of one.",
     .bad = "x-note: \"a\\u202eb\"",
     .good = "x-note: \"ab\""},
    {.code = 108,
     .slug = "too-large-or-deep",
     .severity = error,
     .title = "the text is too large or nested too deep",
     .why = "A policy has at most 4 MiB, 400,000 values and 32 levels: far beyond what anybody "
            "writes, and small enough that reading one never takes long.",
     .bad = "x-list: [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]",
     .good = "x-list: [[[]]]"},
    {.code = 109,
     .slug = "unterminated-quote",
     .severity = error,
     .title = "a quote is not closed",
     .why = "The text begins a quote and never ends it, or ends it at the next quote, lines below. "
            "What stands between would be taken for text.",
     .bad = "x-note: \"never ends",
     .good = "x-note: \"ends\""},
};

} // namespace

std::span<const CatalogueEntry> pages_of_text() { return text_pages; }

} // namespace nvmf::diag
