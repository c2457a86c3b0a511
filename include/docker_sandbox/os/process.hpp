// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <map>
#include <string>
#include <vector>

namespace docker_sandbox::os {

struct ProcessResult {
  int status = 0;  ///< exit status; 127 when the program could not be started, 128+N when signal N ended it
  std::string out;
  std::string err;
  bool timed_out = false;
};

/// Runs argv[0] (looked up in PATH) with `input` on its standard input and collects both outputs. At the deadline the
/// child's whole process group is killed. `environment`, when given, replaces the caller's. The child gets no
/// descriptor of ours but its three streams, and default signal dispositions.
ProcessResult run_process(const std::vector<std::string>& argv, const std::string& input,
                          std::chrono::milliseconds deadline,
                          const std::map<std::string, std::string>* environment = nullptr);

}  // namespace docker_sandbox::os
