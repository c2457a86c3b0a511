// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/sandbox/session.hpp"

#include "docker_sandbox/base/error.hpp"
#include "docker_sandbox/base/log.hpp"
#include "docker_sandbox/engine/stream_demux.hpp"
#include "docker_sandbox/os/terminal.hpp"
#include "docker_sandbox/os/unique_fd.hpp"
#include "start_failure.hpp"

#include <poll.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <memory>
#include <optional>
#include <string_view>

namespace docker_sandbox::sandbox {
namespace {

using base::Error;
using base::ErrorKind;

constexpr std::size_t k_buffer_size = 64 * 1024;
constexpr int k_signal_base = 128;

/// Blocks the signals that the session's loop reads from a descriptor; unblocks them when destroyed.
class SessionSignals {
 public:
  SessionSignals() {
    ::sigemptyset(&set_);
    for (const int signal : {SIGWINCH, SIGINT, SIGTERM, SIGHUP, SIGQUIT}) {
      ::sigaddset(&set_, signal);
    }
    ::pthread_sigmask(SIG_BLOCK, &set_, &before_);
    fd_.reset(::signalfd(-1, &set_, SFD_CLOEXEC | SFD_NONBLOCK));
    if (!fd_) {
      throw base::system_error("cannot watch for signals", errno);
    }
  }
  SessionSignals(const SessionSignals&) = delete;
  SessionSignals& operator=(const SessionSignals&) = delete;
  ~SessionSignals() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

  int fd() const { return fd_.get(); }

  /// The next signal, or 0 when none is left.
  int take() {
    signalfd_siginfo info{};
    return ::read(fd_.get(), &info, sizeof info) == sizeof info ? static_cast<int>(info.ssi_signo) : 0;
  }

 private:
  sigset_t set_{};
  sigset_t before_{};
  os::UniqueFd fd_;
};

/// Writes all, waiting where the descriptor does not block. False when nobody reads it any more.
bool write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::write(fd, bytes.data(), bytes.size());
    if (count >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(count));
    } else if (errno == EAGAIN) {
      pollfd watched{fd, POLLOUT, 0};
      ::poll(&watched, 1, -1);
    } else if (errno != EINTR) {
      return false;
    }
  }
  return true;
}

/// One session: both directions and the signals in one loop, so that no side waits for another.
class Session {
 public:
  Session(engine::EngineClient& engine, std::string exec_id, const SessionStreams& streams,
          engine::UpgradedConnection connection)
      : engine_(engine),
        exec_id_(std::move(exec_id)),
        streams_(streams),
        connection_(std::move(connection)),
        demux_([this](engine::OutputStream stream, std::string_view bytes) { deliver(stream, bytes); }),
        input_ended_(!streams.forward_input) {}

  /// Moves bytes until the engine ends the stream.
  void run(SessionSignals& signals) {
    if (streams_.terminal) {
      resize();
    }
    take_output(connection_.early_bytes);
    while (!output_ended_) {
      std::array<pollfd, 3> watched{{{connection_.socket.get(), POLLIN, 0}, {wants_input() ? streams_.in : -1, POLLIN, 0},
                                     {signals.fd(), POLLIN, 0}}};
      if (!pending_input_.empty()) {
        watched[0].events = POLLIN | POLLOUT;
      }
      if (::poll(watched.data(), watched.size(), -1) < 0) {
        if (errno == EINTR) {
          continue;
        }
        throw base::system_error("cannot wait for the session", errno);
      }
      if (watched[2].revents != 0) {
        take_signals(signals);
      }
      if (watched[1].revents != 0) {
        read_input();
      }
      if (!pending_input_.empty()) {
        send_input();
      }
      if ((watched[0].revents & (POLLIN | POLLHUP | POLLERR)) != 0) {
        read_output();
      }
    }
  }

  /// Output that may be the engine's words about a program that could not be started; the streams do not have it.
  const std::string& held_output() const { return held_; }
  void release_held_output() { write_to(engine::OutputStream::out, std::exchange(held_, {})); }

 private:
  bool wants_input() const { return !input_ended_ && pending_input_.empty(); }

  void resize() {
    const std::optional<os::WindowSize> size = os::window_size(streams_.out);
    if (!size || size == last_size_) {
      return;
    }
    last_size_ = size;
    try {
      engine_.resize_exec(exec_id_, {size->rows, size->columns});
    } catch (const Error& error) {
      // The program may have ended already; a session is worth more than its size.
      base::debug("cannot resize the session: {}", error.what());
    }
  }

  void take_signals(SessionSignals& signals) {
    while (const int signal = signals.take()) {
      if (signal == SIGWINCH) {
        if (streams_.terminal) {
          resize();
        }
        continue;
      }
      throw Error(signal == SIGINT ? ErrorKind::interrupted : ErrorKind::terminated, "the session was ended by a signal");
    }
  }

  void read_input() {
    buffer_.resize(k_buffer_size);
    const ssize_t count = ::read(streams_.in, buffer_.data(), buffer_.size());
    if (count > 0) {
      pending_input_.assign(buffer_.data(), static_cast<std::size_t>(count));
    } else if (count == 0 || (errno != EINTR && errno != EAGAIN)) {
      input_ended_ = true;
      // Of a terminal session the engine would end the output too, while the program lives on.
      if (!streams_.terminal) {
        ::shutdown(connection_.socket.get(), SHUT_WR);
      }
    }
  }

  void send_input() {
    const ssize_t count =
        ::send(connection_.socket.get(), pending_input_.data(), pending_input_.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (count >= 0) {
      pending_input_.erase(0, static_cast<std::size_t>(count));
    } else if (errno != EAGAIN && errno != EINTR) {
      // The program does not read any more; what it still writes counts.
      pending_input_.clear();
      input_ended_ = true;
    }
  }

  void read_output() {
    buffer_.resize(k_buffer_size);
    const ssize_t count = ::recv(connection_.socket.get(), buffer_.data(), buffer_.size(), 0);
    if (count > 0) {
      take_output({buffer_.data(), static_cast<std::size_t>(count)});
    } else if (count == 0 || errno != EINTR) {
      output_ended_ = true;
    }
  }

  void take_output(std::string_view bytes) {
    if (streams_.terminal) {
      deliver(engine::OutputStream::out, bytes);
    } else {
      demux_.feed(bytes);
    }
  }

  void deliver(engine::OutputStream stream, std::string_view bytes) {
    if (may_be_start_failure_ && stream == engine::OutputStream::out) {
      held_ += bytes;
      if (could_be_start_failure(held_)) {
        return;
      }
      may_be_start_failure_ = false;
      write_to(stream, std::exchange(held_, {}));
      return;
    }
    may_be_start_failure_ = may_be_start_failure_ && stream == engine::OutputStream::out;
    if (!held_.empty()) {
      release_held_output();
    }
    write_to(stream, bytes);
  }

  void write_to(engine::OutputStream stream, std::string_view bytes) {
    const int fd = stream == engine::OutputStream::out ? streams_.out : streams_.err;
    if (!write_all(fd, bytes) && stream == engine::OutputStream::out) {
      // Nobody reads the answer: end as any filter does.
      ::signal(SIGPIPE, SIG_DFL);  // NOLINT(cert-err33-c): cannot fail for a valid signal
      ::raise(SIGPIPE);
    }
  }

  engine::EngineClient& engine_;
  std::string exec_id_;
  SessionStreams streams_;
  engine::UpgradedConnection connection_;
  engine::StreamDemux demux_;
  std::string buffer_;
  std::string pending_input_;
  std::string held_;
  std::optional<os::WindowSize> last_size_;
  bool input_ended_;
  bool output_ended_ = false;
  bool may_be_start_failure_ = true;
};

}  // namespace

SessionOutcome run_session(engine::EngineClient& engine, const SessionRequest& request, const SessionStreams& streams) {
  engine::ExecRequest exec{.command = request.command,
                           .env = request.env,
                           .user = request.user,
                           .working_directory = request.working_directory,
                           .detach_keys = request.detach_keys,
                           .tty = streams.terminal,
                           .attach_stdin = streams.forward_input};
  if (streams.terminal) {
    if (const auto size = os::window_size(streams.out)) {
      exec.console_size = engine::TerminalSize{size->rows, size->columns};
    }
  }
  std::string exec_id;
  try {
    exec_id = engine.create_exec(request.container_id, exec);
  } catch (const Error& error) {
    // Not there (404) or not running (409): somebody removed or stopped it since it was made ready.
    if (error.kind() == ErrorKind::engine_not_found || error.kind() == ErrorKind::engine_conflict) {
      return {.end = SessionEnd::container_is_gone};
    }
    throw;
  }
  SessionSignals signals;
  Session session(engine, exec_id, streams, engine.start_exec(exec_id, streams.terminal));
  {
    std::optional<os::RawMode> raw;
    if (streams.terminal && streams.forward_input) {
      raw.emplace(streams.in);
    }
    session.run(signals);
  }
  const engine::ExecDetails details = engine.inspect_exec(exec_id);
  if (!session.held_output().empty()) {
    if (is_start_failure(details, session.held_output())) {
      return {.end = SessionEnd::not_started, .exit_code = details.exit_code, .start_failure = session.held_output()};
    }
    session.release_held_output();
  }
  if (details.running) {
    throw Error(ErrorKind::engine_protocol,
                "the connection to the engine at " + engine.endpoint().host + " was lost while the agent was running");
  }
  return {.exit_code = details.exit_code};
}

}  // namespace docker_sandbox::sandbox
