"""The mutation run over the small program in sample/: its whole report, and what it leaves alone."""
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
import operators  # noqa: E402

REPORT = """\
engine/sample/limit.cpp:7: `>` to `>=`: if (value > limit)
engine/sample/limit.cpp:15: `>=` to `>`: while (value >= 7) {
engine/sample/limit.cpp:15: off by one: while (value >= 7) {
sample: 6 of 9 killed, 67 % (11 possible, 2 did not compile)
"""
TWO = """\
engine/sample/limit.cpp:7: `>` to `>=`: if (value > limit)
sample: 1 of 2 killed, 50 % (11 possible, 0 did not compile)
"""

# The results of each operator for a line; nothing for lines it must leave alone.
ROWS = {
    "  x = a == b;": ["x = a != b;", "{}"],
    "  if (a < b && !c)": ["if (!(a < b && !c))", "if (a <= b && !c)", "if (a < b || !c)", "if (a < b && c)"],
    "  if (!c)": ["if (c)"],
    "  if (auto x = f(); x > y)": ["if (auto x = f();!(x > y))", "if (auto x = f(); x >= y)"],
    "  if (auto x = f())": [],
    "  std::map<int, int> x{};": [],
    "  auto&& x = -y;": [],
    "  int const x = 10'000;": ["int const x = (10'000 + 1);"],
    "  f(a, true);": ["{}", "f(a, false);"],
    "  a.b()->c = d - e;": ["{}", "a.b()->c = d + e;"],
    "  continue;": ["{}"],
    '  auto x = "a == b"; // a == b': [],
    "  char x = '!'; /* true */": [],
    '  auto x = R"(1 "&& true)";': [],
    "#define X true": [],
    "  x = std::min(a, b);": ["{}", "x = std::max(a, b);"],
    "  return a;\n  }": ["{}\n  }"],
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
    def setUp(self):
        work = tempfile.TemporaryDirectory()
        self.addCleanup(work.cleanup)
        self.source, self.work = pathlib.Path(work.name) / "source", pathlib.Path(work.name) / "work"
        shutil.copytree(HERE / "sample", self.source)
        self.file = self.source / "engine/sample/limit.cpp"

    def run_over_sample(self, *words):
        return subprocess.run([HERE / "run", "--source", self.source, "--work", self.work, "--grace", "1", *words],
                              capture_output=True, text=True)

    def test_reports(self):
        before = self.file.read_text()
        all_of_them = self.run_over_sample(self.source / "engine")
        self.assertEqual((all_of_them.stdout, all_of_them.stderr), (REPORT, ""))
        self.assertEqual(self.run_over_sample("--count", "2", "--seed", "209", self.file).stdout, TWO)
        self.assertEqual(self.file.read_text(), before)
        self.assertEqual((self.work / "engine/sample/limit.cpp").read_text(), before)
        (self.source / "limit_test.cpp").write_text("int main() { return 1; }\n")
        result = self.run_over_sample(self.file)
        self.assertEqual(result.returncode, 4)
        self.assertIn("unit.sample fails before anything is broken", result.stderr)

    def test_no_such_path(self):
        result = self.run_over_sample(self.source / "engine/none")
        self.assertEqual((result.returncode, self.work.exists()), (4, False))
        self.assertIn("has no C++ sources", result.stderr)


if __name__ == "__main__":
    unittest.main()
