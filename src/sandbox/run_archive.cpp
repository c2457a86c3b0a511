// SPDX-License-Identifier: Apache-2.0
#include "run_archive.hpp"

#include "docker_sandbox/base/error.hpp"
#include "docker_sandbox/base/number.hpp"
#include "docker_sandbox/base/text.hpp"

#include <algorithm>
#include <map>
#include <vector>

namespace docker_sandbox::sandbox {
namespace {

constexpr std::uint64_t k_block = 512;
constexpr std::size_t k_size_at = 124;
constexpr std::size_t k_size_length = 12;
constexpr std::size_t k_type_at = 156;
constexpr std::size_t k_name_length = 100;
constexpr std::size_t k_prefix_at = 345;
constexpr std::size_t k_prefix_length = 155;
/// Three times what the runs that are kept can have.
constexpr std::size_t k_max_archive = 1024U * 1024 * 1024;
constexpr const char* k_runs = "/var/lib/docker-sandbox/runs";

std::string text_at(const std::array<char, k_block>& header, std::size_t at, std::size_t length) {
  const std::string text(header.data() + at, length);
  return text.substr(0, text.find('\0'));
}

std::string joined(const std::map<int, std::string>& pieces) {
  std::string all;
  for (const auto& [number, text] : pieces) {
    all += text;
  }
  return all;
}

}  // namespace

void RunCollector::begin(const std::string& name) {
  current_ = nullptr;
  const std::vector<std::string> parts = base::split(name, '/');
  const std::optional<int> run = parts.size() == 3 ? base::parse_number<int>(parts[1]) : std::nullopt;
  if (!run || *run <= 0 || (wanted_ != 0 && *run != wanted_) || *run < run_) {
    return;
  }
  if (*run > run_) {
    *this = RunCollector(wanted_);
    run_ = *run;
  }
  current_ = place_of(parts[2]);
}

std::string* RunCollector::place_of(const std::string& name) {
  if (name == "info") {
    return &info_;
  }
  if (name == "ended") {
    return &ended_;
  }
  if (name == "ended.new") {
    return &ended_soon_;
  }
  constexpr std::size_t k_prefix = 4;
  const std::string prefix = name.substr(0, k_prefix);
  const std::optional<int> number = prefix == "out." || prefix == "err."
                                        ? base::parse_number<int>(std::string_view(name).substr(k_prefix))
                                        : std::nullopt;
  if (!number) {
    return nullptr;
  }
  Pieces& pieces = prefix == "out." ? out_ : err_;
  pieces[*number];
  if (pieces.size() > k_max_pieces) {
    // cppcheck-suppress mismatchingContainerIterator; it takes what the reference may stand for as two containers
    pieces.erase(pieces.begin());
  }
  const auto place = pieces.find(*number);
  return place == pieces.end() ? nullptr : &place->second;
}

void RunCollector::content(std::string_view bytes) {
  if (current_ != nullptr) {
    *current_ += bytes.substr(0, k_max_piece - current_->size());
  }
}

std::optional<RunFiles> RunCollector::take() const {
  if (info_.empty()) {
    return std::nullopt;
  }
  // The agent had ended, but the run was cut off while it waited for the last of the output.
  return RunFiles{.run = run_,
                  .info = info_,
                  .ended = ended_.empty() ? ended_soon_ : ended_,
                  .out = joined(out_),
                  .err = joined(err_)};
}

void TarReader::take_header() {
  header_size_ = 0;
  content_ = padding_ = 0;
  regular_ = false;
  if (std::all_of(header_.begin(), header_.end(), [](char c) { return c == '\0'; })) {
    return;  // the end, or what follows it
  }
  const std::string text = text_at(header_, k_size_at, k_size_length);
  const std::optional<std::uint64_t> size = base::parse_number<std::uint64_t>(base::trim(text), 8);
  if (!size) {
    throw base::Error(base::ErrorKind::engine_protocol, "the engine sent an archive that is none");
  }
  content_ = *size;
  padding_ = (k_block - content_ % k_block) % k_block;
  const char type = header_[k_type_at];
  regular_ = type == '0' || type == '\0';
  if (regular_) {
    const std::string prefix = text_at(header_, k_prefix_at, k_prefix_length);
    sink_.begin((prefix.empty() ? "" : prefix + "/") + text_at(header_, 0, k_name_length));
  }
}

void TarReader::feed(std::string_view bytes) {
  while (!bytes.empty()) {
    if (content_ > 0) {
      const std::string_view part = bytes.substr(0, std::min<std::uint64_t>(content_, bytes.size()));
      if (regular_) {
        sink_.content(part);
      }
      content_ -= part.size();
      bytes.remove_prefix(part.size());
    } else if (padding_ > 0) {
      const std::size_t count = std::min<std::uint64_t>(padding_, bytes.size());
      padding_ -= count;
      bytes.remove_prefix(count);
    } else {
      const std::size_t count = std::min(header_.size() - header_size_, bytes.size());
      std::copy_n(bytes.begin(), count, header_.begin() + static_cast<std::ptrdiff_t>(header_size_));
      header_size_ += count;
      bytes.remove_prefix(count);
      if (header_size_ == header_.size()) {
        take_header();
      }
    }
  }
}

std::optional<RunFiles> read_run_files(engine::EngineClient& engine, const std::string& container_id, int run) {
  RunCollector collector(run);
  std::size_t total = 0;
  TarReader reader({.begin = [&](const std::string& name) { collector.begin(name); },
                    .content = [&](std::string_view bytes) { collector.content(bytes); }});
  const auto take = [&](std::string_view bytes) {
    total += bytes.size();
    if (total > k_max_archive) {
      throw base::Error(base::ErrorKind::engine_protocol,
                        std::string("the sandbox has more in ") + k_runs + " than runs leave there",
                        "What the agent has put there itself is to be removed first.");
    }
    reader.feed(bytes);
  };
  if (!engine.read_archive(container_id, k_runs, take)) {
    return std::nullopt;
  }
  return collector.take();
}

}  // namespace docker_sandbox::sandbox
