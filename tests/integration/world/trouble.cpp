// SPDX-License-Identifier: Apache-2.0
#include "world/trouble.hpp"

#include <atomic>
#include <mutex>
#include <thread>
#include <utility>

namespace docker_sandbox::sandbox {
namespace {

using support::Fault;

/// A failed call is followed by pauses in which nothing happens.
constexpr int k_workers = 32;
/// More calls than any command makes after one that failed.
constexpr std::size_t k_lasting_calls = 30;

}  // namespace

const std::vector<Trouble>& troubles() {
  using Effect = Fault::Effect;
  using Refusal = Fault::Refusal;
  static const std::vector<Trouble> all{
      {"failed_before", Effect::none, Refusal{500, "no"}, std::nullopt},
      {"failed_after", Effect::done, Refusal{500, "no"}, std::nullopt},
      {"not_found_before", Effect::none, Refusal{404, "no"}, std::nullopt},
      {"not_found_after", Effect::done, Refusal{404, "no"}, std::nullopt},
      {"conflict_before", Effect::none, Refusal{409, "no"}, std::nullopt},
      {"conflict_after", Effect::done, Refusal{409, "no"}, std::nullopt},
      {"bad_request_before", Effect::none, Refusal{400, "no"}, std::nullopt},
      {"cut_before", Effect::none, std::nullopt, 0},
      {"cut_after", Effect::done, std::nullopt, 0},
      {"cut_in_the_answer", Effect::done, std::nullopt, 100},
      {"engine_dies_before", Effect::none, std::nullopt, 0, true},
      {"engine_dies_after", Effect::done, std::nullopt, 0, true},
  };
  return all;
}

void disturb(support::FakeEngine& engine, const Trouble& trouble, std::size_t nth) {
  const std::size_t last = trouble.lasting ? nth + k_lasting_calls : nth;
  for (std::size_t call = nth; call <= last; ++call) {
    engine.add_fault({.nth = call,
                      .effect = call == nth ? trouble.effect : Fault::Effect::none,
                      .refusal = trouble.refusal,
                      .break_after = trouble.break_after});
  }
}

bool is_lie_about_removal(support::FakeEngine& engine, const Trouble& trouble, std::size_t nth) {
  constexpr int k_not_found = 404;
  const std::vector<std::string> seen = engine.calls();
  return trouble.effect == Fault::Effect::none && trouble.refusal && trouble.refusal->status == k_not_found &&
         nth <= seen.size() && seen[nth - 1].rfind("DELETE ", 0) == 0;
}

std::string describe(support::FakeEngine& engine, const Trouble& trouble, std::size_t nth) {
  // On a slow machine a command may look once more than another time it did.
  const std::vector<std::string> seen = engine.calls();
  return std::string(trouble.name) + ", call " + std::to_string(nth) + ", " +
         (nth <= seen.size() ? seen[nth - 1] : "none");
}

std::vector<std::string> complaints_about_all(
    std::size_t calls, const std::function<std::string(const Trouble&, std::size_t nth)>& complaint_about) {
  std::vector<std::pair<const Trouble*, std::size_t>> cases;
  for (const Trouble& trouble : troubles()) {
    for (std::size_t nth = 1; nth <= calls; ++nth) {
      cases.emplace_back(&trouble, nth);
    }
  }
  std::atomic<std::size_t> next_case{0};
  std::mutex mutex;
  std::vector<std::string> complaints;
  std::vector<std::thread> workers;
  for (int i = 0; i < k_workers; ++i) {
    workers.emplace_back([&] {
      for (std::size_t index = next_case++; index < cases.size(); index = next_case++) {
        std::string complaint = complaint_about(*cases[index].first, cases[index].second);
        const std::lock_guard lock(mutex);
        if (!complaint.empty()) {
          complaints.push_back(std::move(complaint));
        }
      }
    });
  }
  for (std::thread& worker : workers) {
    worker.join();
  }
  return complaints;
}

}  // namespace docker_sandbox::sandbox
