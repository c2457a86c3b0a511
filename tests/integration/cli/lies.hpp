// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "support/fake_engine.hpp"

#include <functional>
#include <vector>

/// What an engine may answer that is not what it was asked.
namespace docker_sandbox::support {

struct Lie {
  enum class Of {
    any_answer,  ///< its head, and what follows it
    json,        ///< a body that the program reads
    list,        ///< the list of containers
    stream,      ///< of an upgraded connection
    pull,        ///< the report of a pull
    archive,     ///< of files in a container
  };

  const char* name;
  Of of;
  std::function<void(HttpConnection&, const Response& honest)> write;
};

/// Each of them ends by itself, or the connection's end ends it: no lie waits for a deadline of the program's.
const std::vector<Lie>& lies();

}  // namespace docker_sandbox::support
