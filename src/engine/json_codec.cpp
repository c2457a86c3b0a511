// SPDX-License-Identifier: Apache-2.0
#include "json_codec.hpp"

#include "docker_sandbox/base/text.hpp"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <utility>

namespace docker_sandbox::engine::json_codec {
namespace {

using nlohmann::json;

/// The library's sentence without its name for the kind of error in brackets, which says nothing to a user.
std::string_view reason(const json::exception& error) {
  const std::string_view text = error.what();
  constexpr std::string_view k_end = "] ";
  const std::size_t end = text.front() == '[' ? text.find(k_end) : std::string_view::npos;
  return end == std::string_view::npos ? text : text.substr(end + k_end.size());
}

/// More values than any answer has. Each takes up to fifty times in memory what it has in text.
constexpr std::size_t k_max_values = 1'000'000;

/// As json::parse; ends with one of its exceptions also where there are too many values.
json parse(const std::string& body) {
  std::size_t values = 0;
  return json::parse(body, [&values](int, json::parse_event_t, const json& value) {
    if (++values > k_max_values) {
      throw json::other_error::create(501, "it has too many values", &value);
    }
    return true;
  });
}

/// Runs a decoder; whatever nlohmann objects to becomes one sentence.
template <typename Decode>
auto guarded(std::string_view what, Decode decode) {
  try {
    return decode();
  } catch (const json::exception& error) {
    throw unexpected_answer(what, reason(error));
  }
}

/// The member, or `fallback` where it is missing or null (Go's encoder writes null for nil slices and maps).
template <typename T>
T member(const json& object, const char* name, T fallback = {}) {
  const auto found = object.find(name);
  return found == object.end() || found->is_null() ? std::move(fallback) : found->get<T>();
}

/// As member, for whole numbers: the library itself converts what has no place in T, some of it with undefined results.
template <typename T>
T whole_number(const json& object, const char* name) {
  const auto found = object.find(name);
  if (found == object.end() || found->is_null()) {
    return 0;
  }
  const bool fits = found->is_number_unsigned()
                        ? std::in_range<T>(found->get<std::uint64_t>())
                        : found->is_number_integer() && std::in_range<T>(found->get<std::int64_t>());
  if (!fits) {
    throw json::type_error::create(302, std::string(name) + " must be a whole number that fits in its field", &object);
  }
  return found->get<T>();
}

const json& member_object(const json& object, const char* name) {
  static const json k_empty = json::object();
  const auto found = object.find(name);
  return found == object.end() || found->is_null() ? k_empty : *found;
}

/// Never a copy of it: a copy of values that are nested deeply enough needs more stack than there is.
const json::array_t& array_of(const json& value) {
  if (!value.is_array()) {
    throw json::type_error::create(302, std::string("type must be array, but is ") + value.type_name(), &value);
  }
  return value.get_ref<const json::array_t&>();
}

/// What every further call names.
std::string id_of(const json& answer) {
  std::string id = answer.at("Id").get<std::string>();
  if (id.empty()) {
    throw json::type_error::create(302, "Id must not be empty", &answer);
  }
  return id;
}

MountPoint decode_mount(const json& mount) {
  return {.type = member<std::string>(mount, "Type"),
          .name = member<std::string>(mount, "Name"),
          .source = member<std::string>(mount, "Source"),
          .destination = member<std::string>(mount, "Destination"),
          .read_write = member<bool>(mount, "RW", true)};
}

std::vector<MountPoint> decode_mounts(const json& container) {
  std::vector<MountPoint> mounts;
  const auto found = container.find("Mounts");
  if (found != container.end() && !found->is_null()) {
    for (const json& mount : array_of(*found)) {
      mounts.push_back(decode_mount(mount));
    }
  }
  return mounts;
}

/// Invalid UTF-8 in what users give cannot be sent as JSON: it is replaced rather than an exception thrown.
std::string dump(const json& value) {
  return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace

base::Error unexpected_answer(std::string_view what, std::string_view reason) {
  return {base::ErrorKind::engine_protocol, "the engine's answer to " + std::string(what) +
                                                " is not what the Engine API defines: " + base::printable(reason)};
}

std::string without_slash(std::string name) {
  if (!name.empty() && name.front() == '/') {
    name.erase(0, 1);
  }
  return name;
}

ContainerDetails decode_container(const std::string& body, std::string_view what) {
  return guarded(what, [&] {
    const json answer = parse(body);
    const json& state = member_object(answer, "State");
    const json& config = member_object(answer, "Config");
    ContainerDetails details;
    details.id = id_of(answer);
    details.name = without_slash(member<std::string>(answer, "Name"));
    details.created = member<std::string>(answer, "Created");
    details.state = member<std::string>(state, "Status");
    details.pid = whole_number<std::int64_t>(state, "Pid");
    details.started_at = member<std::string>(state, "StartedAt");
    details.exit_code = whole_number<int>(state, "ExitCode");
    details.oom_killed = member<bool>(state, "OOMKilled");
    details.exec_ids = member<std::vector<std::string>>(answer, "ExecIDs");
    details.image = member<std::string>(config, "Image");
    details.image_id = member<std::string>(answer, "Image");
    details.env = member<std::vector<std::string>>(config, "Env");
    details.user = member<std::string>(config, "User");
    details.network_mode = member<std::string>(member_object(answer, "HostConfig"), "NetworkMode");
    details.labels = member<Labels>(config, "Labels");
    details.mounts = decode_mounts(answer);
    return details;
  });
}

std::vector<std::string> decode_image_tags(const std::string& body, std::string_view what) {
  return guarded(what, [&] {
    const json answer = parse(body);
    std::vector<std::string> tags;
    for (const json& image : array_of(answer)) {
      for (const std::string& tag : member<std::vector<std::string>>(image, "RepoTags")) {
        if (tag != "<none>:<none>") {
          tags.push_back(tag);
        }
      }
    }
    return tags;
  });
}

ImageDetails decode_image(const std::string& body, std::string_view what) {
  return guarded(what, [&] {
    const json answer = parse(body);
    const json& config = member_object(answer, "Config");
    return ImageDetails{.id = id_of(answer),
                        .architecture = member<std::string>(answer, "Architecture"),
                        .os = member<std::string>(answer, "Os"),
                        .env = member<std::vector<std::string>>(config, "Env"),
                        .user = member<std::string>(config, "User")};
  });
}

ExecDetails decode_exec(const std::string& body, std::string_view what) {
  return guarded(what, [&] {
    const json answer = parse(body);
    return ExecDetails{
        .running = member<bool>(answer, "Running"),
        .exit_code = whole_number<int>(answer, "ExitCode"),
        .pid = whole_number<std::int64_t>(answer, "Pid"),
        .arguments = member<std::vector<std::string>>(member_object(answer, "ProcessConfig"), "arguments")};
  });
}

CreatedContainer decode_created(const std::string& body, std::string_view what) {
  return guarded(what, [&] {
    const json answer = parse(body);
    CreatedContainer created{.id = id_of(answer)};
    for (const std::string& warning : member<std::vector<std::string>>(answer, "Warnings")) {
      created.warnings.push_back(base::printable(warning));
    }
    return created;
  });
}

std::string decode_id(const std::string& body, std::string_view what) {
  return guarded(what, [&] { return id_of(parse(body)); });
}

std::string decode_message(const std::string& body) {
  try {
    return parse(body).at("message").get<std::string>();
  } catch (const json::exception&) {
    return std::string(base::trim(body));
  }
}

std::string decode_cause(const std::string& body) {
  try {
    return member<std::string>(parse(body), "cause");
  } catch (const json::exception&) {
    return {};
  }
}

bool can_say(const std::string& text) {
  try {
    static_cast<void>(json(text).dump());
    return true;
  } catch (const json::type_error&) {
    return false;
  }
}

std::string encode(const ContainerRequest& request) {
  json mounts = json::array();
  for (const MountRequest& mount : request.mounts) {
    json entry{{"Type", mount.type == MountRequest::Type::bind ? "bind" : "volume"}, {"Target", mount.target}};
    if (!mount.source.empty()) {
      entry["Source"] = mount.source;
    }
    if (mount.read_only) {
      entry["ReadOnly"] = true;
    }
    mounts.push_back(std::move(entry));
  }
  json body{{"Image", request.image},
            {"Cmd", request.command},
            {"Env", request.env},
            {"Labels", request.labels},
            {"HostConfig",
             {{"Mounts", std::move(mounts)},
              {"ExtraHosts", request.extra_hosts},
              {"GroupAdd", request.group_add},
              {"Init", request.init}}}};
  if (!request.hostname.empty()) {
    body["Hostname"] = request.hostname;
  }
  if (!request.userns_mode.empty()) {
    body["HostConfig"]["UsernsMode"] = request.userns_mode;
  }
  if (!request.working_directory.empty()) {
    body["WorkingDir"] = request.working_directory;
  }
  return dump(body);
}

std::string encode(const ExecRequest& request, bool with_console_size) {
  json body{{"AttachStdin", request.attach_stdin},
            {"AttachStdout", true},
            {"AttachStderr", true},
            {"Tty", request.tty},
            {"Cmd", request.command},
            {"Env", request.env},
            {"User", request.user},
            {"WorkingDir", request.working_directory},
            {"DetachKeys", request.detach_keys}};
  if (with_console_size && request.console_size) {
    body["ConsoleSize"] = {request.console_size->rows, request.console_size->columns};
  }
  return dump(body);
}

std::string encode_exec_start(bool tty) {
  return dump({{"Detach", false}, {"Tty", tty}});
}

std::string encode(const ContainerFilter& filter) {
  return dump({{"label", filter.labels}});
}

}  // namespace docker_sandbox::engine::json_codec
