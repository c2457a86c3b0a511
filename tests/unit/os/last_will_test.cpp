// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/os/last_will.hpp"

#include "docker_sandbox/os/unix_socket.hpp"
#include "support/private_directory.hpp"
#include "support/waiting.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <filesystem>
#include <fstream>

namespace docker_sandbox::os {
namespace {

class LastWillTest : public testing::Test {
 protected:
  /// A will that writes its testament to a file, in one step.
  auto writing() {
    return [directory = directory_](const std::string& testament) {
      std::ofstream(directory / "being-written") << testament;
      std::filesystem::rename(directory / "being-written", directory / "testament");
    };
  }

  /// The file's text once it is there; "nothing" when it never comes.
  std::string testament() const {
    if (!support::comes_true([&] { return std::filesystem::exists(directory_ / "testament"); })) {
      return "nothing";
    }
    std::string text;
    std::getline(std::ifstream(directory_ / "testament"), text);
    return text;
  }

  bool anything_written() const { return !std::filesystem::is_empty(directory_); }

  const support::PrivateDirectory place_;
  const std::filesystem::path directory_ = place_.path();
};

TEST_F(LastWillTest, IsCarriedOutWhenItsMakerIsKilled) {
  std::array<int, 2> ready{};
  ASSERT_EQ(::pipe2(ready.data(), O_CLOEXEC), 0);
  const pid_t maker = ::fork();
  if (maker == 0) {
    LastWill will(writing());
    will.write_down("to my ");
    will.write_down("heirs");
    ::close(ready[1]);
    ::pause();
    ::_exit(1);
  }
  ::close(ready[1]);
  const UniqueFd made(ready[0]);
  // The child of the child has closed its copy too, or this would never come to an end.
  EXPECT_TRUE(wait_readable(made.get(), support::deadline()));
  EXPECT_FALSE(anything_written());
  ::kill(maker, SIGKILL);
  ::waitpid(maker, nullptr, 0);
  EXPECT_EQ(testament(), "to my heirs");
}

TEST_F(LastWillTest, IsCarriedOutWhenItIsDestroyed) {
  {
    LastWill will(writing());
    will.write_down("x");
  }
  EXPECT_EQ(testament(), "x");
}

TEST_F(LastWillTest, IsNotCarriedOutOnceRevoked) {
  {
    LastWill will(writing());
    will.write_down("x");
    will.revoke();  // returns when the child is gone: whatever it did is done
  }
  EXPECT_FALSE(anything_written());
}

TEST_F(LastWillTest, IsNothingWithoutATestament) {
  { LastWill will(writing()); }
  // The child has nothing to say; it is gone when no child is left that could be waited for.
  while (::waitpid(-1, nullptr, 0) > 0 || errno == EINTR) {
  }
  EXPECT_FALSE(anything_written());
}

}  // namespace
}  // namespace docker_sandbox::os
