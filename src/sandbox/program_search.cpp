// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/sandbox/program_search.hpp"

#include "docker_sandbox/base/error.hpp"
#include "docker_sandbox/base/text.hpp"
#include "docker_sandbox/sandbox/exec_capture.hpp"
#include "exec_start.hpp"

namespace docker_sandbox::sandbox {
namespace {

constexpr std::chrono::seconds k_search_deadline{30};

/// $1 is the program. Prints "path:…", then "found:…" or "denied:…". The login shell may print whatever it likes, so the
/// PATH it has is taken from behind a marker.
constexpr const char* k_search_script = R"sh(
program=$1
shell=/bin/sh
if [ -x /bin/bash ]; then shell=/bin/bash; fi
marker=docker-sandbox-path:
login=$("$shell" -lc 'printf "\n%s%s\n" "$0" "$PATH"' "$marker" 2>/dev/null </dev/null) || login=''
case $login in *"$marker"*) login=${login##*"$marker"} ;; *) login='' ;; esac
path=$PATH:$HOME/.local/bin:$HOME/bin:$HOME/.npm-global/bin:$HOME/.npm/bin:/usr/local/bin:/usr/local/lib/npm/bin
path=$path${login:+:$login}
unique='' found='' denied=''
IFS=:
set -f
for directory in $path; do
  case :$unique: in *":$directory:"*) continue ;; esac
  [ -n "$directory" ] || continue
  unique=${unique:+$unique:}$directory
  file=$directory/$program
  if [ -z "$found" ] && [ -f "$file" ]; then
    if [ -x "$file" ]; then found=$file; else denied=${denied:-$file}; fi
  fi
done
echo "path:$unique"
if [ -n "$found" ]; then echo "found:$found"; elif [ -n "$denied" ]; then echo "denied:$denied"; fi
)sh";

}  // namespace

ProgramSearch search_program(engine::EngineClient& engine, const Sandbox& sandbox, const std::string& program) {
  const CapturedExec answer =
      run_captured(engine, sandbox.id,
                   {.command = {"/bin/sh", "-c", k_search_script, "docker-sandbox", program}, .user = sandbox.user},
                   k_search_deadline);
  ProgramSearch search;
  for (const std::string& line : base::split(answer.out, '\n')) {
    const std::size_t colon = line.find(':');
    const std::string key = line.substr(0, colon);
    const std::string value = colon == std::string::npos ? "" : line.substr(colon + 1);
    if (key == "path") {
      search.path = value;
    } else if (key == "found") {
      search.found = value;
    } else if (key == "denied") {
      search.denied = value;
    }
  }
  // There is always something to search.
  if (search.path.empty()) {
    // No program at all could be started, which says nothing of this one.
    throw base::Error(
        keeps_running(engine, sandbox.id) ? base::ErrorKind::engine_failure : base::ErrorKind::engine_conflict,
        "cannot look for " + program + " in the sandbox " + base::printable(sandbox.name) + ": " +
            base::printable_lines(base::trim(answer.out + answer.err)));
  }
  return search;
}

}  // namespace docker_sandbox::sandbox
