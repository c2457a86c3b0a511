// SPDX-License-Identifier: Apache-2.0
// Words as the docker CLI and shells hand them on, one a line.
#include "docker_sandbox/base/text.hpp"
#include "docker_sandbox/cli/completion.hpp"
#include "docker_sandbox/plugin/completion.hpp"
#include "docker_sandbox/plugin/invocation.hpp"
#include "fuzz_target.hpp"

namespace ds = docker_sandbox;

FUZZ_TARGET(invocation) {
  ds::plugin::parse_invocation(ds::base::split(bytes, '\n'));
}

FUZZ_TARGET(completion) {
  std::vector<std::string> words = ds::base::split(bytes, '\n');
  words.insert(words.begin(), "__complete");
  if (const auto request = ds::plugin::parse_completion_request(words)) {
    const ds::cli::WantedWord wanted = ds::cli::wanted_word(*request);
    ds::plugin::Completion answer;
    answer.candidates.push_back({.value = wanted.begun, .description = request->begun});
    ds::plugin::render_completion(answer, request->with_descriptions);
  }
}
