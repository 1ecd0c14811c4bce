"""Each wording that english.py looks for is found where it can be written, and near misses are not."""
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import english  # noqa: E402

# file, content, the lines with a finding
ROWS = (
    # messages
    ("a.cpp", 'add("key `a` is there twice");\n', [1]),
    ("a.cpp", 'add("`a` belongs into `b`");\n', [1]),
    ("a.cpp", 'add("`a` belongs in `b`");\n', []),
    ("a.cpp", 'add("`{}` is no address");\n', [1]),
    ("a.cpp", 'add("`{}` is no {} address");\n', [1]),
    ("a.cpp", 'add("there is no address");\n', []),
    ("a.cpp", 'add("it is no longer there");\n', []),
    ("a.cpp", 'add("`{}` has "\n    "no meaning here");\n', [1]),
    ("a.cpp", 'add("`{}` is "\n    "none of these");\n', [1]),
    ("a.cpp", 'add("what is left is an error");\nadd("What is left");\n', [2]),
    ("a.cpp", 'add("done: what is left is an error");\n', [1]),
    ("a.cpp", 'add("has", "no meaning");\n', []),
    ("a.cpp", "bool is_no_address = speaks_of(stands_for);\n", []),
    ("a.cpp", 'add("a \\" stands");\n', [1]),
    ("engine/a.cpp", 'add("nobody knows why");\n', [1]),
    ("engine/a.cpp", 'add("a file that nobody but root may read");\n', [1]),
    ("engine/a.cpp", 'add("it can never be connected so");\n', [1]),
    ("engine/a.cpp", 'add("target `{}` has this endpoint twice");\n', [1]),
    ("engine/a.cpp", 'add("text behind a value");\n', [1]),
    ("engine/a.cpp", 'add("a blank is missing behind `{}:`");\n', [1]),
    ("packaging/man/a.scd", "Nothing is done behind anyone's back.\n", []),
    ("engine/a.cpp", 'flag("--limit", "at most so many");\n', [1]),
    ("engine/a.cpp", 'add("so long as it is there");\n', []),
    ("engine/a.cpp", 'add("so that it can be connected");\n', []),
    ("packaging/man/a.scd", "It runs, contacting\nnobody.\n", [1]),
    ("engine/a.hpp", "// Nobody knows why.\n", []),
    ("tests/a.cpp", 'CASE("nobody knows why");\n', []),
    # comments
    ("a.hpp", "// What a rule says.\n", [1]),
    ("a.hpp", "// The text of a rule. What follows is its end.\n", [1]),
    ("a.hpp", "// A rule knows what it is for.\n", []),
    ("a.hpp", "int a; // what a rule says\nint b; // where it stands\n", [2]),
    ("a.hpp", "// One that nobody\n// reads.\n", [1]),
    ("a.hpp", "// It speaks\n\n// of rules.\n", []),
    ("a.hpp", "// Good.\n//\n// For whoever reads it, or tells of it.\n", [3, 3]),
    ("a.sh", "# It tells.\necho it\n", [1]),
    ("a.py", '"""What it does."""\n', [1]),
    ("a.yaml", "tests:\n  - name: what is refused stands there\n", [2]),
    # pages and manuals
    ("a.md", "A key stands\nin a map.\n\n- What it says.\n", [1, 4]),
    ("a.md", "What does it change? Nothing.\n", []),
    ("a.scd", "*a*\n\tspeaks\n\tof all.\n", [2]),
    ("stdout", "it is no file\n", [1]),
)


class Wording(unittest.TestCase):
    def test_rows(self):
        for name, content, lines in ROWS:
            with self.subTest(content):
                found = sorted(line for line, _, _ in english.findings_in(pathlib.PurePath(name), content))
                self.assertEqual(found, lines)


if __name__ == "__main__":
    unittest.main()
