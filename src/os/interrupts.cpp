// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/os/interrupts.hpp"

#include "docker_sandbox/base/exit_status.hpp"

#include <unistd.h>

#include <array>
#include <atomic>
#include <csignal>

namespace docker_sandbox::os {
namespace {

constexpr std::array k_signals{SIGINT, SIGTERM, SIGHUP, SIGQUIT};
constexpr int k_patience = 3;

// Atomic, not only for the handler: deferrals of several threads count together.
std::atomic<int> g_deferrals{0};
std::atomic<int> g_pending{0};
std::atomic<int> g_count{0};
std::atomic<pid_t> g_companions{0};
static_assert(std::atomic<int>::is_always_lock_free, "a signal handler may touch nothing else");

extern "C" void on_interrupt(int signal) {
  const int count = ++g_count;
  if (g_deferrals == 0 || count >= k_patience) {
    if (const pid_t group = g_companions) {
      ::kill(-group, SIGKILL);
    }
    ::_exit(base::signal_status(signal));
  }
  int none = 0;
  g_pending.compare_exchange_strong(none, signal);
}

}  // namespace

void Interrupts::install() {
  struct sigaction action {};
  action.sa_handler = on_interrupt;  // NOLINT(cppcoreguidelines-pro-type-union-access): POSIX's interface
  // One at a time: of two that are delivered together, the handler of the first is not to be interrupted by the other's,
  // which would be noted in its place.
  ::sigemptyset(&action.sa_mask);
  for (const int signal : k_signals) {
    ::sigaddset(&action.sa_mask, signal);
  }
  // SA_RESTART: a request in flight is not to fail; the note is read between two requests.
  action.sa_flags = SA_RESTART;
  for (const int signal : k_signals) {
    struct sigaction before {};
    ::sigaction(signal, nullptr, &before);
    // A signal that the caller had ignored (nohup, a background job) stays ignored.
    if (before.sa_handler != SIG_IGN) {  // NOLINT(cppcoreguidelines-pro-type-union-access)
      ::sigaction(signal, &action, nullptr);
    }
  }
}

int Interrupts::pending() {
  return g_pending;
}

Interrupts::Deferral::Deferral() {
  ++g_deferrals;
}

Interrupts::Deferral::~Deferral() {
  --g_deferrals;
}

Interrupts::Companions::Companions(pid_t group) {
  g_companions = group;
}

Interrupts::Companions::~Companions() {
  g_companions = 0;
}

base::Error interruption(int signal, const std::string& sentence) {
  return base::Error(signal == SIGINT ? base::ErrorKind::interrupted : base::ErrorKind::terminated, sentence);
}

}  // namespace docker_sandbox::os
