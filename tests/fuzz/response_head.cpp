// SPDX-License-Identifier: Apache-2.0
// The head of the answer to an upgrade.
#include "docker_sandbox/engine/http_head.hpp"
#include "fuzz_target.hpp"

using docker_sandbox::engine::parse_http_head;
using docker_sandbox::fuzz::require;

FUZZ_TARGET(response_head) {
  const auto head = parse_http_head(bytes);
  if (!head) {
    return;
  }
  require(head->size <= bytes.size(), "a head is no longer than what came");
  require(head->status >= 100 && head->status <= 999, "a status has three digits");
  const auto exact = parse_http_head(bytes.substr(0, head->size));
  require(exact && exact->headers == head->headers, "what follows a head is no part of it");
}
