#include "host/neighbours.hpp"

#include "temporary_tree.hpp"

#include <doctest/doctest.h>

using namespace nvmf;

TEST_CASE("orchestrators: those that systemd has started") {
  test::TemporaryTree tree;
  // The leftovers of a service show nothing.
  tree.make_directory("/run/stafd");
  CHECK(host::active_orchestrators(tree.files()).empty());
  for (const char* name : {"nvme-discoverd", "stacd", "sshd"})
    tree.link("/run/systemd/units/invocation:" + std::string(name) + ".service",
              "0123456789abcdef0123456789abcdef");
  CHECK(host::active_orchestrators(tree.files()) ==
        std::vector<std::string>{"stacd", "nvme-discoverd"});
}

TEST_CASE("foreign connects: lines") {
  struct Row {
    const char* name;
    const char* text;
    std::uint32_t line; // 0: none
  };
  for (const Row& row : {
           Row{"by its path", "RUN+=\"/usr/sbin/nvme connect-all\"\n", 1},
           Row{"without a path", "RUN+=\"nvme  connect -t tcp\"\n", 1},
           Row{"in a shell", "# why\n\nRUN+=\"/bin/sh -c 'nvme connect-all'\"\n", 3},
           Row{"over two lines",
               "ACTION==\"add\"\nACTION==\"change\", \\\n  RUN+=\"nvme \\\nconnect\"", 2},
           Row{"a comment", "  # RUN+=\"nvme connect-all\"\n", 0},
           Row{"a comment between", "ACTION==\"change\", \\\n# nvme\n  RUN+=\"true\"\n", 0},
           Row{"nvme-cli's own rule",
               "RUN+=\"/usr/bin/systemctl --no-block start "
               "nvmf-connect@--device=$kernel.service\"\n",
               0},
           Row{"another command", "RUN+=\"/usr/sbin/nvme list; echo connect\"\n", 0},
           Row{"another program", "RUN+=\"/usr/bin/my-nvme connect\"\n", 0},
           Row{"no blank", "ATTR{x}==\"nvmeconnect\"\n", 0},
       }) {
    CAPTURE(row.name);
    test::TemporaryTree tree;
    tree.write("/etc/udev/rules.d/71-x.rules", row.text);
    const auto found = host::foreign_connects(tree.files());
    CHECK((found.empty() ? 0 : found.front().line) == row.line);
  }
}

TEST_CASE("foreign connects: files") {
  const char* const rule = "RUN+=\"/usr/sbin/nvme connect-all\"\n";
  const char* const service = "[Service]\nExecStart=/usr/sbin/nvme connect-all\n";
  test::TemporaryTree tree;
  tree.write("/usr/lib/udev/rules.d/70-nvmf-autoconnect.rules", rule);
  tree.link("/run/udev/rules.d/70-nvmf-autoconnect.rules", "/dev/null");
  tree.write("/etc/udev/rules.d/notes.txt", rule);
  tree.write("/etc/systemd/system/nvmf-connect@.service", service);
  CHECK(host::foreign_connects(tree.files()).empty());

  // Before the mask.
  tree.write("/etc/udev/rules.d/70-nvmf-autoconnect.rules", rule);
  tree.write("/etc/systemd/system/array.service", service);
  CHECK(host::foreign_connects(tree.files()) ==
        std::vector<host::ForeignConnect>{{"/etc/udev/rules.d/70-nvmf-autoconnect.rules", 1},
                                          {"/etc/systemd/system/array.service", 2}});
}
