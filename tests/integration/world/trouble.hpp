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

/// One call of a command: the nth of its kind. A number among all calls would be another call on a slow machine, where a
/// command may look once more than another time it did.
struct Place {
  support::Call call;
  std::size_t nth = 1;
};

/// The calls that the engine has seen, in their order.
std::vector<Place> places(support::FakeEngine& engine);

/// The trouble comes with that call, counted from now.
void disturb(support::FakeEngine& engine, const Trouble& trouble, const Place& place);

/// Whether the engine says of something that is to be removed that it is not there, though it is. No engine does; one that
/// did would be believed.
bool is_lie_about_removal(const Trouble& trouble, const Place& place);

/// "failed_after, DELETE /containers/*, 2", for a complaint.
std::string describe(const Trouble& trouble, const Place& place);

/// What `complaint_about` says of each trouble at each place, without the empty ones. All are tried side by side: it has to
/// make a world of its own each time.
std::vector<std::string> complaints_about_all(
    const std::vector<Place>& places,
    const std::function<std::string(const Trouble&, const Place& place)>& complaint_about);

}  // namespace docker_sandbox::sandbox
