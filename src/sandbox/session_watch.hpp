// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "docker_sandbox/engine/client.hpp"
#include "docker_sandbox/engine/stream_demux.hpp"
#include "docker_sandbox/os/last_will.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace docker_sandbox::sandbox {

/// The process inside (watch.sh) through which a session's processes are reached, and which ends them when this client
/// is gone: the engine knows no call that signals what an exec started. Not started until it is asked for. Destroying
/// it without finish() ends the session's processes.
class SessionWatch {
 public:
  /// `first_signal` is what the session's processes get first when the client is gone: "HUP" or "TERM". `memory_kills`: how many
  /// processes of the sandbox had been killed for lack of memory when the session began, as its leader says; may be empty.
  SessionWatch(engine::EngineClient& engine, std::string container_id, long leader, std::string first_signal,
               std::string_view memory_kills);

  /// Asks the engine to start it; does not wait for it. Orders given before it runs are carried out when it does.
  void start();
  bool started() const { return started_; }

  /// To poll for reading: its answers. Negative while there is none.
  int fd() const { return connection_.socket.get(); }
  /// Takes what it says. False when it has ended, which it does not by itself.
  bool read_answers();

  /// It has told that it runs: the session's processes will not outlive this client.
  bool ready() const { return memory_kills_at_start_.has_value(); }

  /// Waits for that, though not for ever.
  void await_ready();

  /// Sends the signal, e.g. "INT", to the session's process group, starting the watch where none runs.
  void signal(std::string_view name);

  /// Whether the kernel has killed a process of the sandbox for lack of memory since the watch began, or the session where none
  /// runs yet: then it is started for that. Waits for the answer. Nothing when it cannot tell.
  std::optional<bool> memory_ran_out();

  /// The session is over, or is to go on without this client: nothing is to be ended.
  void finish();

 private:
  void order(std::string_view line);
  void take_line(std::string_view line);

  engine::EngineClient& engine_;
  std::string container_id_;
  long leader_;
  std::string first_signal_;
  std::optional<long> memory_kills_before_;
  bool started_ = false;
  engine::UpgradedConnection connection_;
  std::optional<engine::StreamDemux> demux_;
  std::string line_;
  std::optional<long> memory_kills_at_start_;
  std::optional<long> memory_kills_;
};

/// Ends a session's processes though this very process is killed, until the watch inside is ready to do so: a child
/// process that then starts one in its place.
class SessionGuard {
 public:
  SessionGuard(engine::EngineClient& engine, std::string container_id, std::string first_signal);

  /// From now on there is something to end.
  void arm(long leader);
  /// Nothing is to be done any more.
  void dismiss() { will_.revoke(); }

 private:
  os::LastWill will_;
};

}  // namespace docker_sandbox::sandbox
