// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "docker_sandbox/engine/client.hpp"

#include <array>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace docker_sandbox::sandbox {

/// A tar archive's regular files, as they come. Pure; bytes may be cut anywhere. Knows names of up to 255 bytes (ustar), which
/// is all that the files of runs need.
class TarReader {
 public:
  struct Sink {
    std::function<void(const std::string& name)> begin;
    std::function<void(std::string_view bytes)> content;  ///< of the file that began last
  };

  explicit TarReader(Sink sink) : sink_(std::move(sink)) {}

  /// Throws Error{engine_protocol} for what is no archive.
  void feed(std::string_view bytes);

 private:
  void take_header();

  Sink sink_;
  std::array<char, 512> header_{};
  std::size_t header_size_ = 0;
  std::uint64_t content_ = 0;  ///< bytes of the entry that are still to come
  std::uint64_t padding_ = 0;  ///< bytes behind them
  bool regular_ = false;
};

/// The files of a headless run, out of a sandbox that may be stopped.
struct RunFiles {
  int run = 0;
  std::string info;
  std::string ended;  ///< empty when it has not
  std::string out;
  std::string err;
};

/// Picks the files of one run out of the archive of all: of the wanted one, or of the latest. What it keeps is bounded, whatever
/// the archive has: the directory belongs to the agent. Pure.
class RunCollector {
 public:
  /// More than a run keeps of a stream: the rest of a larger piece, and the older ones of more pieces, are left out.
  static constexpr std::size_t k_max_piece = 16U * 1024 * 1024;
  static constexpr std::size_t k_max_pieces = 3;

  /// `wanted`: 0 for the latest
  explicit RunCollector(int wanted) : wanted_(wanted) {}

  /// A file begins, such as "runs/3/out.1".
  void begin(const std::string& name);
  void content(std::string_view bytes);

  /// Nothing when there was no such run.
  std::optional<RunFiles> take() const;

 private:
  using Pieces = std::map<int, std::string>;

  std::string* place_of(const std::string& name);

  int wanted_;
  int run_ = 0;
  std::string info_;
  std::string ended_;
  std::string ended_soon_;  ///< as `ended`, from before the last of the output was kept
  Pieces out_;
  Pieces err_;
  std::string* current_ = nullptr;
};

/// Of the run of that number, 0 for the latest; nothing when there is none.
std::optional<RunFiles> read_run_files(engine::EngineClient& engine, const std::string& container_id, int run);

}  // namespace docker_sandbox::sandbox
