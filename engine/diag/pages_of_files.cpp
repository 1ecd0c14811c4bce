// 7xx to 9xx: layers of files, style, tests.
#include "diag/catalogue_pages.hpp"

namespace nvmf::diag {

namespace {

using enum Severity;
constexpr CatalogueEntry files_pages[] = {
    {.code = 701,
     .slug = "file-not-read",
     .severity = warning,
     .title = "a file that is not read",
     .why = "Drop-ins are called `NN-name.yaml`. Anything else in their directories is not read; "
            "perhaps it was meant to be.",
     .bad = "/etc/nvmf/autoconnect.d/acme.yaml",
     .good = "/etc/nvmf/autoconnect.d/70-acme.yaml"},
    {.code = 702,
     .slug = "masked-file",
     .severity = info,
     .title = "a masked file",
     .why = "An empty file, or a link to /dev/null, of the same name in an earlier directory "
            "switches this one off.",
     .bad = "ln -s /dev/null /etc/nvmf/autoconnect.d/70-acme.yaml",
     .good = "rm /etc/nvmf/autoconnect.d/70-acme.yaml"},
    {.code = 703,
     .slug = "shadowed-file",
     .severity = info,
     .title = "a shadowed file",
     .why = "An earlier directory has a file of the same name, which is read instead of this one.",
     .bad = "/etc/nvmf/autoconnect.d/70-acme.yaml beside /usr/lib/nvmf/autoconnect.d/70-acme.yaml",
     .good =
         "/etc/nvmf/autoconnect.d/60-local.yaml beside /usr/lib/nvmf/autoconnect.d/70-acme.yaml"},
    {.code = 704,
     .slug = "vendor-before-main",
     .severity = warning,
     .title = "a package's file before the main file",
     .why = "Files are consulted in the order of their names, the main file as `50-autoconnect`. A "
            "file under /usr that sorts before it decides before the administrator does.",
     .bad = "/usr/lib/nvmf/autoconnect.d/10-acme.yaml",
     .good = "/usr/lib/nvmf/autoconnect.d/70-acme.yaml"},
    {.code = 705,
     .slug = "limit-tightened",
     .severity = info,
     .title = "a cap that another file lowers",
     .why = "The lowest cap of all files wins, so that a package can make discovery cheaper, and "
            "never costlier.",
     .bad = "limits: {referral-depth: 4} in one file, limits: {referral-depth: 2} in another",
     .good = "limits: {referral-depth: 2} in one file"},
    {.code = 706,
     .slug = "other-orchestrator-active",
     .severity = warning,
     .title = "another orchestrator is active",
     .why =
         "nvme-stas connects NVMe-oF controllers on this host, too. Each will see what the other "
         "did as its own business. nvme-cli's own units stand back while nvmf-policy.service is "
         "active.",
     .bad = "systemctl is-active stafd.service",
     .good = "systemctl disable --now stafd.service stacd.service",
     .needs_host = true},
    {.code = 707,
     .slug = "excluded-target",
     .severity = warning,
     .title = "a target that a list excludes",
     .why = "/etc/nvme/exclusions.conf excludes this target. It ends `excluded-by-list`, whatever "
            "the policy says.",
     .bad = "exclusion = transport=tcp;traddr=192.0.2.10 beside a target with that address",
     .good = "a target that no line of exclusions.conf names",
     .needs_host = true},
    {.code = 708,
     .slug = "directory-unreadable",
     .severity = error,
     .title = "a file or directory cannot be read",
     .why = "What cannot be read may say anything, so no policy is loaded; services go on with the "
            "last good one.",
     .bad = "/etc/nvmf/autoconnect.d is a file",
     .good = "/etc/nvmf/autoconnect.d is a directory, or not there"},
    {.code = 709,
     .slug = "mount-without-netdev",
     .severity = warning,
     .title = "a mount over a fabric that systemd takes for a local one",
     .why = "Without `_netdev` it is ordered among the local file systems: boot may wait for it "
            "before anything can be connected, and at shutdown its paths may go before it is "
            "unmounted.",
     .bad = "/etc/fstab: LABEL=data /srv/data ext4 defaults 0 2",
     .good = "/etc/fstab: LABEL=data /srv/data ext4 _netdev,nofail 0 2",
     .needs_host = true},
    {.code = 801,
     .slug = "name-not-kebab",
     .severity = warning,
     .title = "a name not in kebab-case",
     .why = "Names stand in plans, in the journal and on command lines: lower-case letters and "
            "digits, with hyphens between words.",
     .bad = "rules:\n"
            "  - {name: ProdVolumes, match: {transport: tcp}, action: connect}",
     .good = "rules:\n"
             "  - {name: prod-volumes, match: {transport: tcp}, action: connect}"},
    {.code = 803,
     .slug = "not-formatted",
     .severity = on_request,
     .title = "not formatted",
     .why = "Blanks at line ends, Windows line ends, or no newline at the end of the file.",
     .bad = "limits: {referral-depth: 2} ",
     .good = "limits: {referral-depth: 2}"},
    {.code = 804,
     .slug = "suppression-without-reason",
     .severity = warning,
     .title = "a suppression without a reason",
     .why = "A finding that is accepted is accepted for a reason. Write it down.",
     .bad = "sets:\n"
            "  # nvmf: allow NVP306\n"
            "  nets: {traddr: 10.0.0.0/8}",
     .good = "sets:\n"
             "  # nvmf: allow NVP306 -- for the next array\n"
             "  nets: {traddr: 10.0.0.0/8}"},
    {.code = 805,
     .slug = "suppression-unused",
     .severity = warning,
     .title = "a suppression that suppresses nothing",
     .why = "The finding does not occur here, any more or yet: the comment may stand in the wrong "
            "line. Errors are never suppressed.",
     .bad = "# nvmf: allow NVP306 -- for later\n"
            "limits: {referral-depth: 2}",
     .good = "limits: {referral-depth: 2}"},
    {.code = 806,
     .slug = "suppression-unknown-code",
     .severity = error,
     .title = "a suppression of no known code",
     .why = "The comment names a code that there is not, so it suppresses nothing.",
     .bad = "# nvmf: allow NVP999 -- why\n"
            "limits: {referral-depth: 2}",
     .good = "limits: {referral-depth: 2}"},
    {.code = 901,
     .slug = "unknown-name-in-test",
     .severity = error,
     .title = "an unknown name in a test",
     .why = "The test names a rule, guard or key that the policy does not have: it could never "
            "pass, or never fail.",
     .bad = "expect: {outcome: connect, rule: prod-volums}",
     .good = "expect: {outcome: connect, rule: prod-volumes}"},
    {.code = 902,
     .slug = "duplicate-test-name",
     .severity = error,
     .title = "two tests of one name",
     .why = "Reports name tests; two of one name cannot be told apart.",
     .bad = "two tests called `volume is connected`",
     .good = "`volume is connected` and `scratch is ignored`"},
    {.code = 903,
     .slug = "contradictory-expectation",
     .severity = error,
     .title = "an expectation that contradicts itself",
     .why = "No outcome can fulfil all of it.",
     .bad = "expect: {outcome: ignored, connect: {nr-io-queues: 16}}",
     .good = "expect: {outcome: connect, connect: {nr-io-queues: 16}}"},
    {.code = 904,
     .slug = "event-lacks-matched-field",
     .severity = warning,
     .title = "the event lacks a field that a rule matches",
     .why = "A rule looks at a field that the event of the test does not have, so that its "
            "condition fails for want of a value.",
     .bad = "event: {event: discovered, transport: tcp}",
     .good = "event: {event: discovered, transport: tcp, traddr: 192.0.2.10, subsystem-nqn: "
             "\"nqn.2014-08.com.example:a\"}"},
    {.code = 905,
     .slug = "untested-rule",
     .severity = on_request,
     .title = "a rule that no test decides",
     .why = "No test ends with this rule or guard deciding.",
     .bad = "a policy whose rule `scratch` no test reaches",
     .good = "a test whose event `scratch` decides"},
};

} // namespace

std::span<const CatalogueEntry> pages_of_files() { return files_pages; }

} // namespace nvmf::diag
