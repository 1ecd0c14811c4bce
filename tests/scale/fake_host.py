"""A host on a fake kernel (fake_kernel.hpp), for the real programs: a directory below /dev/shm in which this
script plays systemd."""
import collections
import contextlib
import ctypes
import json
import os
import pathlib
import re
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time

OPTIONS = None  # `kernel`, `program` and `executor`, the files
COUNTERS = ("allocations", "allocated_bytes", "operations", "opens", "reads", "written_bytes",
            "entries")
DISCOVERY = "nqn.2014-08.org.nvmexpress.discovery"
PREFIX = "nqn.2024-01.org.example:"
POLICY = """version: 1
targets:
{targets}
rules:
  - {{ name: volumes, match: {{ subsystem-nqn: "nqn.2024-01.org.example:*" }}, action: connect }}
defaults:
  retry: {{ first-delay: 1s, max-delay: 2s, slow-delay: 2s }}
"""
NOTHING_WANTED = """version: 1
rules:
  - { name: others, match: { subsystem-nqn: "nqn.2024-01.org.other:*" }, action: connect }
"""
TARGET = "  - {{ name: array-{n}, transport: tcp, traddr: {address}, trsvcid: 8009 }}"
LINE_OF_JOURNAL = re.compile(rb"^<[0-7]>", re.M)


class Failed(Exception):
    pass


def expect(what, wanted, got):
    if wanted != got:
        raise Failed(f"{what}: expected {wanted}, got {got}")


def address_of(number):
    return f"10.20.{number // 250}.{number % 250 + 1}"


def log_page(entries, genctr):
    """A discovery log page: an entry for each (traddr, trsvcid, nqn)."""
    page = bytearray(struct.pack("<QQH", genctr, len(entries), 0).ljust(1024, b"\0"))
    for traddr, trsvcid, nqn in entries:
        entry = bytearray(1024)
        entry[0:4] = bytes((3, 1, 2, 0))  # tcp, ipv4, an NVM subsystem
        for offset, text in ((32, trsvcid), (256, nqn), (512, traddr)):
            entry[offset:offset + len(text)] = text.encode()
        page += entry
    return bytes(page)


class Host:
    """A host with discovery controllers, each of which lists as many subsystems."""

    def __init__(self, sources, subsystems):
        self.root = pathlib.Path(tempfile.mkdtemp(prefix="nvmf-scale-", dir="/dev/shm"))
        for directory in ("dev", "etc/nvme", "etc/nvmf", "run/nvme/registry", "run/nvmf", "var/lib/nvmf",
                          "sys/class/nvme", "sys/devices/virtual/nvme-fabrics/ctl", "sys/kernel",
                          "fake/logs", "fake/fail", "fake/paths", "fake/devices", "fake/counts"):
            (self.root / directory).mkdir(parents=True)
        uuid = "11111111-2222-3333-4444-555555555555"
        self.write("etc/nvme/hostnqn", f"nqn.2014-08.org.nvmexpress:uuid:{uuid}\n")
        self.write("etc/nvme/hostid", uuid + "\n")
        self.write("sys/kernel/uevent_seqnum", "1\n")
        for name in ("dev/nvme-fabrics", "fake/kmsg", "fake/connects", "fake/lines"):
            self.write(name, "")
        self.sources = sources
        self.genctr = 0
        self.executor = None
        self.spoil = None  # called in each program's process before it begins
        self.always = {}  # in the environment of each program
        targets = [TARGET.format(n=n, address=address_of(n)) for n in range(sources)]
        self.write("etc/nvmf/autoconnect.yaml", POLICY.format(targets="\n".join(targets)))
        self.expose(subsystems)

    def write(self, name, content):
        path = self.root / name
        (path.write_bytes if isinstance(content, bytes) else path.write_text)(content)

    def expose(self, subsystems):
        """Each discovery controller lists so many subsystems from now on."""
        self.subsystems = subsystems
        self.genctr += 1
        for n in range(self.sources):
            entries = [(address_of(n), "4420", f"{PREFIX}{n}.{i}") for i in range(subsystems)]
            self.write(f"fake/logs/{address_of(n)}_8009", log_page(entries, self.genctr))

    def environment(self, extra):
        kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        return {**kept, "LC_ALL": "C", "LD_PRELOAD": OPTIONS.kernel, "FAKE_KERNEL_ROOT": str(self.root),
                **self.always, **extra}

    def start(self, command, extra=None):
        with open(self.root / "fake/lines", "ab") as lines:
            return subprocess.Popen(command, env=self.environment(extra or {}), stdin=subprocess.DEVNULL,
                                    stdout=lines, stderr=lines, preexec_fn=self.spoil)

    def policy(self, *words, **extra):
        process = self.start([OPTIONS.program, "--root", str(self.root), *words], extra)
        return process.wait(timeout=60)

    def change_event(self, device):
        """The properties of the event that the log of a discovery controller changed."""
        traddr = self.attribute(device, "address").split("=", 1)[1].split(",")[0]
        return dict(SUBSYSTEM="nvme", ACTION="change", NVME_AEN="0x70f002", NVME_TRTYPE="tcp", NVME_TRADDR=traddr,
                    NVME_TRSVCID="8009", NVME_HOST_TRADDR="none", NVME_HOST_IFACE="none", DEVNAME=f"/dev/{device}")

    def change_of(self, device):
        expect("the planner's exit", 0, self.policy("event", **self.change_event(device)))

    def remove(self, device, reason):
        """The kernel removes a controller. The properties of its event, and the path."""
        path = (self.root / "fake/devices" / device).read_text()
        address = dict(part.split("=", 1) for part in self.attribute(device, "address").split(","))
        library = ctypes.CDLL(OPTIONS.kernel)
        expect("removing a controller", 0,
               library.fake_kernel_remove(str(self.root).encode(), device.encode(), reason.encode()))
        seqnum = (self.root / "sys/kernel/uevent_seqnum").read_text().strip()
        return dict(path=path, SUBSYSTEM="nvme", ACTION="remove", NVME_TRTYPE="tcp", NVME_TRADDR=address["traddr"],
                    NVME_TRSVCID=address["trsvcid"], NVME_HOST_TRADDR="none", NVME_HOST_IFACE="none",
                    DEVNAME=f"/dev/{device}", SEQNUM=seqnum)

    def connect_by_hand(self, traddr, nqn):
        """As nvme-cli does."""
        hostnqn, hostid = ((self.root / "etc/nvme" / name).read_text().strip() for name in ("hostnqn", "hostid"))
        text = f"transport=tcp,traddr={traddr},trsvcid=4420,nqn={nqn},hostnqn={hostnqn},hostid={hostid}"
        program = f"import os; os.write(os.open('{self.root}/dev/nvme-fabrics', os.O_RDWR), b'{text}')"
        expect("connecting by hand", 0, self.start([sys.executable, "-c", program]).wait(timeout=60))

    def lose(self, device, reason, keeps_log=True):
        """The kernel removes a controller; its event comes."""
        properties = self.remove(device, reason)
        del properties["path"]
        if not keeps_log:
            self.write("fake/kmsg", "")
        expect("the planner's exit", 0, self.policy("event", **properties))

    def states(self):
        return sorted(path.name for path in (self.root / "run/nvmf/state").iterdir())

    def attribute(self, device, name):
        return (self.root / "sys/class/nvme" / device / name).read_text().strip()

    def devices(self, kind):
        names = os.listdir(self.root / "sys/class/nvme")
        return sorted((name for name in names if self.attribute(name, "cntrltype") == kind),
                      key=lambda name: int(name[4:]))

    # The part of systemd.

    def dispatch(self, **extra):
        """The path unit."""
        plans = self.root / "run/nvmf/plans"
        waiting = [name for name in (os.listdir(plans) if plans.exists() else []) if not name.startswith(".")]
        if waiting and not self.is_running():
            self.restart(**extra)

    def names(self, directory):
        path = self.root / directory
        return os.listdir(path) if path.exists() else []

    def hands(self):
        """The processes in which the executor enters the kernel."""
        if not self.is_running():
            return []
        pid = self.executor.pid
        with contextlib.suppress(FileNotFoundError), open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as names:
            return [int(name) for name in names.read().split()]
        return []

    def is_running(self):
        return self.executor is not None and self.executor.poll() is None

    def restart(self, **extra):
        """What Restart=on-failure does."""
        self.executor = self.start([OPTIONS.executor, "--root", str(self.root)], extra)

    def is_settled(self):
        run = self.root / "run/nvmf"
        for directory in ("plans", "running"):
            names = os.listdir(run / directory) if (run / directory).exists() else []
            if any(not name.startswith(".") for name in names):
                return False
        phases = []
        for path in (run / "state").glob("[0-9a-f]*.json"):
            with contextlib.suppress(FileNotFoundError), open(path, "rb") as state:
                phases.append(b'"phase":"done"' in state.read(200))
        return bool(phases) and all(phases)

    def restart_failed(self):
        if self.executor is not None and self.executor.poll() not in (None, 0):
            self.restart()

    def tries(self):
        """Of each path that is not connected, as the states say."""
        for path in (self.root / "run/nvmf/state").glob("[0-9a-f]*.json"):
            for record in json.loads(path.read_text())["paths"]:
                if record["state"] != "live":
                    yield record["tries"]

    def settle(self, seconds=60, restart=False):
        """Until nothing is asked for and nothing is tried again."""
        end = time.monotonic() + seconds
        while not self.is_settled():
            self.dispatch()
            if restart:
                self.restart_failed()
            if time.monotonic() > end:
                raise Failed(f"not settled: {self.last_lines()}")
            time.sleep(0.01)

    def wait_until(self, condition, problem, seconds=60):
        end = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > end:
                raise Failed(f"{problem}: {self.last_lines()}")
            time.sleep(0.01)

    def wait_for_line(self, text, seconds=30):
        self.wait_until(lambda: text in self.last_lines(), f"no line with `{text}`", seconds)

    def lines_with(self, text):
        return (self.root / "fake/lines").read_text(errors="replace").count(text)

    def last_lines(self):
        return (self.root / "fake/lines").read_text(errors="replace")[-2000:]

    def end(self, how=signal.SIGTERM):
        """The executor; files keep the retries that are still to come."""
        if self.is_running():
            self.executor.send_signal(how)
            self.executor.wait(timeout=10)
        self.executor = None

    # The result.

    def check_connected(self):
        wanted = [f"{address_of(n)}_4420___{PREFIX}{n}.{i}"
                  for n in range(self.sources) for i in range(self.subsystems)]
        expect("connected paths", sorted(wanted), sorted(os.listdir(self.root / "fake/paths")))
        expect("discovery controllers", self.sources, len(self.devices("discovery")))

    def connects(self):
        """How often each path was connected."""
        lines = (self.root / "fake/connects").read_text().split("\n")[:-1]
        return collections.Counter(line.split(" ", 1)[1] for line in lines)

    def check_each_once(self):
        twice = {path: count for path, count in self.connects().items() if count != 1}
        expect("paths connected more than once", {}, twice)

    def counts(self, program):
        """Of all processes of a program since the latest call."""
        total = collections.Counter()
        for path in (self.root / "fake/counts").glob(program[:15] + ".*"):
            total.update(dict(zip(COUNTERS, struct.unpack(f"{len(COUNTERS)}Q", path.read_bytes()))))
            path.unlink()
        return total

    def take_lines(self):
        path = self.root / "fake/lines"
        lines = LINE_OF_JOURNAL.findall(path.read_bytes())
        os.truncate(path, 0)
        return len(lines)


@contextlib.contextmanager
def a_host(sources, subsystems):
    host = Host(sources, subsystems)
    try:
        yield host
        host.end()
    finally:
        if host.is_running():
            host.executor.kill()
            host.executor.wait()
        shutil.rmtree(host.root)
