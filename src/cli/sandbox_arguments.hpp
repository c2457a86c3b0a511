// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "docker_sandbox/base/error.hpp"
#include "docker_sandbox/cli/command.hpp"
#include "docker_sandbox/sandbox/sandbox.hpp"
#include "engine_access.hpp"

#include <functional>
#include <string>
#include <vector>

namespace docker_sandbox::cli {

/// The directory that relative paths start from. When it is gone, what the shell remembers of it: its sandbox can still be
/// named by a path. Throws Error{io} when there is neither.
std::string current_directory(const CommandContext& context);

/// For an argument that names none, or none any more.
base::Error no_such_sandbox(const std::string& argument);

/// The sandbox that the argument names. Throws Error{not_found}.
sandbox::Sandbox named_sandbox(const CommandContext& context, EngineAccess& engine, const std::string& argument);

enum class UnknownSandbox { complain, accept };

/// Failures that concern one sandbox each: told on stderr, one sentence after the other, or kept for whoever asked for
/// them as JSON.
class SandboxFailures {
 public:
  enum class Manner { tell, keep };

  SandboxFailures(const Io& io, Manner manner) : io_(io), manner_(manner) {}

  void unknown(const std::string& argument);
  void refused(const base::Error& error);

  /// 1 when there was any.
  int status() const { return any_ ? 1 : 0; }
  /// Throws what was kept, as one error.
  void throw_kept() const;

 private:
  void add(base::ErrorKind kind, const std::string& sentence);

  const Io& io_;
  Manner manner_;
  bool any_ = false;
  base::ErrorKind kind_ = base::ErrorKind::not_found;  ///< of the first one
  std::string sentences_;
};

/// Does the same to each sandbox that the arguments name. One that is unknown, or that the engine refuses, is told on
/// stderr and does not keep the others from their turn; `act` returns false when the sandbox was gone in the meantime.
/// Returns the exit status: 1 when there was anything to tell.
int for_each_sandbox(const CommandContext& context, const std::vector<sandbox::Sandbox>& sandboxes,
                     const std::vector<std::string>& arguments, UnknownSandbox unknown,
                     const std::function<bool(const sandbox::Sandbox& sandbox, const std::string& argument)>& act);

/// As above; failures go to `failures`, which has the exit status.
void for_each_sandbox(const CommandContext& context, SandboxFailures& failures,
                      const std::vector<sandbox::Sandbox>& sandboxes, const std::vector<std::string>& arguments,
                      UnknownSandbox unknown,
                      const std::function<bool(const sandbox::Sandbox& sandbox, const std::string& argument)>& act);

}  // namespace docker_sandbox::cli
