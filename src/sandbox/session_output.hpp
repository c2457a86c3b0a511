// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "docker_sandbox/engine/stream_demux.hpp"
#include "docker_sandbox/os/output_port.hpp"
#include "session_greeting.hpp"
#include "terminal_modes.hpp"

#include <sys/uio.h>

#include <list>
#include <string>
#include <string_view>
#include <vector>

namespace docker_sandbox::sandbox {

/// The way from the engine to the caller's stdout and stderr. Holds one buffer of the stream at a time: nothing is read
/// while some of it could not be written yet, so that a slow reader slows the program.
class SessionOutput {
 public:
  SessionOutput(int out, int err, bool terminal, std::string token);

  /// Session bytes that came together with the head of the engine's answer.
  void take(std::string bytes);
  /// Reads once from the connection; false at its end.
  bool read_from(int socket);
  /// Writes what is there and can be written.
  void flush();

  /// Something is still to be written: poll waiting_for() for POLLOUT.
  bool pending() const { return next_ < pieces_.size(); }
  int waiting_for() const;

  /// errno of a write that failed for good; EPIPE: nobody reads any more.
  int failure() const { return failure_; }

  const GreetingReader& greeting() const { return greeting_; }
  const TerminalModes& modes() const { return modes_; }

 private:
  struct Piece {
    engine::OutputStream stream;
    std::string_view bytes;  ///< in buffer_ or early_
  };

  void parse(std::string_view bytes);
  void add(engine::OutputStream stream, std::string_view bytes);
  os::OutputPort& port(engine::OutputStream stream) { return stream == engine::OutputStream::out ? out_ : err_; }

  bool terminal_;
  os::OutputPort out_;
  os::OutputPort err_;
  engine::StreamDemux demux_;
  GreetingReader greeting_;
  TerminalModes modes_;
  std::vector<char> buffer_;
  std::list<std::string> kept_;  ///< bytes that are no part of buffer_
  std::vector<Piece> pieces_;
  std::size_t next_ = 0;
  std::vector<iovec> vectors_;
  int failure_ = 0;
};

}  // namespace docker_sandbox::sandbox
