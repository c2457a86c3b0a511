// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

/// The parts of the Engine API's requests and answers that the program uses, as plain values. Fields carry the API's
/// meaning; a field that an engine leaves out or sends as null has its default.
namespace docker_sandbox::engine {

using Labels = std::map<std::string, std::string>;

/// A mount as `GET /containers/…` reports it.
struct MountPoint {
  std::string type;  ///< bind, volume, tmpfs
  std::string name;  ///< of a volume
  std::string source;
  std::string destination;
  bool read_write = true;
};

/// One row of `GET /containers/json`.
struct ContainerSummary {
  std::string id;
  std::vector<std::string> names;  ///< without the leading slash
  /// The reference it was made from while that still stands for image_id, else the image's ID (dockerd does this).
  std::string image;
  std::string image_id;
  std::string state;         ///< created, running, paused, restarting, removing, exited, dead
  std::int64_t created = 0;  ///< seconds since the epoch
  Labels labels;
  std::vector<MountPoint> mounts;
  std::int64_t size_rw = 0;  ///< bytes of its own layer, when the filter asked for sizes
};

/// `GET /containers/{id}/json`.
struct ContainerDetails {
  std::string id;
  std::string name;
  std::string created;  ///< RFC 3339 with nanoseconds
  std::string state;
  std::int64_t pid = 0;    ///< of its first process, on the engine's host; 0 while it does not run
  std::string started_at;  ///< RFC 3339; of the last start
  int exit_code = 0;
  bool oom_killed = false;
  std::vector<std::string> exec_ids;  ///< exec processes that were made and have not ended
  std::string image;                  ///< the reference it was made from
  std::string image_id;
  std::vector<std::string> env;
  std::string user;
  std::string network_mode;
  Labels labels;
  std::vector<MountPoint> mounts;
};

/// `GET /images/{name}/json`.
struct ImageDetails {
  std::string id;
  std::string architecture;
  std::string os;
  std::vector<std::string> env;
  std::string user;
};

/// A mount to create. Mounts, not Binds: any path is allowed in them, and a missing source is an error.
struct MountRequest {
  enum class Type { bind, volume };
  Type type = Type::bind;
  std::string source;  ///< host path, or name of a volume; an empty name makes an anonymous volume
  std::string target;
  bool read_only = false;
};

/// `POST /containers/create`.
struct ContainerRequest {
  std::string image;
  std::vector<std::string> command;
  std::vector<std::string> env;
  std::string working_directory;
  std::string hostname;  ///< empty: the engine chooses
  Labels labels;
  std::vector<MountRequest> mounts;
  std::vector<std::string> extra_hosts;
  std::vector<std::string> group_add;
  std::string userns_mode;  ///< "host": not remapped by an engine that remaps users; empty: as the engine does
  bool init = true;
};

/// The answer to it.
struct CreatedContainer {
  std::string id;
  std::vector<std::string>
      warnings;  ///< printable; what the engine will not do as asked, and an image of another platform
};

/// Width and height of a terminal, in characters.
struct TerminalSize {
  unsigned rows = 0;
  unsigned columns = 0;
};

/// `POST /containers/{id}/exec`.
struct ExecRequest {
  std::vector<std::string> command;
  std::vector<std::string> env;
  std::string user;
  std::string working_directory;
  std::string detach_keys;
  bool tty = false;
  bool attach_stdin = false;
  std::optional<TerminalSize> console_size;  ///< sent to engines that know it (API 1.42)
};

/// `GET /exec/{id}/json`.
struct ExecDetails {
  bool running = false;
  int exit_code = 0;
  std::int64_t pid = 0;                ///< on the engine's host; 0 when the process never started
  std::vector<std::string> arguments;  ///< of its command line, the program's name aside
};

/// Filters of `GET /containers/json`: several labels must all match ("key" or "key=value").
struct ContainerFilter {
  std::vector<std::string> labels;
  bool with_size = false;  ///< sizes too: costly for the engine
};

}  // namespace docker_sandbox::engine
