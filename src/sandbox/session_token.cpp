// SPDX-License-Identifier: Apache-2.0
#include "session_token.hpp"

#include "docker_sandbox/base/error.hpp"

#include <sys/random.h>

#include <array>
#include <cerrno>
#include <string_view>

namespace docker_sandbox::sandbox {

std::string make_token() {
  std::array<unsigned char, 16> bytes{};
  if (::getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) {
    throw base::system_error("cannot get random bytes", errno);
  }
  constexpr std::string_view k_digits = "0123456789abcdef";
  std::string token;
  for (const unsigned char byte : bytes) {
    token += k_digits[byte / k_digits.size()];
    token += k_digits[byte % k_digits.size()];
  }
  return token;
}

}  // namespace docker_sandbox::sandbox
