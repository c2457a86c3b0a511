// SPDX-License-Identifier: Apache-2.0
/// The answers of a FakeEngine: what goes over a connection, and what goes wrong with it.
#include "docker_sandbox/base/text.hpp"
#include "support/fake_engine.hpp"

#include <array>
#include <cstdio>
#include <stdexcept>

namespace docker_sandbox::support {
namespace {

/// Go's server sends bodies that are longer than this in chunks.
constexpr std::size_t k_longest_plain_body = 2048;

std::string chunk(std::string_view bytes) {
  std::array<char, 20> size{};
  std::snprintf(size.data(), size.size(), "%zx\r\n", bytes.size());
  return size.data() + std::string(bytes) + "\r\n";
}

Response refusal(const Fault::Refusal& why) {
  return json_response({{"message", why.message}}, why.status);
}

}  // namespace

void FakeEngine::serve(const std::shared_ptr<HttpConnection>& connection) {
  try {
    while (const std::optional<Request> request = connection->read_request()) {
      if (!answer(connection, *request)) {
        return;
      }
    }
  } catch (const std::runtime_error& error) {
    connection->settle();
    connection->write(
        "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n400 Bad "
        "Request: " +
        std::string(error.what()));
  }
}

std::optional<Fault> FakeEngine::record(const Request& request, std::uint64_t& number) {
  const std::lock_guard lock(world_.mutex);
  requests_.push_back(request);
  requests_.back().number = ++last_request_;
  number = last_request_;
  world_.changed.notify_all();
  std::optional<Fault> hit;
  for (ActiveFault& active : faults_) {
    if (active.fault.call.matches(request) && (++active.seen == active.fault.nth || active.fault.nth == 0) && !hit) {
      hit = active.fault;
    }
  }
  return hit;
}

Response FakeEngine::decide_safely(const Request& request) {
  const std::lock_guard lock(world_.mutex);
  try {
    Response response = decide(world_, request);
    world_.changed.notify_all();
    return response;
  } catch (const ApiError& error) {
    if (error.message.compare(0, 4, "400 ") == 0) {
      return {.status = error.status, .body = error.message, .content_type = "text/plain; charset=utf-8"};
    }
    if (world_.settings.podman) {
      // The reason proper: what stands at the end of the message.
      const std::size_t colon = error.message.rfind(": ");
      const std::string cause = colon == std::string::npos ? error.message : error.message.substr(colon + 2);
      return json_response({{"cause", cause}, {"message", error.message}}, error.status);
    }
    return refusal({error.status, error.message});
  } catch (const nlohmann::json::exception& error) {
    return refusal({400, error.what()});
  }
}

bool FakeEngine::answer(const std::shared_ptr<HttpConnection>& connection, const Request& request) {
  const std::size_t written_before = connection->written();
  std::uint64_t number = 0;
  const Fault fault = record(request, number).value_or(Fault{});
  if (fault.before) {
    fault.before();
  }
  if (fault.hold_before) {
    fault.hold_before->wait();
  }
  Response response;
  if (fault.effect == Fault::Effect::done) {
    response = decide_safely(request);
  }
  if (fault.after) {
    fault.after();
  }
  if (fault.hold_after) {
    fault.hold_after->wait();
  }
  const bool resets = fault.break_after && fault.break_how == Break::reset;
  if (!resets) {
    connection->settle();
  }
  if (fault.break_after) {
    connection->break_after(*fault.break_after, fault.break_how);
  }
  if (fault.trickle) {
    connection->trickle();
  }
  if (response.background) {
    begin_work(nullptr, response.background);
  }
  if (fault.refusal || fault.raw || fault.body || fault.write) {
    // What was to be done goes on, unseen.
    if (response.upgrade) {
      begin_work(nullptr, [upgrade = response.upgrade] { upgrade(nullptr); });
    } else if (response.stream) {
      begin_work(nullptr, [stream = response.stream] { stream([](std::string_view) {}); });
    }
    response.upgrade = nullptr;
    response.stream = nullptr;
  }
  if (fault.raw) {
    connection->write(*fault.raw);
    return false;
  }
  if (fault.write) {
    fault.write(*connection, response);
    return false;
  }
  if (fault.refusal) {
    response = refusal(*fault.refusal);
  }
  if (fault.body) {
    response.body = *fault.body;
  }
  const bool goes_on = send(connection, request, response) && !connection->broken();
  const std::lock_guard lock(world_.mutex);
  for (Request& recorded : requests_) {
    if (recorded.number == number) {
      recorded.answer_size = connection->written() - written_before;
    }
  }
  world_.changed.notify_all();
  return goes_on;
}

std::string FakeEngine::head_of(const Response& response, const std::string& framing) const {
  FakeSettings settings;
  {
    const std::lock_guard lock(world_.mutex);
    settings = world_.settings;
  }
  std::string head =
      "HTTP/1.1 " + std::to_string(response.status) + (response.upgrade ? " UPGRADED" : " Whatever") + "\r\n";
  if (settings.tells_api_version && !response.upgrade) {
    head += "Api-Version: " + settings.api_version + "\r\n";
  }
  head += settings.podman ? "Libpod-Api-Version: 5.4.2\r\nServer: Libpod/5.4.2 (linux)\r\n"
                          : "Docker-Experimental: false\r\nOstype: linux\r\nServer: Docker/20.10.24 (linux)\r\n";
  for (const auto& [name, value] : response.headers) {
    head += name + ": " + value + "\r\n";
  }
  return head + framing + "\r\n";
}

bool FakeEngine::send(const std::shared_ptr<HttpConnection>& connection, const Request& request,
                      const Response& response) {
  if (response.upgrade) {
    Response head = response;
    head.status = 101;
    connection->write(head_of(
        head, "Connection: Upgrade\r\nContent-Type: " + response.upgrade_content_type + "\r\nUpgrade: tcp\r\n"));
    response.upgrade(connection);
    return false;
  }
  const std::string type = "Content-Type: " + response.content_type + "\r\n";
  if (response.status == 204 || response.status == 304) {
    connection->write(head_of(response, ""));
  } else if (response.stream || response.body.size() > k_longest_plain_body) {
    connection->write(head_of(response, type + "Transfer-Encoding: chunked\r\n"));
    const auto write = [&](std::string_view bytes) {
      if (!bytes.empty()) {
        connection->write(chunk(bytes));
      }
    };
    if (response.stream) {
      response.stream(write);
    } else {
      write(response.body);
    }
    connection->write("0\r\n\r\n");
  } else {
    connection->write(head_of(response, type + "Content-Length: " + std::to_string(response.body.size()) + "\r\n"));
    connection->write(request.method == "HEAD" ? std::string_view() : std::string_view(response.body));
  }
  const auto wish = request.headers.find("connection");
  return wish == request.headers.end() || base::to_lower(wish->second) != "close";
}

}  // namespace docker_sandbox::support
