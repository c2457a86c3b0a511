// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/engine/client.hpp"

#include "container_list.hpp"
#include "docker_sandbox/base/error.hpp"
#include "docker_sandbox/base/number.hpp"
#include "docker_sandbox/base/text.hpp"
#include "docker_sandbox/engine/stream_demux.hpp"
#include "json_codec.hpp"

namespace docker_sandbox::engine {
namespace {

using base::Error;
using base::ErrorKind;

constexpr const char* k_json = "application/json";
constexpr int k_ok_first = 200;
constexpr int k_ok_last = 299;
constexpr int k_not_modified = 304;  // started while running, stopped while stopped
constexpr int k_bad_request = 400;
constexpr int k_not_found = 404;
constexpr int k_conflict = 409;
constexpr int k_failure = 500;

ErrorKind kind_of(int status) {
  switch (status) {
    case k_bad_request:
      return ErrorKind::engine_bad_request;
    case k_not_found:
      return ErrorKind::engine_not_found;
    case k_conflict:
      return ErrorKind::engine_conflict;
    default:
      return ErrorKind::engine_failure;
  }
}

/// A message that is longer is not read by anybody. One may well quote three paths of 4 KiB each.
constexpr std::size_t k_max_message = 16U * 1024;

/// Podman answers much with 500 that has a status of its own, and gives the reason apart from the message.
ErrorKind kind_of(const HttpResponse& response) {
  if (response.status == k_failure) {
    const std::string cause = json_codec::decode_cause(response.body);
    if (cause.starts_with("that name is already in use") || cause == "container state improper") {
      return ErrorKind::engine_conflict;
    }
    if (cause == "no such container") {
      return ErrorKind::engine_not_found;
    }
  }
  return kind_of(response.status);
}

Error refused(const HttpResponse& response) {
  std::string message = json_codec::decode_message(response.body);
  if (message.size() > k_max_message) {
    // The reason stands at the end.
    message.replace(k_max_message / 2, message.size() - k_max_message, " … ");
  }
  if (message.empty()) {
    message = "status " + std::to_string(response.status) + " without a message";
  }
  return Error(kind_of(response), "Error response from daemon: " + base::printable_lines(message));
}

void require_success(const HttpResponse& response) {
  if (response.status < k_ok_first || response.status > k_ok_last) {
    throw refused(response);
  }
}

std::string container_path(const std::string& id, std::string_view rest) {
  // An empty segment would be answered with a redirect to another endpoint.
  if (id.empty()) {
    throw Error(ErrorKind::engine_protocol, "the engine gave a container without an ID");
  }
  return "/containers/" + base::percent_encode(id) + std::string(rest);
}

/// JSON is UTF-8: of another path an engine would be told something else. And Podman joins the parts of a mount to one line of
/// comma-separated values, unquoted, and takes that apart again: from a path with such characters it would read options, or
/// the path of another directory.
void refuse_what_would_be_misread(const std::vector<MountRequest>& mounts, bool by_podman) {
  for (const MountRequest& mount : mounts) {
    for (const std::string& path : {mount.source, mount.target}) {
      if (!json_codec::can_say(path)) {
        throw Error(
            ErrorKind::invalid_value,
            "cannot mount " + base::printable(path) + ": the path is not UTF-8, and an engine is told of no other",
            "Rename it.");
      }
      if (by_podman && path.find_first_of(",\"\r\n") != std::string::npos) {
        throw Error(ErrorKind::invalid_value,
                    "cannot mount " + base::printable(path) +
                        ": Podman takes a comma, a quotation mark or a line end in a path for the end of the path",
                    "Rename it, or use a Docker Engine.");
      }
    }
  }
}

}  // namespace

std::optional<ApiVersion> parse_api_version(std::string_view text) {
  text = base::trim(text);
  if (!text.empty() && text.front() == 'v') {
    text.remove_prefix(1);
  }
  const std::size_t dot = text.find('.');
  if (dot == std::string_view::npos) {
    return std::nullopt;
  }
  const auto major = base::parse_number<int>(text.substr(0, dot));
  const auto minor = base::parse_number<int>(text.substr(dot + 1));
  return major && minor && *major >= 0 && *minor >= 0 ? std::optional(ApiVersion{*major, *minor}) : std::nullopt;
}

PullReference split_reference(const std::string& reference) {
  if (const std::size_t at = reference.find('@'); at != std::string::npos) {
    // The engine takes a digest in place of the tag; a tag that stands before it is of no account.
    std::string name = reference.substr(0, at);
    if (const std::size_t colon = name.find(':', name.rfind('/') + 1); colon != std::string::npos) {
      name.erase(colon);
    }
    return {name, reference.substr(at + 1)};
  }
  // A colon before the last slash belongs to the registry's port. (npos + 1 is 0.)
  const std::size_t colon = reference.find(':', reference.rfind('/') + 1);
  if (colon == std::string::npos) {
    return {reference, "latest"};
  }
  return {reference.substr(0, colon), reference.substr(colon + 1)};
}

EngineClient::EngineClient(docker_config::Endpoint endpoint, std::map<std::string, std::string> headers,
                           std::optional<ApiVersion> pinned)
    : transport_(std::move(endpoint), std::move(headers)), version_(pinned) {}

void EngineClient::learn_engine(const HttpResponse& response) {
  is_podman_ = is_podman_ || response.headers.find("libpod-api-version") != response.headers.end();
  const auto header = response.headers.find("api-version");
  if (version_ || header == response.headers.end()) {
    return;
  }
  const std::optional<ApiVersion> offered = parse_api_version(header->second);
  if (!offered) {
    return;
  }
  if (*offered < k_oldest_api) {
    throw Error(ErrorKind::engine_failure, "the engine at " + endpoint().host + " is too old: it speaks API " +
                                               offered->text() + ", and at least " + k_oldest_api.text() +
                                               " (Docker Engine 20.10) is needed");
  }
  version_ = std::min(*offered, k_newest_api);
}

ApiVersion EngineClient::api_version() {
  if (!version_) {
    learn_engine(transport_.send({.method = "GET", .path = "/_ping"}, patience::k_quick));
  }
  if (!version_) {
    // An engine that does not tell has to speak the oldest.
    version_ = k_oldest_api;
  }
  return *version_;
}

void EngineClient::add_version(HttpRequest& request, Versioning versioning) {
  // The first request may go without a version: then the engine answers in its newest, and names it in a header. That
  // saves the round trip of a ping for answers whose shape has never changed.
  if (versioning == Versioning::negotiated || version_) {
    request.path = "/v" + api_version().text() + request.path;
  }
}

HttpResponse EngineClient::call(HttpRequest request, std::chrono::seconds patience, Versioning versioning) {
  add_version(request, versioning);
  HttpResponse response = transport_.send(request, patience);
  learn_engine(response);
  return response;
}

std::string EngineClient::asked(std::string_view what) const {
  return std::string(what) + " at " + base::printable(endpoint().host);
}

HttpResponse EngineClient::call_ok(HttpRequest request, std::chrono::seconds patience, Versioning versioning) {
  HttpResponse response = call(std::move(request), patience, versioning);
  if ((response.status < k_ok_first || response.status > k_ok_last) && response.status != k_not_modified) {
    throw refused(response);
  }
  return response;
}

void EngineClient::list_containers(const ContainerFilter& filter,
                                   const std::function<void(ContainerSummary&&)>& on_container) {
  HttpRequest request{.method = "GET",
                      .path = std::string("/containers/json?all=1") + (filter.with_size ? "&size=1" : "") +
                              "&filters=" + base::percent_encode(json_codec::encode(filter))};
  add_version(request, Versioning::any);
  ContainerListReader reader(asked("GET /containers/json"), on_container);
  const HttpResponse response =
      transport_.stream(request, patience::k_quick, [&reader](std::string_view bytes) { reader.feed(bytes); });
  learn_engine(response);
  require_success(response);
  reader.finish();
}

std::vector<ContainerSummary> EngineClient::list_containers(const ContainerFilter& filter) {
  std::vector<ContainerSummary> containers;
  list_containers(filter, [&](ContainerSummary&& container) { containers.push_back(std::move(container)); });
  return containers;
}

ContainerDetails EngineClient::inspect_container(const std::string& id) {
  const HttpResponse response =
      call_ok({.method = "GET", .path = container_path(id, "/json")}, patience::k_quick, Versioning::any);
  return json_codec::decode_container(response.body, asked("GET /containers/{id}/json"));
}

std::optional<ContainerDetails> EngineClient::find_container(const std::string& id) {
  try {
    return inspect_container(id);
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::engine_not_found) {
      throw;
    }
    return std::nullopt;
  }
}

CreatedContainer EngineClient::create_container(const std::string& name, const ContainerRequest& request) {
  api_version();  // with which the engine is known
  refuse_what_would_be_misread(request.mounts, is_podman_);
  const HttpResponse response = call_ok({.method = "POST",
                                         .path = "/containers/create?name=" + base::percent_encode(name),
                                         .body = json_codec::encode(request),
                                         .content_type = k_json},
                                        patience::k_slow);
  return json_codec::decode_created(response.body, asked("POST /containers/create"));
}

void EngineClient::start_container(const std::string& id) {
  call_ok({.method = "POST", .path = container_path(id, "/start")}, patience::k_slow);
}

void EngineClient::stop_container(const std::string& id) {
  call_ok({.method = "POST", .path = container_path(id, "/stop")}, patience::k_slow);
}

void EngineClient::unpause_container(const std::string& id) {
  call_ok({.method = "POST", .path = container_path(id, "/unpause")}, patience::k_quick);
}

void EngineClient::rename_container(const std::string& id, const std::string& name) {
  call_ok({.method = "POST", .path = container_path(id, "/rename?name=" + base::percent_encode(name))},
          patience::k_quick);
}

bool EngineClient::remove_container(const std::string& id) {
  return remove(id, "?force=1&v=1");
}

bool EngineClient::remove_stopped_container(const std::string& id) {
  return remove(id, "?v=1");
}

bool EngineClient::remove(const std::string& id, std::string_view query) {
  const HttpResponse response = call({.method = "DELETE", .path = container_path(id, query)}, patience::k_slow);
  if (response.status == k_not_found) {
    return false;
  }
  require_success(response);
  return true;
}

std::string EngineClient::container_log_tail(const std::string& id, int lines) {
  const HttpResponse response =
      call_ok({.method = "GET", .path = container_path(id, "/logs?stdout=1&stderr=1&tail=" + std::to_string(lines))},
              patience::k_quick);
  std::string out;
  std::string err;
  StreamDemux demux(
      [&](OutputStream stream, std::string_view bytes) { (stream == OutputStream::out ? out : err) += bytes; });
  demux.feed(response.body);
  return out + err;
}

std::vector<std::string> EngineClient::list_image_tags() {
  const HttpResponse response = call_ok({.method = "GET", .path = "/images/json"}, patience::k_quick, Versioning::any);
  return json_codec::decode_image_tags(response.body, "GET /images/json");
}

bool EngineClient::read_archive(const std::string& id, const std::string& path,
                                const std::function<void(std::string_view)>& on_bytes) {
  HttpRequest request{.method = "GET", .path = container_path(id, "/archive?path=" + base::percent_encode(path))};
  add_version(request, Versioning::negotiated);
  const HttpResponse response = transport_.stream(request, patience::k_slow, on_bytes);
  if (response.status == k_not_found) {
    return false;
  }
  if (response.status != k_ok_first) {
    throw refused(response);
  }
  return true;
}

std::optional<ImageDetails> EngineClient::inspect_image(const std::string& reference) {
  // Slashes of the reference are part of the route.
  const HttpResponse response = call({.method = "GET", .path = "/images/" + reference + "/json"}, patience::k_quick);
  if (response.status == k_not_found) {
    return std::nullopt;
  }
  if (response.status != k_ok_first) {
    throw refused(response);
  }
  return json_codec::decode_image(response.body, asked("GET /images/{name}/json"));
}

void EngineClient::pull_image(const std::string& reference, const std::string& registry_auth,
                              const std::function<void(std::string_view)>& on_bytes) {
  const PullReference pull = split_reference(reference);
  HttpRequest request{
      .method = "POST",
      .path = "/images/create?fromImage=" + base::percent_encode(pull.name) + "&tag=" + base::percent_encode(pull.tag),
      .headers = {{"X-Registry-Auth", registry_auth}}};
  add_version(request, Versioning::negotiated);
  const HttpResponse response = transport_.stream(request, patience::k_endless, on_bytes);
  require_success(response);
}

std::string EngineClient::create_exec(const std::string& container_id, const ExecRequest& request) {
  const bool knows_console_size = api_version() >= ApiVersion{1, 42};
  const HttpResponse response = call_ok({.method = "POST",
                                         .path = container_path(container_id, "/exec"),
                                         .body = json_codec::encode(request, knows_console_size),
                                         .content_type = k_json},
                                        patience::k_quick);
  return json_codec::decode_id(response.body, asked("POST /containers/{id}/exec"));
}

UpgradedConnection EngineClient::start_exec(const std::string& exec_id, bool tty) {
  HttpRequest request{.method = "POST",
                      .path = "/exec/" + base::percent_encode(exec_id) + "/start",
                      .body = json_codec::encode_exec_start(tty),
                      .content_type = k_json};
  add_version(request, Versioning::negotiated);
  HttpResponse refusal;
  UpgradedConnection connection = transport_.upgrade(request, patience::k_slow, &refusal);
  if (!connection.socket) {
    throw refused(refusal);
  }
  return connection;
}

ExecDetails EngineClient::inspect_exec(const std::string& exec_id) {
  const HttpResponse response =
      call_ok({.method = "GET", .path = "/exec/" + base::percent_encode(exec_id) + "/json"}, patience::k_quick);
  return json_codec::decode_exec(response.body, asked("GET /exec/{id}/json"));
}

void EngineClient::resize_exec(const std::string& exec_id, TerminalSize size) {
  call_ok({.method = "POST",
           .path = "/exec/" + base::percent_encode(exec_id) + "/resize?h=" + std::to_string(size.rows) +
                   "&w=" + std::to_string(size.columns)},
          patience::k_quick);
}

}  // namespace docker_sandbox::engine
