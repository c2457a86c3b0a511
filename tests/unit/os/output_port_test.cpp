// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/os/output_port.hpp"

#include "docker_sandbox/os/unique_fd.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <functional>
#include <string>
#include <vector>

namespace docker_sandbox::os {
namespace {

struct Ends {
  UniqueFd read;
  UniqueFd write;
};

Ends make_pipe() {
  std::array<int, 2> ends{};
  EXPECT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
  return {UniqueFd(ends[0]), UniqueFd(ends[1])};
}

Ends make_sockets() {
  std::array<int, 2> ends{};
  EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()), 0);
  return {UniqueFd(ends[0]), UniqueFd(ends[1])};
}

OutputPort::Result write(OutputPort& port, const std::vector<std::string>& pieces) {
  std::vector<iovec> vectors;
  for (const std::string& piece : pieces) {
    vectors.push_back({const_cast<char*>(piece.data()), piece.size()});
  }
  return port.write(vectors.data(), vectors.size());
}

std::string read_some(int fd, std::size_t size) {
  std::string text(size, '\0');
  const ssize_t count = ::read(fd, text.data(), text.size());
  text.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
  return text;
}

class EveryKind : public testing::TestWithParam<std::function<Ends()>> {
 protected:
  void SetUp() override { ::signal(SIGPIPE, SIG_IGN); }
};

TEST_P(EveryKind, WritesThePiecesInTurn) {
  const Ends ends = GetParam()();
  OutputPort port(ends.write.get());
  const OutputPort::Result result = write(port, {"one ", "two ", "three"});
  EXPECT_EQ(result.written, 13U);
  EXPECT_EQ(result.error, 0);
  EXPECT_EQ(read_some(ends.read.get(), 100), "one two three");
}

TEST_P(EveryKind, NeverWaitsForASlowReader) {
  const Ends ends = GetParam()();
  OutputPort port(ends.write.get());
  const std::string much(1000 * 1000, 'x');
  OutputPort::Result result{.written = 1};
  std::size_t written = 0;
  while (result.written > 0 && written < 100 * much.size()) {
    result = write(port, {much});
    written += result.written;
  }
  EXPECT_EQ(result.error, 0);
  EXPECT_LT(written, 10 * much.size());
  EXPECT_GT(written, 0U);
}

TEST_P(EveryKind, LeavesTheDescriptorsFlagsAlone) {
  const Ends ends = GetParam()();
  const int before = ::fcntl(ends.write.get(), F_GETFL);
  OutputPort port(ends.write.get());
  EXPECT_EQ(::fcntl(ends.write.get(), F_GETFL), before);
  write(port, {"x"});
  EXPECT_EQ(::fcntl(ends.write.get(), F_GETFL), before);
}

TEST_P(EveryKind, TellsThatNobodyReads) {
  Ends ends = GetParam()();
  OutputPort port(ends.write.get());
  ends.read.reset();
  EXPECT_EQ(write(port, {"x"}).error, EPIPE);
}

INSTANTIATE_TEST_SUITE_P(Kinds, EveryKind, testing::Values(make_pipe, make_sockets));

TEST(OutputPort, TellsThatADiskIsFull) {
  const UniqueFd full(::open("/dev/full", O_WRONLY | O_CLOEXEC));
  OutputPort port(full.get());
  EXPECT_EQ(write(port, {"x"}).error, ENOSPC);
}

TEST(OutputPort, TellsThatADescriptorIsClosed) {
  OutputPort port(-1);
  EXPECT_EQ(write(port, {"x"}).error, EBADF);
}

}  // namespace
}  // namespace docker_sandbox::os
