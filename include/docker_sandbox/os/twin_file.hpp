// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "docker_sandbox/os/unique_fd.hpp"

#include <string>
#include <thread>

namespace docker_sandbox::os {

/// One file with a name in each of two directories of one file system: the outer one is the user's, the inner one is
/// where somebody else may write who is not trusted. Whoever replaces the file by rename parts the names; join() gives
/// both the newer file again. A third name says which file both had last, so that it is known which one was replaced,
/// also when nobody watched.
class TwinFile {
 public:
  TwinFile(std::string outer, std::string inner, std::string last);

  /// Nothing is done while the outer file is not there: it is never made. What the inner name has that is no regular
  /// file of the caller's is replaced; the outer file keeps its owner and mode. Throws Error{io}, also when the two names
  /// cannot be one file.
  void join() const;

  const std::string& outer() const { return outer_; }
  const std::string& inner() const { return inner_; }

 private:
  std::string outer_;
  std::string inner_;
  std::string last_;
};

/// Joins the two names at once, whenever either is replaced, and at the end. A thread does it.
class TwinFileWatch {
 public:
  /// Throws Error{io}.
  explicit TwinFileWatch(TwinFile file);
  TwinFileWatch(const TwinFileWatch&) = delete;
  TwinFileWatch& operator=(const TwinFileWatch&) = delete;
  ~TwinFileWatch();

 private:
  void watch();

  TwinFile file_;
  UniqueFd events_;
  UniqueFd end_;  ///< readable when the thread is to end
  std::thread thread_;
};

}  // namespace docker_sandbox::os
