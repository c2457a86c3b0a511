// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <string>
#include <vector>

namespace docker_sandbox::os {

/// What a program may write to each of its outputs.
inline constexpr std::size_t k_most_output = std::size_t{16} << 20;

struct ProcessResult {
  int status = 0;  ///< exit status; 127 when the program could not be started, 128+N when signal N ended it
  int signal = 0;  ///< the signal that ended it, or 0
  std::string out;
  std::string err;
  bool timed_out = false;
  bool flooded = false;  ///< killed because it wrote more than k_most_output
};

/// Runs argv[0] (looked up in PATH) with `input` on its standard input and collects both outputs. At the deadline it is
/// killed. Whatever it leaves in its process group goes with it, at its own end and when a signal ends this process
/// (os::Interrupts), and is not waited for. `environment`, when given, replaces the caller's. The child gets no descriptor
/// of ours but its three streams, and default signal dispositions.
ProcessResult run_process(const std::vector<std::string>& argv, const std::string& input,
                          std::chrono::milliseconds deadline,
                          const std::map<std::string, std::string>* environment = nullptr);

}  // namespace docker_sandbox::os
