// SPDX-License-Identifier: Apache-2.0
#include "session_greeting.hpp"

#include "docker_sandbox/base/number.hpp"

#include <utility>

namespace docker_sandbox::sandbox {
namespace {

/// No greeting is longer, nor are an engine's words about a process that it cannot start.
constexpr std::size_t k_max_held = 16 * 1024;

std::string_view take_word(std::string_view& text) {
  const std::size_t blank = std::min(text.find(' '), text.size());
  const std::string_view word = text.substr(0, blank);
  text.remove_prefix(std::min(blank + 1, text.size()));
  return word;
}

}  // namespace

bool GreetingReader::parse(std::string_view line) {
  if (!line.empty() && line.back() == '\r') {
    line.remove_suffix(1);
  }
  if (take_word(line) != token_) {
    return false;
  }
  greeting_.process = base::parse_number<long>(take_word(line)).value_or(0);
  const std::string_view state = take_word(line);
  if (greeting_.process <= 1) {
    return false;
  }
  if (state == "ok") {
    greeting_.state = Greeting::State::program_found;
  } else if (state == "missing") {
    greeting_.state = Greeting::State::program_missing;
  } else if (state == "denied") {
    greeting_.state = Greeting::State::program_denied;
  } else if (state == "nowhere") {
    greeting_.state = Greeting::State::nowhere;
  } else {
    return false;
  }
  greeting_.rest = line;
  return true;
}

void GreetingReader::feed(std::string_view bytes, const Sink& pass_on) {
  switch (phase_) {
    case Phase::greeting:
      held_.append(bytes.substr(0, k_max_held - std::min(k_max_held, held_.size())));
      take_greeting(pass_on);
      break;
    case Phase::echo:
      take_echo(bytes, pass_on);
      break;
    case Phase::passing:
      pass_on(bytes);
      break;
  }
}

bool GreetingReader::flooded() const {
  return !greeted() && held_.size() >= k_max_held;
}

void GreetingReader::take_greeting(const Sink& pass_on) {
  const std::size_t end = held_.find('\n');
  if (hopeless_ || end == std::string::npos) {
    hopeless_ = hopeless_ || held_.size() >= k_max_held;
    return;
  }
  if (!parse(std::string_view(held_).substr(0, end))) {
    hopeless_ = true;
    return;
  }
  const std::string rest = std::exchange(held_, {}).substr(end + 1);
  phase_ = terminal_ ? Phase::echo : Phase::passing;
  if (!rest.empty()) {
    feed(rest, pass_on);
  }
}

void GreetingReader::take_echo(std::string_view bytes, const Sink& pass_on) {
  const std::string echo = token_ + "\r\n";
  held_ += bytes;
  const std::size_t compared = std::min(held_.size(), echo.size());
  if (held_.compare(0, compared, echo, 0, compared) != 0) {
    // A terminal without echo.
    phase_ = Phase::passing;
    pass_on(std::exchange(held_, {}));
  } else if (held_.size() >= echo.size()) {
    phase_ = Phase::passing;
    const std::string rest = std::exchange(held_, {}).substr(echo.size());
    if (!rest.empty()) {
      pass_on(rest);
    }
  }
}

}  // namespace docker_sandbox::sandbox
