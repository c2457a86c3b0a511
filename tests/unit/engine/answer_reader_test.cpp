// SPDX-License-Identifier: Apache-2.0
#include "answer_reader.hpp"
#include "docker_sandbox/os/unique_fd.hpp"

#include <gtest/gtest.h>

#include <sys/socket.h>

#include <array>
#include <string>

namespace docker_sandbox::engine {
namespace {

using std::chrono_literals::operator""s;
using Fault = AnswerReader::Fault;

/// Both ends of a connection whose engine has said all that it says.
struct Connection {
  explicit Connection(const std::string& said) {
    std::array<int, 2> ends{};
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()), 0);
    here = os::UniqueFd(ends[0]);
    engine = os::UniqueFd(ends[1]);
    EXPECT_EQ(::send(engine.get(), said.data(), said.size(), MSG_NOSIGNAL), static_cast<ssize_t>(said.size()));
  }

  os::UniqueFd here;
  os::UniqueFd engine;
};

/// Byte by byte, as httplib reads lines, until that fails or nothing is left.
std::string read_lines(AnswerReader& reader, std::size_t count) {
  std::string all;
  for (char byte = 0; all.size() < count && reader.read(&byte, 1) == 1;) {
    all += byte;
  }
  return all;
}

TEST(AnswerReader, GivesOutWhatCame) {
  const std::string answer = "HTTP/1.1 200 OK\r\n\r\nbody";
  const Connection connection(answer);
  AnswerReader reader(connection.here.get(), 60s);
  EXPECT_EQ(read_lines(reader, 19), "HTTP/1.1 200 OK\r\n\r\n");
  reader.end_head();
  std::array<char, 100> body{};
  EXPECT_EQ(reader.read(body.data(), body.size()), 4);
  EXPECT_EQ(reader.fault(), Fault::none);
}

TEST(AnswerReader, ALongFirstLineIsNoAnswer) {
  const Connection connection("HTTP/1.1 200 " + std::string(2000, 'x'));
  AnswerReader reader(connection.here.get(), 60s);
  EXPECT_EQ(read_lines(reader, 5000).size(), 1024U);
  EXPECT_EQ(reader.fault(), Fault::too_large);
}

TEST(AnswerReader, AHeadOfManyLinesIsNoAnswer) {
  std::string head;
  while (head.size() < 70'000) {
    head += "X: y\r\n";
  }
  const Connection connection(head);
  AnswerReader reader(connection.here.get(), 60s);
  EXPECT_EQ(read_lines(reader, head.size()).size(), 65'536U);
  EXPECT_EQ(reader.fault(), Fault::too_large);
}

TEST(AnswerReader, ALongLineBetweenChunksIsNoAnswer) {
  const Connection connection("\n" + std::string(9000, '0'));
  AnswerReader reader(connection.here.get(), 60s);
  reader.end_head();
  EXPECT_EQ(read_lines(reader, 10'000).size(), 1U + 8192U);
  EXPECT_EQ(reader.fault(), Fault::too_large);
}

TEST(AnswerReader, TheDeadlineIsTheWholeAnswers) {
  const Connection connection("abc");
  AnswerReader reader(connection.here.get(), 0s);
  EXPECT_EQ(read_lines(reader, 1), "a");
  EXPECT_EQ(read_lines(reader, 1), "") << "though the next byte is there";
  EXPECT_EQ(reader.fault(), Fault::too_late);
}

}  // namespace
}  // namespace docker_sandbox::engine
