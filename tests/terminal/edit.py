"""`nvmf-policy edit`, with editors that are small scripts."""
import os
import pathlib
import shutil
import signal
import stat
import subprocess

from terminal import Terminal

BEFORE = """version: 1
rules:
  - name: volumes
    match: { transport: tcp, subsystem-nqn: "nqn.2014-08.com.example:*" }
    action: connect
"""
AFTER = BEFORE.replace("example:*", "example:prod.*")
BROKEN = BEFORE.replace("match:", "mach:")
SITE = "version: 1\nrules:\n  - { name: site, match: { transport: rdma }, action: ignore }\n"
QUESTION = "Install it? [yes, edit again, give up] "
MAIN = "etc/nvmf/autoconnect.yaml"


class Case:
    """A root with a policy, and an editor that puts one text after another into the file."""

    def __init__(self, program, folder):
        self.program = program
        self.folder = pathlib.Path(folder)
        self.root = self.folder / "root"
        self.copies = self.folder / "tmp"
        self.copies.mkdir()
        self.write(MAIN, BEFORE)

    def write(self, name, text):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def read(self, name=MAIN):
        return (self.root / name).read_text()

    def editor(self, script):
        """The script finds the copy as $1, and has `count`, how often it was called before."""
        path = self.folder / "editor"
        path.write_text(f"""#!/bin/sh
cd {self.folder} || exit
count=$(cat count 2>/dev/null || echo 0)
echo $((count + 1)) >count
{script}
""")
        path.chmod(0o755)
        return str(path)

    def puts(self, *texts):
        for number, text in enumerate(texts):
            (self.folder / f"text{number}").write_text(text)
        return self.editor('cat "text$count" >"$1"')

    def edit(self, editor, *words, **settings):
        return Terminal([self.program, "--root", str(self.root), "edit", *map(str, words)],
                        env={"EDITOR": editor, "TMPDIR": str(self.copies)}, **settings)

    def copies_left(self):
        return [path.read_text() for path in self.copies.rglob("*") if path.is_file()]


def installs(case):
    path = case.root / MAIN
    path.chmod(0o640)
    if os.geteuid() == 0:
        os.chown(path, 0, 65533)
    inode = path.stat().st_ino
    with case.edit(case.puts(AFTER)) as terminal:
        terminal.expect("1 difference: no longer connected 1\n")
        terminal.expect("Plan: ")
        terminal.expect(QUESTION)
        assert case.read() == BEFORE
        terminal.type("yes\n")
        assert terminal.end() == 0
    terminal.expect(f"/{MAIN} is installed\nits text of before is in {path}~\n")
    assert case.read() == AFTER and case.read(MAIN + "~") == BEFORE
    for name in (MAIN, MAIN + "~"):
        status = (case.root / name).stat()
        assert stat.S_IMODE(status.st_mode) == 0o640
        assert os.geteuid() != 0 or status.st_gid == 65533
    assert path.stat().st_ino != inode
    assert sorted(path.name for path in path.parent.iterdir()) == ["autoconnect.yaml", "autoconnect.yaml~"]
    assert not case.copies_left()


def asks_again_until_it_is_right(case):
    with case.edit(case.puts(BROKEN, AFTER)) as terminal:
        terminal.expect("error[NVP203]: unknown key `mach`")
        terminal.expect("no service would use this policy. Edit again or give up? [edit, give up] ")
        terminal.type("install\n")  # is not offered
        terminal.expect("Edit again or give up? [edit, give up] ")
        terminal.type("E\n")
        terminal.expect(QUESTION)
        terminal.type("\n")
        terminal.expect(QUESTION)
        terminal.type("y\n")
        assert terminal.end() == 0
    assert case.read() == AFTER


def gives_up(case):
    for texts in ([BROKEN], [AFTER]):
        (case.folder / "count").unlink(missing_ok=True)
        with case.edit(case.puts(*texts)) as terminal:
            terminal.expect("give up] ")
            terminal.type("g\n")
            assert terminal.end() == 1
        terminal.expect("given up: nothing was changed\n")
        assert case.read() == BEFORE and not case.copies_left()


def changes_nothing_without_a_change(case):
    with case.edit(case.editor("true")) as terminal:
        assert terminal.end() == 0
    assert terminal.shown == f"nvmf-policy: /{MAIN} is unchanged\n"
    assert case.read() == BEFORE and not case.copies_left()


def changes_nothing_when_the_editor_fails(case):
    for script, why, kept in (("exit 3", "ended with exit status 3", []),
                              ('echo "# lost?" >>"$1"; kill -9 $$', "ended with exit status 137", [BEFORE + "# lost?\n"]),
                              ('rm "$1"', "the edited text cannot be read", [])):
        with case.edit(case.editor(script)) as terminal:
            assert terminal.end() == 4
        terminal.expect(why)
        terminal.expect("nothing was changed\n")
        assert case.read() == BEFORE
        assert case.copies_left() == kept
        assert ("your text is in " in terminal.shown) == bool(kept)
        shutil.rmtree(case.copies)
        case.copies.mkdir()
    with case.edit("/nowhere/editor --flag") as terminal:
        assert terminal.end() == 4
    terminal.expect("the editor `/nowhere/editor --flag` ended with exit status 127: nothing was changed\n")


def keeps_the_text_without_an_answer(case):
    for end in (lambda terminal: terminal.type("\x04"), lambda terminal: terminal.type("\x03"),
                lambda terminal: terminal.send_signal(signal.SIGTERM)):
        (case.folder / "count").unlink(missing_ok=True)
        with case.edit(case.puts(AFTER)) as terminal:
            terminal.expect(QUESTION)
            end(terminal)
            assert terminal.end() == 4
        terminal.expect("no answer: nothing was changed\n")
        assert case.read() == BEFORE
        assert AFTER in case.copies_left()


def leaves_an_interrupt_to_the_editor(case):
    with case.edit(case.editor('trap "echo caught" INT\necho ready\nread answer\n'
                               '[ -n "$answer" ] || read answer\necho "# $answer" >>"$1"')) as terminal:
        terminal.expect("ready\n")
        terminal.type("\x03")
        terminal.expect("caught\n")
        terminal.type("typed\n")
        terminal.expect(QUESTION)
        terminal.type("yes\n")
        assert terminal.end() == 0
    assert case.read() == BEFORE + "# typed\n"


def refuses_to_overwrite(case):
    with case.edit(case.puts(AFTER)) as terminal:
        terminal.expect(QUESTION)
        case.write(MAIN, BEFORE + "# by somebody else\n")
        terminal.type("yes\n")
        assert terminal.end() == 4
    terminal.expect(f"/{MAIN} was changed meanwhile: nothing was changed\nnvmf-policy: your text is in ")
    assert case.read() == BEFORE + "# by somebody else\n"
    assert case.copies_left() == [AFTER]
    assert not (case.root / (MAIN + "~")).exists()


def refuses_to_overwrite_a_file_that_came(case):
    name = "etc/nvmf/autoconnect.d/60-site.yaml"
    with case.edit(case.puts(SITE), case.root / name) as terminal:
        terminal.expect(QUESTION)
        case.write(name, "version: 1\n")
        terminal.type("yes\n")
        assert terminal.end() == 4
    terminal.expect(f"/{name} was created meanwhile: nothing was changed\n")
    assert case.read(name) == "version: 1\n"


def edits_what_a_link_leads_to(case):
    main = case.root / MAIN
    main.unlink()
    real = case.write("srv/policy.yaml", BEFORE)
    main.symlink_to(real)
    with case.edit(case.puts(AFTER)) as terminal:
        terminal.expect(QUESTION)
        terminal.type("yes\n")
        assert terminal.end() == 0
    assert main.is_symlink() and real.read_text() == AFTER
    assert (case.root / "srv/policy.yaml~").read_text() == BEFORE


def judges_a_drop_in_with_the_rest(case):
    name = "etc/nvmf/autoconnect.d/60-site.yaml"
    shadowed = SITE.replace("rdma", 'tcp, subsystem-nqn: "nqn.2014-08.com.example:old.*"')
    with case.edit(case.puts(shadowed), case.root / name) as terminal:
        terminal.expect("warning[NVP401]: rule `site` can never decide")
        terminal.expect(QUESTION)
        terminal.type("yes\n")
        assert terminal.end() == 0
    assert case.read(name) == shadowed
    (case.folder / "count").unlink()
    with case.edit(case.puts(SITE), case.root / name) as terminal:
        terminal.expect(QUESTION)
        terminal.type("yes\n")
        assert terminal.end() == 0
    # In the folder it would be a file that is not read.
    assert os.listdir(case.root / "etc/nvmf/autoconnect.d") == ["60-site.yaml"]
    assert case.read("etc/nvmf/60-site.yaml~") == shadowed
    checked = subprocess.run([case.program, "--root", str(case.root), "check"], capture_output=True, text=True)
    assert checked.stdout == "2 files, 0 guards, 2 rules: nothing to complain about\n", checked.stdout


def edits_a_draft(case):
    draft = case.folder / "my draft.yaml"
    with case.edit(case.puts(SITE), draft) as terminal:
        terminal.expect("no policy is in force that this one could be compared with\n")
        terminal.expect(QUESTION)
        terminal.type("yes\n")
        assert terminal.end() == 0
    assert draft.read_text() == SITE and case.read() == BEFORE


def lets_one_edit_at_a_time(case):
    with case.edit(case.puts(AFTER)) as terminal:
        terminal.expect(QUESTION)
        with case.edit("true") as second:
            assert second.end() == 4
        second.expect(f"/{MAIN} is being edited already\n")
        terminal.type("g\n")
        assert terminal.end() == 1
    with case.edit("true") as third:
        assert third.end() == 0


def refuses_files_that_cannot_be_edited(case):
    (case.root / "etc/nvmf/autoconnect.d").mkdir()
    (case.root / "etc/nvmf/autoconnect.d/60-masked.yaml").symlink_to("/dev/null")
    (case.root / "etc/nvmf/autoconnect.d/61-lost.yaml").symlink_to("nowhere")
    (case.root / "etc/nvmf/autoconnect.d/62-folder.yaml").mkdir()
    case.write("usr/lib/nvmf/autoconnect.d/70-acme.yaml", SITE)
    for name, why in (("etc/nvmf/autoconnect.d/60-masked.yaml", "is masked by a link to /dev/null\n"),
                      ("etc/nvmf/autoconnect.d/61-lost.yaml", "a link that leads nowhere\n"),
                      ("etc/nvmf/autoconnect.d/62-folder.yaml", "is not a file\n"),
                      ("etc/nvmf/autoconnect.d/site.yaml", "drop-ins are called `NN-name.yaml`\n"),
                      ("usr/lib/nvmf/autoconnect.d/70-acme.yaml",
                       "help: a copy of it as /etc/nvmf/autoconnect.d/70-acme.yaml takes its place")):
        with case.edit("true", case.root / name) as terminal:
            assert terminal.end() == 4
        terminal.expect(why)


def needs_a_terminal(case):
    done = subprocess.run([case.program, "--root", str(case.root), "edit"], capture_output=True, text=True,
                          stdin=subprocess.DEVNULL, env={"EDITOR": case.puts(AFTER)})
    assert done.returncode == 4
    assert done.stderr == ("nvmf-policy: `edit` asks questions: standard input must be a terminal\n"
                           "  help: `check FILE` and `analyze diff OLD NEW` judge a text without one\n"), done.stderr
    assert case.read() == BEFORE and not (case.folder / "count").exists()


CASES = (installs, asks_again_until_it_is_right, gives_up, changes_nothing_without_a_change,
         changes_nothing_when_the_editor_fails, keeps_the_text_without_an_answer, leaves_an_interrupt_to_the_editor,
         refuses_to_overwrite, refuses_to_overwrite_a_file_that_came, edits_what_a_link_leads_to,
         judges_a_drop_in_with_the_rest, edits_a_draft, lets_one_edit_at_a_time,
         refuses_files_that_cannot_be_edited, needs_a_terminal)


def run(program, folder, case):
    case(Case(program, folder))
