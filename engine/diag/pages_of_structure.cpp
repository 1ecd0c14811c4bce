// 2xx: keys and values.
#include "diag/catalogue_pages.hpp"

namespace nvmf::diag {

namespace {

using enum Severity;
constexpr CatalogueEntry structure_pages[] = {
    {.code = 201,
     .slug = "version-missing",
     .severity = error,
     .title = "the version is missing",
     .why = "Every file says which version of the language it is written in, so that a later "
            "program does not read it differently.",
     .bad = "rules:\n"
            "  - {name: all, match: {any: true}, action: ignore}",
     .good = "version: 1\n"
             "rules:\n"
             "  - {name: all, match: {any: true}, action: ignore}"},
    {.code = 202,
     .slug = "version-unsupported",
     .severity = error,
     .title = "the version is not known",
     .why = "The file is written for another version of the language than this program reads.",
     .bad = "version: 2",
     .good = "version: 1"},
    {.code = 203,
     .slug = "unknown-key",
     .severity = error,
     .title = "an unknown key",
     .why = "A key that nobody reads is a wish that nobody fulfils: most often it is misspelt, or "
            "stands in the wrong place. `x-` keys are for your own remarks, at the top level and "
            "beside the `name` of a rule, guard or target.",
     .bad = "rules:\n"
            "  - name: volumes\n"
            "    match: {tranport: tcp}\n"
            "    action: connect",
     .good = "rules:\n"
             "  - name: volumes\n"
             "    match: {transport: tcp}\n"
             "    action: connect"},
    {.code = 204,
     .slug = "wrong-type",
     .severity = error,
     .title = "a value of the wrong type",
     .why = "The key takes another kind of value. Numbers and `true`/`false` stand without quotes, "
            "names and globs are texts, a list stands in brackets.",
     .bad = "rules:\n"
            "  - name: volumes\n"
            "    match: {transport: tcp}\n"
            "    action: connect\n"
            "    connect: {nr-io-queues: \"16\"}",
     .good = "rules:\n"
             "  - name: volumes\n"
             "    match: {transport: tcp}\n"
             "    action: connect\n"
             "    connect: {nr-io-queues: 16}"},
    {.code = 205,
     .slug = "missing-key",
     .severity = error,
     .title = "a key is missing",
     .why = "Without this key the thing cannot mean anything.",
     .bad = "rules:\n"
            "  - name: volumes\n"
            "    match: {transport: tcp}",
     .good = "rules:\n"
             "  - name: volumes\n"
             "    match: {transport: tcp}\n"
             "    action: connect"},
    {.code = 206,
     .slug = "out-of-range",
     .severity = error,
     .title = "a value out of range",
     .why = "The value is of the right kind, but not one that can be meant: a number outside its "
            "range, or a word that the key does not know.",
     .bad = "rules:\n"
            "  - name: volumes\n"
            "    match: {transport: tcp}\n"
            "    action: connect\n"
            "    connect: {queue-size: 8}",
     .good = "rules:\n"
             "  - name: volumes\n"
             "    match: {transport: tcp}\n"
             "    action: connect\n"
             "    connect: {queue-size: 16}"},
    {.code = 207,
     .slug = "bad-address",
     .severity = error,
     .title = "not an address",
     .why = "Addresses are IP addresses, prefixes, ranges, or FC name pairs. Host names are not "
            "looked up: at boot nobody could answer, and the answer could change.",
     .bad = "rules:\n"
            "  - name: volumes\n"
            "    match: {traddr: array.example.com}\n"
            "    action: connect",
     .good = "rules:\n"
             "  - name: volumes\n"
             "    match: {traddr: 192.0.2.10}\n"
             "    action: connect"},
    {.code = 208,
     .slug = "bad-nqn",
     .severity = error,
     .title = "not an NQN",
     .why = "No subsystem or host has such a name: NQNs begin with `nqn.`, have at most 222 bytes, "
            "and no comma, blank or control character. Globs are anchored at both ends.",
     .bad = "rules:\n"
            "  - name: volumes\n"
            "    match: {subsystem-nqn: netapp}\n"
            "    action: connect",
     .good = "rules:\n"
             "  - name: volumes\n"
             "    match: {subsystem-nqn: \"*netapp*\"}\n"
             "    action: connect"},
    {.code = 209,
     .slug = "duration-without-unit",
     .severity = error,
     .title = "a duration without a unit",
     .why = "Tools disagree whether `10` is seconds or milliseconds. A duration says: `500ms`, "
            "`10s`, `2m`, `1h`, `3d`.",
     .bad = "rules:\n"
            "  - name: volumes\n"
            "    match: {transport: tcp}\n"
            "    action: connect\n"
            "    connect: {ctrl-loss-tmo: 600}",
     .good = "rules:\n"
             "  - name: volumes\n"
             "    match: {transport: tcp}\n"
             "    action: connect\n"
             "    connect: {ctrl-loss-tmo: 10m}"},
    {.code = 210,
     .slug = "ambiguous-scalar",
     .severity = error,
     .title = "an ambiguous value",
     .why = "Some YAML parsers read `yes` as true and `010` as 8, others as text and as 10. A "
            "policy must mean the same to everybody who reads it: write `true`, `false`, plain "
            "decimal numbers, and quotes around text that looks like something else.",
     .bad = "rules:\n"
            "  - name: volumes\n"
            "    match: {transport: tcp}\n"
            "    action: connect\n"
            "    connect: {hdr-digest: yes}",
     .good = "rules:\n"
             "  - name: volumes\n"
             "    match: {transport: tcp}\n"
             "    action: connect\n"
             "    connect: {hdr-digest: true}"},
    {.code = 211,
     .slug = "host-bits-set",
     .severity = warning,
     .title = "host bits set in a prefix",
     .why = "A prefix names a network; bits behind its length have no meaning in it. Perhaps the "
            "one address was meant, perhaps the network.",
     .bad = "rules:\n"
            "  - name: volumes\n"
            "    match: {traddr: 10.20.1.5/16}\n"
            "    action: connect",
     .good = "rules:\n"
             "  - name: volumes\n"
             "    match: {traddr: 10.20.0.0/16}\n"
             "    action: connect"},
    {.code = 212,
     .slug = "option-not-for-transport",
     .severity = error,
     .title = "an option that no transport here takes",
     .why = "The option would never be written: the kernel knows it on other transports only, or a "
            "discovery controller has nothing that it could act on.",
     .bad = "rules:\n"
            "  - name: volumes\n"
            "    match: {transport: fc}\n"
            "    action: connect\n"
            "    connect: {hdr-digest: true}",
     .good = "rules:\n"
             "  - name: volumes\n"
             "    match: {transport: tcp}\n"
             "    action: connect\n"
             "    connect: {hdr-digest: true}"},
    {.code = 213,
     .slug = "deprecated-key",
     .severity = warning,
     .title = "a deprecated key",
     .why = "The key still works and will go in a later version. The help names what to write "
            "instead. No key is deprecated today.",
     .bad = "",
     .good = ""},
    {.code = 214,
     .slug = "empty-match",
     .severity = error,
     .title = "an empty match or list",
     .why = "Something empty never means everything. To match everything, say so with `any: true`.",
     .bad = "rules:\n"
            "  - name: volumes\n"
            "    match: {}\n"
            "    action: connect",
     .good = "rules:\n"
             "  - name: volumes\n"
             "    match: {any: true}\n"
             "    action: connect"},
    {.code = 215,
     .slug = "options-exclude-each-other",
     .severity = error,
     .title = "options that exclude each other",
     .why = "The kernel refuses the combination: `tls` and `concat` both encrypt, `concat` agrees "
            "on its key with DH-HMAC-CHAP and so needs `dhchap-secret` and takes no `tls-key`; "
            "`any` says that nothing else is checked. What a target and the rules that may decide "
            "it say together counts, too.",
     .bad = "rules:\n"
            "  - name: volumes\n"
            "    match: {transport: tcp}\n"
            "    action: connect\n"
            "    connect: {concat: true}",
     .good = "rules:\n"
             "  - name: volumes\n"
             "    match: {transport: tcp}\n"
             "    action: connect\n"
             "    connect: {concat: true, dhchap-secret: {credential: nvmf-dhchap}}"},
};

} // namespace

std::span<const CatalogueEntry> pages_of_structure() { return structure_pages; }

} // namespace nvmf::diag
