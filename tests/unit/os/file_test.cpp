// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/os/file.hpp"

#include "support/private_directory.hpp"

#include <gtest/gtest.h>

#include <sys/stat.h>

#include <cerrno>
#include <filesystem>
#include <fstream>

namespace docker_sandbox::os {
namespace {

class File : public testing::Test {
 protected:
  std::string path(const std::string& name) const { return place_.path() + "/" + name; }
  std::string write(const std::string& bytes) const {
    std::ofstream(path("file"), std::ios::binary) << bytes;
    return path("file");
  }
  const support::PrivateDirectory place_;
};

TEST_F(File, IsReadWholeWithEveryByte) {
  std::string bytes(100'000, '\0');
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    bytes[at] = static_cast<char>(at % 256);
  }
  const std::string file = write(bytes);
  EXPECT_EQ(read_file(file, k_any_size).bytes, bytes);
  EXPECT_EQ(read_regular_file(file, bytes.size()).bytes, bytes);
}

TEST_F(File, OfMoreThanWasAskedForIsNotReadInPart) {
  const FileContent content = read_file(write("12345"), 4);
  EXPECT_EQ(content.error, EFBIG);
  EXPECT_EQ(content.bytes, "");
  EXPECT_EQ(read_file("/dev/zero", 1'000'000).error, EFBIG);
}

TEST_F(File, TellsWhyItCannotBeRead) {
  EXPECT_EQ(read_file(path("none"), k_any_size).error, ENOENT);
  EXPECT_EQ(read_regular_file(path("none"), k_any_size).error, ENOENT);
  EXPECT_EQ(read_file(place_.path(), k_any_size).error, EISDIR);
}

TEST_F(File, ThatIsNoRegularOneIsRefusedWithoutWaiting) {
  ASSERT_EQ(::mkfifo(path("fifo").c_str(), 0600), 0);
  std::filesystem::create_symlink("fifo", path("link"));
  for (const char* name : {"fifo", "link", "."}) {
    EXPECT_EQ(read_regular_file(path(name), k_any_size).error, EINVAL) << name;
  }
  EXPECT_EQ(read_regular_file("/dev/zero", k_any_size).error, EINVAL);
}

}  // namespace
}  // namespace docker_sandbox::os
