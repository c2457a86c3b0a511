// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "docker_sandbox/engine/types.hpp"

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace docker_sandbox::engine {

/// Takes the rows out of the answer to `GET /containers/json` while it comes, and keeps none. Throws
/// Error{engine_protocol}, which names `what` was asked, for anything that is not the API's shape; unknown fields are
/// ignored, missing and null ones have their defaults.
class ContainerListReader {
 public:
  using Take = std::function<void(ContainerSummary&&)>;

  ContainerListReader(std::string what, Take take);
  ContainerListReader(const ContainerListReader&) = delete;
  ContainerListReader& operator=(const ContainerListReader&) = delete;
  ~ContainerListReader();

  /// The next bytes of the body.
  void feed(std::string_view bytes);
  /// The body has come to its end.
  void finish() const;

 private:
  class Rows;

  std::string what_;
  std::size_t size_ = 0;
  std::unique_ptr<Rows> rows_;
};

}  // namespace docker_sandbox::engine
