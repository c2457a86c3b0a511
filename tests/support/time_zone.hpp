// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "support/scoped_variable.hpp"

#include <ctime>

namespace docker_sandbox::support {

/// The time zone of the test's process, for as long as it lives.
class TimeZone {
 public:
  explicit TimeZone(const char* zone) : variable_(std::in_place, "TZ", zone) { ::tzset(); }
  TimeZone(const TimeZone&) = delete;
  TimeZone& operator=(const TimeZone&) = delete;
  ~TimeZone() {
    variable_.reset();
    ::tzset();
  }

 private:
  std::optional<ScopedVariable> variable_;
};

}  // namespace docker_sandbox::support
