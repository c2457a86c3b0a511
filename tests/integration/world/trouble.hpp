// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "support/fake_engine.hpp"

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

/// Every call that a command makes is disturbed in every way, one at a time.
namespace docker_sandbox::sandbox {

/// One way in which an engine's answer to one call can go wrong.
struct Trouble {
  const char* name;
  support::Fault::Effect effect;
  std::optional<support::Fault::Refusal> refusal;
  std::optional<std::size_t> break_after;
  bool lasting = false;  ///< from that call on, each one
};

const std::vector<Trouble>& troubles();

/// The trouble comes with the engine's nth call from now, counted from 1.
void disturb(support::FakeEngine& engine, const Trouble& trouble, std::size_t nth);

/// Whether the engine said of something that was to be removed that it is not there, though it is. No engine does; one that
/// did would be believed.
bool is_lie_about_removal(support::FakeEngine& engine, const Trouble& trouble, std::size_t nth);

/// "failed_after, call 2, DELETE /containers/*", for a complaint.
std::string describe(support::FakeEngine& engine, const Trouble& trouble, std::size_t nth);

/// What `complaint_about` says of each trouble with each of the first `calls` calls, without the empty ones. All are tried
/// side by side: it has to make a world of its own each time.
std::vector<std::string> complaints_about_all(
    std::size_t calls, const std::function<std::string(const Trouble&, std::size_t nth)>& complaint_about);

}  // namespace docker_sandbox::sandbox
