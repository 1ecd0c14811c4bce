// 3xx: names.
#include "diag/catalogue_pages.hpp"

namespace nvmf::diag {

namespace {

using enum Severity;
constexpr CatalogueEntry references_pages[] = {
    {.code = 301,
     .slug = "unknown-set",
     .severity = error,
     .title = "an unknown set",
     .why = "No set of that name can be seen here. A file sees its own sets and those of the main "
            "file, not those of other drop-ins.",
     .bad = "sets:\n"
            "  storage-nets: {traddr: 10.20.0.0/16}\n"
            "rules:\n"
            "  - name: volumes\n"
            "    match: {traddr: \"@storage-net\"}\n"
            "    action: connect",
     .good = "sets:\n"
             "  storage-nets: {traddr: 10.20.0.0/16}\n"
             "rules:\n"
             "  - name: volumes\n"
             "    match: {traddr: \"@storage-nets\"}\n"
             "    action: connect"},
    {.code = 302,
     .slug = "wrong-set-kind",
     .severity = error,
     .title = "a set of the wrong kind",
     .why = "A set of NQNs cannot be matched with an address. Each key takes sets of its own kind; "
            "`discovery-nqn` takes those of `subsystem-nqn`.",
     .bad = "sets:\n"
            "  prod: {subsystem-nqn: \"nqn.2014-08.com.example:*\"}\n"
            "rules:\n"
            "  - name: volumes\n"
            "    match: {traddr: \"@prod\"}\n"
            "    action: connect",
     .good = "sets:\n"
             "  prod: {subsystem-nqn: \"nqn.2014-08.com.example:*\"}\n"
             "rules:\n"
             "  - name: volumes\n"
             "    match: {subsystem-nqn: \"@prod\"}\n"
             "    action: connect"},
    {.code = 303,
     .slug = "unknown-profile",
     .severity = error,
     .title = "an unknown profile",
     .why = "No profile of that name can be seen here. A file sees its own profiles and those of "
            "the main file.",
     .bad = "rules:\n"
            "  - name: volumes\n"
            "    match: {transport: tcp}\n"
            "    action: connect\n"
            "    profiles: [production]",
     .good = "profiles:\n"
             "  production: {nr-io-queues: 16}\n"
             "rules:\n"
             "  - name: volumes\n"
             "    match: {transport: tcp}\n"
             "    action: connect\n"
             "    profiles: [production]"},
    {.code = 304,
     .slug = "duplicate-name",
     .severity = error,
     .title = "a name is there twice",
     .why = "Findings, plans and `disable-rules` name rules; two of one name cannot be told apart. "
            "In different files the full name (FILE/NAME) can: then it is a warning.",
     .bad = "rules:\n"
            "  - {name: a, match: {transport: tcp}, action: discover}\n"
            "  - {name: a, match: {transport: tcp}, action: connect}",
     .good = "rules:\n"
             "  - {name: a, match: {transport: tcp}, action: discover}\n"
             "  - {name: b, match: {transport: tcp}, action: connect}"},
    {.code = 305,
     .slug = "profile-conflict",
     .severity = error,
     .title = "profiles that disagree",
     .why =
         "Two profiles of one rule set one option to different values. Neither wins: profiles have "
         "no order. Set the option in the rule, which wins over both, or split the profiles.",
     .bad = "profiles:\n"
            "  a: {nr-io-queues: 16}\n"
            "  b: {nr-io-queues: 8}\n"
            "rules:\n"
            "  - name: volumes\n"
            "    match: {transport: tcp}\n"
            "    action: connect\n"
            "    profiles: [a, b]",
     .good = "profiles:\n"
             "  a: {nr-io-queues: 16}\n"
             "  b: {queue-size: 64}\n"
             "rules:\n"
             "  - name: volumes\n"
             "    match: {transport: tcp}\n"
             "    action: connect\n"
             "    profiles: [a, b]"},
    {.code = 306,
     .slug = "unused-definition",
     .severity = info,
     .title = "a definition that nobody uses",
     .why = "Nothing names this set, profile or identity. It may be left over, or a rule that "
            "should use it names something else.",
     .bad = "sets:\n"
            "  nets: {traddr: 10.0.0.0/8}",
     .good = "sets:\n"
             "  nets: {traddr: 10.0.0.0/8}\n"
             "rules:\n"
             "  - name: volumes\n"
             "    match: {traddr: \"@nets\"}\n"
             "    action: connect"},
    {.code = 307,
     .slug = "disable-unknown-rule",
     .severity = error,
     .title = "a rule to be switched off is not there",
     .why = "`disable-rules` names a rule that no file has, one of its own file, or one that this "
            "file may not switch off: a file under /usr cannot overrule /etc. Where the whole file "
            "is not there, it is a warning: a package may not be installed.",
     .bad = "disable-rules: [vendor-tcp]\n"
            "rules:\n"
            "  - {name: volumes, match: {transport: tcp}, action: connect}",
     .good = "rules:\n"
             "  - {name: volumes, match: {transport: tcp}, action: connect}"},
    {.code = 308,
     .slug = "missing-file-or-credential",
     .severity = warning,
     .title = "a file or credential is not there",
     .why = "The policy refers to a file or a credential that this host does not have. What needs "
            "it ends `secret-unavailable` or `identity-missing`.",
     .bad = "rules:\n"
            "  - name: volumes\n"
            "    match: {transport: tcp}\n"
            "    action: connect\n"
            "    connect: {dhchap-secret: {file: /etc/nvmf/keys/missing}}",
     .good = "rules:\n"
             "  - name: volumes\n"
             "    match: {transport: tcp}\n"
             "    action: connect\n"
             "    connect: {dhchap-secret: {file: /etc/nvmf/keys/prod}}",
     .needs_host = true},
    {.code = 309,
     .slug = "unknown-identity",
     .severity = error,
     .title = "an unknown identity",
     .why = "No file defines an identity of that name. Identities are seen from all files.",
     .bad = "rules:\n"
            "  - name: volumes\n"
            "    match: {transport: tcp}\n"
            "    action: connect\n"
            "    identity: tenant-b",
     .good = "identities:\n"
             "  tenant-b: {hostnqn: \"nqn.2014-08.com.example:tenant-b\", hostid: {file: "
             "/etc/nvmf/tenant-b.hostid}}\n"
             "rules:\n"
             "  - name: volumes\n"
             "    match: {transport: tcp}\n"
             "    action: connect\n"
             "    identity: tenant-b"},
    {.code = 310,
     .slug = "shared-hostid",
     .severity = error,
     .title = "two identities share a host ID",
     .why = "The kernel refuses a host ID that is in use with another host NQN: whichever identity "
            "connects second fails.",
     .bad = "identities:\n"
            "  a: {hostnqn: \"nqn.2014-08.com.example:a\", hostid: "
            "3f2b8a54-11a9-4c7e-9a34-6c1a5f1f7a01}\n"
            "  b: {hostnqn: \"nqn.2014-08.com.example:b\", hostid: "
            "3f2b8a54-11a9-4c7e-9a34-6c1a5f1f7a01}\n"
            "rules:\n"
            "  - {name: first, match: {transport: tcp}, action: connect, identity: a}\n"
            "  - {name: second, match: {transport: rdma}, action: connect, identity: b}",
     .good = "identities:\n"
             "  a: {hostnqn: \"nqn.2014-08.com.example:a\", hostid: "
             "3f2b8a54-11a9-4c7e-9a34-6c1a5f1f7a01}\n"
             "  b: {hostnqn: \"nqn.2014-08.com.example:b\", hostid: "
             "3f2b8a54-11a9-4c7e-9a34-6c1a5f1f7a02}\n"
             "rules:\n"
             "  - {name: first, match: {transport: tcp}, action: connect, identity: a}\n"
             "  - {name: second, match: {transport: rdma}, action: connect, identity: b}"},
    {.code = 311,
     .slug = "unknown-source",
     .severity = error,
     .title = "an unknown source",
     .why = "`source` names a target or a rule, and there is none of that name. The condition "
            "could never hold.",
     .bad = "rules:\n"
            "  - name: volumes\n"
            "    match: {source: array-a}\n"
            "    action: connect",
     .good = "targets:\n"
             "  - {name: array-a, transport: tcp, traddr: 192.0.2.10}\n"
             "rules:\n"
             "  - {name: arrays, match: {event: boot}, action: discover}\n"
             "  - {name: volumes, match: {source: array-a}, action: connect}"},
    {.code = 312,
     .slug = "shared-hostnqn",
     .severity = error,
     .title = "two identities share a host NQN",
     .why = "Targets tell hosts apart by their NQN, and the kernel refuses one that is in use with "
            "another host ID.",
     .bad = "identities:\n"
            "  a: {hostnqn: \"nqn.2014-08.com.example:a\", hostid: "
            "3f2b8a54-11a9-4c7e-9a34-6c1a5f1f7a01}\n"
            "  b: {hostnqn: \"nqn.2014-08.com.example:a\", hostid: "
            "3f2b8a54-11a9-4c7e-9a34-6c1a5f1f7a02}\n"
            "rules:\n"
            "  - {name: first, match: {transport: tcp}, action: connect, identity: a}\n"
            "  - {name: second, match: {transport: rdma}, action: connect, identity: b}",
     .good = "identities:\n"
             "  a: {hostnqn: \"nqn.2014-08.com.example:a\", hostid: "
             "3f2b8a54-11a9-4c7e-9a34-6c1a5f1f7a01}\n"
             "  b: {hostnqn: \"nqn.2014-08.com.example:b\", hostid: "
             "3f2b8a54-11a9-4c7e-9a34-6c1a5f1f7a02}\n"
             "rules:\n"
             "  - {name: first, match: {transport: tcp}, action: connect, identity: a}\n"
             "  - {name: second, match: {transport: rdma}, action: connect, identity: b}"},
    {.code = 313,
     .slug = "not-with-several-keys",
     .severity = info,
     .title = "several keys under `not`",
     .why = "The match fails as soon as one of the keys under `not` holds, not only when all do. "
            "To except their combination, write an `ignore` rule before this one.",
     .bad = "rules:\n"
            "  - name: volumes\n"
            "    match: {transport: tcp, not: {host-iface: lab0, traddr: 10.0.0.0/8}}\n"
            "    action: connect",
     .good = "rules:\n"
             "  - {name: lab, match: {host-iface: lab0, traddr: 10.0.0.0/8}, action: ignore}\n"
             "  - {name: volumes, match: {transport: tcp}, action: connect}"},
};

} // namespace

std::span<const CatalogueEntry> pages_of_references() { return references_pages; }

} // namespace nvmf::diag
