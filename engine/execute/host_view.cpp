#include "execute/host_view.hpp"

#include "analyze/reachability.hpp"
#include "base/local_trouble.hpp"
#include "fabrics/kernel_options.hpp"
#include "host/gather.hpp"
#include "host/run_paths.hpp"
#include "load/last_good.hpp"

#include <algorithm>

namespace nvmf::execute {

namespace {

// Requests of one moment are decided by one reading of the policy, and by one look at the host.
constexpr base::Duration policy_is_fresh = std::chrono::seconds(1);
constexpr base::Duration facts_are_fresh(100);
// A controller that loses its connection and one that has another owner count as before.
constexpr base::Duration controllers_are_fresh = std::chrono::seconds(1);
// And of the time no more than a twentieth, on a slow machine and with many of them.
constexpr int look_share = 20;

} // namespace

HostView::PolicyResult HostView::policy(Look look) {
  if (look == Look::as_known && has_policy_ && policy_age_.is_fresh(now(), policy_is_fresh))
    return policy_;
  auto const began = now();
  auto in_force = load::load_in_force(world_.files, load::LastGoodPlace::run_then_var);
  if (!in_force.why.empty() && in_force.why != reported_problem_)
    world_.journal.write({.priority = systemd::Priority::warning,
                          .message_id = systemd::message::policy_broken,
                          .message = in_force.consequence()});
  reported_problem_ = in_force.why;
  has_policy_ = in_force.policy != nullptr;
  if (!in_force.policy)
    return tl::unexpected(NoPolicy{in_force.why.empty() ? "there is no policy" : in_force.why,
                                   in_force.current.local_trouble});
  if (in_force.current.policy == in_force.policy)
    (void)load::store_last_good(world_.files, in_force.current, world_.clock);
  if (!policy_ || policy_->digest != in_force.policy->digest)
    policy_ = std::move(in_force.policy);
  policy_age_.read(began, now());
  forget();
  return policy_;
}

const decide::Facts& HostView::facts() {
  auto const began = now();
  if (!facts_ || !facts_age_.is_fresh(began, facts_are_fresh)) {
    bool const this_host = world_.root.empty();
    facts_ =
        host::gather(world_.files, {.policy = policy_.get(),
                                    .credentials_directory = world_.credentials_directory,
                                    .network = this_host ? host::GatherRequest::Network::this_host
                                                         : host::GatherRequest::Network::unknown,
                                    .kernel_options = kernel_options_,
                                    .only_controller = std::string()});
    facts_age_.read(began, now());
    // Unknown means any: a failed read must not make a path leave by another interface.
    if (facts_->interfaces)
      interfaces_ = facts_->interfaces;
    else
      facts_->interfaces = interfaces_;
  }
  look_at_controllers();
  return *facts_;
}

void HostView::look_at_controllers() {
  auto const began = now();
  bool const all_again = !controllers_age_.is_fresh(began, controllers_are_fresh);
  auto const live = live_.look([all_again](const decide::Controller&) { return all_again; });
  facts_->controllers = live ? (*live)->controllers : std::nullopt;
  if (all_again)
    controllers_age_.read(began, now());
}

void HostView::set_kernel_options(const base::Result<decide::KernelOptions>& told) {
  if (told) {
    if (kernel_options_ != *told)
      (void)world_.files.write_atomically(host::kernel_options, fabrics::to_lines(*told), 0644);
    kernel_options_ = *told;
  } else if (!base::is_local_trouble(told.error().code)) {
    kernel_options_.reset();
    (void)world_.files.remove(host::kernel_options);
  }
  forget();
}

bool HostView::recall_kernel_options() {
  constexpr std::size_t limit = 4096;
  if (auto const text = world_.files.read(host::kernel_options, limit))
    kernel_options_ = fabrics::kernel_options_from_lines(*text);
  return kernel_options_.has_value();
}

bool HostView::Age::is_fresh(base::Duration now, base::Duration usually) const {
  return read_at_ && now - *read_at_ < std::max(usually, look_share * took_);
}

Session::World HostView::look() { return {.policy = policy_, .facts = facts(), .now = now()}; }

} // namespace nvmf::execute
