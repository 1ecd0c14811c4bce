// The messages between the loop and its hands, where these are another process: values as CBOR, so
// that text from the wire passes byte for byte.
#pragma once

#include "base/result.hpp"
#include "decide/facts.hpp"
#include "execute/hands.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

namespace nvmf::execute {

namespace wish {

struct Adopt {
  std::string device;
};
struct SettleLeftOvers {};
struct KernelOptions {};
// → Result<void> at once, whatever the threads do: the process lives.
struct SignOfLife {};
struct Stop {}; // has no answer

} // namespace wish

struct HandsRequest {
  using What =
      std::variant<WriteRequest, LogRequest, Disconnection, wish::Adopt, wish::SettleLeftOvers,
                   wish::KernelOptions, wish::SignOfLife, wish::Stop>;
  std::uint64_t number = 0; // its answer has the same
  What what;
};

struct HandsAnswer {
  using What = std::variant<WriteOutcome, LogOutcome, base::Result<void>,
                            base::Result<decide::KernelOptions>>;
  std::uint64_t number = 0;
  What what;
};

std::string to_bytes(const HandsRequest& request);
std::string to_bytes(const HandsAnswer& answer);

// EINVAL: the bytes are damaged; the message names the field that is missing or wrong.
base::Result<HandsRequest> request_from_bytes(std::string_view bytes);
base::Result<HandsAnswer> answer_from_bytes(std::string_view bytes);

} // namespace nvmf::execute
