#include "base/kernel_log.hpp"

#include <doctest/doctest.h>

using namespace nvmf::base;

TEST_CASE("the NVMe initiator's message in a record of the kernel log") {
  struct Row {
    const char* record;
    const char* text;
  };
  for (const Row& row :
       {Row{"3,1234,5678,-;nvme nvme0: Connect command failed\n SUBSYSTEM=nvme\n",
            "nvme nvme0: Connect command failed"},
        Row{"6,1,2,-;nvme nvme0: no line end", "nvme nvme0: no line end"},
        Row{"3,1,2,-;nvme_fabrics: unknown parameter\n", "nvme_fabrics: unknown parameter"},
        Row{"4,1,2,-;nvmet: connect attempt for invalid controller ID 0x0\n", ""},
        Row{"6,1,2,-;eth0: link up\n", ""}, Row{"garbage", ""}, Row{"", ""}}) {
    CAPTURE(row.record);
    CHECK(nvme_message(row.record) == row.text);
  }
}

TEST_CASE("a kernel log that may not be read has no messages") {
  CHECK(KernelLog::from_start("/nonexistent/kmsg").nvme_messages().empty());
  CHECK(KernelLog::from_now("/nonexistent/kmsg").nvme_messages().empty());
}

TEST_CASE("a history has what was said since the last gap") {
  using namespace std::chrono_literals;
  using Message = KernelHistory::Message;
  KernelHistory log;
  CHECK_FALSE(log.whole_since());
  log.add("6,0,0,-;Linux version\n");
  log.add("6,1,2000000,-;nvme nvme0: one\n");
  log.add("garbage");
  log.add("6,2,3500000,c;nvme nvme0: two\n");
  CHECK(log.whole_since() == 0ms);
  CHECK(log.messages() ==
        std::vector<Message>{{"nvme nvme0: one", 2000ms}, {"nvme nvme0: two", 3500ms}});
  SUBCASE("a gap that was told") {
    log.add_gap();
    CHECK_FALSE(log.whole_since());
    CHECK(log.messages().empty());
  }
  log.add("6,7,9000000,-;nvme nvme0: eight\n");
  CHECK(log.whole_since() == 9000ms);
  CHECK(log.messages() == std::vector<Message>{{"nvme nvme0: eight", 9000ms}});
}

TEST_CASE("a log that cannot be read is not whole") {
  CHECK_FALSE(KernelLog::from_start("/nonexistent/kmsg").history().whole_since());
  CHECK_FALSE(KernelLog::from_start("/").history().whole_since());
}
