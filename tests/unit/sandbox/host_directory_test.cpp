// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/sandbox/host_directory.hpp"

#include "docker_sandbox/sandbox/host_credentials.hpp"
#include "support/errors.hpp"
#include "support/private_directory.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <fstream>
#include <map>

namespace docker_sandbox::sandbox {
namespace {

namespace fs = std::filesystem;
using base::ErrorKind;
using support::message_of;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;
using testing::StartsWith;
using testing::UnorderedElementsAre;

void write(const fs::path& path, const std::string& text) {
  std::ofstream(path) << text;
}

std::string read(const fs::path& path) {
  std::ifstream stream(path);
  return {std::istreambuf_iterator<char>(stream), {}};
}

/// A home, and a docker configuration with the directory of one sandbox in it.
class TheHostDirectory : public testing::Test {
 protected:
  TheHostDirectory() { write(file(), "login"); }

  fs::path home() const { return home_; }
  fs::path file() const { return home() / ".claude.json"; }
  fs::path configuration() const { return configuration_; }
  HostDirectory directory() const { return {configuration().string(), endpoint_, "creator"}; }
  fs::path own() const { return directory().files().parent_path(); }

  support::PrivateDirectory private_;
  const fs::path home_ = private_.make("home");
  const fs::path configuration_ = private_.make("configuration");
  const docker_config::Endpoint endpoint_ = {.host = "unix:///nowhere", .socket_path = "/nowhere"};
};

TEST_F(TheHostDirectory, LendsAFileUntilItIsDiscarded) {
  directory().make();
  directory().lend(file());
  write(directory().files() / ".claude.json", "login of the agent");
  EXPECT_EQ(read(file()), "login of the agent");
  EXPECT_TRUE(directory().lent_file());
  directory().discard();
  EXPECT_FALSE(fs::exists(own()));
  EXPECT_EQ(read(file()), "login of the agent");
}

TEST_F(TheHostDirectory, BringsBackWhatWasReplacedInsideBeforeItIsDiscarded) {
  directory().make();
  directory().lend(file());
  write(directory().files() / "new", "replaced");
  fs::rename(directory().files() / "new", directory().files() / ".claude.json");
  directory().discard();
  EXPECT_EQ(read(file()), "replaced");
}

TEST_F(TheHostDirectory, CannotBeMadeWhereTheConfigurationIsNoDirectory) {
  fs::remove(configuration());
  write(configuration(), "");
  EXPECT_THAT(message_of([&] { directory().make(); }, ErrorKind::io),
              HasSubstr("cannot make " + configuration().string()));
  directory().discard();  // nothing was made
}

TEST_F(TheHostDirectory, CannotBeMadeWhereItsCreatorCannotBeNoted) {
  directory().make();
  fs::remove(own() / "creator");
  fs::create_directory(own() / "creator");
  EXPECT_THAT(message_of([&] { directory().make(); }, ErrorKind::io), HasSubstr("cannot write " + own().string()));
}

TEST_F(TheHostDirectory, LendsNothingButFiles) {
  directory().make();
  for (const char* name : {"missing", "."}) {
    EXPECT_THAT(message_of([&] { directory().lend(home() / name); }, ErrorKind::io), HasSubstr(" is no file"));
    EXPECT_FALSE(directory().lent_file());
  }
}

TEST_F(TheHostDirectory, LendsNothingThatCannotBeOneFile) {
  directory().make();
  fs::create_directories(directory().files() / ".claude.json" / "in the way");
  EXPECT_NE(message_of([&] { directory().lend(file()); }, ErrorKind::io), "");
  EXPECT_FALSE(directory().lent_file());
  EXPECT_EQ(read(file()), "login");
}

TEST_F(TheHostDirectory, IsDiscardedThoughItsFileCannotBeBroughtBack) {
  directory().make();
  directory().lend(file());
  fs::remove(directory().files() / ".claude.json");
  fs::create_directories(directory().files() / ".claude.json" / "in the way");
  directory().discard();
  EXPECT_FALSE(fs::exists(own()));
  EXPECT_EQ(read(file()), "login");
}

TEST_F(TheHostDirectory, StaysWhileItsEngineCannotBeAsked) {
  directory().make();
  fs::last_write_time(own(), fs::file_time_type::clock::now() - std::chrono::hours(2));  // longer than a creation lasts
  engine::EngineClient engine(endpoint_, {}, std::nullopt);
  sweep_host_directories(engine, configuration().string());
  EXPECT_TRUE(fs::exists(own()));
}

/// What is lent to a sandbox in the credentials mode "host".
class TheHostsCredentials : public TheHostDirectory {
 protected:
  /// Where each is mounted, and from where.
  std::map<std::string, std::string> mounts() const {
    SandboxSpec spec;
    spec.agent = agent::find_agent("claude");
    spec.caller.home = home().string();
    spec.credentials = CredentialsMode::host;
    std::map<std::string, std::string> sources;
    for (const engine::MountRequest& mount : host_credentials(spec, directory()).mounts) {
      sources[mount.target] = mount.source;
    }
    return sources;
  }

  Sandbox sandbox() const {
    Sandbox sandbox;
    sandbox.credentials = CredentialsMode::host;
    return sandbox;
  }
};

TEST_F(TheHostsCredentials, AreADirectoryWithTheLoginFileAndOneForSockets) {
  EXPECT_THAT(mounts(), UnorderedElementsAre(Pair("/mnt/host/files", directory().files().string()),
                                             Pair("/mnt/host/ssh-agent", directory().sockets().string())));
}

TEST_F(TheHostsCredentials, AreTheLoginFileAsItIsWhereNoDirectoryCanBeMade) {
  fs::remove(configuration());
  write(configuration(), "");
  EXPECT_THAT(mounts(), ElementsAre(Pair("/mnt/host/.claude.json", file().string())));
}

TEST_F(TheHostsCredentials, AreTheLoginFileAsItIsWhereItCannotHaveASecondName) {
  directory().make();
  write(directory().files(), "in the way");
  EXPECT_THAT(mounts(), UnorderedElementsAre(Pair("/mnt/host/.claude.json", file().string()),
                                             Pair("/mnt/host/ssh-agent", directory().sockets().string())));
}

TEST_F(TheHostsCredentials, LendAnAgentForAsLongAsTheLoanLasts) {
  directory().make();
  {
    const HostLoan loan(sandbox(), {{"SSH_AUTH_SOCK", "/nowhere"}}, directory());
    ASSERT_TRUE(loan.variable());
    EXPECT_THAT(*loan.variable(), StartsWith("SSH_AUTH_SOCK=/mnt/host/ssh-agent/"));
    EXPECT_FALSE(fs::is_empty(directory().sockets()));
  }
  EXPECT_TRUE(fs::is_empty(directory().sockets()));
}

TEST_F(TheHostsCredentials, LendNoAgentWithoutADirectoryForItsSocket) {
  const HostLoan loan(sandbox(), {{"SSH_AUTH_SOCK", "/nowhere"}}, directory());
  EXPECT_FALSE(loan.variable());
}

TEST_F(TheHostsCredentials, DoWithoutAWatchOverALoginFileThatCannotBeOne) {
  directory().make();
  directory().lend(file());
  fs::remove_all(directory().files());
  const HostLoan loan(sandbox(), {}, directory());
  EXPECT_FALSE(loan.variable());
  EXPECT_EQ(read(file()), "login");
}

}  // namespace
}  // namespace docker_sandbox::sandbox
