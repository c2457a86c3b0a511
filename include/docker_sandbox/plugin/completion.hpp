// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

/// The protocol in which shells ask for completions: the docker CLI's own scripts run `docker __complete …`, which it
/// hands on to the plugin as `__complete sandbox …`; older scripts run the plugin themselves, as `__completeNoDesc …`
/// without the word `sandbox`.
namespace docker_sandbox::plugin {

struct CompletionRequest {
  std::vector<std::string> words;  ///< complete ones, behind the word `sandbox`
  std::string begun;               ///< the word that is to be completed, perhaps empty
  bool with_descriptions = true;
};

/// Nothing when the call is no request for completions.
std::optional<CompletionRequest> parse_completion_request(const std::vector<std::string>& words);

/// What the shell does beside offering the candidates; the numbers are cobra's.
enum class CompletionDirective : unsigned {
  files = 0,  ///< file names, when there are no candidates
  no_files = 4,
  no_blank_no_files = 6,  ///< the word goes on behind the candidate
  directories = 16,
};

struct Candidate {
  std::string value;
  std::string description;
};

struct Completion {
  std::vector<Candidate> candidates;
  CompletionDirective directive = CompletionDirective::no_files;
};

/// The answer: one candidate a line, then the directive.
std::string render_completion(const Completion& completion, bool with_descriptions);

}  // namespace docker_sandbox::plugin
