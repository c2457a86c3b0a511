// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "docker_sandbox/engine/client.hpp"
#include "docker_sandbox/engine/stream_demux.hpp"
#include "docker_sandbox/sandbox/session.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

/// Headless runs: agents that work in a sandbox without anybody's terminal. What they write and their exit codes are kept in
/// the sandbox, so that they can be asked for long after, also when it was stopped meanwhile.
namespace docker_sandbox::sandbox {

struct HeadlessStart {
  SessionEnd end = SessionEnd::ended;  ///< not_started, container_is_gone, or ended: it runs
  int run = 0;                         ///< its number in the sandbox
  int exit_code = 0;                   ///< when not started
  std::string start_failure;
};

/// Starts a program in the background and returns when it runs. The program has no input.
HeadlessStart start_headless(engine::EngineClient& engine, const SessionRequest& request,
                             std::chrono::milliseconds now_since_epoch);

/// How a headless run stands.
struct HeadlessState {
  enum class Kind {
    running,
    ended,    ///< with exit_code
    cut_off,  ///< its processes are gone without a word: the sandbox was stopped, or they were killed
  };
  Kind kind = Kind::running;
  int exit_code = 0;
  bool out_of_memory = false;
};

/// Some output of a run, as it was read at once.
struct LogChunk {
  engine::OutputStream stream = engine::OutputStream::out;
  std::chrono::nanoseconds time{};  ///< since the epoch
  std::string text;
};

enum class ReadMode { all, follow, wait };

struct RunReport {
  int run = 0;
  HeadlessState state;
};

/// Who is told of a run's output.
struct RunListener {
  std::function<void(LogChunk)> chunk;  ///< in each stream's order
  std::function<void()> caught_up;      ///< all that was there at the beginning has been given out
  std::function<void()> paused;         ///< the sandbox is paused: nothing comes before it is not
};

/// Reads a run (0: the latest) of a sandbox, whether that runs or not. Nothing when there is no such run. To follow a run or wait
/// for it is to wait for a paused sandbox, too. The listener's functions may be empty.
std::optional<RunReport> read_run(engine::EngineClient& engine, const std::string& container_id, int run, ReadMode mode,
                                  const RunListener& listener);

/// Takes apart what a run has kept of one stream: pieces of output, each with the time behind it. Pure; bytes may be cut
/// anywhere.
class RunLogDecoder {
 public:
  struct Sink {
    std::function<void(std::string_view uptime, std::string text)> chunk;
    std::function<void()> caught_up;
    std::function<void(std::string_view state)> end;
  };

  RunLogDecoder(std::string token, Sink sink);

  void feed(std::string_view bytes);
  /// The stream is at its end: what has no time yet gets the last one.
  void finish();

 private:
  bool take_record();

  std::string introducer_;
  Sink sink_;
  std::string held_;
  std::size_t given_ = 0;     ///< of held_: what has been given out
  std::size_t searched_ = 0;  ///< of held_: where no record begins
  std::string last_uptime_;
};

}  // namespace docker_sandbox::sandbox
