// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/os/twin_file.hpp"

#include "docker_sandbox/base/error.hpp"
#include "support/private_directory.hpp"
#include "support/waiting.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace docker_sandbox::os {
namespace {

namespace fs = std::filesystem;

std::string read(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

/// As programs do it that never leave half a file.
void replace(const std::string& path, const std::string& text, int age_in_seconds = 0) {
  const std::string next = path + ".tmp";
  std::ofstream(next) << text;
  fs::last_write_time(next, fs::file_time_type::clock::now() - std::chrono::seconds(age_in_seconds));
  fs::rename(next, path);
}

class TwinFileTest : public ::testing::Test {
 protected:
  TwinFileTest() {
    replace(outer_, "first");
    twin_.join();
  }

  std::string both() const { return read(outer_) + " " + read(inner_); }
  bool is_one() const { return fs::equivalent(outer_, inner_) && fs::equivalent(outer_, last_); }

  support::PrivateDirectory directory_;
  std::string outer_ = directory_.make("outer") + "/file";
  std::string inner_ = directory_.make("inner") + "/file";
  std::string last_ = directory_.make("state") + "/last";
  TwinFile twin_{outer_, inner_, last_};
};

TEST_F(TwinFileTest, BothNamesAreOneFile) {
  EXPECT_TRUE(is_one());
  std::ofstream(inner_) << "in place";
  EXPECT_EQ(both(), "in place in place");
}

TEST_F(TwinFileTest, TheNameThatWasReplacedWinsHoweverOldItsFileIs) {
  replace(inner_, "inside");
  twin_.join();
  EXPECT_EQ(both(), "inside inside");
  replace(outer_, "a backup that was put back", 3600);
  twin_.join();
  EXPECT_EQ(both(), "a backup that was put back a backup that was put back");
  replace(inner_, "inside, old", 7200);
  twin_.join();
  EXPECT_EQ(both(), "inside, old inside, old");
  EXPECT_TRUE(is_one());
}

TEST_F(TwinFileTest, WhenBothWereReplacedTheNewerOneWins) {
  replace(inner_, "inside", 10);
  replace(outer_, "outside", 20);
  twin_.join();
  EXPECT_EQ(both(), "inside inside");
  replace(inner_, "inside", 20);
  replace(outer_, "outside", 10);
  twin_.join();
  EXPECT_EQ(both(), "outside outside");
  EXPECT_TRUE(is_one());
}

TEST_F(TwinFileTest, TheOuterFileIsNeverMade) {
  fs::remove(outer_);
  replace(inner_, "inside");
  twin_.join();
  EXPECT_FALSE(fs::exists(outer_));
  EXPECT_EQ(read(inner_), "inside");
}

TEST_F(TwinFileTest, TheInnerFileComesBack) {
  fs::remove(inner_);
  twin_.join();
  EXPECT_EQ(both(), "first first");
}

TEST_F(TwinFileTest, NothingButARegularFileComesOut) {
  const std::string secret = directory_.path() + "/secret";
  std::ofstream(secret) << "of the host";
  fs::remove(inner_);
  fs::create_symlink(secret, inner_);
  twin_.join();
  EXPECT_EQ(both(), "first first");
  EXPECT_FALSE(fs::is_symlink(outer_));
  fs::remove(inner_);
  ASSERT_EQ(::mkfifo(inner_.c_str(), 0600), 0);
  twin_.join();
  EXPECT_EQ(both(), "first first");
  fs::remove(inner_);
  fs::create_directory(inner_);
  EXPECT_THROW(twin_.join(), base::Error);
  EXPECT_EQ(read(outer_), "first");
}

TEST_F(TwinFileTest, TheOuterFileKeepsItsMode) {
  ASSERT_EQ(::chmod(outer_.c_str(), 0640), 0);
  replace(inner_, "inside");
  ASSERT_EQ(::chmod(inner_.c_str(), 04777), 0);
  twin_.join();
  struct stat status {};
  ASSERT_EQ(::stat(outer_.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777U, 0640U);
  EXPECT_EQ(read(outer_), "inside");
}

TEST_F(TwinFileTest, LeavesNoOtherNames) {
  replace(inner_, "inside");
  twin_.join();
  twin_.join();
  for (const std::string& path : {outer_, inner_, last_}) {
    EXPECT_EQ(std::distance(fs::directory_iterator(fs::path(path).parent_path()), fs::directory_iterator()), 1) << path;
  }
}

TEST_F(TwinFileTest, AWatchFollowsBothAndLooksOnceMoreAtTheEnd) {
  const auto becomes = [&](const std::string& text) { return support::comes_true([&] { return both() == text; }); };
  {
    replace(inner_, "before");
    const TwinFileWatch watch(twin_);
    EXPECT_EQ(both(), "before before");
    for (int round = 0; round < 20; ++round) {
      replace(outer_, "outside" + std::to_string(round));
      EXPECT_TRUE(becomes("outside" + std::to_string(round) + " outside" + std::to_string(round)));
      replace(inner_, "inside" + std::to_string(round));
      EXPECT_TRUE(becomes("inside" + std::to_string(round) + " inside" + std::to_string(round)));
    }
    replace(inner_, "last");
  }
  EXPECT_EQ(both(), "last last");
}

}  // namespace
}  // namespace docker_sandbox::os
