#!/usr/bin/env python3
"""Checks the units as systemd reads them, and the udev rules as udev does.

The programs that the units name are not installed here: copies of the units are checked in which
they are /usr/bin/true.
"""
import argparse
import os
import pathlib
import re
import subprocess
import sys
import tempfile

PROGRAMS = re.compile(r"/\S*/nvmf-(policy|connect)(?=\s)")
# systemd-analyze security counts 0 to 10, here times ten. A unit that is not named here may have this much.
MOST_EXPOSED_ELSE = 20
MOST_EXPOSED = {
    # Its network, CAP_SYS_ADMIN and root's files: the kernel connects only for that. See the unit.
    "nvmf-policy-connect.service": 25,
    "nvmf-policy-boot.service": 15,
    "nvmf-policy-requests.service": 12,
    "nvmf-policy-fc-boot.service": 12,
    "nvmf-policy-state.service": 12,
}
# A /var that comes over the network, as systemd-fstab-generator writes it for `_netdev`.
REMOTE_VAR = """[Unit]
After=remote-fs-pre.target
Before=remote-fs.target
[Mount]
Where=/var
What=/dev/disk/by-label/var
Type=ext4
Options=_netdev
"""
# It makes a directory there, and may wait as long as it takes: nothing waits for it.
WAITS_FOR_VAR = "nvmf-policy-state.service"
SUFFIXES = (".service", ".target", ".path", ".timer")


def run(*command, **more):
    return subprocess.run(command, text=True, capture_output=True, check=False, **more)


def copies(units, source, target):
    """All units, the configured ones over their templates; every program is one that exists."""
    for directory in (source, units):
        for path in directory.iterdir():
            if path.suffix in SUFFIXES and not path.is_symlink():
                text = PROGRAMS.sub("/usr/bin/true", path.read_text())
                (target / path.name).write_text(text)
    return sorted(path for path in target.iterdir() if "@." not in path.name)


def verify(paths, problems):
    result = run("systemd-analyze", "verify", "--man=no", "--recursive-errors=no",
                 *map(str, paths))
    said = [line for line in (result.stdout + result.stderr).splitlines() if "nvmf" in line]
    problems += [f"verify: {line}" for line in said]
    if result.returncode != 0 and not said:
        problems.append(f"verify: {result.stderr.strip()}")


def remote_var(directory, problems):
    """None of the units waits for /var, which may wait for what they connect."""
    (directory / "var.mount").write_text(REMOTE_VAR)
    environment = {**os.environ, "SYSTEMD_UNIT_PATH": f"{directory}:/lib/systemd/system"}
    for path in sorted(directory.iterdir()):
        if not path.name.startswith("nvmf-policy") or "@." in path.name:
            continue
        result = run("systemd-analyze", "verify", "--man=no", str(path), env=environment)
        problems += [f"remote /var: {path.name}: {line}"
                     for line in result.stderr.splitlines() if "cycle" in line]
        unit = path.read_text()
        if path.suffix != ".target" and "DefaultDependencies=no" not in unit:
            problems.append(f"remote /var: {path.name} waits for basic.target, which waits for /var")
        if path.name == WAITS_FOR_VAR:
            continue
        for setting in re.findall(r"^(?:PrivateTmp=yes|StateDirectory=.*|CacheDirectory=.*)$", unit,
                                  re.MULTILINE):
            problems.append(f"remote /var: {path.name}: {setting} needs /var")
        if re.search(rf"^(?:After|Requires|BindsTo|Requisite)=.*{re.escape(WAITS_FOR_VAR)}", unit, re.MULTILINE):
            problems.append(f"remote /var: {path.name} waits for {WAITS_FOR_VAR}, which waits for /var")


def security(directory, problems):
    services = {path.name for path in directory.glob("*.service")}
    problems += [f"security: {unit} does not exist" for unit in sorted(MOST_EXPOSED.keys() - services)]
    for unit in sorted(services):
        most = MOST_EXPOSED.get(unit, MOST_EXPOSED_ELSE)
        result = run("systemd-analyze", "security", "--offline=true", f"--threshold={most}",
                     str(directory / unit))
        level = re.search(r"Overall exposure level for \S+: (\S+)", result.stdout + result.stderr)
        print(f"{unit}: exposure {level.group(1) if level else 'unknown'}")
        if result.returncode != 0 or not level:
            problems.append(f"security: {unit} is above {most / 10}: {result.stderr.strip()}")


def no_shell(paths, problems):
    for path in paths:
        for line in path.read_text().splitlines():
            if re.match(r"Exec\w+=\S*/(ba|da)?sh\b", line):
                problems.append(f"{path.name}: a shell in `{line}`")


def rules(path, problems):
    text = path.read_text()
    statements = [line for line in text.splitlines() if line and not line.startswith("#")]
    if not statements[0].startswith('TEST!="/run/nvmf/in-charge", GOTO='):
        problems.append("rules: the first statement does not ask who is in charge")
    for line in re.findall(r'ENV\{\w+\}(?:=|\+=|:=)"', text):
        problems.append(f"rules: sets a property: {line}")
    for line in re.findall(r'ENV\{\w+\}=="\*"', text):
        problems.append(f"rules: `{line}` matches a property that is not set")
    if "@" in text:
        problems.append("rules: not configured")


def settings(unit, key):
    """All words of that key of a unit, in order."""
    return [word for value in re.findall(rf"^{key}=(.*)$", unit, re.MULTILINE) for word in value.split()]


def no_limits(directory, problems):
    """A unit that a path, a timer or a failure starts again and again is never taken for a loop, and no start waits for
    the network: the executor waits itself for the links it needs."""
    for name in ("nvmf-policy-connect.service", "nvmf-policy-changed.timer", "nvmf-policy-settled.timer"):
        if "StartLimitIntervalSec=0" not in (directory / name).read_text():
            problems.append(f"{name}: has a start limit")
    if "TriggerLimitIntervalSec=0" not in (directory / "nvmf-policy-plans.path").read_text():
        problems.append("nvmf-policy-plans.path: has a trigger limit")
    for path in sorted(directory.iterdir()):
        unit = path.read_text()
        if "network-online" in unit:
            problems.append(f"{path.name}: names network-online.target")
        if "network.target" in settings(unit, "After"):
            problems.append(f"{path.name}: its start waits for network.target, and that for the slowest interface")


def one_withdrawal(directory, problems):
    """Only the stop of the target withdraws, and does so before the executor ends."""
    executor, target, requests = "nvmf-policy-connect.service", "nvmf-policy-connect.target", "nvmf-policy-requests.service"
    texts = {name: (directory / name).read_text() for name in (executor, target, requests)}
    for key in ("Requires", "Wants", "BindsTo", "Requisite"):
        if target in settings(texts[executor], key):
            problems.append(f"{executor}: {key}={target}: an event during a stop would start the target again")
    for name in (executor, requests):
        for key in ("PartOf", "After"):
            if target not in settings(texts[name], key):
                problems.append(f"{name}: {key}= does not name {target}")
    if executor not in settings(texts[requests], "After"):
        problems.append(f"{requests}: is not stopped before {executor}")
    if requests not in settings(texts[executor], "Wants"):
        problems.append(f"{executor}: runs without {requests}, so that a stop withdraws nothing")
    if settings(texts[requests], "ExecStart"):
        problems.append(f"{requests}: a stop while its command starts withdraws nothing")
    for name in (target, requests):
        if "shutdown.target" in settings(texts[name], "Conflicts") or "DefaultDependencies=no" not in texts[name]:
            problems.append(f"{name}: withdraws at shutdown")
    for name in (directory / executor, directory / target):
        if "ExecStop" in name.read_text():
            problems.append(f"{name.name}: its stop does more than to end it")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--units", type=pathlib.Path, required=True)
    parser.add_argument("--source", type=pathlib.Path, required=True)
    arguments = parser.parse_args()
    problems = []
    with tempfile.TemporaryDirectory() as temporary:
        directory = pathlib.Path(temporary)
        paths = copies(arguments.units, arguments.source, directory)
        verify(paths, problems)
        security(directory, problems)
        remote_var(directory, problems)
        no_shell(paths, problems)
        no_limits(directory, problems)
        one_withdrawal(directory, problems)
    rules(arguments.units / "70-nvmf-policy.rules", problems)
    for problem in problems:
        print(problem)
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
