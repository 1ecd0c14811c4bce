// The costs of loading, deciding and analysing against the number of rules.
#include "analyze/difference.hpp"
#include "analyze/reachability.hpp"
#include "bench/realistic_policy.hpp"
#include "decide/decide.hpp"
#include "load/load.hpp"

#include <benchmark/benchmark.h>
#include <cstdlib>

using namespace nvmf;

namespace {

std::shared_ptr<const policy::Policy> loaded(std::size_t rules) {
  auto policy = load::load_text("bench.yaml", bench::realistic_policy(rules)).policy;
  if (!policy)
    std::abort();
  return policy;
}

event::Event discovered(const std::string& nqn) {
  return {.kind = base::EventKind::discovered,
          .subject = base::Subject::io_subsystem,
          .endpoint = {.traddr = base::Traddr::parse(base::Transport::tcp, "10.3.7.21"),
                       .trsvcid = 4420},
          .subsystem_nqn = nqn};
}

void load(benchmark::State& state) {
  std::string const text = bench::realistic_policy(static_cast<std::size_t>(state.range(0)));
  for (auto _ : state)
    benchmark::DoNotOptimize(load::load_text("bench.yaml", text));
  state.SetComplexityN(state.range(0));
}

// The worst case: no rule but the last one matches.
void decide_last(benchmark::State& state) {
  auto const policy = loaded(static_cast<std::size_t>(state.range(0)));
  event::Event const event = discovered("nqn.2020-01.org.lab:scratch");
  for (auto _ : state)
    benchmark::DoNotOptimize(decide::decide(*policy, event, std::nullopt));
  state.SetComplexityN(state.range(0));
}

void load_and_decide(benchmark::State& state) {
  std::string const text = bench::realistic_policy(static_cast<std::size_t>(state.range(0)));
  event::Event const event = discovered("nqn.2020-01.org.lab:scratch");
  for (auto _ : state) {
    auto const policy = load::load_text("bench.yaml", text).policy;
    benchmark::DoNotOptimize(decide::decide(*policy, event, std::nullopt));
  }
}

// The part that `check` adds to loading: the 4xx findings.
void reachability(benchmark::State& state) {
  auto const policy = loaded(static_cast<std::size_t>(state.range(0)));
  for (auto _ : state)
    if (analyze::analyze(*policy).incomplete)
      state.SkipWithError("incomplete");
  state.SetComplexityN(state.range(0));
}

// `analyze diff` of a policy against the same one with its first guard gone.
void difference(benchmark::State& state) {
  auto const before = loaded(static_cast<std::size_t>(state.range(0)));
  policy::Policy after = *before;
  after.guards.clear();
  for (auto _ : state)
    if (analyze::difference(*before, after).changes.empty())
      state.SkipWithError("nothing differs");
  state.SetComplexityN(state.range(0));
}

} // namespace

BENCHMARK(load)
    ->RangeMultiplier(10)
    ->Range(10, 10'000)
    ->Unit(benchmark::kMillisecond)
    ->Complexity();
BENCHMARK(load_and_decide)->RangeMultiplier(10)->Range(10, 10'000)->Unit(benchmark::kMillisecond);
BENCHMARK(decide_last)
    ->RangeMultiplier(10)
    ->Range(10, 10'000)
    ->Unit(benchmark::kMicrosecond)
    ->Complexity();
BENCHMARK(reachability)
    ->RangeMultiplier(10)
    ->Range(100, 10'000)
    ->Unit(benchmark::kMillisecond)
    ->Complexity();
BENCHMARK(difference)
    ->RangeMultiplier(10)
    ->Range(100, 10'000)
    ->Unit(benchmark::kMillisecond)
    ->Complexity();
BENCHMARK_MAIN();
