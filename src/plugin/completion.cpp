// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/plugin/completion.hpp"

#include "docker_sandbox/base/text.hpp"

namespace docker_sandbox::plugin {

std::optional<CompletionRequest> parse_completion_request(const std::vector<std::string>& words) {
  if (words.empty() || (words.front() != "__complete" && words.front() != "__completeNoDesc")) {
    return std::nullopt;
  }
  CompletionRequest request;
  request.with_descriptions = words.front() == "__complete";
  request.words.assign(words.begin() + 1, words.end());
  if (!request.words.empty()) {
    request.begun = request.words.back();
    request.words.pop_back();
  }
  if (!request.words.empty() && request.words.front() == "sandbox") {
    request.words.erase(request.words.begin());
  }
  return request;
}

std::string render_completion(const Completion& completion, bool with_descriptions) {
  std::string text;
  for (const Candidate& candidate : completion.candidates) {
    text += base::printable(candidate.value);
    if (with_descriptions && !candidate.description.empty()) {
      text += "\t" + base::printable(candidate.description);
    }
    text += "\n";
  }
  return text + ":" + std::to_string(static_cast<unsigned>(completion.directive)) + "\n";
}

}  // namespace docker_sandbox::plugin
