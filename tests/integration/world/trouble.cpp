// SPDX-License-Identifier: Apache-2.0
#include "world/trouble.hpp"

#include <atomic>
#include <map>
#include <mutex>
#include <regex>
#include <thread>
#include <utility>

namespace docker_sandbox::sandbox {
namespace {

using support::Fault;

/// A failed call is followed by pauses in which nothing happens.
constexpr int k_workers = 32;

/// What differs from one world to the next, IDs and the names of unfinished sandboxes, as "*".
std::string without_ids(std::string path) {
  static const std::regex changing("/([0-9a-f]{64}|sandbox-unfinished-[0-9a-f]+)(?=/|$)");
  return std::regex_replace(path, changing, "/*");
}

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

std::vector<Place> places(support::FakeEngine& engine) {
  std::map<std::string, std::size_t> seen;
  std::vector<Place> found;
  for (const std::string& call : engine.calls()) {
    const std::size_t space = call.find(' ');
    support::Call kind{call.substr(0, space), without_ids(call.substr(space + 1))};
    const std::size_t nth = ++seen[kind.method + " " + kind.path];
    found.push_back({std::move(kind), nth});
  }
  return found;
}

void disturb(support::FakeEngine& engine, const Trouble& trouble, const Place& place) {
  Fault fault{.call = place.call,
              .nth = place.nth,
              .effect = trouble.effect,
              .refusal = trouble.refusal,
              .break_after = trouble.break_after};
  if (trouble.lasting) {
    fault.before = [&engine, &trouble] {
      engine.add_fault({.nth = 0, .effect = Fault::Effect::none, .break_after = trouble.break_after});
    };
  }
  engine.add_fault(std::move(fault));
}

bool is_lie_about_removal(const Trouble& trouble, const Place& place) {
  constexpr int k_not_found = 404;
  return trouble.effect == Fault::Effect::none && trouble.refusal && trouble.refusal->status == k_not_found &&
         place.call.method == "DELETE";
}

std::string describe(const Trouble& trouble, const Place& place) {
  return std::string(trouble.name) + ", " + place.call.method + " " + place.call.path + ", " +
         std::to_string(place.nth);
}

std::vector<std::string> complaints_about_all(
    const std::vector<Place>& places,
    const std::function<std::string(const Trouble&, const Place& place)>& complaint_about) {
  std::vector<std::pair<const Trouble*, const Place*>> cases;
  for (const Trouble& trouble : troubles()) {
    for (const Place& place : places) {
      cases.emplace_back(&trouble, &place);
    }
  }
  std::atomic<std::size_t> next_case{0};
  std::mutex mutex;
  std::vector<std::string> complaints;
  std::vector<std::thread> workers;
  for (int i = 0; i < k_workers; ++i) {
    workers.emplace_back([&] {
      for (std::size_t index = next_case++; index < cases.size(); index = next_case++) {
        std::string complaint = complaint_about(*cases[index].first, *cases[index].second);
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
