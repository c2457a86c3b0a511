// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/base/text.hpp"
#include "support/fake_world.hpp"

#include <algorithm>

namespace docker_sandbox::support {
namespace {

using nlohmann::json;

json inspection(const FakeImage& image) {
  return {{"Id", image.id},
          {"RepoTags", image.references},
          {"Created", "2024-01-01T00:00:00Z"},
          {"Architecture", "amd64"},
          {"Os", "linux"},
          {"Size", 1000000},
          {"Config", image.config}};
}

std::string with_tag(const std::string& name, const std::string& tag) {
  if (tag.empty()) {
    return name;
  }
  return tag.compare(0, 7, "sha256:") == 0 ? name + "@" + tag : name + ":" + tag;
}

/// The pull's report: JSON lines, as dockerd writes them. A reference that the registry has no layers of fails in the middle.
Response pull(FakeWorld& world, const Request& request) {
  const std::string reference = with_tag(query(request, "fromImage"), query(request, "tag"));
  const auto found = world.registry.find(reference);
  if (found == world.registry.end()) {
    throw ApiError{404,
                   "pull access denied for " + query(request, "fromImage") +
                       ", repository does not exist or may require 'docker login': denied: requested access to the "
                       "resource is denied"};
  }
  Response response;
  response.stream = [&world, image = found->second, reference](const std::function<void(std::string_view)>& write) {
    const auto line = [&](const json& object) { write(object.dump() + "\r\n"); };
    line({{"status", "Pulling from " + reference}, {"id", "latest"}});
    line({{"status", "Pulling fs layer"}, {"progressDetail", json::object()}, {"id", "62df00000000"}});
    for (int part = 1; part <= 4; ++part) {
      line({{"status", "Downloading"},
            {"progressDetail", {{"current", part * 250000}, {"total", 1000000}}},
            {"progress", "[>]"},
            {"id", "62df00000000"}});
    }
    if (image.id.empty()) {
      line({{"errorDetail", {{"message", "filesystem layer verification failed for digest sha256:62df"}}},
            {"error", "filesystem layer verification failed for digest sha256:62df"}});
      return;
    }
    {
      const std::lock_guard lock(world.mutex);
      FakeImage pulled = image;
      if (FakeImage* old = world.find_image(reference)) {
        std::erase(old->references, reference);
      }
      pulled.references = {reference};
      world.images[pulled.id] = std::move(pulled);
      world.changed.notify_all();
    }
    line({{"status", "Digest: sha256:0123"}});
    line({{"status", "Status: Downloaded newer image for " + reference}});
  };
  return response;
}

}  // namespace

Response decide_images(FakeWorld& world, const Request& request, const std::vector<std::string>& path) {
  if (request.method == "GET" && path.size() == 2 && path[1] == "json") {
    json rows = json::array();
    for (const auto& [id, image] : world.images) {
      rows.push_back({{"Id", id}, {"RepoTags", image.references}, {"Labels", image.config.value("Labels", json())}});
    }
    return json_response(rows);
  }
  if (request.method == "POST" && path.size() == 2 && path[1] == "create") {
    return pull(world, request);
  }
  if (request.method != "GET" || path.size() < 3 || path.back() != "json") {
    page_not_found();
  }
  // The reference has slashes of its own.
  const std::string reference = base::join({path.begin() + 1, path.end() - 1}, "/");
  const FakeImage* image = world.find_image(reference);
  if (image == nullptr) {
    throw ApiError{404, "No such image: " + reference};
  }
  return json_response(inspection(*image));
}

}  // namespace docker_sandbox::support
