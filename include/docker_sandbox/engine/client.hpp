// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "docker_sandbox/engine/transport.hpp"
#include "docker_sandbox/engine/types.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace docker_sandbox::engine {

/// MAJOR.MINOR of the Engine API.
struct ApiVersion {
  int major = 0;
  int minor = 0;
  auto operator<=>(const ApiVersion&) const = default;
  std::string text() const { return std::to_string(major) + "." + std::to_string(minor); }
};

/// The oldest API that has what the program needs (Engine 20.10), and the newest it was written for.
inline constexpr ApiVersion k_oldest_api{1, 41};
inline constexpr ApiVersion k_newest_api{1, 47};

/// "1.47" or "v1.47"; nothing when it is not a version.
std::optional<ApiVersion> parse_api_version(std::string_view text);

/// The Engine API as methods: one request each. Every failure is a base::Error; the engine's own message is quoted as
/// "Error response from daemon: …". Kinds follow the HTTP status: 400 engine_bad_request, 404 engine_not_found,
/// 409 engine_conflict, else engine_failure. Not thread-safe.
class EngineClient {
 public:
  /// `pinned`: $DOCKER_API_VERSION, which turns negotiation off.
  EngineClient(docker_config::Endpoint endpoint, std::map<std::string, std::string> headers,
               std::optional<ApiVersion> pinned);

  const docker_config::Endpoint& endpoint() const { return transport_.endpoint(); }

  /// A client of the same engine that shares no connection with this one: for a child process.
  EngineClient with_new_connections() const { return {transport_.endpoint(), transport_.headers(), version_}; }

  /// The version that requests use. Asks the engine when no answer has told it yet. Throws Error{engine_failure} for an
  /// engine that is too old.
  ApiVersion api_version();

  /// Hands on each container as soon as the engine's answer has come so far.
  void list_containers(const ContainerFilter& filter, const std::function<void(ContainerSummary&&)>& on_container);
  std::vector<ContainerSummary> list_containers(const ContainerFilter& filter);
  ContainerDetails inspect_container(const std::string& id);
  /// The same, and nothing when there is no such container (any more).
  std::optional<ContainerDetails> find_container(const std::string& id);
  /// Throws engine_not_found when the image is missing, engine_conflict when the name is taken,
  /// invalid_value for a mount whose path would be misread.
  CreatedContainer create_container(const std::string& name, const ContainerRequest& request);
  /// Already running is no error.
  void start_container(const std::string& id);
  /// Asks its first process to end, and kills it after the container's own time limit. Already stopped is no error.
  void stop_container(const std::string& id);
  void unpause_container(const std::string& id);
  void rename_container(const std::string& id, const std::string& name);
  /// Removes it though it runs, with its anonymous volumes. False when it was not there any more.
  bool remove_container(const std::string& id);
  /// Removes it with its anonymous volumes, unless it runs: then Error{engine_conflict}. False when it was not there any
  /// more.
  bool remove_stopped_container(const std::string& id);
  /// The last `lines` lines of both outputs of the container's main process, each stream's text in turn.
  std::string container_log_tail(const std::string& id, int lines);

  /// The tags of all images, those of untagged ones left out.
  std::vector<std::string> list_image_tags();
  /// A tar archive of a path in the container, whether that runs or not, as it comes. False when there is no such path.
  bool read_archive(const std::string& id, const std::string& path,
                    const std::function<void(std::string_view)>& on_bytes);

  std::optional<ImageDetails> inspect_image(const std::string& reference);
  /// Pulls; the raw JSON lines go to `on_bytes` as they come. `registry_auth` is the X-Registry-Auth value, a secret.
  void pull_image(const std::string& reference, const std::string& registry_auth,
                  const std::function<void(std::string_view)>& on_bytes);

  std::string create_exec(const std::string& container_id, const ExecRequest& request);
  UpgradedConnection start_exec(const std::string& exec_id, bool tty);
  ExecDetails inspect_exec(const std::string& exec_id);
  void resize_exec(const std::string& exec_id, TerminalSize size);

 private:
  bool remove(const std::string& id, std::string_view query);

  enum class Versioning { negotiated, any };

  HttpResponse call(HttpRequest request, std::chrono::seconds patience, Versioning versioning = Versioning::negotiated);
  HttpResponse call_ok(HttpRequest request, std::chrono::seconds patience,
                       Versioning versioning = Versioning::negotiated);
  /// "GET /containers/json at unix:///…": names an answer in a message.
  std::string asked(std::string_view what) const;
  void add_version(HttpRequest& request, Versioning versioning);
  void learn_engine(const HttpResponse& response);

  Transport transport_;
  std::optional<ApiVersion> version_;
  bool is_podman_ = false;  ///< as far as answers have told
};

/// An image reference taken apart for a pull: name without tag, and the tag or digest (":latest" when neither is given).
struct PullReference {
  std::string name;
  std::string tag;
};
PullReference split_reference(const std::string& reference);

}  // namespace docker_sandbox::engine
