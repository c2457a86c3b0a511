// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace docker_sandbox::sandbox {

/// What a session's first process (leader.sh) says of itself and of the program that it is to become.
struct Greeting {
  enum class State {
    program_found,
    program_missing,
    program_denied,
    nowhere,  ///< of a headless run: there is no directory for what it leaves
  };
  long process = 0;  ///< its number inside, which is the session's too
  State state = State::program_found;
  std::string rest;  ///< what else it says
};

/// Takes the leader's greeting off the front of a session's output, and on a terminal the echo of the word that is sent
/// back. Bytes may be cut anywhere.
class GreetingReader {
 public:
  using Sink = std::function<void(std::string_view)>;

  /// `token` begins the greeting, and is the word too.
  GreetingReader(std::string token, bool terminal) : token_(std::move(token)), terminal_(terminal) {}

  /// The program's output goes to `pass_on`; so does, once the word was expected, everything that is no echo of it.
  void feed(std::string_view bytes, const Sink& pass_on);

  /// Whether the greeting is complete.
  bool greeted() const { return phase_ != Phase::greeting; }
  const Greeting& greeting() const { return greeting_; }

  /// What came in place of a greeting: the engine's words about a process that it could not start.
  const std::string& other_words() const { return held_; }

  /// Whether what came can still become a greeting.
  bool hopeless() const { return hopeless_; }

  /// Whether more has come than those words could be: nothing is to be waited for.
  bool flooded() const;

 private:
  enum class Phase { greeting, echo, passing };

  void take_greeting(const Sink& pass_on);
  bool parse(std::string_view line);
  void take_echo(std::string_view bytes, const Sink& pass_on);

  std::string token_;
  bool terminal_;
  Phase phase_ = Phase::greeting;
  bool hopeless_ = false;
  std::string held_;
  Greeting greeting_;
};

}  // namespace docker_sandbox::sandbox
