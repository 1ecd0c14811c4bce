"""One guest under QEMU: started, driven over its control port, saved and loaded again.

A snapshot is a directory with a disk (an overlay on the one it was made from) and the machine's state as a migration
stream.  Nothing ever writes to it again, so any number of guests start from one snapshot at the same time, each with
an overlay of its own.
"""
import json
import os
import pathlib
import shutil
import socket
import subprocess
import tempfile
import time

MEMORY = "2048"
# Under emulation a program at another address than the last time is translated anew, instruction by instruction: with
# address randomization most of what a guest does at the start of a program is QEMU's own work.  On a busy host the
# emulated timer can be too late for the kernel's check of it.
KERNEL_OPTIONS = "root=LABEL=guest rw console=ttyS0 panic=-1 oops=panic norandmaps mitigations=off no_timer_check"


class GuestError(Exception):
    """The guest did not do what every guest must do: it did not boot, hung, or restarted by itself."""


class Vm:
    """A running guest.  Use as a context manager: QEMU and its files are gone afterwards."""

    def __init__(self, image, accel, disk, state=None, acpi_tables=()):
        """image: directory with vmlinuz and initrd.img.  disk: what the new overlay lies on.  state: None boots.
        acpi_tables: files, each a whole table.  The firmware hands them over at each boot: a guest that was loaded
        from a snapshot has them after its next one."""
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="nvmf-guest-"))
        self.disk = self.directory / "disk.qcow2"
        self.console = self.directory / "console.log"
        self.buffer = b""
        self.sockets = {}
        self.process = None
        self.machine = (image, accel, acpi_tables)
        try:
            subprocess.run(["qemu-img", "create", "-q", "-f", "qcow2", "-F", "qcow2", "-b", disk, self.disk], check=True)
            self._start(image / "initrd.img", KERNEL_OPTIONS, state)
            if state:
                self._wait_for_load()
                self.ping()
            else:
                self.wait_for_boot()
        except BaseException:
            self.close()
            raise

    def _start(self, initrd, options, state=None):
        self.process = subprocess.Popen(self._command(initrd, options, state), stdin=subprocess.DEVNULL)
        self._connect("monitor")
        self._connect("control")
        self._monitor_line()  # the greeting
        self.monitor("qmp_capabilities")

    def _command(self, initrd, options, state):
        image, accel, acpi_tables = self.machine

        def channel(name):
            return ["-chardev", f"socket,id={name},path={self.directory / name},server=on,wait=off"]
        return ["qemu-system-x86_64", "-accel", accel, "-cpu", "max,la57=off", "-smp", "1", "-m", MEMORY,
                "-nodefaults", "-no-user-config", "-display", "none",
                "-kernel", image / "vmlinuz", "-initrd", initrd, "-append", options,
                "-drive", f"file={self.disk},if=virtio,format=qcow2,cache=unsafe",
                "-serial", f"file:{self.console}",
                *channel("monitor"), "-mon", "chardev=monitor,mode=control",
                *channel("control"), "-device", "virtio-serial",
                "-device", "virtserialport,chardev=control,name=nvmf.control",
                *(word for table in acpi_tables for word in ("-acpitable", f"file={table}")),
                *(["-incoming", f"exec:cat '{state}'"] if state else [])]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        if self.process and self.process.poll() is None:
            self.process.kill()
        if self.process:
            self.process.wait()
        for connection in self.sockets.values():
            connection.close()
        shutil.rmtree(self.directory, ignore_errors=True)

    def _connect(self, name, limit=10):
        end = time.monotonic() + limit
        while True:
            connection = socket.socket(socket.AF_UNIX)
            try:
                connection.connect(str(self.directory / name))
                break
            except OSError:
                connection.close()
                if self.process.poll() is not None or time.monotonic() > end:
                    raise GuestError(f"QEMU did not start, exit status {self.process.poll()}") from None
                time.sleep(0.01)
        self.sockets[name] = connection

    # The monitor (QMP): a line of JSON each way.

    def _monitor_line(self):
        line = b""
        while not line.endswith(b"\n"):
            byte = self.sockets["monitor"].recv(1)
            if not byte:
                raise GuestError("QEMU went away")
            line += byte
        return json.loads(line)

    def monitor(self, command, **arguments):
        request = {"execute": command, "arguments": arguments}
        self.sockets["monitor"].sendall(json.dumps(request).encode() + b"\n")
        while True:
            answer = self._monitor_line()
            if "return" in answer:
                return answer["return"]
            if "error" in answer:
                raise GuestError(f"QEMU refused `{command}`: {answer['error']['desc']}")

    def plug_in_nvme_disk(self):
        """A local disk, as most hosts have one.  Not there from the start, because QEMU cannot save it."""
        self.monitor("blockdev-add", **{"driver": "null-co", "node-name": "disk", "size": 1 << 24, "read-zeroes": True})
        self.monitor("device_add", driver="nvme", drive="disk", serial="local", id="local")

    def _wait_for_load(self, limit=120):
        end = time.monotonic() + limit
        while (status := self.monitor("query-status")["status"]) == "inmigrate":
            if time.monotonic() > end:
                raise GuestError("the snapshot did not load")
            time.sleep(0.02)
        if status != "running":
            self.monitor("cont")

    # The control port: see the agent in overlay/.

    def _fill(self, end):
        left = end - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self.sockets["control"].settimeout(left)
        data = self.sockets["control"].recv(1 << 16)
        if not data:
            raise GuestError("QEMU went away")
        self.buffer += data

    def _header(self, end):
        """The next header; what is not one (the rest of an answer that was given up) is skipped."""
        while True:
            while b"\n" not in self.buffer:
                self._fill(end)
            line, _, self.buffer = self.buffer.partition(b"\n")
            try:
                header = json.loads(line)
            except ValueError:
                continue
            if isinstance(header, dict):
                return header

    def _exactly(self, length, end):
        while len(self.buffer) < length:
            self._fill(end)
        data, self.buffer = self.buffer[:length], self.buffer[length:]
        return data

    def wait_for_boot(self, limit=600):
        """Waits for the agent of a guest that boots."""
        try:
            while "hello" not in self._header(time.monotonic() + limit):
                pass
        except TimeoutError:
            raise GuestError(f"the guest did not boot within {limit} s\n{self.console_tail()}") from None

    def ping(self, limit=120):
        """Makes sure that the agent listens, and drops what it still had to say to somebody else."""
        nonce = os.urandom(8).hex()
        self.sockets["control"].sendall(b"\n" + json.dumps({"ping": nonce}).encode() + b"\n")
        try:
            while self._header(time.monotonic() + limit).get("pong") != nonce:
                pass
        except TimeoutError:
            raise GuestError(f"the guest does not answer\n{self.console_tail()}") from None

    def run(self, argv, stdin=b"", limit=120, output=None):
        """Runs a program in the guest.  output(1 or 2, bytes) is called as it writes.  Returns its exit status, or
        None if it was still running after `limit` seconds (it is killed then)."""
        header = json.dumps({"run": [str(word) for word in argv], "stdin": len(stdin)}).encode()
        self.sockets["control"].settimeout(limit)
        self.sockets["control"].sendall(header + b"\n" + stdin)
        end = time.monotonic() + limit
        try:
            while True:
                header = self._header(end)
                if "exit" in header:
                    return header["exit"]
                if "hello" in header:
                    raise GuestError(f"the guest restarted by itself\n{self.console_tail()}")
                data = self._exactly(header["length"], end)
                if output:
                    output(header["out"], data)
        except TimeoutError:
            self.ping()
            return None

    def read(self, command, limit=120):
        """The standard output of a shell command, whatever its exit status."""
        data = []
        self.run(["bash", "-c", command], limit=limit, output=lambda stream, text: stream == 1 and data.append(text))
        return b"".join(data)

    def check(self, command, stdin=b"", limit=300):
        """Runs a shell command that has to succeed."""
        data = []
        status = self.run(["bash", "-ec", command], stdin, limit, lambda _, text: data.append(text))
        if status != 0:
            text = b"".join(data).decode(errors="replace")
            raise GuestError(f"exit status {status} of `{command}` in the guest\n{text}")

    def reboot(self):
        self.run(["systemctl", "--no-block", "reboot"])
        self.wait_for_boot()

    def boot_with(self, initrd, options, limit=120):
        """Ends the guest and boots its disk with another initrd (bytes) and more kernel options."""
        file = self.directory / "initrd.img"
        file.write_bytes(initrd)
        self.run(["systemctl", "--no-block", "poweroff"])
        try:
            self.process.wait(limit)
        except subprocess.TimeoutExpired:
            raise GuestError(f"the guest did not end within {limit} s\n{self.console_tail()}") from None
        for connection in self.sockets.values():
            connection.close()
        self.buffer = b""
        self._start(file, f"{KERNEL_OPTIONS} {options}")
        self.wait_for_boot()

    def console_tail(self, lines=40):
        text = self.console.read_text(errors="replace") if self.console.exists() else ""
        return "\n".join(text.splitlines()[-lines:])

    def save(self, directory):
        """Ends this guest and leaves its disk and state in `directory`, which must not exist."""
        self.monitor("stop")
        self.monitor("migrate-set-parameters", **{"max-bandwidth": 1 << 40})
        state = self.directory / "state"
        self.monitor("migrate", uri=f"exec:cat >'{state}'")
        while (status := self.monitor("query-migrate")["status"]) != "completed":
            if status in ("failed", "cancelled"):
                raise GuestError("QEMU could not save the guest")
            time.sleep(0.05)
        self.monitor("quit")
        self.process.wait()
        parts = directory.with_name(directory.name + ".new")
        shutil.rmtree(parts, ignore_errors=True)
        parts.mkdir(parents=True)
        shutil.move(self.disk, parts / "disk.qcow2")
        shutil.move(state, parts / "state")
        parts.rename(directory)
