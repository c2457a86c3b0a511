// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/engine/client.hpp"
#include "support/errors.hpp"
#include "support/fake_engine.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/socket.h>

#include <functional>
#include <future>
#include <memory>
#include <ostream>
#include <thread>
#include <utility>

namespace docker_sandbox::engine {
namespace {

using base::ErrorKind;
using support::Break;
using support::Call;
using support::error_of;
using support::FakeEngine;
using support::FakeImage;
using support::Fault;
using support::Gate;
using testing::HasSubstr;
using testing::StartsWith;

constexpr const char* k_image = "img:1";

std::string read_to_the_end(const UpgradedConnection& connection) {
  std::string all = connection.early_bytes;
  std::string buffer(4096, '\0');
  for (ssize_t count = 1; count > 0;) {
    count = ::recv(connection.socket.get(), buffer.data(), buffer.size(), 0);
    all.append(buffer, 0, count > 0 ? static_cast<std::size_t>(count) : 0);
  }
  return all;
}

/// A running container with an exec that has not been started.
struct World {
  World() {
    FakeImage image;
    image.config["Env"] = {"LONG=" + std::string(2500, 'x')};  // long enough to be sent in chunks
    engine.add_image(k_image, image);
    engine.add_to_registry("other:1");
    engine.add_program("true", [](support::Process& process) {
      process.write_out("done");
      return 0;
    });
    id = client.create_container("box", {.image = k_image}).id;
    client.start_container(id);
    exec = client.create_exec(id, {.command = {"true"}});
    engine.forget_requests();
  }

  FakeEngine engine;
  EngineClient client{engine.endpoint(), {}, k_oldest_api};
  std::string id;
  std::string exec;
};

struct Disturbed {
  const char* name;
  Call call;
  std::function<void(World&)> act;
};

void PrintTo(const Disturbed& call, std::ostream* out) {
  *out << call.name;
}

class AnyCall : public testing::TestWithParam<Disturbed> {};

TEST_P(AnyCall, CutAtAnyByteIsAnErrorAndNeverAHang) {
  std::size_t size = 0;
  {
    World world;
    GetParam().act(world);
    size = world.engine.answer_size(GetParam().call);
    ASSERT_GT(size, 20U);
  }
  for (std::size_t bytes = 0; bytes < size; ++bytes) {
    if (bytes > 600 && bytes + 50 < size) {
      bytes += 30;  // in the middle of a long body each byte is like the other
    }
    World world;
    world.engine.add_fault({.call = GetParam().call, .break_after = bytes});
    const auto error = error_of([&] { GetParam().act(world); });
    ASSERT_TRUE(error) << "cut after " << bytes << " of " << size << " bytes";
    EXPECT_EQ(error->kind(), ErrorKind::engine_protocol) << error->what();
    EXPECT_THAT(error->what(), HasSubstr("ended the connection before it had answered " + GetParam().call.method));
  }
}

TEST_P(AnyCall, IsReadWholeWhenItComesByteByByte) {
  World world;
  world.engine.add_fault({.call = GetParam().call, .trickle = true});
  EXPECT_NO_THROW(GetParam().act(world));
}

TEST_P(AnyCall, ThatIsResetIsAnError) {
  World world;
  world.engine.add_fault(
      {.call = GetParam().call, .effect = Fault::Effect::none, .break_after = 0, .break_how = Break::reset});
  const auto error = error_of([&] { GetParam().act(world); });
  ASSERT_TRUE(error);
  EXPECT_EQ(error->kind(), ErrorKind::engine_protocol) << error->what();
}

TEST_P(AnyCall, AnsweredWithGarbageIsAnError) {
  for (const char* garbage :
       {"\x16\x03\x01\x02", "SSH-2.0-OpenSSH_9.2\r\n", "HTTP/1.1 200\r\n", "HTTP/2 200 OK\r\n\r\n", "\r\n\r\n"}) {
    World world;
    world.engine.add_fault({.call = GetParam().call, .raw = garbage});
    const auto error = error_of([&] { GetParam().act(world); });
    ASSERT_TRUE(error) << garbage;
    EXPECT_EQ(error->kind(), ErrorKind::engine_protocol) << garbage << ": " << error->what();
  }
}

TEST_P(AnyCall, RefusedBeforeOrAfterItsEffectIsTheEnginesError) {
  for (const Fault::Effect effect : {Fault::Effect::none, Fault::Effect::done}) {
    World world;
    world.engine.add_fault({.call = GetParam().call, .effect = effect, .refusal = Fault::Refusal{}});
    const auto error = error_of([&] { GetParam().act(world); });
    ASSERT_TRUE(error);
    EXPECT_EQ(error->kind(), ErrorKind::engine_failure);
    EXPECT_STREQ(error->what(), "Error response from daemon: the engine has a bad day");
  }
}

TEST_P(AnyCall, ThatIsStalledAndThenCutIsAnError) {
  World world;
  const auto gate = std::make_shared<Gate>();
  world.engine.add_fault(
      {.call = GetParam().call, .effect = Fault::Effect::none, .hold_before = gate, .break_after = 0});
  std::future<bool> failed =
      std::async(std::launch::async, [&] { return error_of([&] { GetParam().act(world); }).has_value(); });
  EXPECT_TRUE(world.engine.wait_for(GetParam().call));
  gate->open();
  EXPECT_TRUE(failed.get());
}

TEST_P(AnyCall, ThatIsAnsweredLateIsAnswered) {
  World world;
  const auto gate = std::make_shared<Gate>();
  world.engine.add_fault({.call = GetParam().call, .hold_after = gate});
  std::future<bool> failed =
      std::async(std::launch::async, [&] { return error_of([&] { GetParam().act(world); }).has_value(); });
  EXPECT_TRUE(world.engine.wait_for(GetParam().call));
  gate->open();
  EXPECT_FALSE(failed.get());
}

INSTANTIATE_TEST_SUITE_P(
    Calls, AnyCall,
    testing::Values(
        Disturbed{"list", {"GET", "/containers/json"}, [](World& world) { world.client.list_containers({}); }},
        Disturbed{
            "inspect", {"GET", "/containers/*/json"}, [](World& world) { world.client.inspect_container(world.id); }},
        Disturbed{"create",
                  {"POST", "/containers/create"},
                  [](World& world) { world.client.create_container("other", {.image = k_image}); }},
        Disturbed{
            "start", {"POST", "/containers/*/start"}, [](World& world) { world.client.start_container(world.id); }},
        Disturbed{"rename",
                  {"POST", "/containers/*/rename"},
                  [](World& world) { world.client.rename_container(world.id, "other"); }},
        Disturbed{"remove", {"DELETE", "/containers/*"}, [](World& world) { world.client.remove_container(world.id); }},
        Disturbed{
            "logs", {"GET", "/containers/*/logs"}, [](World& world) { world.client.container_log_tail(world.id, 5); }},
        Disturbed{"image", {"GET", "/images/*/json"}, [](World& world) { world.client.inspect_image(k_image); }},
        Disturbed{"pull",
                  {"POST", "/images/create"},
                  [](World& world) { world.client.pull_image("other:1", "", [](std::string_view) {}); }},
        Disturbed{"create_exec",
                  {"POST", "/containers/*/exec"},
                  [](World& world) { world.client.create_exec(world.id, {.command = {"true"}}); }},
        Disturbed{
            "inspect_exec", {"GET", "/exec/*/json"}, [](World& world) { world.client.inspect_exec(world.exec); }}),
    [](const auto& test) { return test.param.name; });

TEST(StartExec, CutInTheHeadIsAnErrorAndBehindItTheStreamsEnd) {
  std::size_t head_size = 0;
  std::size_t size = 0;
  {
    World world;
    const std::string stream = read_to_the_end(world.client.start_exec(world.exec, false));
    EXPECT_EQ(stream, std::string("\x01\0\0\0\0\0\0\x04", 8) + "done");
    size = world.engine.answer_size({"POST", "/exec/*/start"});
    head_size = size - stream.size();
  }
  for (std::size_t bytes = 0; bytes < size; ++bytes) {
    World world;
    world.engine.add_fault({.call = {"POST", "/exec/*/start"}, .break_after = bytes});
    if (bytes < head_size) {
      const auto error = error_of([&] { world.client.start_exec(world.exec, false); });
      ASSERT_TRUE(error) << bytes;
      EXPECT_EQ(error->kind(), ErrorKind::engine_protocol) << error->what();
    } else {
      EXPECT_EQ(read_to_the_end(world.client.start_exec(world.exec, false)).size(), bytes - head_size);
    }
  }
}

TEST(StartExec, TakesAHeadThatComesByteByByte) {
  World world;
  world.engine.add_fault({.call = {"POST", "/exec/*/start"}, .trickle = true});
  EXPECT_EQ(read_to_the_end(world.client.start_exec(world.exec, false)).size(), 12U);
}

TEST(StartExec, ThatIsResetIsAnError) {
  World world;
  world.engine.add_fault(
      {.call = {"POST", "/exec/*/start"}, .effect = Fault::Effect::none, .break_after = 0, .break_how = Break::reset});
  const auto error = error_of([&] { world.client.start_exec(world.exec, false); });
  ASSERT_TRUE(error);
  EXPECT_EQ(error->kind(), ErrorKind::engine_protocol) << error->what();
}

TEST(StartExec, AnsweredWithGarbageOrAnEndlessHeadIsAnError) {
  for (const std::string& answer :
       {std::string("SSH-2.0-OpenSSH_9.2\r\n"), "HTTP/1.1 101 UPGRADED\r\nX: " + std::string(100'000, 'x')}) {
    World world;
    world.engine.add_fault({.call = {"POST", "/exec/*/start"}, .raw = answer});
    const auto error = error_of([&] { world.client.start_exec(world.exec, false); });
    ASSERT_TRUE(error);
    EXPECT_EQ(error->kind(), ErrorKind::engine_protocol) << error->what();
  }
}

TEST(Answer, ThatNeverComesIsATimeout) {
  FakeEngine engine;
  engine.add_fault({.hold_before = std::make_shared<Gate>()});
  Transport transport(engine.endpoint(), {});
  const auto error = error_of([&] { transport.send({.method = "GET", .path = "/_ping"}, std::chrono::seconds(1)); });
  ASSERT_TRUE(error);
  EXPECT_EQ(error->kind(), ErrorKind::engine_timeout);
  EXPECT_THAT(error->what(), HasSubstr("did not answer GET /_ping within 1 seconds"));
}

enum class Way { send, stream, upgrade };

/// What comes of an answer that begins with `bytes`, and then has another one now and then when `goes_on`, or nothing.
std::string complaint_about_endless(const std::string& bytes, bool goes_on, Way way) {
  FakeEngine engine;
  engine.add_fault({.write = [&](support::HttpConnection& connection, const support::Response&) {
    connection.write(bytes);
    while (goes_on && !connection.broken()) {
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
      connection.write("+");
    }
    connection.read_raw();  // until the client is gone
  }});
  Transport transport(engine.endpoint(), {});
  constexpr std::chrono::seconds k_patience{1};
  HttpResponse refusal;
  const auto error = error_of([&] {
    switch (way) {
      case Way::send:
        transport.send({.method = "GET", .path = "/containers/json"}, k_patience);
        break;
      case Way::stream:
        transport.stream({.method = "GET", .path = "/containers/json"}, k_patience, [](std::string_view) {});
        break;
      case Way::upgrade:
        transport.upgrade({.method = "POST", .path = "/exec/x/start"}, k_patience, &refusal);
        break;
    }
  });
  // Of an upgrade that is refused the refusal counts, with what has come of its reason.
  const bool refused = way == Way::upgrade && refusal.status == 200;
  return (error && error->kind() == ErrorKind::engine_timeout) || refused
             ? ""
             : bytes + (goes_on ? "+" : "") + ": " + (error ? error->what() : "no error");
}

TEST(Answer, WithoutAnEndIsATimeoutWhateverHasCome) {
  const std::string good = "HTTP/1.1 200 OK\r\n";
  std::vector<std::future<std::string>> complaints;
  for (const std::string& bytes :
       {std::string(), good + "X: y", good + "Content-Length: 999\r\n\r\n", good + "Content-Length: 999\r\n\r\n[{",
        good + "\r\n[", good + "Transfer-Encoding: chunked\r\n\r\n999\r\n[",
        std::string("HTTP/1.1 101 OK\r\nUpgrade: h2c")}) {
    for (const bool goes_on : {false, true}) {
      for (const Way way : {Way::send, Way::stream, Way::upgrade}) {
        if (!(bytes.empty() && goes_on)) {  // what begins with "+" is no HTTP
          complaints.push_back(std::async(std::launch::async, complaint_about_endless, bytes, goes_on, way));
        }
      }
    }
  }
  for (auto& complaint : complaints) {
    EXPECT_EQ(complaint.get(), "");
  }
}

TEST(Answer, ThatIsTooLargeIsAnErrorAndIsNotKept) {
  FakeEngine engine;
  engine.add_fault({.body = std::string(65U * 1024 * 1024, ' ')});
  EngineClient client(engine.endpoint(), {}, std::nullopt);
  const auto error = error_of([&] { client.list_containers({}); });
  ASSERT_TRUE(error);
  EXPECT_THAT(error->what(), HasSubstr("GET /containers/json at unix://"));
  EXPECT_THAT(error->what(), HasSubstr(" is too large to be one"));
  EXPECT_NO_THROW(client.list_containers({})) << "the next call has a connection of its own";
}

TEST(Answer, WithAHeadWithoutEndIsAnErrorAndIsNotKept) {
  const std::string good = "HTTP/1.1 200 OK\r\n";
  std::string headers = good;
  std::string continued;
  while (headers.size() < 200'000) {
    headers += "X: y\r\n";
    continued += "HTTP/1.1 100 Continue\r\n\r\n";
  }
  for (const std::string& answer :
       {"HTTP/1.1 200 " + std::string(2'000'000, 'x'), good + "X: " + std::string(200'000, 'x'), headers, continued,
        good + "Transfer-Encoding: chunked\r\n\r\n1\r\n[\r\n" + std::string(200'000, '0')}) {
    FakeEngine engine;
    engine.add_fault({.raw = answer});
    EngineClient client(engine.endpoint(), {}, std::nullopt);
    const auto error = error_of([&] { client.list_containers({}); });
    ASSERT_TRUE(error) << answer.substr(0, 40);
    EXPECT_EQ(error->kind(), ErrorKind::engine_protocol);
    EXPECT_THAT(error->what(), HasSubstr("GET /containers/json is too large")) << answer.substr(0, 40);
  }
}

TEST(Answer, OfAnotherShapeIsAnErrorThatNamesTheCall) {
  for (const char* body :
       {"", "{", "null", "{}", "[{}]", "[{\"Id\":1}]", "[{\"Id\":\"a\",\"Labels\":[]}]", "[[]]", "\xff"}) {
    FakeEngine engine;
    engine.add_fault({.body = body});
    EngineClient client(engine.endpoint(), {}, std::nullopt);
    const auto error = error_of([&] { client.list_containers({}); });
    ASSERT_TRUE(error) << body;
    EXPECT_EQ(error->kind(), ErrorKind::engine_protocol);
    EXPECT_THAT(error->what(), StartsWith("the engine's answer to GET /containers/json at unix://")) << body;
    EXPECT_THAT(error->what(), HasSubstr("is not what the Engine API defines")) << body;
  }
}

TEST(Answer, MayHaveNullsWhereGoHasNoValue) {
  FakeEngine engine;
  engine.add_fault({.body = R"([{"Id":"a","Names":null,"Labels":null,"Mounts":null}])"});
  EngineClient client(engine.endpoint(), {}, std::nullopt);
  EXPECT_EQ(client.list_containers({}).at(0).id, "a");
}

TEST(Call, AfterABrokenOneGoesOverANewConnection) {
  FakeEngine engine;
  EngineClient client(engine.endpoint(), {}, std::nullopt);
  engine.add_fault({.break_after = 10});
  EXPECT_TRUE(error_of([&] { client.list_containers({}); }));
  EXPECT_NO_THROW(client.list_containers({}));
  EXPECT_EQ(engine.requests().back().connection, 2);
}

TEST(Engine, ThatIsNotThereIsUnreachableInTheDockerClisWords) {
  docker_config::Endpoint endpoint;
  {
    const FakeEngine engine;
    endpoint = engine.endpoint();
  }
  EngineClient client(endpoint, {}, std::nullopt);
  const auto error = error_of([&] { client.list_containers({}); });
  ASSERT_TRUE(error);
  EXPECT_EQ(error->kind(), ErrorKind::engine_unreachable);
  EXPECT_EQ(error->what(),
            "Cannot connect to the Docker daemon at " + endpoint.host + ". Is the docker daemon running?");
}

}  // namespace
}  // namespace docker_sandbox::engine
