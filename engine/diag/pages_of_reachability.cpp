// 4xx: what can be reached.
#include "diag/catalogue_pages.hpp"

namespace nvmf::diag {

namespace {

using enum Severity;
constexpr CatalogueEntry reachability_pages[] = {
    {.code = 401,
     .slug = "shadowed-rule",
     .severity = warning,
     .title = "a rule that never decides",
     .why = "Earlier rules together take every event that this one could match, and at least one "
            "of them decides differently. If it is meant as an exception, it belongs before them.",
     .bad = "rules:\n"
            "  - {name: all, match: {transport: tcp}, action: ignore}\n"
            "  - {name: volumes, match: {transport: tcp, subsystem-nqn: "
            "\"nqn.2014-08.com.example:*\"}, action: connect}",
     .good = "rules:\n"
             "  - {name: volumes, match: {transport: tcp, subsystem-nqn: "
             "\"nqn.2014-08.com.example:*\"}, action: connect}\n"
             "  - {name: all, match: {transport: tcp}, action: ignore}"},
    {.code = 402,
     .slug = "redundant-rule",
     .severity = info,
     .title = "a redundant rule",
     .why = "Earlier rules take every event that this one could match, and decide it alike. It can "
            "go.",
     .bad = "rules:\n"
            "  - {name: all, match: {transport: tcp}, action: connect}\n"
            "  - {name: some, match: {transport: tcp, traddr: 10.0.0.0/8}, action: connect}",
     .good = "rules:\n"
             "  - {name: all, match: {transport: tcp}, action: connect}"},
    {.code = 403,
     .slug = "impossible-match",
     .severity = error,
     .title = "a match that can never hold",
     .why = "The conditions contradict each other: no event has values for all of them.",
     .bad = "rules:\n"
            "  - name: volumes\n"
            "    match: {transport: fc, trsvcid: 4420}\n"
            "    action: connect",
     .good = "rules:\n"
             "  - name: volumes\n"
             "    match: {transport: tcp, trsvcid: 4420}\n"
             "    action: connect"},
    {.code = 404,
     .slug = "always-denied",
     .severity = warning,
     .title = "a rule wholly inside guards",
     .why = "Guards deny everything that this rule could match.",
     .bad = "deny:\n"
            "  - {name: old, match: {traddr: 10.0.0.0/8}, reason: wiped}\n"
            "rules:\n"
            "  - {name: volumes, match: {traddr: 10.1.0.0/16}, action: connect}",
     .good = "deny:\n"
             "  - {name: old, match: {traddr: 10.2.0.0/16}, reason: wiped}\n"
             "rules:\n"
             "  - {name: volumes, match: {traddr: 10.1.0.0/16}, action: connect}"},
    {.code = 405,
     .slug = "conflicting-overlap",
     .severity = info,
     .title = "rules that overlap and disagree",
     .why = "Two connect rules share some events, neither contains the other, and they set "
            "different options: which one decides depends on their order alone.",
     .bad = "rules:\n"
            "  - {name: by-net, match: {traddr: 10.0.0.0/8}, action: connect, connect: "
            "{nr-io-queues: 4}}\n"
            "  - {name: by-name, match: {subsystem-nqn: \"nqn.2014-08.com.example:*\"}, action: "
            "connect, connect: {nr-io-queues: 8}}",
     .good = "rules:\n"
             "  - {name: by-net, match: {traddr: 10.0.0.0/8, not: {subsystem-nqn: "
             "\"nqn.2014-08.com.example:*\"}}, action: connect, connect: {nr-io-queues: 4}}\n"
             "  - {name: by-name, match: {subsystem-nqn: \"nqn.2014-08.com.example:*\"}, action: "
             "connect, connect: {nr-io-queues: 8}}"},
    {.code = 407,
     .slug = "matches-everything",
     .severity = info,
     .title = "a rule that matches everything",
     .why = "The conditions let everything through. If that is meant, `any: true` says so.",
     .bad = "rules:\n"
            "  - {name: all, match: {transport: [tcp, rdma, fc, loop]}, action: connect}",
     .good = "rules:\n"
             "  - {name: all, match: {any: true}, action: connect}"},
    {.code = 408,
     .slug = "dead-guard",
     .severity = info,
     .title = "a guard that denies nothing",
     .why = "No rule could ever let in what this guard denies.",
     .bad = "deny:\n"
            "  - {name: old, match: {transport: rdma}, reason: no RDMA here}\n"
            "rules:\n"
            "  - {name: volumes, match: {transport: tcp}, action: connect}",
     .good = "rules:\n"
             "  - {name: volumes, match: {transport: tcp}, action: connect}"},
    {.code = 409,
     .slug = "discovered-unhandled",
     .severity = warning,
     .title = "discovered and never connected",
     .why = "Logs are read, and no rule connects anything that could be in them.",
     .bad = "rules:\n"
            "  - {name: dcs, match: {transport: tcp}, action: discover}",
     .good = "rules:\n"
             "  - {name: dcs, match: {transport: tcp}, action: discover}\n"
             "  - {name: volumes, match: {transport: tcp}, action: connect}"},
    {.code = 410,
     .slug = "target-without-rule",
     .severity = warning,
     .title = "a target without a rule",
     .why = "A target is an event that rules decide; no rule wants this one, so it ends `ignored`.",
     .bad = "targets:\n"
            "  - {name: dc-a, transport: tcp, traddr: 192.0.2.10}\n"
            "rules:\n"
            "  - {name: volumes, match: {transport: tcp}, action: connect}",
     .good = "targets:\n"
             "  - {name: dc-a, transport: tcp, traddr: 192.0.2.10}\n"
             "rules:\n"
             "  - {name: dcs, match: {transport: tcp}, action: discover}\n"
             "  - {name: volumes, match: {transport: tcp}, action: connect}"},
};

} // namespace

std::span<const CatalogueEntry> pages_of_reachability() { return reachability_pages; }

} // namespace nvmf::diag
