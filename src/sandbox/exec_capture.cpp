// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/sandbox/exec_capture.hpp"

#include "docker_sandbox/base/error.hpp"
#include "docker_sandbox/engine/stream_demux.hpp"
#include "docker_sandbox/os/unix_socket.hpp"
#include "exec_start.hpp"

#include <sys/socket.h>

#include <array>
#include <cerrno>

namespace docker_sandbox::sandbox {
namespace {

constexpr std::size_t k_max_captured = 64 * 1024;
/// Beyond what is kept, a program may write as much as a login script would; not without end.
constexpr std::size_t k_max_read = 16U * 1024 * 1024;

void append_limited(std::string& text, std::string_view bytes) {
  text.append(bytes.substr(0, k_max_captured - std::min(k_max_captured, text.size())));
}

}  // namespace

CapturedExec run_captured(engine::EngineClient& engine, const std::string& container_id,
                          const engine::ExecRequest& request, std::chrono::seconds deadline,
                          const std::function<bool(const CapturedExec&)>& is_enough) {
  const auto end = std::chrono::steady_clock::now() + deadline;
  const std::string exec_id = engine.create_exec(container_id, request);
  const engine::UpgradedConnection connection = start_exec_in(engine, container_id, exec_id, request.tty);
  CapturedExec captured;
  engine::StreamDemux demux([&](engine::OutputStream stream, std::string_view bytes) {
    append_limited(stream == engine::OutputStream::out ? captured.out : captured.err, bytes);
  });
  demux.feed(connection.early_bytes);
  std::size_t total = 0;
  while (!is_enough || !is_enough(captured)) {
    if (!os::wait_readable(connection.socket.get(), end)) {
      throw base::Error(base::ErrorKind::engine_timeout,
                        "a program in the sandbox did not end within " + std::to_string(deadline.count()) + " seconds");
    }
    std::array<char, 16384> buffer{};
    const ssize_t count = ::recv(connection.socket.get(), buffer.data(), buffer.size(), 0);
    if (count > 0) {
      total += static_cast<std::size_t>(count);
      if (total > k_max_read) {
        throw base::Error(base::ErrorKind::engine_protocol, "a program in the sandbox does not stop writing");
      }
      demux.feed({buffer.data(), static_cast<std::size_t>(count)});
    } else if (count == 0 || errno != EINTR) {
      break;
    }
  }
  return captured;
}

}  // namespace docker_sandbox::sandbox
