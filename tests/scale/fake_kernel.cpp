#include "fake_kernel.hpp"

#include "base/fd.hpp"

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <map>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

namespace fake {

namespace {

namespace fs = std::filesystem;
using Options = std::map<std::string, std::string>;

constexpr std::string_view discovery_nqn = "nqn.2014-08.org.nvmexpress.discovery";
constexpr std::size_t subnqn_offset = 768; // in Identify Controller
constexpr std::uint8_t opcode_get_log_page = 0x02;
constexpr std::uint8_t opcode_identify = 0x06;

class Turn {
public:
  explicit Turn(const std::string& root)
      : fd_(::open((root + "/fake/lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)) {
    is_taken_ = ::flock(fd_, LOCK_EX) == 0;
  }
  ~Turn() { ::close(fd_); }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;

  // No: a signal came while it waited.
  bool is_taken() const { return is_taken_; }

private:
  int fd_;
  bool is_taken_ = false;
};

// System calls and no streams: the fake kernel's own work counts as the program's.
std::string content_of(const std::string& path) {
  nvmf::base::Fd const file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  std::string content;
  char buffer[4096];
  for (ssize_t length = 0; file && (length = ::read(file.get(), buffer, sizeof buffer)) > 0;)
    content.append(buffer, static_cast<std::size_t>(length));
  return content;
}

void write_to(const std::string& path, std::string_view content, int flags) {
  nvmf::base::Fd const file(::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | flags, 0644));
  if (!file || ::write(file.get(), content.data(), content.size()) < 0)
    std::abort();
}

void write_file(const std::string& path, std::string_view content) {
  write_to(path, content, O_TRUNC);
}

void append(const std::string& path, const std::string& line) { write_to(path, line, O_APPEND); }

Options parse(std::string_view text) {
  Options options;
  while (!text.empty()) {
    std::string_view const one = text.substr(0, text.find(','));
    auto const equals = one.find('=');
    options[std::string(one.substr(0, equals))] =
        equals == std::string_view::npos ? std::string() : one.substr(equals + 1);
    text.remove_prefix(std::min(one.size() + 1, text.size()));
  }
  return options;
}

std::string value(const Options& options, const std::string& name, const char* otherwise = "") {
  auto const found = options.find(name);
  return found == options.end() ? otherwise : found->second;
}

bool is_discovery(const Options& options) {
  return options.contains("discovery") || value(options, "nqn") == discovery_nqn;
}

// The kernel's own name of a path: what it compares before it makes a controller.
std::string path_of(const Options& options) {
  return value(options, "traddr") + '_' + value(options, "trsvcid") + '_' +
         value(options, "host_traddr") + '_' + value(options, "host_iface") + '_' +
         value(options, "nqn");
}

std::string address_of(const Options& options) {
  std::string text = "traddr=" + value(options, "traddr");
  for (const char* name : {"trsvcid", "host_traddr", "host_iface"})
    if (options.contains(name))
      text += std::string(",") + name + '=' + value(options, name);
  return text;
}

std::string ctl_directory(const std::string& root) {
  return root + "/sys/devices/virtual/nvme-fabrics/ctl/";
}

// Built aside, so that it is there at once and whole.
void show(const std::string& root, const std::string& device, const Options& options) {
  std::string const aside = root + "/fake/" + device;
  fs::create_directory(aside);
  bool const discovery = is_discovery(options);
  std::string const queues = std::to_string(std::stoi(value(options, "nr_io_queues", "4")) + 1);
  std::string const size = std::to_string(std::stoi(value(options, "queue_size", "128")) - 1);
  std::pair<const char*, std::string> const attributes[] = {
      {"transport", value(options, "transport")},
      {"address", address_of(options)},
      {"subsysnqn", value(options, "nqn")},
      {"hostnqn", value(options, "hostnqn")},
      {"hostid", value(options, "hostid")},
      {"state", "live"},
      {"cntrltype", discovery ? "discovery" : "io"},
      {"dctype", discovery ? "ddc" : "none"},
      {"queue_count", discovery ? "1" : queues},
      {"sqsize", size},
      {"kato", value(options, "keep_alive_tmo", discovery ? "0" : "5")},
      {"ctrl_loss_tmo", value(options, "ctrl_loss_tmo", "600")},
      {"reconnect_delay", value(options, "reconnect_delay", "10")},
      {"fast_io_fail_tmo", value(options, "fast_io_fail_tmo", "off")}};
  for (const auto& [name, text] : attributes)
    write_file(aside + '/' + name, text + '\n');
  write_file(aside + "/delete_controller", "");
  fs::rename(aside, ctl_directory(root) + device);
  fs::create_symlink("../../devices/virtual/nvme-fabrics/ctl/" + device,
                     root + "/sys/class/nvme/" + device);
  write_file(root + "/dev/" + device, value(options, "traddr") + '_' + value(options, "trsvcid"));
}

// Numbers are not used again here: one that is would hide a mistake now and then.
int next_instance(const std::string& root) {
  std::string const path = root + "/fake/next";
  std::string const text = content_of(path);
  int const next = text.empty() ? 0 : std::stoi(text);
  write_file(path, std::to_string(next + 1));
  return next;
}

std::string identify() {
  std::string page(4096, '\0');
  discovery_nqn.copy(page.data() + subnqn_offset, discovery_nqn.size());
  return page;
}

} // namespace

std::string Kernel::known_options() {
  return "instance=-1,cntlid=-1,transport=%s,traddr=%s,trsvcid=%s,nqn=%s,queue_size=%d,"
         "nr_io_queues=%d,reconnect_delay=%d,ctrl_loss_tmo=%d,keep_alive_tmo=%d,hostnqn=%s,"
         "host_traddr=%s,host_iface=%s,hostid=%s,duplicate_connect,disable_sqflow,hdr_digest,"
         "data_digest,nr_write_queues=%d,nr_poll_queues=%d,tos=%d,fast_io_fail_tmo=%d,discovery\n";
}

void Kernel::say(std::string_view message) const {
  append(log_path(), std::string(message) + '\n');
}

// Numbered before it is sent. The number is never cut short while it is read: it only grows.
void Kernel::send_event(const char* action, const std::string& device) const {
  std::string const path = root_ + "/sys/kernel/uevent_seqnum";
  std::string const text = content_of(path);
  std::string const next = std::to_string((text.empty() ? 0 : std::stoull(text)) + 1) + '\n';
  write_to(path, next, 0);
  append(events_path(),
         std::string(action) + "@/devices/virtual/nvme-fabrics/ctl/" + device + '\n');
}

int Kernel::failure_of(const std::string& address) const {
  std::string const text = content_of(root_ + "/fake/fail/" + address);
  return text.empty() ? 0 : std::stoi(text);
}

namespace {

// Runs `work` in a process of its own, which goes on when this one is killed; the Answer comes
// through a pipe.
template <class Work>
Answer apart(const Work& work) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0)
    return {.error = errno, .text = {}};
  nvmf::base::Fd const out(ends[0]);
  nvmf::base::Fd in(ends[1]);
  pid_t const child = ::fork();
  if (child < 0)
    return {.error = errno, .text = {}};
  if (child == 0) {
    Answer const answer = work();
    std::string const bytes = std::to_string(answer.error) + ' ' + answer.text;
    ::signal(SIGPIPE, SIG_IGN);
    (void)!::write(in.get(), bytes.data(), bytes.size());
    ::_exit(0);
  }
  in = nvmf::base::Fd();
  std::string bytes;
  char buffer[512];
  for (ssize_t length = 1; length != 0;) {
    length = ::read(out.get(), buffer, sizeof buffer);
    bool const is_interrupted = length < 0 && errno == EINTR;
    if (length < 0 && !is_interrupted)
      break;
    if (length > 0)
      bytes.append(buffer, static_cast<std::size_t>(length));
  }
  while (::waitpid(child, nullptr, 0) < 0 && errno == EINTR) {
  }
  auto const blank = bytes.find(' ');
  if (blank == bytes.npos)
    return {.error = EIO, .text = {}};
  return {.error = std::stoi(bytes), .text = bytes.substr(blank + 1)};
}

} // namespace

Answer Kernel::connect(std::string_view text) {
  if (std::getenv("FAKE_KERNEL_OUTLIVES") == nullptr)
    return make_controller(text);
  return apart([&] { return make_controller(text); });
}

int Kernel::remove(const std::string& device, std::string_view reason) {
  if (std::getenv("FAKE_KERNEL_OUTLIVES") == nullptr)
    return remove_controller(device, reason);
  return apart([&] { return Answer{.error = remove_controller(device, reason), .text = {}}; })
      .error;
}

Answer Kernel::make_controller(std::string_view text) {
  Options const options = parse(text);
  append(root_ + "/fake/asked", path_of(options) + '\n');
  Turn const turn(root_);
  if (!turn.is_taken())
    return {.error = EINTR, .text = {}};
  if (int const failure = failure_of(value(options, "traddr")); failure != 0)
    return {.error = failure, .text = {}};
  if (const char* const time = std::getenv("FAKE_KERNEL_WRITE_MS"))
    ::usleep(static_cast<useconds_t>(std::atoi(time)) * 1000);
  std::string const path = path_of(options);
  std::string const entry = root_ + "/fake/paths/" + path;
  bool const discovery = is_discovery(options);
  if (!discovery && fs::exists(entry))
    return {.error = EALREADY, .text = {}};
  int const instance = next_instance(root_);
  std::string const device = "nvme" + std::to_string(instance);
  if (!discovery)
    write_file(entry, device);
  show(root_, device, options);
  send_event("add", device);
  write_file(root_ + "/fake/devices/" + device, path);
  append(root_ + "/fake/connects", device + ' ' + path + '\n');
  say("nvme " + device + ": new ctrl: NQN \"" + value(options, "nqn") + "\", addr " +
      value(options, "traddr") + ':' + value(options, "trsvcid"));
  return {.text = "instance=" + std::to_string(instance) + ",cntlid=1\n"};
}

int Kernel::remove_controller(const std::string& device, std::string_view reason) {
  Turn const turn(root_);
  std::error_code error;
  std::string const path = content_of(root_ + "/fake/devices/" + device);
  if (path.empty())
    return ENOENT;
  if (!reason.empty())
    say("nvme " + device + ": " + std::string(reason));
  say("nvme " + device + ": Removing ctrl: NQN \"" + path.substr(path.rfind('_') + 1) + '"');
  fs::remove(root_ + "/sys/class/nvme/" + device, error);
  fs::remove(root_ + "/dev/" + device, error);
  send_event("remove", device);
  std::string const aside = root_ + "/fake/" + device + ".gone";
  fs::rename(ctl_directory(root_) + device, aside, error);
  fs::remove_all(aside, error);
  if (content_of(root_ + "/fake/paths/" + path) == device)
    fs::remove(root_ + "/fake/paths/" + path, error);
  fs::remove(root_ + "/fake/devices/" + device, error);
  return 0;
}

int Kernel::admin(const std::string& log, const nvme_passthru_cmd& command) const {
  auto* const out = reinterpret_cast<char*>(static_cast<std::uintptr_t>(command.addr));
  constexpr int invalid_opcode = 1;
  if (command.opcode != opcode_identify && command.opcode != opcode_get_log_page)
    return invalid_opcode;
  std::memset(out, 0, command.data_len);
  if (command.opcode == opcode_identify) {
    identify().copy(out, command.data_len);
    return 0;
  }
  std::ifstream in(root_ + "/fake/logs/" + log, std::ios::binary);
  in.seekg(static_cast<std::streamoff>(command.cdw12 | std::uint64_t{command.cdw13} << 32U));
  in.read(out, command.data_len);
  return 0;
}

} // namespace fake
