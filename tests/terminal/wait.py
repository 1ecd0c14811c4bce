"""`nvmf-policy wait` on a terminal: what is missing, and for how long."""
import pathlib
import re
import signal

from terminal import Terminal

NQN = "nqn.2014-08.com.example:prod.vol7"
OTHER = "nqn.2014-08.com.example:prod.vol8"
ERASED = "\r\x1b[K"


class Root:
    """A root with controllers in its sysfs."""

    def __init__(self, program, folder):
        self.program = program
        self.path = pathlib.Path(folder)

    def write(self, name, text):
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def controller(self, device, nqn, traddr):
        """Appears as a whole: `cntrltype`, without which it is not yet one, comes last."""
        folder = f"sys/class/nvme/{device}"
        for name, text in (("transport", "tcp"), ("state", "live"), ("subsysnqn", nqn),
                           ("address", f"traddr={traddr},trsvcid=4420"), ("cntrltype", "io")):
            self.write(f"{folder}/{name}", text + "\n")

    def run(self, *words, **settings):
        return Terminal([self.program, "--root", str(self.path), *words], **settings)


def says_what_is_missing_and_for_how_long(root):
    root.write("etc/nvmf/autoconnect.yaml", f"""version: 1
boot: {{ wait-for: ["{NQN}", "{OTHER}"], timeout: 20s }}
targets:
  - {{ name: a, transport: tcp, traddr: 192.0.2.1, trsvcid: 4420, subsystem-nqn: "{NQN}" }}
  - {{ name: b, transport: tcp, traddr: 192.0.2.2, trsvcid: 4420, subsystem-nqn: "{OTHER}" }}
""")
    with root.run("wait", columns=200) as terminal:
        terminal.expect(f"{ERASED}waiting for 0s: {NQN}: 0 of 1 path; {OTHER}: 0 of 1 path")
        terminal.expect(f"{ERASED}waiting for 1s: ")
        root.controller("nvme1", NQN, "192.0.2.1")
        terminal.expect(f"s: {OTHER}: 0 of 1 path")
        root.controller("nvme2", OTHER, "192.0.2.2")
        assert terminal.end() == 0
    assert terminal.shown.endswith(ERASED), terminal.shown  # nothing of it is left


def stays_in_its_line(root):
    with root.run("wait", "--subsystem", NQN, "--paths", "2", "--timeout", "1s", columns=40) as terminal:
        assert terminal.end() == 1
    lines = terminal.shown.split(ERASED)
    assert len(lines) > 3
    for line in lines[1:-1]:
        assert re.fullmatch(r"waiting for [01]s: .*…", line) and len(line) < 40, line
    assert lines[-1] == f"nvmf-policy: after 1s still missing: {NQN}: 0 of 2 paths\n"


def ends_with_an_interrupt(root):
    with root.run("wait", "--subsystem", NQN) as terminal:
        terminal.expect("waiting for 0s: ")
        terminal.type("\x03")
        assert terminal.end() == -signal.SIGINT


CASES = (says_what_is_missing_and_for_how_long, stays_in_its_line, ends_with_an_interrupt)


def run(program, folder, case):
    case(Root(program, folder))
