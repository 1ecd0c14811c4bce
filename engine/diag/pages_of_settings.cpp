// 5xx and 6xx: security and robustness.
#include "diag/catalogue_pages.hpp"

namespace nvmf::diag {

namespace {

using enum Severity;
constexpr CatalogueEntry settings_pages[] = {
    {.code = 501,
     .slug = "inline-secret",
     .severity = error,
     .title = "a secret in the policy",
     .why = "A policy is read by many, copied, and kept in version control. It says where a secret "
            "is to be found, never what it is. A secret that stood here should be changed.",
     .bad = "rules:\n"
            "  - name: volumes\n"
            "    match: {transport: tcp}\n"
            "    action: connect\n"
            "    connect: {dhchap-secret: \"DHHC-1:00:c2VjcmV0:\"}",
     .good = "rules:\n"
             "  - name: volumes\n"
             "    match: {transport: tcp}\n"
             "    action: connect\n"
             "    connect: {dhchap-secret: {credential: nvmf-dhchap}}"},
    {.code = 502,
     .slug = "secret-readable-by-others",
     .severity = error,
     .title = "a secret that others may read",
     .why = "The file of a secret may be read by others than root. Such a file is refused.",
     .bad = "rules:\n"
            "  - name: volumes\n"
            "    match: {transport: tcp}\n"
            "    action: connect\n"
            "    connect: {dhchap-secret: {file: /tmp/key}}",
     .good = "rules:\n"
             "  - name: volumes\n"
             "    match: {transport: tcp}\n"
             "    action: connect\n"
             "    connect: {dhchap-secret: {file: /etc/nvmf/keys/prod}}",
     .needs_host = true},
    {.code = 503,
     .slug = "policy-writable-by-others",
     .severity = error,
     .title = "a policy that others may write",
     .why = "Whoever can write the policy decides what this host connects. The services refuse a "
            "file that is not root's or that others may write.",
     .bad = "chmod 666 /etc/nvmf/autoconnect.yaml",
     .good = "chown root:root /etc/nvmf/autoconnect.yaml; chmod 644 /etc/nvmf/autoconnect.yaml",
     .needs_host = true},
    {.code = 504,
     .slug = "untrusted-path",
     .severity = warning,
     .title = "a path that others may change",
     .why = "A directory above the policy or a secret belongs to somebody else or may be written "
            "by others, who could put another file in its place.",
     .bad = "chmod 777 /etc/nvmf",
     .good = "chown root:root /etc/nvmf; chmod 755 /etc/nvmf",
     .needs_host = true},
    {.code = 505,
     .slug = "broad-connect-unauthenticated",
     .severity = on_request,
     .title = "anything is connected, unauthenticated",
     .why = "The rule connects any subsystem that a log lists, and the target does not have to "
            "prove who it is.",
     .bad = "rules:\n"
            "  - name: volumes\n"
            "    match: {transport: tcp}\n"
            "    action: connect",
     .good = "rules:\n"
             "  - name: volumes\n"
             "    match: {transport: tcp, subsystem-nqn: \"nqn.2014-08.com.example:*\"}\n"
             "    action: connect"},
    {.code = 506,
     .slug = "tls-without-key",
     .severity = warning,
     .title = "TLS without a named key",
     .why = "The kernel looks for a key of both NQNs in its keyring, and the connect fails when it "
            "has none. A key that is named is checked before.",
     .bad = "rules:\n"
            "  - name: volumes\n"
            "    match: {transport: tcp}\n"
            "    action: connect\n"
            "    connect: {tls: true}",
     .good = "rules:\n"
             "  - name: volumes\n"
             "    match: {transport: tcp}\n"
             "    action: connect\n"
             "    connect: {tls: true, tls-key: {credential: nvmf-psk}}"},
    {.code = 507,
     .slug = "shared-host-identity",
     .severity = warning,
     .title = "one host NQN for many hosts",
     .why = "A file under /usr is the same on every host that installs the package. With a literal "
            "host NQN in it, they all claim to be one host.",
     .bad = "identities:\n"
            "  vendor: {hostnqn: \"nqn.2014-08.com.example:host\", hostid: {file: "
            "/etc/nvmf/vendor.hostid}}",
     .good = "identities:\n"
             "  vendor: {hostnqn: {file: /etc/nvmf/vendor.hostnqn}, hostid: {file: "
             "/etc/nvmf/vendor.hostid}}"},
    {.code = 508,
     .slug = "guard-without-reason",
     .severity = info,
     .title = "a guard without a reason",
     .why = "Nobody dares to remove a guard that nobody remembers. `reason` is shown wherever the "
            "guard denies something.",
     .bad = "deny:\n"
            "  - {name: old, match: {traddr: 192.0.2.0/28}}",
     .good = "deny:\n"
             "  - {name: old, match: {traddr: 192.0.2.0/28}, reason: array is being wiped}"},
    {.code = 509,
     .slug = "unusable-host-identity",
     .severity = warning,
     .title = "a host identity that is nobody's, or two hosts'",
     .why =
         "A UUID of zeros or of Fs is broken firmware's, and nothing is connected with it. Where "
         "the UUID in the host NQN and the hostid differ, a target takes this host for two, and "
         "reservations and access lists go wrong.",
     .bad = "echo 00000000-0000-0000-0000-000000000000 > /etc/nvme/hostid",
     .good = "nvme gen-hostnqn > /etc/nvme/hostnqn; sed 's/.*uuid://' /etc/nvme/hostnqn > "
             "/etc/nvme/hostid",
     .needs_host = true},
    {.code = 601,
     .slug = "unbounded-retry",
     .severity = on_request,
     .title = "tries without end",
     .why = "Neither `attempts` nor `give-up-after` ends it. That may be meant: a target may come "
            "back after weeks.",
     .bad = "rules:\n"
            "  - name: volumes\n"
            "    match: {transport: tcp}\n"
            "    action: connect\n"
            "    retry: {give-up-after: infinity}",
     .good = "rules:\n"
             "  - name: volumes\n"
             "    match: {transport: tcp}\n"
             "    action: connect\n"
             "    retry: {give-up-after: 24h}"},
    {.code = 602,
     .slug = "no-growth-or-jitter",
     .severity = warning,
     .title = "waits that do not grow or spread",
     .why = "With `factor: 1` a target that is away for long is asked all the time; with `jitter: "
            "0%` all hosts that lost it together come back together.",
     .bad = "rules:\n"
            "  - name: volumes\n"
            "    match: {transport: tcp}\n"
            "    action: connect\n"
            "    retry: {factor: 1}",
     .good = "rules:\n"
             "  - name: volumes\n"
             "    match: {transport: tcp}\n"
             "    action: connect\n"
             "    retry: {factor: 1.5}"},
    {.code = 603,
     .slug = "max-below-first-delay",
     .severity = error,
     .title = "the longest wait is below the first",
     .why = "`max-delay` caps every wait, the first one, too. One of the two is a mistake.",
     .bad = "rules:\n"
            "  - name: volumes\n"
            "    match: {transport: tcp}\n"
            "    action: connect\n"
            "    retry: {first-delay: 10m, max-delay: 1m}",
     .good = "rules:\n"
             "  - name: volumes\n"
             "    match: {transport: tcp}\n"
             "    action: connect\n"
             "    retry: {first-delay: 1m, max-delay: 10m}"},
    {.code = 604,
     .slug = "limit-never-reached",
     .severity = info,
     .title = "a limit that is never reached",
     .why = "Of two limits one always comes first: so many attempts take longer than "
            "`give-up-after` allows.",
     .bad = "rules:\n"
            "  - name: volumes\n"
            "    match: {transport: tcp}\n"
            "    action: connect\n"
            "    retry: {attempts: 1000, give-up-after: 1m}",
     .good = "rules:\n"
             "  - name: volumes\n"
             "    match: {transport: tcp}\n"
             "    action: connect\n"
             "    retry: {attempts: 5, give-up-after: 1h}"},
    {.code = 605,
     .slug = "loss-shorter-than-reconnect",
     .severity = warning,
     .title = "lost before it is reconnected",
     .why = "The kernel counts `ctrl-loss-tmo` in whole reconnect delays: it tries once, or not at "
            "all with `0s`, and removes the controller.",
     .bad = "rules:\n"
            "  - name: volumes\n"
            "    match: {transport: tcp}\n"
            "    action: connect\n"
            "    connect: {ctrl-loss-tmo: 5s}",
     .good = "rules:\n"
             "  - name: volumes\n"
             "    match: {transport: tcp}\n"
             "    action: connect\n"
             "    connect: {ctrl-loss-tmo: 5s, reconnect-delay: 1s}"},
    {.code = 606,
     .slug = "fast-fail-not-below-loss",
     .severity = warning,
     .title = "I/O fails only after the controller is gone",
     .why = "`fast-io-fail-tmo` ends the waiting of I/O while the kernel still reconnects. Not "
            "below `ctrl-loss-tmo` it never acts.",
     .bad = "rules:\n"
            "  - name: volumes\n"
            "    match: {transport: tcp}\n"
            "    action: connect\n"
            "    connect: {ctrl-loss-tmo: 10m, fast-io-fail-tmo: 10m}",
     .good = "rules:\n"
             "  - name: volumes\n"
             "    match: {transport: tcp}\n"
             "    action: connect\n"
             "    connect: {ctrl-loss-tmo: 10m, fast-io-fail-tmo: 1m}"},
    {.code = 607,
     .slug = "keep-alive-disabled",
     .severity = warning,
     .title = "keep-alive is switched off",
     .why = "Without keep-alive a dead connection is noticed only by I/O that fails; and a target "
            "drops a persistent discovery controller, and with it its events.",
     .bad = "rules:\n"
            "  - name: volumes\n"
            "    match: {transport: tcp}\n"
            "    action: connect\n"
            "    connect: {keep-alive-tmo: 0s}",
     .good = "rules:\n"
             "  - name: volumes\n"
             "    match: {transport: tcp}\n"
             "    action: connect\n"
             "    connect: {keep-alive-tmo: 5s}"},
    {.code = 608,
     .slug = "guard-on-free-host-side",
     .severity = warning,
     .title = "a guard on a host side that is left to the kernel",
     .why = "With `host-side: any` the kernel chooses address and interface when it connects. A "
            "guard on them has nothing to look at before.",
     .bad = "deny:\n"
            "  - {name: lab, match: {host-iface: \"lab*\"}, reason: not for storage}\n"
            "rules:\n"
            "  - name: volumes\n"
            "    match: {transport: tcp}\n"
            "    action: connect\n"
            "    host-side: any",
     .good = "deny:\n"
             "  - {name: lab, match: {host-iface: \"lab*\"}, reason: not for storage}\n"
             "rules:\n"
             "  - name: volumes\n"
             "    match: {transport: tcp}\n"
             "    action: connect\n"
             "    host-side: same-subnet"},
    {.code = 609,
     .slug = "infinite-loss-with-give-up",
     .severity = info,
     .title = "one timer ends, the other never does",
     .why = "`retry` governs until a connection is made, `ctrl-loss-tmo` after it was lost. "
            "`give-up-after` does not end what `ctrl-loss-tmo: infinity` goes on with.",
     .bad = "rules:\n"
            "  - name: volumes\n"
            "    match: {transport: tcp}\n"
            "    action: connect\n"
            "    connect: {ctrl-loss-tmo: infinity}\n"
            "    retry: {give-up-after: 1h}",
     .good = "rules:\n"
             "  - name: volumes\n"
             "    match: {transport: tcp}\n"
             "    action: connect\n"
             "    connect: {ctrl-loss-tmo: 1h}\n"
             "    retry: {give-up-after: 1h}"},
};

} // namespace

std::span<const CatalogueEntry> pages_of_settings() { return settings_pages; }

} // namespace nvmf::diag
