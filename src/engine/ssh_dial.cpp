// SPDX-License-Identifier: Apache-2.0
#include "ssh_dial.hpp"

#include "docker_sandbox/base/error.hpp"
#include "docker_sandbox/base/exit_status.hpp"
#include "docker_sandbox/base/text.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <thread>

namespace docker_sandbox::engine {
namespace {

using std::chrono::steady_clock;

constexpr std::size_t k_kept_text = 4096;   ///< of what ssh says: the end of it
constexpr std::chrono::seconds k_grace{3};  ///< between SIGTERM and SIGKILL, as in the docker CLI

struct Pipe {
  os::UniqueFd read_end;
  os::UniqueFd write_end;
};

Pipe make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
    throw base::system_error("cannot make a pipe for ssh", errno);
  }
  ::fcntl(ends[0], F_SETFL, O_NONBLOCK);
  return {os::UniqueFd(ends[0]), os::UniqueFd(ends[1])};
}

/// In the child, between fork and exec: only what is safe there while other threads live.
[[noreturn]] void become(char* const* words, int client, int errors) {
  ::setsid();                          // no terminal to ask for a password on
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);  // the thread that started it waits for its end
  ::dup2(client, STDIN_FILENO);
  ::dup2(client, STDOUT_FILENO);
  ::dup2(errors, STDERR_FILENO);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  for (const int signal : {SIGPIPE, SIGINT, SIGTERM, SIGHUP, SIGQUIT}) {
    (void)::signal(signal, SIG_DFL);
  }
  ::execvp(words[0], words);
  const char* reason = std::strerror(errno);
  for (const char* text : {"cannot run ssh: ", reason}) {
    [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, text, std::strlen(text));
  }
  ::_exit(base::k_status_not_found);
}

/// Keeps the end of what the child has said so far; false when there will be no more.
bool read_what_is_said(int errors, std::string& text) {
  std::array<char, 1024> buffer{};
  ssize_t count = 0;
  while ((count = ::read(errors, buffer.data(), buffer.size())) > 0) {
    text.append(buffer.data(), static_cast<std::size_t>(count));
    text.erase(0, text.size() > k_kept_text ? text.size() - k_kept_text : 0);
  }
  return count < 0 && (errno == EINTR || errno == EAGAIN);
}

/// Listens to the child until it ends; false when `stop` came first. What the child leaves in the background (a shared
/// connection of ssh's own) may hold its streams for longer: the child's end counts, where the kernel can tell it.
bool listen_to(pid_t child, int errors, int stop, std::string& text) {
  const os::UniqueFd ended(static_cast<int>(::syscall(SYS_pidfd_open, child, 0)));
  for (;;) {
    std::array<pollfd, 3> watched{{{errors, POLLIN, 0}, {stop, POLLIN, 0}, {ended.get(), POLLIN, 0}}};
    if (::poll(watched.data(), watched.size(), -1) < 0 && errno != EINTR) {
      return true;
    }
    if (watched[1].revents != 0) {
      return false;
    }
    const bool silent = watched[0].revents != 0 && !read_what_is_said(errors, text);
    if (watched[2].revents != 0) {
      read_what_is_said(errors, text);
      return true;
    }
    if (silent && !ended) {
      return true;
    }
    if (silent) {
      errors = -1;
    }
  }
}

int wait_for(pid_t child) {
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return status;
}

/// Ends the child's process group.
void end(pid_t child) {
  ::kill(-child, SIGTERM);
  const auto deadline = steady_clock::now() + k_grace;
  int status = 0;
  while (::waitpid(child, &status, WNOHANG) == 0) {
    if (steady_clock::now() >= deadline) {
      ::kill(-child, SIGKILL);
      wait_for(child);
      return;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
}

}  // namespace

std::vector<std::string> ssh_command(const docker_config::Endpoint& endpoint) {
  std::vector<std::string> words{"ssh", "-o ConnectTimeout=30", "-T"};
  if (!endpoint.user.empty()) {
    words.insert(words.end(), {"-l", endpoint.user});
  }
  if (endpoint.port != 0) {
    words.insert(words.end(), {"-p", std::to_string(endpoint.port)});
  }
  words.insert(words.end(), {"--", endpoint.address, "docker"});
  if (!endpoint.base_path.empty()) {
    // For the shell on the other side.
    words.push_back(base::shell_quoted("--host=unix://" + endpoint.base_path));
  }
  words.insert(words.end(), {"system", "dial-stdio"});
  return words;
}

std::string serve_through_ssh(const docker_config::Endpoint& endpoint, os::UniqueFd client, int stop) {
  std::vector<std::string> words = ssh_command(endpoint);
  std::vector<char*> pointers;
  pointers.reserve(words.size() + 1);
  for (std::string& word : words) {
    pointers.push_back(word.data());
  }
  pointers.push_back(nullptr);
  Pipe errors = make_pipe();
  const pid_t child = ::fork();
  if (child < 0) {
    throw base::system_error("cannot start ssh", errno);
  }
  if (child == 0) {
    become(pointers.data(), client.get(), errors.write_end.get());
  }
  errors.write_end.reset();
  client.reset();
  std::string text;
  if (!listen_to(child, errors.read_end.get(), stop, text)) {
    end(child);
    return {};
  }
  const int status = wait_for(child);
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) {
    return {};
  }
  const std::string how = WIFEXITED(status) ? "ended with status " + std::to_string(WEXITSTATUS(status))
                                            : "was ended by signal " + std::to_string(WTERMSIG(status));
  const std::string said(base::trim(text));
  return "cannot reach the engine at " + endpoint.host + ": ssh " + how + (said.empty() ? "" : ": " + said);
}

}  // namespace docker_sandbox::engine
