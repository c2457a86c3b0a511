// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/sandbox/environment.hpp"
#include "docker_sandbox/sandbox/git_identity.hpp"
#include "docker_sandbox/sandbox/volumes.hpp"
#include "docker_sandbox/sandbox/workspace.hpp"
#include "support/errors.hpp"
#include "support/private_directory.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace docker_sandbox::sandbox {
namespace {

using support::message_of;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

/// A fresh directory that is gone with the test.
class Directory : public testing::Test {
 protected:
  std::string write(const std::string& name, const std::string& text) const {
    std::ofstream(path_ / name) << text;
    return (path_ / name).string();
  }

  const support::PrivateDirectory directory_;
  const std::filesystem::path path_ = directory_.path();
};

using Variables = Directory;
using Volumes = Directory;
using Workspaces = Directory;

TEST_F(Variables, ComeFromFilesThenOptionsAndTheLastOneCounts) {
  const std::string file = write("env", "# comment\n\n  A=from file\nB=x=y\r\nCOPIED\nABSENT\n");
  EXPECT_THAT(parse_variables({file}, {"A=option", "C=", "D"}, {{"COPIED", "copy"}, {"D", "d"}}),
              ElementsAre(Variable{"A", "option"}, Variable{"B", "x=y"}, Variable{"COPIED", "copy"}, Variable{"C", ""},
                          Variable{"D", "d"}));
}

TEST_F(Variables, AreRefusedWithoutANameAndTheValueIsNotTold) {
  const std::string message = message_of([] { parse_variables({}, {"=secret"}, {}); });
  EXPECT_THAT(message, HasSubstr("no name"));
  EXPECT_THAT(message, Not(HasSubstr("secret")));
  const std::string file = write("env", "OK=1\nBAD NAME=secret\n");
  const std::string in_file = message_of([&] { parse_variables({file}, {}, {}); });
  EXPECT_THAT(in_file, HasSubstr("line 2"));
  EXPECT_THAT(in_file, Not(HasSubstr("secret")));
}

TEST_F(Variables, AreRefusedByNameWhenTheKernelCannotPassThem) {
  const std::string longest(131072 - sizeof "BIG=", 'x');
  EXPECT_EQ(message_of([&] { parse_variables({}, {"BIG=" + longest}, {}); }), "");
  const std::string message = message_of([&] { parse_variables({}, {"BIG=" + longest + "x"}, {}); });
  EXPECT_THAT(message, HasSubstr("the variable BIG is too large"));
  EXPECT_THAT(message, Not(HasSubstr("xx")));
}

TEST_F(Variables, FileMustBeThere) {
  EXPECT_THAT(message_of([] { parse_variables({"/no/such/file"}, {}, {}); }), HasSubstr("No such file"));
}

TEST_F(Variables, FileMustBeOne) {
  EXPECT_THAT(message_of([] { parse_variables({"/"}, {}, {}); }),
              HasSubstr("cannot read the env file /: Is a directory"));
}

TEST_F(Variables, AFileWithoutEndIsRefused) {
  EXPECT_THAT(message_of([] { parse_variables({"/dev/zero"}, {}, {}); }),
              HasSubstr("the env file /dev/zero: it has more than 16 MiB"));
}

TEST_F(Volumes, TakeEveryKindOfSource) {
  std::filesystem::create_directories(path_ / "a b");
  const VolumeBase base{.directory = path_.string(), .home = path_.string()};
  const auto mounts = parse_volumes(
      {"./a b:/x:ro", "~/a b:/y/../z/", path_.string() + ":/w:rw", "named:/n:readonly", "/anonymous"}, base);
  ASSERT_EQ(mounts.size(), 5U);
  EXPECT_EQ(mounts[0].source, (path_ / "a b").string());
  EXPECT_TRUE(mounts[0].read_only);
  EXPECT_EQ(mounts[1].source, (path_ / "a b").string());
  EXPECT_EQ(mounts[1].target, "/z");
  EXPECT_FALSE(mounts[2].read_only);
  EXPECT_EQ(mounts[3].type, engine::MountRequest::Type::volume);
  EXPECT_TRUE(mounts[3].read_only);
  EXPECT_EQ(mounts[4].source, "");
  EXPECT_EQ(mounts[4].target, "/anonymous");
}

struct BadVolume {
  const char* text;
  const char* why;
};

TEST_F(Volumes, AreRefusedWithTheReason) {
  const VolumeBase base{.directory = path_.string(), .home = path_.string()};
  for (const BadVolume& bad :
       {BadVolume{"/tmp:relative", "must be absolute"}, BadVolume{"/no/such/path:/x", "does not exist"},
        BadVolume{"/tmp:/x:rx", "unknown mode"}, BadVolume{":/x", "no host path"}, BadVolume{"", "must be absolute"},
        BadVolume{"/tmp:/x:ro:z", "too many colons"}, BadVolume{"/tmp:/", "on /"},
        BadVolume{"a b:/x", "neither a path"}, BadVolume{"~other/x:/x", "another user's home"}}) {
    EXPECT_THAT(message_of([&] { parse_volumes({bad.text}, base); }), HasSubstr(bad.why)) << bad.text;
  }
  EXPECT_THAT(message_of([&] { parse_volumes({"/tmp:/x", "/usr:/x/"}, base); }), HasSubstr("already"));
}

TEST_F(Workspaces, AreCanonicalWhateverTheirSpelling) {
  std::filesystem::create_directories(path_ / "real/sub");
  std::filesystem::create_symlink(path_ / "real", path_ / "link");
  const Workspace direct = resolve_workspace((path_ / "real").string(), "/nonexistent");
  const Workspace through_link = resolve_workspace((path_ / "link/sub/..").string(), "/nonexistent");
  EXPECT_EQ(direct.path, through_link.path);
  EXPECT_EQ(direct.inode, through_link.inode);
}

TEST_F(Workspaces, AreRefusedWhenTheyAreNoProject) {
  std::filesystem::create_directories(path_ / "home/me/project");
  const std::string home = (path_ / "home/me").string();
  EXPECT_THAT(message_of([&] { resolve_workspace("/", home); }), HasSubstr("root of the file system"));
  EXPECT_THAT(message_of([&] { resolve_workspace(home, home); }), HasSubstr("home directory"));
  EXPECT_THAT(message_of([&] { resolve_workspace((path_ / "home").string(), home); }), HasSubstr("contains the home"));
  EXPECT_THAT(message_of([&] { resolve_workspace((path_ / "nowhere").string(), home); }),
              HasSubstr("no such directory"));
  EXPECT_THAT(message_of([&] { resolve_workspace(write("file", ""), home); }), HasSubstr("not a directory"));
  for (const EnginePlace place : {EnginePlace::here, EnginePlace::elsewhere}) {
    EXPECT_EQ(message_of([&] { resolve_workspace("", home, place); }),
              "cannot use the workspace '': the path is empty");
  }
  EXPECT_EQ(message_of([&] { resolve_workspace(home + "/project", home); }), "");
}

TEST_F(Workspaces, ElsewhereAreTakenAsGivenWhenTheyAreNotHere) {
  std::filesystem::create_directories(path_ / "real");
  std::filesystem::create_symlink(path_ / "real", path_ / "link");
  std::filesystem::create_directories(path_ / "home/me");
  const std::string home = (path_ / "home/me").string();
  const Workspace there = resolve_workspace("/no/such/../place//", home, EnginePlace::elsewhere);
  EXPECT_EQ(there.path, "/no/place");
  EXPECT_EQ(there.inode, 0U);
  EXPECT_EQ(resolve_workspace((path_ / "link").string(), home, EnginePlace::elsewhere).path, (path_ / "real").string());
  EXPECT_THAT(message_of([&] { resolve_workspace("no/such", home, EnginePlace::elsewhere); }),
              HasSubstr("only an absolute path"));
  EXPECT_THAT(message_of([&] { resolve_workspace("/no/..", home, EnginePlace::elsewhere); }), HasSubstr("root of the"));
  EXPECT_THAT(message_of([&] { resolve_workspace(home, home, EnginePlace::elsewhere); }), HasSubstr("home directory"));
}

TEST_F(Volumes, ElsewhereAreTakenAsGivenWhenTheyAreNotHere) {
  const VolumeBase base{.directory = path_.string(), .home = path_.string(), .place = EnginePlace::elsewhere};
  const auto mounts = parse_volumes({"/no/such/../place/:/x", path_.string() + ":/y"}, base);
  EXPECT_EQ(mounts[0].source, "/no/place");
  EXPECT_EQ(mounts[1].source, path_.string());
  for (const char* relative : {"./no-such:/x", "~/no-such:/x"}) {
    EXPECT_THAT(message_of([&] { parse_volumes({relative}, base); }), HasSubstr("only an absolute path"));
  }
}

TEST(GitConfiguration, QuotesWhateverANameMayHold) {
  EXPECT_EQ(git_configuration({"A \"B\" \\ C", "a@b"}, "/w\nx"),
            "[safe]\n\tdirectory = \"/w\\nx\"\n[user]\n\tname = \"A \\\"B\\\" \\\\ C\"\n\temail = \"a@b\"\n");
  EXPECT_EQ(git_configuration({}, "/w"), "[safe]\n\tdirectory = \"/w\"\n");
}

}  // namespace
}  // namespace docker_sandbox::sandbox
