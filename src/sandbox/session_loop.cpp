// SPDX-License-Identifier: Apache-2.0
#include "session_loop.hpp"

#include "docker_sandbox/base/error.hpp"
#include "docker_sandbox/base/log.hpp"
#include "docker_sandbox/base/text.hpp"
#include "docker_sandbox/os/interrupts.hpp"
#include "exec_start.hpp"

#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace docker_sandbox::sandbox {
namespace {

using base::Error;
using base::ErrorKind;
using std::chrono::steady_clock;

/// The engine holds back the news of a program's end while it starts another process in the container, so that a watch
/// beside a short session would double its time. Until it is due, the guard on this side stands in for it.
constexpr std::chrono::milliseconds k_watch_delay{1000};
constexpr std::size_t k_shown_words = 200;

Error interrupted_too_early(int signal) {
  return os::interruption(signal, "interrupted before the agent was started");
}

const char* signal_name(int signal) {
  switch (signal) {
    case SIGINT:
      return "INT";
    case SIGHUP:
      return "HUP";
    case SIGQUIT:
      return "QUIT";
    default:
      return "TERM";
  }
}

SessionInput::Source input_source(const SessionStreams& streams) {
  if (streams.terminal) {
    return streams.forward_input ? SessionInput::Source::terminal : SessionInput::Source::nobody;
  }
  return streams.forward_input ? SessionInput::Source::stream : SessionInput::Source::nothing;
}

/// To poll for the end of a process that is not our child. None on kernels before 5.3.
os::UniqueFd watch_process(pid_t process) {
  return os::UniqueFd(process > 0 ? static_cast<int>(::syscall(SYS_pidfd_open, process, 0)) : -1);
}

}  // namespace

/// What poll found.
struct SessionLoop::Ready {
  bool connection = false;
  bool input = false;
  bool signals = false;
  bool watch = false;
  bool caller = false;
};

SessionLoop::SessionLoop(engine::EngineClient& engine, const SessionRequest& request, const SessionStreams& streams,
                         const std::string& exec_id, const std::string& token)
    : engine_(engine),
      container_id_(request.container_id),
      streams_(streams),
      exec_id_(exec_id),
      token_(token),
      first_signal_(streams.terminal ? "HUP" : "TERM"),
      output_(streams.out, streams.err, streams.terminal, token),
      input_(streams.in, input_source(streams), streams.terminal ? parse_detach_keys(request.detach_keys) : ""),
      caller_(watch_process(streams.caller)) {}

SessionLoop::~SessionLoop() {
  give_terminal_back(CleanUp::yes);
}

void SessionLoop::start() {
  connection_ = start_exec_in(engine_, container_id_, exec_id_, streams_.terminal);
  start_due_ = steady_clock::now() + k_start_deadline;
  signals_.emplace({SIGWINCH, SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP, SIGCONT});
  // The process inside takes its time to start; meanwhile the guard's does too.
  guard_.emplace(engine_, container_id_, first_signal_);
  guarded_ = true;
  output_.take(std::move(connection_.early_bytes));
}

LoopEnd SessionLoop::run() {
  if (const int signal = os::Interrupts::pending()) {
    throw interrupted_too_early(signal);
  }
  for (;;) {
    if (const std::optional<LoopEnd> end = step()) {
      return *end;
    }
  }
}

std::optional<LoopEnd> SessionLoop::step() {
  if (phase_ == Phase::starting && greeting().greeted()) {
    if (greeting().greeting().state != Greeting::State::program_found) {
      return LoopEnd::not_started;
    }
    begin_program();
  }
  if (phase_ == Phase::starting) {
    refuse_endless_start();
  }
  start_watch_when_due();
  const Ready ready = wait();
  if (ready.signals) {
    if (const auto end = take_signals()) {
      return end;
    }
  }
  if (ready.caller) {
    return LoopEnd::caller_gone;
  }
  if (ready.watch) {
    take_watch();
  }
  if (ready.input) {
    input_.read();
  }
  if (const auto end = take_input()) {
    return end;
  }
  return take_output(ready.connection);
}

SessionLoop::Ready SessionLoop::wait() {
  enum { connection, input, signals, watch, caller, output, count };
  std::array<pollfd, count> watched{};
  watched[connection] = {connection_.socket.get(), 0, 0};
  const bool running = phase_ == Phase::running;
  if (!output_.pending()) {
    watched[connection].events |= POLLIN;
  }
  if (running && input_.pending()) {
    watched[connection].events |= POLLOUT;
  }
  if (watched[connection].events == 0) {
    watched[connection].fd = -1;  // its end would be reported without being asked for, again and again
  }
  watched[input] = {running && input_.wants_to_read() ? input_.fd() : -1, POLLIN, 0};
  watched[signals] = {signals_->fd(), POLLIN, 0};
  watched[watch] = {watch_ ? watch_->fd() : -1, POLLIN, 0};
  watched[caller] = {caller_.get(), POLLIN, 0};
  watched[output] = {output_.pending() ? output_.waiting_for() : -1, POLLOUT, 0};
  int patience = -1;
  if (!running || !watch_->started()) {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>((running ? watch_due_ : start_due_) - steady_clock::now());
    patience = std::max(0, static_cast<int>(left.count()));
  }
  if (::poll(watched.data(), watched.size(), patience) < 0) {
    if (errno == EINTR) {
      return {};
    }
    throw base::system_error("cannot wait for the session", errno);
  }
  return {.connection = (watched[connection].revents & (POLLIN | POLLHUP | POLLERR)) != 0,
          .input = watched[input].revents != 0,
          .signals = watched[signals].revents != 0,
          .watch = watched[watch].revents != 0,
          .caller = watched[caller].revents != 0};
}

void SessionLoop::refuse_endless_start() const {
  if (greeting().flooded()) {
    throw Error(ErrorKind::engine_protocol,
                "the sandbox's shell does not start the program: it says \"" +
                    base::printable(std::string_view(greeting().other_words()).substr(0, k_shown_words)) + "…\"");
  }
  if (steady_clock::now() >= start_due_) {
    throw Error(ErrorKind::engine_timeout,
                "the sandbox did not start a program within " + std::to_string(k_start_deadline.count()) + " seconds");
  }
}

void SessionLoop::begin_program() {
  guard_->arm(greeting().greeting().process);
  watch_.emplace(engine_, container_id_, greeting().greeting().process, first_signal_, greeting().greeting().rest);
  watch_due_ = steady_clock::now() + k_watch_delay;
  if (streams_.terminal) {
    // The program does not run before it is told to: the first size that it can see is the right one, also where the
    // engine takes no size with the exec's creation.
    resize();
    if (streams_.forward_input) {
      raw_.emplace(streams_.in);
    }
  }
  phase_ = Phase::running;
  input_.put_first(token_ + "\n");
}

void SessionLoop::start_watch_when_due() {
  if (phase_ != Phase::running || watch_->started() || steady_clock::now() < watch_due_) {
    return;
  }
  try {
    watch_->start();
  } catch (const Error& error) {
    if (!says_container_is_gone(error)) {
      throw;
    }
    // The sandbox is being stopped or removed: the stream's end, which tells how the program ended, is on its way.
    base::debug("cannot watch over the session: {}", error.what());
  }
}

void SessionLoop::take_watch() {
  watch_->read_answers();
  if (watch_->ready() && guarded_) {
    guard_->dismiss();
    guarded_ = false;
  }
}

std::optional<LoopEnd> SessionLoop::take_input() {
  if (phase_ == Phase::starting) {
    return std::nullopt;
  }
  if (input_.hung_up()) {
    return LoopEnd::hung_up;
  }
  if (input_.pending()) {
    input_.send_to(connection_.socket.get());
  }
  return input_.detached() && !input_.pending() ? std::optional(LoopEnd::detached) : std::nullopt;
}

std::optional<LoopEnd> SessionLoop::take_output(bool connection_readable) {
  if (connection_readable && !output_.pending() && !stream_ended_) {
    stream_ended_ = !output_.read_from(connection_.socket.get());
  }
  output_.flush();
  if (output_.failure() == EPIPE) {
    return LoopEnd::output_closed;
  }
  if (output_.failure() == EIO && streams_.terminal) {
    return LoopEnd::hung_up;
  }
  if (output_.failure() != 0) {
    throw base::system_error("cannot write the agent's output", output_.failure());
  }
  return stream_ended_ && !output_.pending() ? std::optional(LoopEnd::stream_ended) : std::nullopt;
}

std::optional<LoopEnd> SessionLoop::take_signals() {
  while (const std::optional<os::TakenSignal> signal = signals_->take()) {
    if (const auto end = take_signal(*signal)) {
      return end;
    }
  }
  return std::nullopt;
}

std::optional<LoopEnd> SessionLoop::take_signal(os::TakenSignal signal) {
  switch (signal.number) {
    case SIGWINCH:
      resize();
      return std::nullopt;
    case SIGTSTP:
      suspend();
      return std::nullopt;
    case SIGCONT:
      // Also after SIGSTOP, of which nobody is told: the shell has had the terminal meanwhile.
      if (raw_) {
        raw_->enter_again();
      }
      resize();
      return std::nullopt;
    default:
      break;
  }
  // A docker CLI that is signalled closes its plugin's socket, too: what was meant is the signal that came here as well.
  if (signal.of_descriptor && signalled_) {
    return std::nullopt;
  }
  signalled_ = true;
  if (phase_ == Phase::starting) {
    throw interrupted_too_early(signal.number);
  }
  if (streams_.caller > 0 && ::getppid() != streams_.caller) {
    return LoopEnd::caller_gone;
  }
  watch_->signal(signal_name(signal.number));
  return std::nullopt;
}

void SessionLoop::resize() {
  if (!streams_.terminal || (phase_ == Phase::starting && !greeting().greeted())) {
    return;
  }
  const std::optional<os::WindowSize> size = os::window_size(streams_.out);
  if (!size || size == last_size_) {
    return;
  }
  try {
    engine_.resize_exec(exec_id_, {size->rows, size->columns});
    last_size_ = size;
  } catch (const Error& error) {
    // The program may have ended already; a session is worth more than its size.
    base::debug("cannot resize the session: {}", error.what());
  }
}

void SessionLoop::suspend() {
  if (raw_) {
    raw_->restore();
  }
  os::stop_by_terminal_signal();
  if (raw_) {
    raw_->enter_again();
  }
  resize();
}

void SessionLoop::give_terminal_back(CleanUp clean_up) {
  if (!raw_) {
    return;
  }
  if (clean_up == CleanUp::yes) {
    const std::string text = output_.modes().reset();
    // One that takes no more is past help.
    [[maybe_unused]] const ssize_t written = ::write(streams_.out, text.data(), text.size());
  }
  raw_.reset();
}

void SessionLoop::deliver(std::string_view signal_name) {
  watch_->signal(signal_name);
  // Orders are carried out in their order: the one that comes with our leaving is not to overtake this one.
  watch_->await_ready();
}

void SessionLoop::settle() {
  if (watch_) {
    watch_->finish();
  }
  if (guarded_) {
    guard_->dismiss();
    guarded_ = false;
  }
}

}  // namespace docker_sandbox::sandbox
