// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "docker_sandbox/engine/types.hpp"
#include "support/http_connection.hpp"

#include <nlohmann/json.hpp>

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

/// What a FakeEngine holds: containers, images, volumes, processes. Plain values; whoever touches them holds the world's
/// mutex, and says so through `changed`.
namespace docker_sandbox::support {

class Process;

/// What a program in a container does: reads and writes through the process, returns its exit code.
using Program = std::function<int(Process&)>;

/// Thrown by a program that cannot be started; what the engine then says stands in the session's output.
struct StartFailure {
  int exit_code = 127;
  std::string message;
};

struct FakeImage {
  std::string id;
  std::vector<std::string> creation_warnings = {};
  std::vector<std::string> references;
  nlohmann::json config = nlohmann::json::object();  ///< Env, User, Labels, …
  std::optional<int> ends_at_start;                  ///< its containers end at once, with this code
  std::string last_words;                            ///< and leave this in their log
};

struct FakeContainer {
  std::string id;
  std::string name;
  nlohmann::json body;  ///< of the creation
  std::string image_id;
  std::string state = "created";
  int exit_code = 0;
  std::int64_t created = 0;
  nlohmann::json mounts = nlohmann::json::array();
  std::vector<std::string> anonymous_volumes;
  std::string log_out;
  std::string log_err;
  std::map<std::string, std::string> files;  ///< by path, for archives
  int starts = 0;
  std::int64_t started = 0;
  std::int64_t pid = 0;

  /// Of the image and of the creation, as `docker inspect` shows them.
  engine::Labels labels;
  std::vector<std::string> env;
  std::string user;
};

struct FakeExec {
  std::string id;
  std::string container_id;
  nlohmann::json body;  ///< of the creation
  bool started = false;
  bool running = false;
  bool killed = false;  ///< with its container, or by a signal
  int exit_code = 0;
  std::int64_t pid = 0;
  std::vector<engine::TerminalSize> sizes;  ///< as they came through resize
  std::weak_ptr<HttpConnection> connection;
};

/// How the engine presents itself.
struct FakeSettings {
  std::string api_version = "1.41";
  std::string oldest_api_version = "1.12";
  bool tells_api_version = true;
  /// Podman's habits: a taken name is a 500, any API version is taken.
  bool podman = false;
};

/// Above every number that Linux gives to a process: nothing real is ever looked at or signalled.
inline constexpr std::int64_t k_first_fake_pid = 5'000'000;

struct FakeWorld {
  mutable std::mutex mutex;
  std::condition_variable changed;
  bool ending = false;
  FakeSettings settings;

  std::map<std::string, FakeContainer> containers;  ///< by ID
  std::map<std::string, FakeImage> images;          ///< by ID
  std::map<std::string, FakeImage> registry;        ///< what a pull can get, by reference
  std::map<std::string, nlohmann::json> volumes;    ///< by name
  std::map<std::string, FakeExec> execs;            ///< by ID
  std::vector<std::pair<std::function<bool(const std::vector<std::string>&)>, Program>> programs;
  std::uint64_t last_number = 0;

  /// 64 hexadecimal digits, another one at each call.
  std::string new_id();
  FakeContainer* find_container(const std::string& name_or_id);
  FakeImage* find_image(const std::string& reference);
  Program find_program(const std::vector<std::string>& command) const;
  /// The container's processes end with it.
  void end_container(FakeContainer& container, int exit_code);
  void kill(FakeExec& exec);
};

/// A refusal: the status and the engine's message.
struct ApiError {
  int status = 500;
  std::string message;
};

struct Response {
  int status = 200;
  std::string body;
  std::string content_type = "application/json";
  std::map<std::string, std::string> headers;
  /// Writes the body piece by piece, without the world's mutex; chunked, or raw after an upgrade.
  std::function<void(const std::function<void(std::string_view)>& write)> stream;
  /// Talks over the upgraded connection, without the world's mutex.
  std::function<void(const std::shared_ptr<HttpConnection>&)> upgrade;
  std::string upgrade_content_type = "application/vnd.docker.raw-stream";
  /// Runs in a thread of its own once the answer is decided: a detached process.
  std::function<void()> background;
};

/// The engine's decision on a request; the caller holds the mutex. Throws ApiError.
Response decide(FakeWorld& world, const Request& request);

/// Parts of decide, by subject.
Response decide_containers(FakeWorld& world, const Request& request, const std::vector<std::string>& path);
Response decide_container(FakeWorld& world, const Request& request, FakeContainer& container, const std::string& what);
Response decide_images(FakeWorld& world, const Request& request, const std::vector<std::string>& path);
Response decide_exec(FakeWorld& world, const Request& request, const std::vector<std::string>& path);
Response create_exec(FakeWorld& world, const Request& request, FakeContainer& container);

/// The request's JSON body; refused as dockerd does.
nlohmann::json json_body(const Request& request);
Response json_response(const nlohmann::json& body, int status = 200);
[[noreturn]] void page_not_found();
bool is_true(const Request& request, const char* key);
std::string query(const Request& request, const char* key);

}  // namespace docker_sandbox::support
