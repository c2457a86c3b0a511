// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/os/process.hpp"

#include "docker_sandbox/base/error.hpp"
#include "docker_sandbox/base/exit_status.hpp"
#include "docker_sandbox/os/interrupts.hpp"
#include "docker_sandbox/os/unique_fd.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string_view>

extern char** environ;  // NOLINT(readability-redundant-declaration): POSIX wants it declared by the program

namespace docker_sandbox::os {
namespace {

struct Pipe {
  UniqueFd read_end;
  UniqueFd write_end;
};

Pipe make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
    throw base::system_error("cannot make a pipe", errno);
  }
  return {UniqueFd(ends[0]), UniqueFd(ends[1])};
}

/// posix_spawn's attribute objects, destroyed with the scope.
class SpawnSetup {
 public:
  SpawnSetup(int in, int out, int err) {
    ::posix_spawn_file_actions_init(&actions_);
    ::posix_spawnattr_init(&attributes_);
    ::posix_spawn_file_actions_adddup2(&actions_, in, STDIN_FILENO);
    ::posix_spawn_file_actions_adddup2(&actions_, out, STDOUT_FILENO);
    ::posix_spawn_file_actions_adddup2(&actions_, err, STDERR_FILENO);
    sigset_t defaults;
    ::sigfillset(&defaults);
    sigset_t none;
    ::sigemptyset(&none);
    ::posix_spawnattr_setsigdefault(&attributes_, &defaults);
    ::posix_spawnattr_setsigmask(&attributes_, &none);
    ::posix_spawnattr_setpgroup(&attributes_, 0);
    ::posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP);
  }
  SpawnSetup(const SpawnSetup&) = delete;
  SpawnSetup& operator=(const SpawnSetup&) = delete;
  ~SpawnSetup() {
    ::posix_spawn_file_actions_destroy(&actions_);
    ::posix_spawnattr_destroy(&attributes_);
  }
  const posix_spawn_file_actions_t* actions() const { return &actions_; }
  const posix_spawnattr_t* attributes() const { return &attributes_; }

 private:
  posix_spawn_file_actions_t actions_{};
  posix_spawnattr_t attributes_{};
};

std::vector<char*> pointers_to(std::vector<std::string>& strings) {
  std::vector<char*> pointers;
  pointers.reserve(strings.size() + 1);
  for (std::string& text : strings) {
    pointers.push_back(text.data());
  }
  pointers.push_back(nullptr);
  return pointers;
}

/// Reads what is there into `into`; false at the end of the stream.
bool drain(int fd, std::string& into) {
  std::array<char, 65536> buffer{};
  const ssize_t count = ::read(fd, buffer.data(), buffer.size());
  if (count > 0) {
    into.append(buffer.data(), static_cast<std::size_t>(count));
    return true;
  }
  return count < 0 && (errno == EINTR || errno == EAGAIN);
}

/// Readable when the process has ended; none on a kernel before 5.3.
UniqueFd end_of_process(pid_t process) {
  return UniqueFd(static_cast<int>(::syscall(SYS_pidfd_open, process, 0U)));
}

/// Moves input and outputs until the child ends and all that it wrote is read: a process that it leaves behind may keep
/// its outputs open for ever. Earlier at the deadline, or when there is too much of it.
void exchange(Pipe& in, Pipe& out, Pipe& err, std::string_view input, UniqueFd child_end,
              std::chrono::steady_clock::time_point deadline, ProcessResult& result) {
  ::fcntl(in.write_end.get(), F_SETFL, O_NONBLOCK);
  bool child_ended = false;
  while (out.read_end || err.read_end || child_end) {
    if (input.empty()) {
      in.write_end.reset();
    }
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    if (left.count() <= 0) {
      result.timed_out = !child_ended;
      return;
    }
    std::array<pollfd, 4> watched{{{out.read_end.get(), POLLIN, 0},
                                   {err.read_end.get(), POLLIN, 0},
                                   {in.write_end.get(), POLLOUT, 0},
                                   {child_end.get(), POLLIN, 0}}};
    const int ready = ::poll(watched.data(), watched.size(), child_ended ? 0 : static_cast<int>(left.count()));
    if (ready < 0) {
      if (errno != EINTR) {
        throw base::system_error("cannot wait for a child process", errno);
      }
      continue;
    }
    if (child_ended && ready == 0) {
      return;
    }
    if (watched[3].revents != 0) {
      child_ended = true;
      child_end.reset();
      in.write_end.reset();
      continue;  // what it wrote last may have come after this look at its outputs
    }
    if (watched[0].revents != 0 && !drain(out.read_end.get(), result.out)) {
      out.read_end.reset();
    }
    if (watched[1].revents != 0 && !drain(err.read_end.get(), result.err)) {
      err.read_end.reset();
    }
    if (watched[2].revents != 0) {
      const ssize_t count = ::write(in.write_end.get(), input.data(), input.size());
      if (count > 0) {
        input.remove_prefix(static_cast<std::size_t>(count));
      } else if (count < 0 && errno != EAGAIN && errno != EINTR) {
        input = {};  // the child does not want its input: its own affair
      }
    }
    if (result.out.size() > k_most_output || result.err.size() > k_most_output) {
      result.flooded = true;
      return;
    }
  }
}

/// SIGPIPE, should the child close its input early, must not end us.
class IgnoreSigpipe {
 public:
  IgnoreSigpipe() {
    struct sigaction ignore {};
    ignore.sa_handler = SIG_IGN;  // NOLINT(cppcoreguidelines-pro-type-union-access)
    ::sigaction(SIGPIPE, &ignore, &before_);
  }
  IgnoreSigpipe(const IgnoreSigpipe&) = delete;
  IgnoreSigpipe& operator=(const IgnoreSigpipe&) = delete;
  ~IgnoreSigpipe() { ::sigaction(SIGPIPE, &before_, nullptr); }

 private:
  struct sigaction before_ {};
};

}  // namespace

ProcessResult run_process(const std::vector<std::string>& argv, const std::string& input,
                          std::chrono::milliseconds deadline, const std::map<std::string, std::string>* environment) {
  const auto end = std::chrono::steady_clock::now() + deadline;
  const IgnoreSigpipe no_sigpipe;
  Pipe in = make_pipe();
  Pipe out = make_pipe();
  Pipe err = make_pipe();

  std::vector<std::string> arguments = argv;
  std::vector<char*> argument_pointers = pointers_to(arguments);
  std::vector<std::string> variables;
  std::vector<char*> variable_pointers;
  if (environment != nullptr) {
    for (const auto& [name, value] : *environment) {
      variables.emplace_back(name).append("=").append(value);
    }
    variable_pointers = pointers_to(variables);
  }

  ProcessResult result;
  pid_t child = -1;
  const SpawnSetup setup(in.read_end.get(), out.write_end.get(), err.write_end.get());
  const int failure =
      ::posix_spawnp(&child, argument_pointers[0], setup.actions(), setup.attributes(), argument_pointers.data(),
                     environment != nullptr ? variable_pointers.data() : environ);
  if (failure != 0) {
    result.status = base::k_status_not_found;
    result.err = base::system_error(argv[0], failure).what();
    return result;
  }
  in.read_end.reset();
  out.write_end.reset();
  err.write_end.reset();

  const Interrupts::Companions companions(child);
  exchange(in, out, err, input, end_of_process(child), end, result);
  // After its own end, too: the number is its own until it is waited for.
  ::kill(-child, SIGKILL);
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  result.signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
  result.status = result.signal != 0 ? base::signal_status(result.signal) : WEXITSTATUS(status);
  return result;
}

}  // namespace docker_sandbox::os
