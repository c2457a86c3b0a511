// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/base/text.hpp"
#include "support/fake_world.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <cctype>
#include <ctime>

namespace docker_sandbox::support {
namespace {

using nlohmann::json;

constexpr std::int64_t k_first_created = 1'700'000'000;

json object_at(const json& body, const char* key) {
  const auto found = body.find(key);
  return found == body.end() || found->is_null() ? json::object() : *found;
}

json array_at(const json& body, const char* key) {
  const auto found = body.find(key);
  return found == body.end() || found->is_null() ? json::array() : *found;
}

std::string rfc3339(std::int64_t seconds) {
  const std::time_t time = seconds;
  std::tm utc{};
  ::gmtime_r(&time, &utc);
  char text[40];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S.123456789Z", &utc);
  return text;
}

void check_name_is_free(FakeWorld& world, const std::string& name) {
  const auto is_good = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '.' || c == '-';
  };
  if (name.size() < 2 || !std::all_of(name.begin(), name.end(), is_good) || name[0] == '-' || name[0] == '.' ||
      name[0] == '_') {
    throw ApiError{400, "Invalid container name (" + name + "), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed"};
  }
  for (const auto& [id, container] : world.containers) {
    if (container.name != name) {
      continue;
    }
    if (world.settings.podman) {
      throw ApiError{
          500, "creating container storage: the container name \"" + name + "\" is already in use by " + id +
                   ". You have to remove that container to be able to reuse that name: that name is already in use"};
    }
    throw ApiError{409, "Conflict. The container name \"/" + name + "\" is already in use by container \"" + id +
                            "\". You have to remove (or rename) that container to be able to reuse that name."};
  }
}

/// Mounts as inspect shows them; named volumes come into being, as on dockerd.
void take_mounts(FakeWorld& world, FakeContainer& container) {
  for (const json& mount : array_at(object_at(container.body, "HostConfig"), "Mounts")) {
    const std::string type = mount.value("Type", "");
    const std::string target = mount.value("Target", "");
    std::string source = mount.value("Source", "");
    for (const json& other : container.mounts) {
      if (other["Destination"] == target) {
        throw ApiError{400, "Duplicate mount point: " + target};
      }
    }
    json entry{{"Type", type},
               {"Destination", target},
               {"Mode", ""},
               {"RW", !mount.value("ReadOnly", false)},
               {"Propagation", ""}};
    if (type == "bind") {
      struct stat status {};
      if (::stat(source.c_str(), &status) != 0) {
        throw ApiError{400, "invalid mount config for type \"bind\": bind source path does not exist: " + source};
      }
      entry["Source"] = source;
    } else {
      if (source.empty()) {
        source = world.new_id();
        container.anonymous_volumes.push_back(source);
      }
      if (world.volumes.count(source) == 0) {
        world.volumes[source] = {{"Name", source}, {"Driver", "local"}, {"Labels", nullptr}};
      }
      entry["Name"] = source;
      entry["Source"] = "/var/lib/docker/volumes/" + source + "/_data";
      entry["Driver"] = "local";
    }
    container.mounts.push_back(std::move(entry));
  }
}

Response create(FakeWorld& world, const Request& request) {
  FakeContainer container;
  container.body = json_body(request);
  container.name = query(request, "name");
  if (container.name.empty()) {
    container.name = "nameless_" + std::to_string(world.last_number);
  }
  const std::string reference = container.body.value("Image", "");
  const FakeImage* image = world.find_image(reference);
  if (image == nullptr) {
    throw ApiError{404, "No such image: " + reference};
  }
  check_name_is_free(world, container.name);
  container.image_id = image->id;
  container.labels = object_at(image->config, "Labels").get<engine::Labels>();
  for (const auto& [key, value] : object_at(container.body, "Labels").get<engine::Labels>()) {
    container.labels[key] = value;
  }
  container.env = array_at(image->config, "Env").get<std::vector<std::string>>();
  for (const json& variable : array_at(container.body, "Env")) {
    container.env.push_back(variable.get<std::string>());
  }
  container.user =
      container.body.value("User", "").empty() ? image->config.value("User", "") : container.body.value("User", "");
  take_mounts(world, container);
  container.id = world.new_id();
  container.created = k_first_created + static_cast<std::int64_t>(world.last_number);
  const std::string id = container.id;
  world.containers[id] = std::move(container);
  return json_response({{"Id", id}, {"Warnings", image->creation_warnings}}, 201);
}

json summary(FakeWorld& world, const FakeContainer& container) {
  // dockerd shows the reference only while it still stands for the image.
  const std::string reference = container.body.value("Image", "");
  const FakeImage* image = world.find_image(reference);
  const bool same = image != nullptr && image->id == container.image_id;
  return {{"Id", container.id},
          {"Names", {"/" + container.name}},
          {"Image", same ? reference : container.image_id},
          {"ImageID", container.image_id},
          {"Command", "sh"},
          {"Created", container.created},
          {"Ports", json::array()},
          {"Labels", container.labels},
          {"State", container.state},
          {"Status", container.state},
          {"HostConfig", {{"NetworkMode", "default"}}},
          {"Mounts", container.mounts}};
}

bool has_label(const FakeContainer& container, const std::string& wanted) {
  const std::size_t equals = wanted.find('=');
  const auto found = container.labels.find(wanted.substr(0, equals));
  return found != container.labels.end() && (equals == std::string::npos || found->second == wanted.substr(equals + 1));
}

/// The one filter that the program uses, in the form that it has: {"label":["a","b=c"]}.
bool matches(const FakeContainer& container, const json& filters) {
  for (const auto& [key, values] : filters.items()) {
    if (key != "label") {
      throw ApiError{400, "invalid filter '" + key + "'"};
    }
    if (!std::all_of(values.begin(), values.end(),
                     [&](const json& wanted) { return has_label(container, wanted.get<std::string>()); })) {
      return false;
    }
  }
  return true;
}

Response list(FakeWorld& world, const Request& request) {
  const std::string text = query(request, "filters");
  const json filters = text.empty() ? json::object() : json::parse(text, nullptr, false);
  if (!filters.is_object()) {
    throw ApiError{400, "invalid filter"};
  }
  std::vector<const FakeContainer*> found;
  for (const auto& [id, container] : world.containers) {
    if ((is_true(request, "all") || container.state == "running") && matches(container, filters)) {
      found.push_back(&container);
    }
  }
  std::sort(found.begin(), found.end(), [](const auto* a, const auto* b) { return a->created > b->created; });
  json rows = json::array();
  for (const FakeContainer* container : found) {
    rows.push_back(summary(world, *container));
  }
  return json_response(rows);
}

json inspection(const FakeWorld& world, const FakeContainer& container) {
  json config = container.body;
  config.erase("HostConfig");
  config["Labels"] = container.labels;
  config["Env"] = container.env;
  config["User"] = container.user;
  json host = object_at(container.body, "HostConfig");
  host["NetworkMode"] = host.value("NetworkMode", "default");
  const bool up = container.state == "running" || container.state == "paused";
  json execs = json::array();
  for (const auto& [id, exec] : world.execs) {
    // One that was made and never started stays for as long as the container runs.
    if (exec.container_id == container.id && up && (exec.running || !exec.started)) {
      execs.push_back(id);
    }
  }
  return {{"Id", container.id},
          {"Name", "/" + container.name},
          {"ExecIDs", execs.empty() ? json(nullptr) : execs},
          {"Created", rfc3339(container.created)},
          {"Image", container.image_id},
          {"State",
           {{"Status", container.state},
            {"Running", up},
            {"Pid", up ? container.pid : 0},
            {"StartedAt", rfc3339(container.started)},
            {"Paused", container.state == "paused"},
            {"OOMKilled", false},
            {"ExitCode", container.exit_code},
            {"Error", ""}}},
          {"Config", config},
          {"HostConfig", host},
          {"Mounts", container.mounts}};
}

Response remove(FakeWorld& world, const Request& request, FakeContainer& container) {
  const bool up = container.state == "running" || container.state == "paused";
  if (up && !is_true(request, "force")) {
    throw ApiError{409, "You cannot remove a running container " + container.id +
                            ". Stop the container before attempting removal or force remove"};
  }
  world.end_container(container, 137);
  if (is_true(request, "v")) {
    for (const std::string& volume : container.anonymous_volumes) {
      world.volumes.erase(volume);
    }
  }
  world.containers.erase(std::string(container.id));
  return {.status = 204};
}

}  // namespace

Response decide_containers(FakeWorld& world, const Request& request, const std::vector<std::string>& path) {
  if (path.size() == 2 && request.method == "POST" && path[1] == "create") {
    return create(world, request);
  }
  if (path.size() == 2 && request.method == "GET" && path[1] == "json") {
    return list(world, request);
  }
  if (path.size() < 2 || path.size() > 3) {
    page_not_found();
  }
  FakeContainer* container = world.find_container(path[1]);
  if (container == nullptr) {
    throw ApiError{404, "No such container: " + path[1]};
  }
  if (path.size() == 2) {
    if (request.method != "DELETE") {
      page_not_found();
    }
    return remove(world, request, *container);
  }
  if (request.method == "GET" && path[2] == "json") {
    return json_response(inspection(world, *container));
  }
  if (request.method == "POST" && path[2] == "rename") {
    check_name_is_free(world, query(request, "name"));
    container->name = query(request, "name");
    return {.status = 204};
  }
  if (request.method == "POST" && path[2] == "exec") {
    return create_exec(world, request, *container);
  }
  return decide_container(world, request, *container, path[2]);
}

}  // namespace docker_sandbox::support
