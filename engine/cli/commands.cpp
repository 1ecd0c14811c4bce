#include "cli/commands.hpp"

#include <array>

namespace nvmf::cli {

namespace {

constexpr std::array command_table{
    Command{"plan", "shows what would be done, changing nothing", declare_plan,
            "nvmf-policy plan --read-log\n"
            "nvmf-policy plan --event aen.yaml --discovery-log log.json --show-strings"},
    Command{"check", "finds mistakes and doubtful places in the policy", declare_check,
            "nvmf-policy check\n"
            "nvmf-policy check --fail-on warning --format short draft.yaml"},
    Command{"explain", "shows which guard or rule decides an event, and why", declare_explain,
            "nvmf-policy explain transport=tcp traddr=192.0.2.5 trsvcid=8009\n"
            "nvmf-policy explain nqn.2014-08.com.example:prod.vol7"},
    Command{"test", "runs policy unit tests", declare_test,
            "nvmf-policy test\n"
            "nvmf-policy test --coverage --format junit policies/"},
    Command{"analyze", "finds rules that never decide, and what a change will do", declare_analyze,
            "nvmf-policy analyze reachability\n"
            "nvmf-policy analyze diff --exit-code /etc/nvmf draft.yaml"},
    Command{"show", "shows what is loaded, in which order, from where", declare_show,
            "nvmf-policy show files\n"
            "nvmf-policy show rule prod-volumes --origins"},
    Command{"edit", "changes a policy file, with a check before it takes effect", declare_edit,
            "nvmf-policy edit\n"
            "nvmf-policy edit /etc/nvmf/autoconnect.d/60-site.yaml"},
    Command{"status", "shows what is connected, what is not, and why", declare_status,
            "nvmf-policy status\n"
            "nvmf-policy status --subsystem 'nqn.2014-08.com.example:prod.*'"},
    Command{"wait", "waits until the required paths are live", declare_wait,
            "nvmf-policy wait --timeout 90s\n"
            "nvmf-policy wait --subsystem 'nqn.2014-08.com.example:root*' --paths 2"},
    Command{"cancel", "withdraws what waits or is tried, disconnects nothing", declare_cancel,
            "nvmf-policy cancel nqn.2014-08.com.example:prod.vol7\n"
            "nvmf-policy cancel --all"},
    Command{"disconnect", "disconnects paths and keeps them away", declare_disconnect,
            "nvmf-policy disconnect nvme3\n"
            "nvmf-policy disconnect nqn.2014-08.com.example:prod.vol7"},
    Command{"resume", "tries again what was stopped, disconnected by hand, or given up",
            declare_resume,
            "nvmf-policy resume nqn.2014-08.com.example:prod.vol7\n"
            "nvmf-policy resume --all"},
    Command{"identity", "shows the identity of this host, and whether it is sound",
            declare_identity,
            "nvmf-policy identity\n"
            "nvmf-policy identity --create"},
    Command{"import", "makes a policy from configurations of nvme-cli and nvme-stas",
            declare_import,
            "nvmf-policy import >draft.yaml\n"
            "nvmf-policy import /etc/stas/stafd.conf /etc/stas/stacd.conf"},
    Command{"suggest", "makes a policy from what is connected, or from what nothing matched",
            declare_suggest,
            "nvmf-policy suggest >draft.yaml\n"
            "nvmf-policy suggest --unmatched"},
    Command{"record", "writes live events as event files", declare_record,
            "nvmf-policy record --count 1 --timeout 1m --out events\n"
            "nvmf-policy record >events.txt"},
    Command{"code", "explains a finding of `check`", declare_code,
            "nvmf-policy code NVP203\n"
            "nvmf-policy code --all --format markdown"},
    Command{"doc", "explains a key of the policy: meaning, default, range, example", declare_doc,
            "nvmf-policy doc connect.ctrl-loss-tmo\n"
            "nvmf-policy doc match"},
    Command{"schema", "prints the JSON Schema of a document", declare_schema,
            "nvmf-policy schema policy\n"
            "nvmf-policy schema plan >plan.schema.json"},
    Command{"event", "plans the event in the environment; for the udev rule", declare_event,
            "nvmf-policy event\n"
            "env SUBSYSTEM=nvme ACTION=change NVME_AEN=0x70f002 ... nvmf-policy event"},
    Command{"boot", "plans targets and what is present, waits for what boot needs", declare_boot,
            "systemctl status nvmf-policy-boot.service\n"
            "nvmf-policy boot --foreground --timeout 30s"},
    Command{"sweep", "plans what no service has looked at yet; for systemd", declare_sweep,
            "nvmf-policy sweep\n"
            "systemctl status nvmf-policy-sweep.timer"},
};

} // namespace

std::span<const Command> commands() { return command_table; }

} // namespace nvmf::cli
