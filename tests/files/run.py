#!/usr/bin/env python3
"""Every file that decides, in every condition a file can be in.

run.py PROGRAM: a kind of file is one row of KINDS: its name, a text that is right, the command that reads it.
Each kind meets each condition of CONDITIONS; none may hang the program, end it by a signal, or put a raw character on
the terminal, and each that makes the file useless is reported with the file's name and an exit status other than 0. A
row of `accepts` says which conditions a kind takes, and why.
"""

import os
import re
import stat
import subprocess
import sys
import tempfile
import threading
import time

TOP = os.path.join(os.path.dirname(os.path.realpath(__file__)), "..")
NOBODY = 65534
RAW = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u0080-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def read(path):
    with open(os.path.join(TOP, path), encoding="utf-8") as file:
        return file.read()


def write(path, text):
    with open(path, "wb") as file:
        file.write(text if isinstance(text, bytes) else text.encode())


def inserted(text, what):
    """The text with something in the middle of its first long word, where a value would be."""
    place = max(text.find("10.20.1"), text.find("nqn."), 0) + 4
    return text[:place] + what + text[place:]


def loop(path, _text):
    os.symlink(os.path.basename(path), path)


def dangling(path, _text):
    os.symlink("nowhere", path)


def unreadable(path, text):
    write(path, text)
    os.chmod(path, 0)


def of_another(path, text):
    write(path, text)
    os.chown(path, NOBODY, NOBODY)


def for_all_to_write(path, text):
    write(path, text)
    os.chmod(path, 0o666)


# How a file can be: name → what puts it there.
CONDITIONS = {
    "missing": lambda path, text: None,
    "a directory": lambda path, text: os.mkdir(path),
    "a fifo": lambda path, text: os.mkfifo(path),
    "a device": lambda path, text: os.mknod(path, stat.S_IFCHR | 0o600, os.makedev(1, 5)),  # /dev/zero
    "a dangling link": dangling,
    "a looping link": loop,
    "unreadable": unreadable,
    "of another owner": of_another,
    "writable by others": for_all_to_write,
    "empty": lambda path, text: write(path, ""),
    "too large": lambda path, text: write(path, text + "#" * (20 << 20)),
    "truncated": lambda path, text: write(path, text[: len(text) * 2 // 3].rstrip()),
    "of another version": lambda path, text: write(path, re.sub(r"(version\W+)1\b", r"\g<1>77", text)),
    "with a byte order mark": lambda path, text: write(path, "\ufeff" + text),
    "UTF-16": lambda path, text: write(path, text.encode("utf-16")),
    "with NUL": lambda path, text: write(path, inserted(text, "\0")),
    "with an escape sequence": lambda path, text: write(path, inserted(text, "\x1b[31m")),
    "with text that turns around": lambda path, text: write(path, inserted(text, "\u202e")),
    "ten thousand lists deep": lambda path, text: write(path, "[" * 10000 + "]" * 10000),
    "ten thousand maps deep": lambda path, text: write(path, '{"a":' * 10000 + "1" + "}" * 10000),
}

POLICY = read("../policies/home-lab/autoconnect.yaml")
STATE = "/run/nvmf/state/0123456789abcdef.json"
EVENT = "event: discovery-log-changed\ntransport: tcp\ntraddr: 10.20.1.10\ntrsvcid: 8009\n"
LOG = '{"genctr": 1, "records": [{"trtype": "tcp", "adrfam": "ipv4", "subtype": "nvme subsystem", ' \
      '"trsvcid": "4420", "subnqn": "nqn.2014-08.com.example:a", "traddr": "10.20.1.21"}]}\n'
UUID = "6f3a3d2e-5c0b-4b43-9a0e-1d2c3b4a5f60"


class Kind:
    """A kind of file. `path` is the one below the root that the program looks at, or a bare name that is an argument.

    `accepts`: condition → why the program may go on with such a file without a word.
    `named`: condition → why it may go on with such a file, having named it.
    """

    def __init__(self, name, path, text, command, accepts=None, named=None, beside=None):
        self.name = name
        self.path = path
        self.text = text
        self.command = command
        self.accepts = accepts or {}
        self.named = named or {}
        self.beside = beside or {}

    def is_argument(self):
        return not self.path.startswith("/")


BY_ARGUMENT = {"of another owner": "the user chose it", "writable by others": "the user chose it",
               "a fifo": "its other end is waited for"}
NO_VERSION = {"of another version": "it has no version"}
OPTIONAL = {"missing": "it is optional"}
SERVICES = {"of another owner": "only the services refuse it", "writable by others": "only the services refuse it"}
SHORTER = {"truncated": "the part that is left is a policy, too"}
MAIN = {"/etc/nvmf/autoconnect.yaml": POLICY}
CONTROLLER = {f"/sys/class/nvme/nvme0/{name}": text + "\n" for name, text in {
    "transport": "tcp", "address": "traddr=10.20.1.10,trsvcid=8009", "subsysnqn": "nqn.2014-08.com.example:a",
    "state": "live", "cntrltype": "io", "hostnqn": "nqn.2014-08.com.example:h", "queue_count": "5"}.items()}

KINDS = [
    Kind("policy", "/etc/nvmf/autoconnect.yaml", POLICY, "check", SHORTER, SERVICES),
    Kind("drop-in", "/etc/nvmf/autoconnect.d/50-more.yaml", "version: 1\nsets: {more: {traddr: [10.20.1.10]}}\n", "check",
         OPTIONAL | {"empty": "it masks a file of that name"}, SERVICES | {"a directory": "its name is reported"}, MAIN),
    Kind("exclusions", "/etc/nvme/exclusions.conf", "[exclusions]\nexclusion = traddr=10.20.1.10\n", "check --host",
         OPTIONAL | NO_VERSION | {
             "empty": "it excludes nothing",
             "of another owner": "it can only take away",
             "writable by others": "it can only take away",
             "ten thousand lists deep": "a header without lines",
             "with an escape sequence": "no address is like it",
             "with text that turns around": "no address is like it",
         }, {
             "truncated": "a line without effect",
             "ten thousand maps deep": "a line without effect",
         }, MAIN),
    Kind("host NQN", "/etc/nvme/hostnqn", f"nqn.2014-08.org.nvmexpress:uuid:{UUID}\n", "identity",
         NO_VERSION | {"truncated": "a shorter NQN is one, too"}, SERVICES,
         {"/etc/nvme/hostid": UUID + "\n"}),
    Kind("host id", "/etc/nvme/hostid", UUID + "\n", "identity",
         NO_VERSION | dict.fromkeys(("missing", "a dangling link", "empty"), "the host NQN has the same UUID"), SERVICES,
         {"/etc/nvme/hostnqn": f"nqn.2014-08.org.nvmexpress:uuid:{UUID}\n"}),
    Kind("state", STATE, read("golden/cases/status-reasons/root" + STATE), "status", {
        "missing": "nothing runs",
        "a dangling link": "it went between the list and the look",
        "of another owner": "its directory is root's",
        "writable by others": "its directory is root's",
        "with a byte order mark": "JSON allows it",
        "with text that turns around": "it is shown escaped",
    }),
    # A word of another program, shown to people.
    Kind("registry owner", "/run/nvme/registry/nvme0/owner", "nqn.owner\n", "status", dict.fromkeys(
        CONDITIONS, "the controller is shown without an owner, or with what is there, escaped"), beside=MAIN | CONTROLLER),
    Kind("attribute of a controller", "/sys/class/nvme/nvme0/subsysnqn", "nqn.2014-08.com.example:a\n", "status",
         dict.fromkeys(CONDITIONS, "the kernel's word, escaped"), beside=MAIN | CONTROLLER),
    Kind("kept-away mark", "/run/nvmf/kept-away/0123456789abcdef.yaml",
         "# policy sha256:00\n" + EVENT.replace("discovery-log-changed", "controller-lost") +
         "subsystem-nqn: nqn.2014-08.com.example:a\n", "status", NO_VERSION | {
             "missing": "nothing is kept away",
             "a dangling link": "it went between the list and the look",
             "of another owner": "its directory is root's",
             "writable by others": "its directory is root's",
             "truncated": "the part that is left is a mark, too",
         }, beside=MAIN),
    Kind("last good", "/run/nvmf/last-good", read("golden/cases/status-last-good/root/run/nvmf/last-good"), "status",
         dict.fromkeys(CONDITIONS, "the policy files themselves are in order"), beside=MAIN),
    Kind("resolved names", "/run/nvmf/names.json", '{"names": {"nqn.array.example": ["10.20.1.10"]}}\n', "plan --all",
         dict.fromkeys(CONDITIONS, "the names are asked again"), beside=MAIN),
    Kind("kernel options", "/run/nvmf/kernel-options", "transport\ntraddr\nnqn\nhostnqn\n", "check --host",
         dict.fromkeys(CONDITIONS, "the device is asked, and what it does not tell is unknown"), beside=MAIN),
    Kind("failed request", "/run/nvmf/failed/0123456789abcdef.json", '{"format_version": 1, "id": "nqn.0123"}\n', "status",
         dict.fromkeys(CONDITIONS, "it is listed, not read"), beside=MAIN),
    Kind("event file", "event.yaml", EVENT, "plan --event {}", BY_ARGUMENT | NO_VERSION, beside=MAIN),
    Kind("facts", "facts.yaml", "hostname: web-07\n", "plan --event e.yaml --facts {}",
         BY_ARGUMENT | NO_VERSION | {"empty": "nothing is known of the host then", "truncated": "a shorter name is one, too"},
         beside=MAIN | {"e.yaml": EVENT}),
    Kind("discovery log", "log.json", LOG, "plan --event e.yaml --discovery-log {}",
         BY_ARGUMENT | NO_VERSION | {"with text that turns around": "an entry with another NQN, shown escaped"},
         beside=MAIN | {"e.yaml": EVENT}),
    Kind("policy tests", "a.test.yaml",
         "version: 1\ntests:\n  - name: a\n    event: {event: discovered, transport: tcp, traddr: 10.20.1.10}\n"
         "    expect: {outcome: ignored}\n", "test {}", BY_ARGUMENT, beside=MAIN),
    Kind("policy by name", "other.yaml", POLICY, "check {}", BY_ARGUMENT | SHORTER),
    Kind("discovery.conf", "discovery.conf", "--transport=tcp --traddr=10.20.1.10\n", "import {}",
         BY_ARGUMENT | NO_VERSION, {"empty": "it asks for nothing"}),
    Kind("config.json", "config.json", '[{"hostnqn": "nqn.2014-08.com.example:h", "subsystems": []}]\n', "import {}",
         BY_ARGUMENT | NO_VERSION),
]


def feed(path, text):
    """The other end of a fifo, for a while."""
    try:
        with open(path, "wb") as file:
            time.sleep(0.2)  # a reader that does not wait has gone by then
            file.write(text.encode())
    except OSError:
        pass


def run(program, kind, condition):
    with tempfile.TemporaryDirectory(prefix="nvmf-files-") as root:
        for path, text in kind.beside.items():
            if path != kind.path:
                put(root, path, write, text)
        put(root, kind.path, CONDITIONS[condition], kind.text)
        os.chmod(root, 0o755)
        if kind.is_argument() and condition == "a fifo":
            threading.Thread(target=feed, args=(os.path.join(root, kind.path), kind.text), daemon=True).start()
        command = [program, "--root", root, "--color", "never", *kind.command.format(kind.path).split()]
        done = subprocess.run(command, cwd=root, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, timeout=30, check=False)
        return done


def put(root, path, how, text):
    real = os.path.join(root, path.lstrip("/"))
    os.makedirs(os.path.dirname(real), exist_ok=True)
    how(real, text)


def faults(kind, condition, done):
    output = done.stdout + done.stderr
    text = output.decode("utf-8", errors="surrogateescape")
    if done.returncode < 0 or done.returncode > 12:
        yield f"ended with {done.returncode}"
    if RAW.search(text) or any("\udc80" <= c <= "\udcff" for c in text):
        yield "a raw character was printed"
    if len(output) > 200_000:
        yield f"{len(output)} bytes were printed"
    if condition == "as it should be" or condition in kind.accepts:
        # A policy that is not root's is refused by `check --host`, whatever else there is.
        foreign = os.geteuid() != 0 and "--host" in kind.command
        # Of a status and of tests the exit status says more than that.
        if done.returncode and not foreign and kind.command != "status" and kind.name != "policy tests":
            yield f"the exit status is {done.returncode}"
        return
    if done.returncode == 0 and condition not in kind.named:
        yield "the exit status is 0"
    if os.path.basename(kind.path) not in text:
        yield "the file is not named"


# Arguments, and names of files, that a terminal or a window would suffer from.
HOSTILE = {
    "an escape sequence": b"x\x1b[31mx",
    "a C1 control": "x\u009b31mx".encode(),
    "text that turns around": "x\u202ex".encode(),
    "bytes that are not UTF-8": b"x\xff\xfex",
    "a newline": b"x\n<0>x",
    "a hundred thousand letters": b"x" * 100_000,
}
MOST_PRINTED = 6000  # a path may be 4,096 bytes long, and is not cut, so that it can be pasted
SHOW_PLACES = ("check {}", "--policy {} check")  # the place of a finding is shown whole, however long it is
ASKED = ["{}", "check {}", "explain {}", "explain transport={}", "plan --event {}", "plan --target {}", "test {}",
         "import {}", "code {}", "doc {}", "status {}", "--policy {} check", "--root {} check"]


def argument_faults(program):
    """Each command with each hostile argument."""
    for asked in ASKED:
        for name, text in HOSTILE.items():
            with tempfile.TemporaryDirectory(prefix="nvmf-files-") as root:
                put(root, "/etc/nvmf/autoconnect.yaml", write, POLICY)
                put(root, "e.yaml", write, EVENT)
                words = [word.encode().replace(b"{}", text) for word in asked.split()]
                done = subprocess.run([program, "--root", root, "--color", "never", *words], cwd=root,
                                      stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                      timeout=30, check=False)
            printed = done.stdout.decode("utf-8", errors="surrogateescape")
            if RAW.search(printed) or any("\udc80" <= c <= "\udcff" for c in printed):
                yield f"`{asked}` with {name}: a raw character was printed: {done.stdout[:300]!r}"
            if len(printed) > MOST_PRINTED and asked not in SHOW_PLACES:
                yield f"`{asked}` with {name}: {len(printed)} characters were printed"
            if not 0 < done.returncode <= 12:
                yield f"`{asked}` with {name}: the exit status is {done.returncode}"


def main():
    program = os.path.realpath(sys.argv[1])
    CONDITIONS["as it should be"] = write
    failed = tried = 0
    only = [word for word in sys.argv[2:] if word != "-v"]
    for kind in KINDS:
        if only and kind.name not in only:
            continue
        for condition in CONDITIONS:
            if os.geteuid() != 0 and condition in ("a device", "of another owner"):
                continue
            if os.geteuid() == 0 and condition == "unreadable":
                continue  # nothing is, to root
            tried += 1
            try:
                done = run(program, kind, condition)
                found = list(faults(kind, condition, done))
            except subprocess.TimeoutExpired:
                done, found = None, ["did not end within 30 seconds"]
            for fault in found:
                failed += 1
                print(f"{kind.name}, {condition}: {fault}")
                if done and "-v" in sys.argv:
                    print((done.stdout + done.stderr).decode(errors="backslashreplace")[:1500])
    tried += len(ASKED) * len(HOSTILE)
    for fault in argument_faults(program):
        failed += 1
        print(fault)
    print(f"{tried} files and arguments, {failed} faults")
    return 1 if failed or not tried else 0


if __name__ == "__main__":
    sys.exit(main())
