// SPDX-License-Identifier: Apache-2.0
// What programs inside a sandbox say and leave: the agent is root there.
#include "docker_sandbox/base/text.hpp"
#include "docker_sandbox/os/mount_table.hpp"
#include "docker_sandbox/sandbox/checked_mounts.hpp"
#include "docker_sandbox/sandbox/headless.hpp"
#include "docker_sandbox/sandbox/mounted_workspace.hpp"
#include "fuzz_target.hpp"
#include "sandbox/run_archive.hpp"
#include "sandbox/run_info.hpp"
#include "sandbox/session_greeting.hpp"
#include "sandbox/setup.hpp"
#include "sandbox/terminal_modes.hpp"
#include "support/pieces.hpp"

namespace ds = docker_sandbox;
using ds::fuzz::require;

namespace {

/// Calls `take` with the pieces.
template <typename Take>
void in_pieces(std::string_view bytes, const Take& take) {
  const std::size_t piece = ds::fuzz::take_piece_size(bytes);
  ds::support::in_pieces(bytes, piece, take);
}

}  // namespace

FUZZ_TARGET(session_greeting) {
  for (const bool terminal : {false, true}) {
    ds::sandbox::GreetingReader reader("token", terminal);
    std::size_t passed = 0;
    in_pieces(bytes, [&](std::string_view part) {
      if (!reader.hopeless()) {
        reader.feed(part, [&](std::string_view text) { passed += text.size(); });
      }
    });
    require(passed <= bytes.size(), "no output is made up");
  }
}

FUZZ_TARGET(terminal_modes) {
  ds::sandbox::TerminalModes modes;
  in_pieces(bytes, [&](std::string_view part) { modes.feed(part); });
  require(modes.reset().size() < 1024, "a reset is short");
}

FUZZ_TARGET(run_log) {
  std::size_t given = 0;
  ds::sandbox::RunLogDecoder decoder("t",
                                     {.chunk = [&](std::string_view, const std::string& text) { given += text.size(); },
                                      .caught_up = [] {},
                                      .end = [](std::string_view) {}});
  in_pieces(bytes, [&](std::string_view part) { decoder.feed(part); });
  decoder.finish();
  require(given <= bytes.size(), "no output is made up");
}

FUZZ_TARGET(run_info) {
  const std::string_view uptime = ds::fuzz::take_line(bytes);
  ds::sandbox::RunInfo info;
  while (!bytes.empty()) {
    info.take(ds::fuzz::take_line(bytes));
  }
  require(info.begun.count() >= 0 && info.time_of(uptime).count() >= 0, "a time is one that can be shown");
}

FUZZ_TARGET(run_state) {
  const auto state = ds::sandbox::parse_run_state(bytes);
  require(state.exit_code >= 0 && state.exit_code <= 255, "an exit code is one that a program can end with");
}

FUZZ_TARGET(run_archive) {
  std::size_t given = 0;
  ds::sandbox::RunCollector collector(0);
  ds::sandbox::TarReader reader({.begin = [&](const std::string& name) { collector.begin(name); },
                                 .content =
                                     [&](std::string_view part) {
                                       given += part.size();
                                       collector.content(part);
                                     }});
  in_pieces(bytes, [&](std::string_view part) { reader.feed(part); });
  require(given <= bytes.size(), "no content is made up");
  const auto run = collector.take();
  require(!run || run->out.size() + run->err.size() <= given, "no output is made up");
}

FUZZ_TARGET(mount_table) {
  for (const auto& entry : ds::os::parse_mount_table(bytes)) {
    require(entry.point.front() == '/', "a mount has a place");
  }
  ds::sandbox::compare_mount(bytes, "0123456789ab", {.path = "/work", .place = ds::os::DirectoryPlace{"8:1", "/work"}});
  const auto other = ds::sandbox::find_other_mount({{"/work", {"8:1", "/work"}}}, bytes, bytes);
  require(!other || *other == "/work", "only what was checked is told of");
}

FUZZ_TARGET(setup_report) {
  const auto report = ds::sandbox::parse_setup_report(bytes);
  if (!report) {
    return;
  }
  require(report->kernel.size() + report->mounts.size() <= bytes.size(), "nothing is made up");
  for (const auto* lines : {&report->notes, &report->warnings}) {
    for (const std::string& line : *lines) {
      require(ds::base::printable(line) == line, "what is told has no control characters");
    }
  }
}
