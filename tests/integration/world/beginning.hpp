// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "world/sandbox_world.hpp"
#include "world/trouble.hpp"

#include <gtest/gtest.h>

#include <iosfwd>
#include <string>
#include <vector>

/// The states of a workspace in which a `run` may find it.
namespace docker_sandbox::sandbox {

enum class There {
  nothing,
  remains,    ///< of a container that no longer is a sandbox, or is none yet
  a_sandbox,  ///< which must not be lost
};

/// What there is before the `run` that is disturbed, and what it asks for.
struct Beginning {
  const char* name;
  There there;
  void (*prepare)(SandboxWorld& world);
  const char* template_image = k_template;
  Reuse reuse = Reuse::keep;
  const char* sandbox_name = nullptr;
};

void PrintTo(const Beginning& beginning, std::ostream* out);

const std::vector<Beginning>& beginnings();

/// The `run` that the beginning asks for, or another one of the same wishes.
ReadySandbox run(SandboxWorld& world, const Beginning& beginning, Reuse reuse);

/// A run after all that went wrong: the processes before it have ended, and the engine is well again.
struct NextRun {
  ReadySandbox sandbox;
  std::string complaint;  ///< what is wrong with it; empty when nothing is
};
NextRun run_next(SandboxWorld& world, const Beginning& beginning);

/// For the names of tests.
std::string name_of(const testing::TestParamInfo<Beginning>& test);

/// The calls that such a run makes when nothing comes in between.
std::vector<Place> calls_of_an_undisturbed_run(const Beginning& beginning);

}  // namespace docker_sandbox::sandbox
