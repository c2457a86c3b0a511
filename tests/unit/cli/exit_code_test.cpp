// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/cli/exit_code.hpp"

#include <gtest/gtest.h>

namespace docker_sandbox::cli {
namespace {

using base::ErrorKind;

TEST(ExitCode, OfAWrongFlagIs125OnEveryCommand) {
  EXPECT_EQ(exit_code(ErrorKind::usage_flag, StatusFamily::plain), 125);
  EXPECT_EQ(exit_code(ErrorKind::usage_flag, StatusFamily::session), 125);
}

TEST(ExitCode, OfWrongArgumentsIs1OnEveryCommand) {
  EXPECT_EQ(exit_code(ErrorKind::usage_arguments, StatusFamily::plain), 1);
  EXPECT_EQ(exit_code(ErrorKind::usage_arguments, StatusFamily::session), 1);
}

TEST(ExitCode, OfOurOwnFailureTellsSessionsFromTheRest) {
  for (const ErrorKind kind :
       {ErrorKind::invalid_value, ErrorKind::bad_config, ErrorKind::engine_unreachable, ErrorKind::engine_protocol,
        ErrorKind::engine_timeout, ErrorKind::engine_bad_request, ErrorKind::engine_not_found,
        ErrorKind::engine_conflict, ErrorKind::engine_failure, ErrorKind::not_found, ErrorKind::io}) {
    EXPECT_EQ(exit_code(kind, StatusFamily::plain), 1);
    EXPECT_EQ(exit_code(kind, StatusFamily::session), 125);
  }
}

TEST(ExitCode, OfAMissingProgramIsTheShells) {
  EXPECT_EQ(exit_code(ErrorKind::agent_not_executable, StatusFamily::session), 126);
  EXPECT_EQ(exit_code(ErrorKind::agent_not_found, StatusFamily::session), 127);
}

TEST(ExitCode, OfASignalIs128AndItsNumber) {
  EXPECT_EQ(exit_code(ErrorKind::interrupted, StatusFamily::session), 130);
  EXPECT_EQ(exit_code(ErrorKind::terminated, StatusFamily::plain), 143);
}

}  // namespace
}  // namespace docker_sandbox::cli
