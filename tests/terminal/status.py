"""`nvmf-policy status --watch`: on a terminal as much as fits, in a pipe each change."""
import json
import pathlib
import re
import shutil
import subprocess
import time

from terminal import PATIENCE, Terminal

# The report of a host with problems, of which the golden case compares the whole text.
ROOT = pathlib.Path(__file__).resolve().parents[1] / "golden/cases/status-reasons/root"


class Host:
    def __init__(self, program, folder):
        self.command = [program, "--root", folder]
        self.root = pathlib.Path(folder)
        shutil.copytree(ROOT, self.root, dirs_exist_ok=True)

    def watch(self, **settings):
        return Terminal([*self.command, "status", "--watch"], **settings)

    def lose(self, device):
        """In one step, as sysfs shows it."""
        state = self.root / "sys/class/nvme" / device / "state"
        new = self.root / "state"
        new.write_text("connecting\n")
        new.rename(state)


def rows_of(screen, columns):
    """How many rows of the window the text takes."""
    return sum(max(1, -(-len(line) // columns)) for line in screen.split("\n"))


def fits_the_window(host):
    for rows, columns in ((12, 80), (8, 60), (5, 40)):
        with host.watch(rows=rows, columns=columns) as terminal:
            terminal.expect("more lines")
        screen = terminal.screens()[0]
        assert rows_of(screen, columns) <= rows, screen
        assert re.search(r"and \d+ more lines$", screen), screen
    with host.watch(rows=12) as terminal:
        terminal.expect("more lines")
    assert "problems\n    refused " in terminal.screens()[0]  # they come first, and stay


def shows_all_where_there_is_room(host):
    once = subprocess.run([*host.command, "status"], capture_output=True, text=True,
                          env={"COLUMNS": "100", "NO_COLOR": "1"})
    with host.watch(rows=60, columns=100) as terminal:
        terminal.expect("array is being wiped\n")
    assert terminal.screens()[0] == once.stdout, terminal.shown


def shows_each_change_once(host):
    with host.watch(rows=60) as terminal:
        terminal.expect("live        discovery")
        time.sleep(2.5)  # two more looks
        host.lose("nvme0")
        terminal.expect("connecting  discovery")
    assert len(terminal.screens()) == 2, terminal.shown


def writes_a_line_of_json_for_each_change(host):
    process = subprocess.Popen([*host.command, "--format", "json", "status", "--watch"], text=True,
                               stdout=subprocess.PIPE)
    try:
        first = json.loads(process.stdout.readline())
        host.lose("nvme0")
        second = json.loads(process.stdout.readline())
    finally:
        process.kill()
        process.wait(PATIENCE)
    assert process.stdout.read() == ""
    states = [{path["device"]: path["state"] for path in report["plans"][0]["paths"]} for report in (first, second)]
    assert states == [{"nvme0": "live", "nvme3": "live"}, {"nvme0": "connecting", "nvme3": "live"}], states


CASES = (fits_the_window, shows_all_where_there_is_room, shows_each_change_once,
         writes_a_line_of_json_for_each_change)


def run(program, folder, case):
    case(Host(program, folder))
