// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/base/text.hpp"
#include "docker_sandbox/engine/client.hpp"
#include "support/fake_world.hpp"
#include "support/stream_frame.hpp"
#include "support/tar.hpp"

#include <algorithm>

namespace docker_sandbox::support {
namespace {

using nlohmann::json;

/// Go's HTTP server answers these by itself, in plain text, and closes.
void check_host(const Request& request) {
  const auto host = request.headers.find("host");
  if (host == request.headers.end()) {
    throw ApiError{400, "400 Bad Request: missing required Host header"};
  }
  if (host->second.find('/') != std::string::npos) {
    throw ApiError{400, "400 Bad Request: malformed Host header"};
  }
}

void check_version(const FakeSettings& settings, const Request& request) {
  if (request.version.empty() || settings.podman) {
    return;
  }
  const auto asked = engine::parse_api_version(request.version);
  if (!asked) {
    page_not_found();
  }
  if (*asked > *engine::parse_api_version(settings.api_version)) {
    throw ApiError{400, "client version " + request.version + " is too new. Maximum supported API version is " +
                            settings.api_version};
  }
  if (*asked < *engine::parse_api_version(settings.oldest_api_version)) {
    throw ApiError{400, "client version " + request.version + " is too old. Minimum supported API version is " +
                            settings.oldest_api_version + ", please upgrade your client to a newer version"};
  }
}

std::vector<std::string> segments(const std::string& path) {
  std::vector<std::string> parts = base::split(path, '/');
  parts.erase(parts.begin());
  // dockerd's router redirects such a path to another one; no client of ours may ask for it.
  if (parts.empty() || std::any_of(parts.begin(), parts.end(), [](const std::string& part) { return part.empty(); })) {
    throw ApiError{301, ""};
  }
  return parts;
}

Response start(FakeWorld& world, FakeContainer& container) {
  if (container.state == "running") {
    return {.status = 304};
  }
  if (container.state == "paused") {
    throw ApiError{409, "cannot start a paused container, try unpause instead"};
  }
  if (container.state == "removing" || container.state == "dead") {
    throw ApiError{409, "container is marked for removal and cannot be started"};
  }
  ++container.starts;
  container.pid = k_first_fake_pid + static_cast<std::int64_t>(++world.last_number);
  container.started = container.created + container.starts;
  const FakeImage& image = world.images.at(container.image_id);
  container.state = "running";
  if (image.ends_at_start) {
    container.log_err += image.last_words;
    world.end_container(container, *image.ends_at_start);
  }
  return {.status = 204};
}

Response logs(const Request& request, const FakeContainer& container) {
  if (!is_true(request, "stdout") && !is_true(request, "stderr")) {
    throw ApiError{400, "Bad parameters: you must choose at least one stream"};
  }
  Response response{.content_type = "application/vnd.docker.raw-stream"};
  for (const auto& [stream, text] : {std::pair<char, std::string>{1, container.log_out}, {2, container.log_err}}) {
    response.body += text.empty() ? text : stream_frame(stream, text);
  }
  return response;
}

Response stop(FakeWorld& world, FakeContainer& container) {
  constexpr int k_ended_by_sigterm = 143;
  if (container.state != "running" && container.state != "paused") {
    return {.status = 304};
  }
  world.end_container(container, k_ended_by_sigterm);
  return {.status = 204};
}

Response unpause(FakeContainer& container) {
  if (container.state != "paused") {
    throw ApiError{409, "Container " + container.id + " is not paused"};
  }
  container.state = "running";
  return {.status = 204};
}

Response ping(const Request& request) {
  return {.body = request.method == "HEAD" ? "" : "OK", .content_type = "text/plain; charset=utf-8"};
}

/// What the container has below a path, as paths from its last part on.
Response archive(const Request& request, const FakeContainer& container) {
  const std::string directory = query(request, "path") + "/";
  const std::size_t kept = directory.rfind('/', directory.size() - 2) + 1;
  Response response{.content_type = "application/x-tar"};
  for (const auto& [path, content] : container.files) {
    if (path.compare(0, directory.size(), directory) == 0) {
      response.body += tar_entry(path.substr(kept), content);
    }
  }
  if (response.body.empty()) {
    throw ApiError{404, "Could not find the file " + query(request, "path") + " in container " + container.id};
  }
  response.body += std::string(1024, '\0');
  return response;
}

}  // namespace

std::string FakeWorld::new_id() {
  return base::sha256_hex("object " + std::to_string(++last_number));
}

FakeContainer* FakeWorld::find_container(const std::string& name_or_id) {
  const auto named = std::find_if(containers.begin(), containers.end(), [&](const auto& entry) {
    return entry.first == name_or_id || entry.second.name == name_or_id;
  });
  if (named != containers.end()) {
    return &named->second;
  }
  FakeContainer* by_prefix = nullptr;
  for (auto& [id, container] : containers) {
    if (!name_or_id.empty() && id.compare(0, name_or_id.size(), name_or_id) == 0) {
      if (by_prefix != nullptr) {
        throw ApiError{500, "Multiple IDs found with provided prefix: " + name_or_id};
      }
      by_prefix = &container;
    }
  }
  return by_prefix;
}

FakeImage* FakeWorld::find_image(const std::string& reference) {
  for (auto& [id, image] : images) {
    if (id == reference ||
        std::find(image.references.begin(), image.references.end(), reference) != image.references.end()) {
      return &image;
    }
  }
  return nullptr;
}

Program FakeWorld::find_program(const std::vector<std::string>& command) const {
  // What was added last counts.
  const auto found =
      std::find_if(programs.rbegin(), programs.rend(), [&](const auto& entry) { return entry.first(command); });
  return found == programs.rend() ? Program() : found->second;
}

void FakeWorld::kill(FakeExec& exec) {
  if (!exec.running) {
    return;
  }
  exec.killed = true;
  if (const auto connection = exec.connection.lock()) {
    connection->end_input();
  }
  changed.notify_all();
}

void FakeWorld::end_container(FakeContainer& container, int exit_code) {
  if (container.state == "running" || container.state == "paused") {
    container.state = "exited";
    container.exit_code = exit_code;
  }
  for (auto& [id, exec] : execs) {
    if (exec.container_id == container.id) {
      kill(exec);
    }
  }
  changed.notify_all();
}

json json_body(const Request& request) {
  const auto type = request.headers.find("content-type");
  const std::string given = type == request.headers.end() ? "" : type->second;
  if (given != "application/json") {
    throw ApiError{400, "Content-Type specified (" + given + ") must be 'application/json'"};
  }
  json body = json::parse(request.body, nullptr, false);
  if (!body.is_object()) {
    throw ApiError{400, "invalid JSON: " + request.body.substr(0, 100)};
  }
  return body;
}

Response json_response(const json& body, int status) {
  return {.status = status, .body = body.dump() + "\n"};
}

void page_not_found() {
  throw ApiError{404, "page not found"};
}

std::string query(const Request& request, const char* key) {
  const auto found = request.query.find(key);
  return found == request.query.end() ? std::string() : found->second;
}

bool is_true(const Request& request, const char* key) {
  const std::string value = base::to_lower(query(request, key));
  return !value.empty() && value != "0" && value != "false" && value != "no" && value != "none";
}

Response decide_container(FakeWorld& world, const Request& request, FakeContainer& container, const std::string& what) {
  if (request.method == "GET" && what == "logs") {
    return logs(request, container);
  }
  if (request.method == "GET" && what == "archive") {
    return archive(request, container);
  }
  if (request.method != "POST") {
    page_not_found();
  }
  if (what == "start") {
    return start(world, container);
  }
  if (what == "stop") {
    return stop(world, container);
  }
  if (what == "unpause") {
    return unpause(container);
  }
  page_not_found();
}

Response decide(FakeWorld& world, const Request& request) {
  check_host(request);
  check_version(world.settings, request);
  const std::vector<std::string> path = segments(request.path);
  if (path[0] == "_ping" && path.size() == 1 && (request.method == "GET" || request.method == "HEAD")) {
    return ping(request);
  }
  if (path[0] == "containers") {
    return decide_containers(world, request, path);
  }
  if (path[0] == "images") {
    return decide_images(world, request, path);
  }
  if (path[0] == "exec") {
    return decide_exec(world, request, path);
  }
  page_not_found();
}

}  // namespace docker_sandbox::support
