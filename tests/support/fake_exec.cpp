// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/base/text.hpp"
#include "support/fake_process.hpp"
#include "support/stream_frame.hpp"

namespace docker_sandbox::support {
namespace {

using nlohmann::json;

constexpr int k_killed = 137;

std::vector<std::string> strings(const json& body, const char* key) {
  const auto found = body.find(key);
  return found == body.end() || found->is_null() ? std::vector<std::string>() : found->get<std::vector<std::string>>();
}

/// Runs the exec's program to its end, on whatever thread.
void run(FakeWorld& world, const std::string& exec_id, const std::shared_ptr<HttpConnection>& connection) {
  Process process(world, exec_id, connection);
  Program program;
  {
    const std::lock_guard lock(world.mutex);
    program = world.find_program(process.command());
  }
  int exit_code = 0;
  bool never_started = false;
  try {
    if (!program) {
      throw StartFailure{
          127, "exec: \"" + base::join(process.command(), " ") + "\": executable file not found in $PATH: unknown"};
    }
    exit_code = program(process);
  } catch (const StartFailure& failure) {
    never_started = true;
    exit_code = failure.exit_code;
    process.write_out("OCI runtime exec failed: exec failed: unable to start container process: " + failure.message +
                      "\r\n");
  }
  const std::lock_guard lock(world.mutex);
  FakeExec& exec = world.execs.at(exec_id);
  exec.running = false;
  exec.exit_code = exec.killed ? k_killed : exit_code;
  if (never_started) {
    exec.pid = 0;
  }
  world.changed.notify_all();
}

Response start_exec(FakeWorld& world, const Request& request, FakeExec& exec) {
  const json body = json_body(request);
  const FakeContainer* container = world.find_container(exec.container_id);
  if (container == nullptr || container->state != "running") {
    throw ApiError{409, "Container " + exec.container_id + " is not running"};
  }
  if (exec.started) {
    throw ApiError{409, "Error: Exec command " + exec.id + " has already run"};
  }
  const bool terminal = exec.body.value("Tty", false);
  const bool detached = body.value("Detach", false);
  Response response;
  if (!detached) {
    const auto upgrade = request.headers.find("upgrade");
    if (body.value("Tty", false) != terminal || upgrade == request.headers.end() || upgrade->second != "tcp") {
      throw ApiError{400, "the fake engine wants the start of an exec to be an upgrade with the creation's Tty"};
    }
  }
  exec.started = true;
  exec.running = true;
  exec.pid = k_first_fake_pid + static_cast<std::int64_t>(++world.last_number);
  if (detached) {
    response.background = [&world, id = exec.id] { run(world, id, nullptr); };
    return response;
  }
  if (!terminal && world.settings.api_version != "1.41") {
    response.upgrade_content_type = "application/vnd.docker.multiplexed-stream";
  }
  response.upgrade = [&world, id = exec.id](const std::shared_ptr<HttpConnection>& connection) {
    {
      const std::lock_guard lock(world.mutex);
      FakeExec& started = world.execs.at(id);
      started.connection = connection;
      if (started.killed && connection) {
        connection->end_input();  // with its container, before there was a connection to be ended
      }
    }
    run(world, id, connection);
  };
  return response;
}

Response resize_exec(FakeWorld& world, const Request& request, FakeExec& exec) {
  if (!exec.running) {
    throw ApiError{500, "timeout waiting for exec session ready"};
  }
  exec.sizes.push_back({.rows = static_cast<unsigned>(std::stoul(query(request, "h"))),
                        .columns = static_cast<unsigned>(std::stoul(query(request, "w")))});
  world.changed.notify_all();
  return {.status = world.settings.podman ? 201 : 200};
}

}  // namespace

Process::Process(FakeWorld& world, std::string exec_id, std::shared_ptr<HttpConnection> connection)
    : world_(world), exec_id_(std::move(exec_id)), connection_(std::move(connection)) {
  const std::lock_guard lock(world_.mutex);
  const FakeExec& exec = world_.execs.at(exec_id_);
  command_ = strings(exec.body, "Cmd");
  env_ = strings(exec.body, "Env");
  container_id_ = exec.container_id;
  terminal_ = exec.body.value("Tty", false);
  attached_input_ = exec.body.value("AttachStdin", false);
}

std::string Process::read() {
  return connection_ && attached_input_ ? connection_->read_raw() : std::string();
}

std::string Process::read_all() {
  std::string all;
  for (std::string some = read(); !some.empty(); some = read()) {
    all += some;
  }
  return all;
}

void Process::write_raw(std::string_view bytes) {
  if (connection_) {
    connection_->write(bytes);
  }
}

void Process::write(char stream, std::string_view bytes) {
  if (terminal_) {
    write_raw(bytes);
    return;
  }
  write_raw(stream_frame(stream, bytes));
}

std::vector<engine::TerminalSize> Process::sizes() const {
  const std::lock_guard lock(world_.mutex);
  return world_.execs.at(exec_id_).sizes;
}

bool Process::wait_until(const std::function<bool(FakeWorld&)>& condition) {
  std::unique_lock lock(world_.mutex);
  const FakeExec& exec = world_.execs.at(exec_id_);
  bool holds = false;
  world_.changed.wait(lock, [&] { return exec.killed || world_.ending || (holds = condition(world_)); });
  return holds;
}

void Process::wait_for_the_end() {
  wait_until([](FakeWorld&) { return false; });
}

Response create_exec(FakeWorld& world, const Request& request, FakeContainer& container) {
  if (container.state == "paused") {
    throw ApiError{409, "Container " + container.id + " is paused, unpause the container before exec"};
  }
  if (container.state != "running") {
    if (world.settings.podman) {
      throw ApiError{500, "can only create exec sessions on running containers: container state improper"};
    }
    throw ApiError{409, "Container " + container.id + " is not running"};
  }
  FakeExec exec;
  exec.id = world.new_id();
  exec.container_id = container.id;
  exec.body = json_body(request);
  if (strings(exec.body, "Cmd").empty()) {
    throw ApiError{400, "No exec command specified"};
  }
  const std::string id = exec.id;
  world.execs[id] = std::move(exec);
  return json_response({{"Id", id}}, 201);
}

Response decide_exec(FakeWorld& world, const Request& request, const std::vector<std::string>& path) {
  if (path.size() != 3) {
    page_not_found();
  }
  const auto found = world.execs.find(path[1]);
  if (found == world.execs.end() || world.find_container(found->second.container_id) == nullptr) {
    throw ApiError{404, "No such exec instance: " + path[1]};
  }
  FakeExec& exec = found->second;
  if (request.method == "POST" && path[2] == "start") {
    return start_exec(world, request, exec);
  }
  if (request.method == "POST" && path[2] == "resize") {
    return resize_exec(world, request, exec);
  }
  if (request.method == "GET" && path[2] == "json") {
    std::vector<std::string> arguments = strings(exec.body, "Cmd");
    const std::string program = arguments.front();
    const json not_yet = world.settings.podman ? json(0) : json(nullptr);
    arguments.erase(arguments.begin());
    return json_response({{"ID", exec.id},
                          {"ProcessConfig", {{"entrypoint", program}, {"arguments", arguments}}},
                          {"Running", exec.running},
                          {"ExitCode", exec.started && !exec.running ? json(exec.exit_code) : not_yet},
                          {"Pid", exec.pid},
                          {"ContainerID", exec.container_id},
                          {"OpenStdin", exec.body.value("AttachStdin", false)}});
  }
  page_not_found();
}

}  // namespace docker_sandbox::support
