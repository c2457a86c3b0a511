# SPDX-License-Identifier: Apache-2.0
# Warnings for our own sources; third-party headers are SYSTEM and stay silent.

option(DOCKER_SANDBOX_WERROR "Treat warnings as errors" OFF)

add_library(docker_sandbox_warnings INTERFACE)
target_compile_options(docker_sandbox_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wold-style-cast -Wnon-virtual-dtor)
# As soon as it optimises, GCC 12 finds null pointers and overlapping copies in the standard library's own inlined stream
# and string code (GCC bug 105651); clang does not.
if(CMAKE_CXX_COMPILER_ID MATCHES "Clang")
  target_compile_options(docker_sandbox_warnings INTERFACE -Wnull-dereference)
else()
  target_compile_options(docker_sandbox_warnings INTERFACE -Wno-restrict)
endif()
# Fields left to their defaults are how our request structs are meant to be written.
target_compile_options(docker_sandbox_warnings INTERFACE -Wno-missing-field-initializers)
if(DOCKER_SANDBOX_WERROR)
  target_compile_options(docker_sandbox_warnings INTERFACE -Werror)
endif()
