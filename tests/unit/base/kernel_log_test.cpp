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
