// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/engine/client.hpp"
#include "docker_sandbox/os/unique_fd.hpp"
#include "support/fake_engine.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <algorithm>
#include <vector>

namespace docker_sandbox::engine {
namespace {

/// What select(2) can name.
constexpr int k_select_limit = 1024;

/// Descriptors until all further ones are beyond select's; empty when the process may not have so many.
std::vector<os::UniqueFd> take_low_descriptors() {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = std::min<rlim_t>(limit.rlim_max, 4096);
  ::setrlimit(RLIMIT_NOFILE, &limit);
  std::vector<os::UniqueFd> taken;
  do {
    taken.emplace_back(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    if (!taken.back()) {
      return {};
    }
  } while (taken.back().get() < k_select_limit);
  return taken;
}

TEST(Descriptors, BeyondThoseOfSelectWork) {
#ifdef DOCKER_SANDBOX_SHARED_HTTPLIB
  GTEST_SKIP() << "the shared cpp-httplib uses select(2); scripts/fetch-httplib gets the one that is compiled in";
#endif
  const std::vector<os::UniqueFd> low = take_low_descriptors();
  if (low.empty()) {
    GTEST_SKIP() << "this process may not open " << k_select_limit << " files";
  }
  support::FakeEngine engine;
  engine.add_image("img:1");
  engine.add_program("cat", [](support::Process& process) {
    process.write_out(process.read_all());
    return 0;
  });
  EngineClient client(engine.endpoint(), {}, std::nullopt);
  const std::string id = client.create_container("box", {.image = "img:1"}).id;
  client.start_container(id);
  EXPECT_EQ(client.inspect_container(id).state, "running");
  const UpgradedConnection session =
      client.start_exec(client.create_exec(id, {.command = {"cat"}, .attach_stdin = true}), false);
  EXPECT_GT(session.socket.get(), k_select_limit);
}

}  // namespace
}  // namespace docker_sandbox::engine
