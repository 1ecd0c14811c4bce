#include "fabrics/fabrics_port.hpp"
#include "fabrics/kernel_options.hpp"

#include <doctest/doctest.h>

using namespace nvmf;

TEST_CASE("the options that /dev/nvme-fabrics supports") {
  // As 6.12 prints it.
  auto const options = fabrics::parse_kernel_options(
      "instance=-1,cntlid=-1,transport=%s,traddr=%s,trsvcid=%s,nqn=%s,queue_size=%d,"
      "nr_io_queues=%d,reconnect_delay=%d,ctrl_loss_tmo=%d,keep_alive_tmo=%d,hostnqn=%s,"
      "host_traddr=%s,host_iface=%s,hostid=%s,duplicate_connect,disable_sqflow,hdr_digest,"
      "data_digest,nr_write_queues=%d,nr_poll_queues=%d,tos=%d,keyring=%d,tls_key=%d,"
      "fast_io_fail_tmo=%d,discovery,dhchap_secret=%s,dhchap_ctrl_secret=%s,tls\n");
  CHECK(options.names.size() == 27);
  for (const char* name : {"transport", "host_iface", "tls", "tls_key", "dhchap_ctrl_secret"})
    CHECK(options.may_have(name));
  CHECK_FALSE(options.may_have("instance"));
  CHECK_FALSE(options.may_have("concat"));
  CHECK(fabrics::parse_kernel_options("").names.empty());
  CHECK_FALSE(fabrics::options_of_old_kernels().may_have("tls"));
  // Written where the policy asks for it, and never on a guess.
  CHECK(fabrics::options_of_old_kernels().may_have("host_iface"));
  CHECK_FALSE(fabrics::options_of_old_kernels().certainly_has("host_iface"));
  CHECK(fabrics::options_of_old_kernels().certainly_has("host_traddr"));
}

TEST_CASE("the kernel's answer to a connect") {
  struct Row {
    const char* text;
    int instance; // -1: an error
    int cntlid;
  };
  for (const Row& row : {Row{"instance=3,cntlid=17\n", 3, 17}, Row{"cntlid=0,instance=0", 0, 0},
                         Row{"instance=-1,cntlid=-1,transport=%s", -1, 0}, Row{"", -1, 0},
                         Row{"instance=x,cntlid=1", -1, 0}}) {
    CAPTURE(row.text);
    auto const answer = fabrics::parse_connect_answer(row.text);
    CHECK(answer.has_value() == (row.instance >= 0));
    if (answer)
      CHECK(*answer == fabrics::Connected{.instance = row.instance, .cntlid = row.cntlid});
  }
  CHECK(fabrics::Connected{.instance = 3}.device() == "nvme3");
}

TEST_CASE("what a kernel knows is kept in lines and read back") {
  auto const old = nvmf::fabrics::options_of_old_kernels();
  CHECK(nvmf::fabrics::kernel_options_from_lines(nvmf::fabrics::to_lines(old)) == old);
  nvmf::decide::KernelOptions const few{"nqn", "transport"};
  CHECK(nvmf::fabrics::to_lines(few) == "nqn\ntransport\n");
  for (const char* damaged : {"", "nqn\n", "nqn\ntransport", "nqn\n\ntransport\n",
                              "nqn\ntransport\n?\n", "nqn\ntransport\nhost iface\n"}) {
    CAPTURE(damaged);
    CHECK_FALSE(nvmf::fabrics::kernel_options_from_lines(damaged));
  }
}
