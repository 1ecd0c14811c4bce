#!/usr/bin/env python3
"""No command prints a secret, whatever file or argument holds it.

run.py PROGRAM: each secret, on one line and broken over two, is put into each place of PLACES; each command that reads
such a place runs, with text and with JSON. Any piece of eight characters of the secret in what was printed is a fault.
So is one in what a command wrote into a file, and in the program's memory at its end: a secret that a reference names
is read and wiped.
"""

import ctypes
import os
import signal
import subprocess
import sys
import tempfile

# Without any text of eight characters that could be in a message by chance.
SECRETS = {
    "a DH-CHAP secret": ("DHHC-1:00:", "Zq7Rk2Vx9Lw4Tn8Bj3Hs6Yd1Gm5Fc0PuXeWiAoKqJzMvNbQh", ":"),
    "a TLS key": ("NVMeTLSkey-1:01:", "Wd4Jx8Qm1Zt6Kc9Vr3Nb7Hf2Ls5Gp0YkUaEoTiRwQvXyBzCj", ":"),
}
PIECE = 8
NQN = "nqn.2014-08.com.example:array"
EVENT = "event: discovered\ntransport: tcp\ntraddr: 10.20.1.10\ntrsvcid: 8009\n"
POLICY = """version: 1
targets:
  - {{ name: array, transport: tcp, traddr: 10.20.1.10, trsvcid: 8009{target} }}
identities:
  blue:
    hostnqn: nqn.2014-08.com.example:blue
    hostid: 6f3a3d2e-5c0b-4b43-9a0e-1d2c3b4a5f60
    {identity}
defaults:
  connect:
    {default}
rules:
  - name: all
    match: {{ {match} }}
    action: connect
    connect:
      keep-alive-tmo: 30s
      {connect}
"""


def policy(**places):
    filled = {"target": "", "identity": "", "default": "nr-io-queues: 4", "match": "any: true", "connect": ""} | places
    return POLICY.format(**filled)


POLICY_COMMANDS = [
    "check", "check --format json", "check --host", "check --host --format json", "check --fix --dry-run", "--dry-run",
    "--dry-run --format json", "plan --event e.yaml", "plan --event e.yaml --format json --show-strings",
    "plan --event e.yaml --format dot", "explain --event e.yaml", "explain --event e.yaml --format json",
    "show effective", "show effective --format json", "show rules", "show rules --format json", "show targets",
    "show targets --format json", "show identities", "show identities --format json", "show graph", "show guards",
    "analyze reachability", "analyze overlaps --format json", "analyze diff other.yaml",
    "analyze diff other.yaml --format json", "status", "status --format json", "test a.test.yaml", "event --help",
]
GOOD = policy()
HOST = {"e.yaml": EVENT, "other.yaml": GOOD, "etc/nvmf/autoconnect.yaml": GOOD,
        "etc/nvme/hostnqn": "nqn.2014-08.com.example:h\n", "etc/nvme/hostid": "6f3a3d2e-5c0b-4b43-9a0e-1d2c3b4a5f61\n"}


def in_policy(**places):
    return {"etc/nvmf/autoconnect.yaml": policy(**places)}, POLICY_COMMANDS


def reads(path, text, *commands):
    return {path: text}, list(commands)


def both(command):
    return command, command + " --format json"


def places(whole, first, second):
    """Name → (files, commands). `whole` is the secret on one line, `first` and `second` what is on two."""
    for key in ("dhchap-secret", "dhchap_secret", "dhchap-secrt", "tls-key", "secret", "password", "dhchap-ctrl-secret"):
        yield f"policy, {key}", in_policy(connect=f"{key}: {whole}")
        yield f"policy, {key} quoted", in_policy(connect=f'{key}: "{whole}"')
        yield f"policy, {key} folded", in_policy(connect=f"{key}: {first}\n        {second}")
        yield f"policy, {key} in a block", in_policy(connect=f"{key}: |\n        {first}\n        {second}")
        yield f"policy, {key} in a list", in_policy(connect=f"{key}: [{first}, {second}]")
        yield f"policy, {key} in quotes without end", in_policy(connect=f'{key}: "{whole}')
        yield f"policy, {key} in a map without end", in_policy(connect=f"{key}: {{ file: {whole}")
    for kind in ("file", "credential", "keyring", "text"):
        yield f"policy, a reference {kind}", in_policy(connect=f'dhchap-secret: {{ {kind}: "{whole}" }}')
    yield "policy, an identity", in_policy(identity=f"dhchap-secret: {whole}")
    yield "policy, an identity on two lines", in_policy(identity=f"dhchap-secret:\n      {first}\n      {second}")
    yield "policy, the defaults", in_policy(default=f"tls-key: {whole}")
    yield "policy, a target", in_policy(target=f", connect: {{ dhchap-secret: '{whole}' }}")
    yield "policy, a match", in_policy(match=f"subsystem-nqn: '{whole}'")
    yield "policy, a comment", in_policy(connect=f"dhchap-secrt: {{ file: /a }} # was {whole}")
    yield "policy, a suppression", in_policy(connect=f"# nvmf: allow NVP408 {whole}")
    yield "a drop-in", reads("etc/nvmf/autoconnect.d/10-more.yaml",
                             f"version: 1\ndefaults: {{ connect: {{ dhchap-secret: '{whole}' }} }}\n", *POLICY_COMMANDS)
    yield "event file", reads("e2.yaml", EVENT + f"dhchap-secret: {whole}\n", *both("plan --event e2.yaml"),
                              *both("explain --event e2.yaml"))
    yield "event file, two lines", reads("e2.yaml", EVENT + f"dhchap-secret:\n  {first}\n  {second}\n",
                                         *both("plan --event e2.yaml"))
    yield "facts", reads("f.yaml", f"identities: {{ blue: {{ dhchap-secret: '{whole}' }} }}\n",
                         *both("plan --event e.yaml --facts f.yaml"))
    yield "facts, two lines", reads("f.yaml", f"hostname: h\ndhchap-secret: {first}\n  {second}\n",
                                    *both("plan --event e.yaml --facts f.yaml"))
    suite = "version: 1\ntests:\n  - name: a\n    event: {event: discovered, transport: tcp, traddr: 10.20.1.10}\n"
    yield "tests", reads("a.test.yaml", suite + f"    expect: {{outcome: connect, options: {{dhchap-secret: '{whole}'}}}}\n",
                         *both("test a.test.yaml"))
    yield "tests, wrong key", reads("a.test.yaml", suite + f"    expect: {{tls_key: '{whole}'}}\n", *both("test a.test.yaml"))
    yield "discovery log", reads("l.json", f'{{"genctr": 1, "records": [{{"tls_key": "{whole}"}}]}}',
                                 *both("plan --event e.yaml --discovery-log l.json"))
    yield "exclusions", reads("etc/nvme/exclusions.conf", f"[exclusions]\nexclusion = dhchap-secret={whole}\n",
                              *both("check --host"), *both("plan --event e.yaml"))
    for option in ("--dhchap-secret", "--dhchap-ctrl-secret", "--tls_key", "-S "):
        equals = "" if option.endswith(" ") else "="
        yield f"discovery.conf, {option}", reads(
            "discovery.conf", f"--transport=tcp --traddr=10.20.1.10 {option}{equals}{whole}\n", "import discovery.conf")
    yield "discovery.conf, wrong option", reads(
        "discovery.conf", f"--transport=tcp --traddr=10.20.1.10 --dhchap={whole}\n", "import discovery.conf")
    for key in ("dhchap_key", "dhchap_ctrl_key", "tls_key", "keyring"):
        port = f'{{"transport": "tcp", "traddr": "10.20.1.10", "trsvcid": "8009", "{key}": "{whole}"}}'
        yield f"config.json, {key} of a port", reads(
            "config.json", f'[{{"hostnqn": "{NQN}", "subsystems": [{{"nqn": "{NQN}", "ports": [{port}]}}]}}]',
            "import config.json")
        yield f"config.json, {key} of a host", reads(
            "config.json", f'[{{"hostnqn": "{NQN}", "{key}": "{whole}", "subsystems": []}}]', "import config.json")
    yield "config.json, broken", reads("config.json", f'[{{"dhchap_key": "{whole}', "import config.json")
    controller = "transport=tcp;traddr=10.20.1.10;trsvcid=8009"
    yield "stafd.conf", reads("stafd.conf", f"[Controllers]\ncontroller = {controller};dhchap-secret={whole}\n",
                              "import stafd.conf")
    yield "stafd.conf, wrong key", reads("stafd.conf", f"[Global]\ndhchap-secret = {whole}\n", "import stafd.conf")
    yield "argument, explain", ({}, [("explain", f"dhchap-secret={whole}"), ("explain", "transport=tcp", f"tls-key={whole}")])
    yield "argument, event", ({}, [("plan", "--event", f"{{event: discovered, dhchap-secret: '{whole}'}}")])
    for mode, form in ((0o600, whole), (0o644, whole), (0o600, whole[:-4]), (0o600, whole + "\n" + whole), (0o600, "x" + whole)):
        yield f"secret file, mode {mode:o}, {len(form)} characters", (
            {"etc/nvmf/autoconnect.yaml": policy(connect="dhchap-secret: { file: /etc/nvmf/key }\n      tls-key: { file: /etc/nvmf/key }"),
             "etc/nvmf/key": (form + "\n", mode)}, POLICY_COMMANDS)


def put(root, path, text):
    text, mode = text if isinstance(text, tuple) else (text, 0o600)
    real = os.path.join(root, path)
    os.makedirs(os.path.dirname(real), exist_ok=True)
    with open(real, "w", encoding="utf-8") as file:
        file.write(text)
    os.chmod(real, mode)


def pieces(body):
    """Every piece of the secret's body; with those that a break would leave, shorter ones do not count."""
    return [body[at:at + PIECE].encode() for at in range(len(body) - PIECE + 1)]


def found_in(data, wanted):
    return next((piece.decode() for piece in wanted if piece in data), None)


def run(program, command, files, wanted):
    """Runs one command with these files; yields what is wrong."""
    with tempfile.TemporaryDirectory(prefix="nvmf-secrets-") as root:
        for path, text in (HOST | files).items():
            put(root, path, text)
        words = command if isinstance(command, tuple) else command.split()
        done = subprocess.run([program, "--root", root, "--color", "never", *words], cwd=root, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60, check=False)
        if done.returncode < 0:
            yield f"ended by signal {-done.returncode}"
        if piece := found_in(done.stdout, wanted):
            yield f"`{piece}` was printed:\n{done.stdout.decode(errors='backslashreplace')[:1500]}"
        for folder, _, names in os.walk(root):
            for name in names:
                path = os.path.join(folder, name)
                if os.path.relpath(path, root) in HOST | files:
                    continue
                with open(path, "rb") as file:
                    if piece := found_in(file.read(), wanted):
                        yield f"`{piece}` was written into {os.path.relpath(path, root)}"


# ---- the memory of a program that has read a secret ----------------------------------------------------------------

PTRACE_TRACEME, PTRACE_CONT, PTRACE_SETOPTIONS, PTRACE_O_TRACEEXIT = 0, 7, 0x4200, 0x40
EXIT_STOP = signal.SIGTRAP | (6 << 8)
libc = ctypes.CDLL(None, use_errno=True)
libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]


def memory_at_end(command, folder):
    """All that a program can write into, as it is when the program is about to exit: data, heap and stacks."""
    child = os.fork()
    if child == 0:
        os.chdir(folder)
        null = os.open("/dev/null", os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(null, stream)
        libc.ptrace(PTRACE_TRACEME, 0, None, None)
        os.execv(command[0], command)
    _, status = os.waitpid(child, 0)
    libc.ptrace(PTRACE_SETOPTIONS, child, None, PTRACE_O_TRACEEXIT)
    while os.WIFSTOPPED(status) and status >> 8 != EXIT_STOP:
        given = os.WSTOPSIG(status)
        libc.ptrace(PTRACE_CONT, child, None, 0 if given == signal.SIGTRAP else given)
        _, status = os.waitpid(child, 0)
    if not os.WIFSTOPPED(status):
        raise RuntimeError(f"{command[0]} could not be stopped at its end")
    parts = []
    with open(f"/proc/{child}/maps", encoding="ascii") as maps, open(f"/proc/{child}/mem", "rb", buffering=0) as memory:
        for line in maps:
            span, access = line.split()[:2]
            begin, end = (int(place, 16) for place in span.split("-"))
            if access.startswith("rw"):
                memory.seek(begin)
                parts.append(memory.read(end - begin))
    libc.ptrace(PTRACE_CONT, child, None, None)
    os.waitpid(child, 0)
    return b"\0".join(parts)


def memory_faults(program, whole, wanted):
    """A policy refers to the secret; the command that looks at the secret's form has read it when it ends."""
    with tempfile.TemporaryDirectory(prefix="nvmf-secrets-") as root:
        key = "tls-key" if whole.startswith("NVMe") else "dhchap-secret"
        files = {"etc/nvmf/autoconnect.yaml": policy(connect=f"{key}: {{ file: /etc/nvmf/key }}"), "etc/nvmf/key": whole + "\n"}
        for path, text in (HOST | files).items():
            put(root, path, text)
        memory = memory_at_end([program, "--root", root, "check", "--host"], root)
        if b"/etc/nvmf/key" not in memory:
            yield "the search does not see the program's memory"
        if piece := found_in(memory, wanted):
            yield f"`{piece}` is in the memory of `check --host` at its end"


def main():
    program = os.path.realpath(sys.argv[1])
    only = sys.argv[2] if len(sys.argv) > 2 else ""
    tried = failed = 0
    for name, (before, body, after) in SECRETS.items():
        wanted = pieces(body)
        whole, half = before + body + after, len(body) // 2
        for place, (files, commands) in places(whole, before + body[:half], body[half:] + after):
            # Commands that show a policy show both secrets alike: the second one is for those that read the text.
            for command in commands if name == "a DH-CHAP secret" else commands[:7]:
                if only and only not in place:
                    continue
                tried += 1
                for fault in run(program, command, files, wanted):
                    failed += 1
                    print(f"{name}, {place}, {command}: {fault}")
        tried += 1
        for fault in memory_faults(program, whole, wanted):
            failed += 1
            print(f"{name}: {fault}")
    print(f"{tried} runs, {failed} faults")
    return 1 if failed or not tried else 0


if __name__ == "__main__":
    sys.exit(main())
