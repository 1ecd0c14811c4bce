"""The mutation run over the small program in sample/: its whole report, and what it leaves alone."""
import pathlib
import subprocess
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
import operators  # noqa: E402

REPORT = """\
engine/sample/limit.cpp:5: `>` to `>=`: if (value > limit)
engine/sample/limit.cpp:13: `>=` to `>`: while (value >= 7) {
engine/sample/limit.cpp:13: off by one: while (value >= 7) {
sample: 6 of 9 killed, 67 % (10 possible, 1 did not compile)
"""
TWO = """\
engine/sample/limit.cpp:5: `>` to `>=`: if (value > limit)
engine/sample/limit.cpp:13: off by one: while (value >= 7) {
sample: 0 of 2 killed, 0 % (10 possible, 0 did not compile)
"""

# What each operator makes of a line; nothing for what it must leave alone.
ROWS = {
    "  x = a == b;": ["x = a != b;", ";"],
    "  if (a < b && !c)": ["if (!(a < b && !c))", "if (a <= b && !c)", "if (a < b || !c)", "if (a < b && c)"],
    "  if (!c)": ["if (c)"],
    "  if (auto x = f(); x > y)": ["if (auto x = f();!(x > y))", "if (auto x = f(); x >= y)"],
    "  if (auto x = f())": [],
    "  std::map<int, int> x{};": [],
    "  auto&& x = -y;": [],
    "  int const x = 10'000;": ["int const x = (10'000 + 1);"],
    "  f(a, true);": [";", "f(a, false);"],
    "  a.b()->c = d - e;": [";", "a.b()->c = d + e;"],
    "  continue;": [";"],
    '  auto x = "a == b"; // a == b': [],
    "  char x = '!'; /* true */": [],
    '  auto x = R"(1 "&& true)";': [],
    "#define X true": [],
    "  x = std::min(a, b);": [";", "x = std::max(a, b);"],
    "  return a;\n  }": [";\n  }"],
    "  return a;\n}": [],
}


class Operators(unittest.TestCase):
    def test_rows(self):
        for line, expected in ROWS.items():
            with self.subTest(line):
                text = f"{{\n{line}\n"
                made = [operators.apply(text, each)[2:].strip() for each in operators.mutants_of(text)]
                self.assertEqual(sorted(made), sorted(expected))


class Run(unittest.TestCase):
    def run_over_sample(self, work, *words):
        return subprocess.run([HERE / "run", "--source", HERE / "sample", "--work", work, "--grace", "1", *words],
                              capture_output=True, text=True, timeout=300)

    def test_report(self):
        source = HERE / "sample/engine/sample/limit.cpp"
        before = source.read_text()
        with tempfile.TemporaryDirectory() as work:
            all_of_them = self.run_over_sample(work)
            self.assertEqual((all_of_them.stdout, all_of_them.stderr), (REPORT, ""))
            self.assertEqual(self.run_over_sample(work, "--count", "2", "--seed", "3", source).stdout, TWO)
            self.assertEqual((pathlib.Path(work) / "engine/sample/limit.cpp").read_text(), before)
        self.assertEqual(source.read_text(), before)

    def test_a_test_that_fails_unbroken(self):
        with tempfile.TemporaryDirectory() as work:
            copy = pathlib.Path(work) / "source"
            subprocess.run(["cp", "-r", HERE / "sample", copy], check=True)
            (copy / "limit_test.cpp").write_text("int main() { return 1; }\n")
            result = self.run_over_sample(f"{work}/work", "--source", copy)
            self.assertEqual(result.returncode, 4)
            self.assertIn("unit.sample fails before anything is broken", result.stderr)

    def test_no_such_path(self):
        with tempfile.TemporaryDirectory() as work:
            self.assertEqual(self.run_over_sample(work, HERE / "sample/engine/none").returncode, 4)


if __name__ == "__main__":
    unittest.main()
