// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "docker_sandbox/engine/client.hpp"
#include "docker_sandbox/os/signal_watch.hpp"
#include "docker_sandbox/os/terminal.hpp"
#include "docker_sandbox/sandbox/session.hpp"
#include "session_input.hpp"
#include "session_output.hpp"
#include "session_watch.hpp"

#include <chrono>
#include <optional>
#include <string>

namespace docker_sandbox::sandbox {

/// Why a session's loop came to its end.
enum class LoopEnd {
  stream_ended,   ///< the engine ended it: the program is gone, or the connection is
  not_started,    ///< there is no program to run, see greeting()
  detached,       ///< the user typed the detach keys
  output_closed,  ///< nobody reads the program's output any more
  hung_up,        ///< the caller's terminal is gone
  caller_gone,    ///< the docker CLI that runs us is gone
};

/// One started session: both directions, the signals, the terminal and the watch inside in one loop, so that nothing waits
/// for anything else. Destroyed before it was settled, it takes the program along.
class SessionLoop {
 public:
  SessionLoop(engine::EngineClient& engine, const SessionRequest& request, const SessionStreams& streams,
              const std::string& exec_id, const std::string& token);
  SessionLoop(const SessionLoop&) = delete;
  SessionLoop& operator=(const SessionLoop&) = delete;
  ~SessionLoop();

  /// Starts the exec. From its return on signals are read by run(); until then the caller defers them.
  void start();

  /// Moves bytes until something ends that. Throws Error{interrupted, terminated} for a signal before the program was told
  /// to start.
  LoopEnd run();

  const GreetingReader& greeting() const { return output_.greeting(); }

  /// The terminal as it was before, with the modes that the program left on switched off when `clean_up` says so.
  enum class CleanUp { yes, no };
  void give_terminal_back(CleanUp clean_up);

  /// Sends the program's process group a signal and returns when that is carried out.
  void deliver(std::string_view signal_name);

  /// See SessionWatch.
  /// Whether a process inside has begun to watch over the session.
  bool watched() const { return watch_ && watch_->started(); }
  std::optional<bool> memory_ran_out() { return watch_ ? watch_->memory_ran_out() : std::nullopt; }

  /// Nothing of the session is to be ended when this is destroyed.
  void settle();

 private:
  enum class Phase { starting, running };
  struct Ready;

  std::optional<LoopEnd> step();
  Ready wait();
  std::optional<LoopEnd> take_signals();
  std::optional<LoopEnd> take_signal(os::TakenSignal signal);
  std::optional<LoopEnd> take_input();
  std::optional<LoopEnd> take_output(bool connection_readable);
  void take_watch();
  /// Throws for a start that does not come to its end.
  void refuse_endless_start() const;
  void begin_program();
  void start_watch_when_due();
  void resize();
  void suspend();

  engine::EngineClient& engine_;
  std::string container_id_;
  SessionStreams streams_;
  std::string exec_id_;
  std::string token_;
  std::string first_signal_;
  SessionOutput output_;
  SessionInput input_;
  std::optional<os::SignalWatch> signals_;
  os::UniqueFd caller_;
  engine::UpgradedConnection connection_;
  std::optional<SessionGuard> guard_;
  bool guarded_ = false;
  std::optional<SessionWatch> watch_;
  std::chrono::steady_clock::time_point start_due_;
  std::chrono::steady_clock::time_point watch_due_;
  std::optional<os::RawMode> raw_;
  std::optional<os::WindowSize> last_size_;
  Phase phase_ = Phase::starting;
  bool signalled_ = false;  ///< one of the signals that are passed on has come
  bool stream_ended_ = false;
};

}  // namespace docker_sandbox::sandbox
