#include "tools/manual.hpp"

#include <doctest/doctest.h>
#include <string>

using namespace nvmf;

TEST_CASE("a manual page: marks are filled in, values as text") {
  CHECK(tools::filled_in("*@D@/a* and @D@/b\n", {{"D", "/opt/x_y"}}) ==
        "*/opt/x\\_y/a* and /opt/x\\_y/b\n");
  CHECK(tools::filled_in("@OTHER@\n", {{"D", "x"}}) == "@OTHER@\n");
  std::string const page = tools::filled_in("# A\n\n@FINDINGS@\n@REFERENCE@\n", {});
  CHECK(page.starts_with("# A\n\n*NVP101* invalid-yaml (error)\n\t"));
  CHECK(page.find("\n## THE TOP LEVEL\n") != std::string::npos);
  CHECK(page.find('@' + std::string("FINDINGS")) == std::string::npos);
}
