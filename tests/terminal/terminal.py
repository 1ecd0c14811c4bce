"""A program on a terminal of its own: what it shows, and what a person types."""
import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import time

PATIENCE = 30  # seconds, for a machine that is busy


class Ended(Exception):
    """The program ended, or said nothing more, before it showed what was expected."""


class Terminal:
    def __init__(self, command, *, env=None, rows=24, columns=80):
        self.shown = ""
        self.seen = 0  # up to where expect() has looked
        self.status = None
        self.pid, self.master = pty.fork()
        if self.pid == 0:
            try:
                os.execve(command[0], command, {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TERM": "dumb",
                                                "NO_COLOR": "1", **(env or {})})
            finally:
                os._exit(127)
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.status is None:
            os.kill(self.pid, signal.SIGKILL)
            self.end()

    def _read(self, seconds):
        """More of what is shown; False at the end, or when nothing comes for so long."""
        if self.status is not None or not select.select([self.master], [], [], seconds)[0]:
            return False
        try:
            data = os.read(self.master, 65536)
        except OSError:  # EIO: the other side is closed
            return False
        self.shown += data.decode(errors="backslashreplace").replace("\r\n", "\n")
        return bool(data)

    def expect(self, text):
        """Waits until `text` is shown, behind what was expected before it."""
        limit = time.monotonic() + PATIENCE
        while (at := self.shown.find(text, self.seen)) < 0:
            if not self._read(max(0, limit - time.monotonic())):
                raise Ended(f"`{text}` is not shown, but:\n{self.shown[self.seen:]}")
        self.seen = at + len(text)

    def type(self, text):
        os.write(self.master, text.encode())

    def send_signal(self, number):
        os.kill(self.pid, number)

    def end(self):
        """The exit status, negative for a signal; `shown` is whole then."""
        while self._read(PATIENCE):
            pass
        if self.status is None:
            self.status = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
            os.close(self.master)
        return self.status

    def screens(self):
        """The text of each screen, the earlier one erased (cursor home, erase below)."""
        return re.split(r"\x1b\[H\x1b\[J", self.shown)[1:]
