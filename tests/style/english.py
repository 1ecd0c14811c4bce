#!/usr/bin/env python3
"""Finds wording that this project avoids in comments, messages, pages and manuals.

    english.py [FILE...]    these files; without one, all files of the checkout

Prints `PATH:LINE: FOUND: ADVICE` and ends with 1 if there is anything to print."""
import bisect
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
HERE = pathlib.Path(__file__).resolve().parent

START = r"(?:^|(?<=[.;:] )|(?<=[\"(`|] )|(?<=[\"(]))"
ENDS_AS_QUESTION = r"[^.;?]*\?"
VERB = r"(?:is|are|was|were|has|have|had|does|can|may|must|cannot)"
RULES = tuple((re.compile(pattern), advice) for pattern, advice in (
    (r"\bthere twice\b", "duplicate"),
    (r"\bstands\b", "is, belongs in"),
    (r"\btells\b", "shows, reports, distinguishes"),
    (r"\bspeaks? of\b", "applies to, is about"),
    (r"\bbelongs? into\b", "belongs in"),
    (r"\b(?:has|have|had) no meaning\b", "does not apply to"),
    (r"\bnobody reads\b", "unknown, unused"),
    (r"(?<!here )\b(?:is|are|was|were) no (?!longer\b|more\b|other\b)(?=[A-Za-z`{<])", "is not a, is not a valid"),
    (r"\b(?:is|are|was|were) none (?:of|that)\b", "is not one of"),
    (r"\b[Ww]hoever\b", "name the person, the program or the process"),
    (rf"{START}What(?:ever)? (?!{ENDS_AS_QUESTION})(?=[a-z`/])", "begin with a noun"),
    (rf"(?<=[.;:] )what [a-z ]+ {VERB} ", "begin with a noun"),
))

# Only in what users read: messages and pages, not in comments and tests.
FOR_USERS = tuple((re.compile(pattern), advice) for pattern, advice in (
    (r"\b[Nn]obody (?:knows|can (?:say|tell))\b", "is not known"),
    (r"\b[Nn]obody (?:but|else than)\b", "only"),
    (r"\b(?:delays|costs|names|says:?|contacting|has asked|asked for|reads?) nobody\b|\bnobody (?:has )?(?:asked|reads?|takes)\b",
     "name the program or the thing"),
    (r"\bcan (?:never|not) be [a-z]+ so\b", "this way"),
    (r"\bhas (?:this|the same|an?) [a-z ]+ twice\b", "duplicate"),
    (r"\bbehind (?:a|an|another|it|its|the|\|?`\S*|one|that)(?![\w-])", "after"),
    (r"\bso (?:many|long)\b(?! (?:as|that))", "name the number or the time"),
    (r"\bas good as\b|\bin no (?:case|way)\b|\bso to say\b", "say it plainly"),
))

# A text without one of these words has none of the wordings.
WORDS = re.compile(r"twice|stands|tells|speak|into|meaning|reads| no |none |hoever|[Ww]hat|obody| so\b|as good as|behind")

# Quotations that keep their words: (part of a path, text, why).
QUOTED = (
    ("tests/style/", "", "the rules and their examples"),
    ("CONTRIBUTING.md", "not \"is no X\"", "the rule itself"),
)


class Text:
    """Lines that are read as one, with blanks made single."""

    def __init__(self, is_comment=False):
        self.is_comment = is_comment
        self.text, self.offsets, self.lines = "", [], []

    def add(self, line, part, glue=" "):
        part = " ".join(part.split()) if glue else part
        self.text += glue if self.text else ""
        self.offsets.append(len(self.text))
        self.lines.append(line)
        self.text += part

    def line_at(self, offset):
        return self.lines[max(0, bisect.bisect_right(self.offsets, offset) - 1)]


STRING = re.compile(r'"((?:[^"\\\n]|\\.)*)"')


def texts_of_code(lines, mark):
    """Comments, each block as one; strings, each with its continuations; other lines but those of C++."""
    comment, string = Text(is_comment=True), Text()
    for number, line in enumerate(lines, 1):
        body = line.strip()
        if body.startswith(mark):
            part = body.lstrip(mark[0]).strip()
            if part:
                comment.add(number, part)
                continue
        if comment.text:
            yield comment
            comment = Text(is_comment=True)
        if body.startswith(mark):
            continue
        code, _, trailing = line.partition(f" {mark} ")
        if trailing:
            alone = Text(is_comment=True)
            alone.add(number, trailing)
            yield alone
        between = STRING.sub("", code).strip()
        found = list(STRING.finditer(code))
        for index, each in enumerate(found):
            if index > 0 or not code.lstrip().startswith('"'):
                if string.text:
                    yield string
                string = Text()
            string.add(number, each.group(1), "" if string.text.endswith(" ") else "")
        if not found and between and string.text:
            yield string
            string = Text()
        if not found and between and mark == "#":
            plain = Text()
            plain.add(number, code)
            yield plain
    yield comment
    yield string


def texts_of_prose(lines):
    """Paragraphs, each as one; headings, table rows and list items begin one of their own."""
    paragraph = Text()
    for number, line in enumerate(lines, 1):
        if not line.strip() or re.match(r"\s*(?:[-|#]|title:|```)", line):
            yield paragraph
            paragraph = Text()
        if line.strip():
            paragraph.add(number, line.lstrip(" \t-|#"))
    yield paragraph


def texts_of(path, content):
    lines = content.split("\n")
    if path.suffix in (".md", ".scd", ".catalog", ".expected", ".pml") or path.name in ("stdout", "stderr"):
        return texts_of_prose(lines)
    return texts_of_code(lines, "//" if path.suffix in (".cpp", ".hpp") else "#")


def findings_in(path, content):
    """(line, found, advice) of each wording in a file's content."""
    for text in texts_of(path, content):
        if not WORDS.search(text.text):
            continue
        is_for_users = not text.is_comment and str(path).startswith(("engine/", "packaging/man/", "README.md"))
        for pattern, advice in (*RULES, *(FOR_USERS if is_for_users else ())):
            for found in pattern.finditer(text.text):
                around = text.text[found.start():found.end() + 30].split("\n")[0]
                if not any(part in str(path) and words in text.text for part, words, _ in QUOTED):
                    yield text.line_at(found.start()), around, advice


def checked_files():
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    return [ROOT / name for name in listed.stdout.split("\0") if name]


def main(arguments):
    count = 0
    for path in [pathlib.Path(name).resolve() for name in arguments] or checked_files():
        try:
            content = path.read_text()
        except (UnicodeDecodeError, IsADirectoryError, FileNotFoundError):
            continue  # a log page, an event of bytes
        shown = path.relative_to(ROOT) if path.is_relative_to(ROOT) else path
        for line, found, advice in findings_in(shown, content):
            print(f"{shown}:{line}: {found}: {advice}")
            count += 1
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
