// SPDX-License-Identifier: Apache-2.0
#include "session_watch.hpp"

#include "docker_sandbox/base/error.hpp"
#include "docker_sandbox/base/log.hpp"
#include "docker_sandbox/base/number.hpp"
#include "docker_sandbox/os/unix_socket.hpp"
#include "docker_sandbox/sandbox/session.hpp"
#include "exec_start.hpp"
#include "session_scripts.hpp"
#include "sessions.hpp"

#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <system_error>

namespace docker_sandbox::sandbox {
namespace {

using base::Error;
using std::chrono::steady_clock;

constexpr std::chrono::seconds k_answer_deadline{10};
/// The watch needs three seconds where a process has to be killed; the engine may be slow to start it.
constexpr std::chrono::seconds k_will_deadline{60};
/// Longer than any line of the watch.
constexpr std::size_t k_max_line = 256;

std::optional<long> number_behind(std::string_view word, std::string_view line) {
  if (line.substr(0, word.size()) != word) {
    return std::nullopt;
  }
  line.remove_prefix(word.size());
  return base::parse_number<long>(line);
}

/// What the guard's child does: a watch whose input ends at once.
void end_orphans(engine::EngineClient& parents, const std::string& container_id, const std::string& first_signal,
                 const std::string& testament) {
  const std::optional<long> leader = number_behind("", testament);
  if (!leader) {
    return;
  }
  engine::EngineClient engine = parents.with_new_connections();
  SessionWatch watch(engine, container_id, *leader, first_signal, "");
  watch.start();
  ::shutdown(watch.fd(), SHUT_WR);
  const auto deadline = steady_clock::now() + k_will_deadline;
  while (os::wait_readable(watch.fd(), deadline) && watch.read_answers()) {
  }
}

}  // namespace

SessionWatch::SessionWatch(engine::EngineClient& engine, std::string container_id, long leader,
                           std::string first_signal, std::string_view memory_kills)
    : engine_(engine),
      container_id_(std::move(container_id)),
      leader_(leader),
      first_signal_(std::move(first_signal)),
      memory_kills_before_(number_behind("", memory_kills)) {}

void SessionWatch::start() {
  started_ = true;
  memory_kills_at_start_.reset();
  line_.clear();
  demux_.emplace([this](engine::OutputStream stream, std::string_view bytes) {
    if (stream == engine::OutputStream::out && line_.size() < k_max_line) {
      line_ += bytes;
    }
  });
  const std::string exec_id = engine_.create_exec(
      container_id_,
      {.command = {"/bin/sh", "-c", k_watch_script, k_watch_argument, std::to_string(leader_), first_signal_},
       .user = "0",
       .working_directory = "/",
       .attach_stdin = true});
  connection_ = start_exec_in(engine_, container_id_, exec_id, /*tty=*/false);
  demux_->feed(connection_.early_bytes);
}

bool SessionWatch::read_answers() {
  std::array<char, 4096> buffer{};
  const ssize_t count = ::recv(connection_.socket.get(), buffer.data(), buffer.size(), 0);
  if (count < 0 && errno == EINTR) {
    return true;
  }
  if (count <= 0) {
    base::debug("the session's watch has ended: {}", line_);
    connection_.socket.reset();
    return false;
  }
  demux_->feed({buffer.data(), static_cast<std::size_t>(count)});
  for (std::size_t end = line_.find('\n'); end != std::string::npos; end = line_.find('\n')) {
    take_line(std::string_view(line_).substr(0, end));
    line_.erase(0, end + 1);
  }
  return true;
}

void SessionWatch::take_line(std::string_view line) {
  if (const auto at_start = number_behind("ready ", line)) {
    memory_kills_at_start_ = at_start;
  } else if (const auto now = number_behind("memory ", line)) {
    memory_kills_ = now;
  }
}

void SessionWatch::order(std::string_view line) {
  try {
    if (!connection_.socket) {
      start();
    }
    os::send_all(connection_.socket.get(), std::string(line) + "\n");
  } catch (const std::system_error& error) {
    base::debug("the session's watch cannot be told \"{}\": {}", line, error.what());
    connection_.socket.reset();
  } catch (const base::Error& error) {
    if (!says_container_is_gone(error)) {
      throw;
    }
    // The sandbox is being stopped or removed, and the session with it.
    base::debug("cannot watch over the session: {}", error.what());
  }
}

void SessionWatch::signal(std::string_view name) {
  order(name);
  if (!connection_.socket) {
    order(name);  // it had ended: a new one takes its place
  }
}

void SessionWatch::await_ready() {
  const auto deadline = steady_clock::now() + k_answer_deadline;
  while (!ready() && connection_.socket && os::wait_readable(connection_.socket.get(), deadline)) {
    read_answers();
  }
}

std::optional<bool> SessionWatch::memory_ran_out() {
  const bool late = !started_;
  if (late ? !memory_kills_before_ : !connection_.socket) {
    return std::nullopt;
  }
  memory_kills_.reset();
  order("memory");
  const auto deadline = steady_clock::now() + k_answer_deadline;
  while (!memory_kills_ && connection_.socket && os::wait_readable(connection_.socket.get(), deadline)) {
    read_answers();
  }
  const std::optional<long> before = late ? memory_kills_before_ : memory_kills_at_start_;
  return memory_kills_ && before ? std::optional(*memory_kills_ > *before) : std::nullopt;
}

void SessionWatch::finish() {
  if (connection_.socket) {
    order("end");
    connection_.socket.reset();
  }
}

SessionGuard::SessionGuard(engine::EngineClient& engine, std::string container_id, std::string first_signal)
    : will_([&engine, container_id = std::move(container_id), first_signal = std::move(first_signal)](
                const std::string& testament) { end_orphans(engine, container_id, first_signal, testament); }) {}

void SessionGuard::arm(long leader) {
  will_.write_down(std::to_string(leader));
}

}  // namespace docker_sandbox::sandbox
