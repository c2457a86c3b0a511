# SPDX-License-Identifier: Apache-2.0
# What every target of the project shares: the language level, hardening, and how the release is linked.

option(DOCKER_SANDBOX_STATIC "Link everything statically: no loader work at start-up, runs on every distribution" OFF)

if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "Build type" FORCE)
endif()

set(CMAKE_POSITION_INDEPENDENT_CODE ON)

# Each target of the project links this one: settings travel through targets, never through directories.
add_library(docker_sandbox_settings INTERFACE)
target_compile_features(docker_sandbox_settings INTERFACE cxx_std_20)
target_include_directories(docker_sandbox_settings INTERFACE "${PROJECT_SOURCE_DIR}/include")
target_compile_options(docker_sandbox_settings INTERFACE -fstack-protector-strong)
if(CMAKE_BUILD_TYPE STREQUAL "Release")
  target_compile_options(docker_sandbox_settings INTERFACE
    -ffunction-sections -fdata-sections -fstack-clash-protection
    # The same bytes from any directory.
    "-ffile-prefix-map=${PROJECT_SOURCE_DIR}=.")
  if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
    target_compile_options(docker_sandbox_settings INTERFACE -fcf-protection)
  endif()
  target_compile_definitions(docker_sandbox_settings INTERFACE _FORTIFY_SOURCE=2 _GLIBCXX_ASSERTIONS)
  target_link_options(docker_sandbox_settings INTERFACE -s -Wl,--gc-sections -Wl,-z,relro,-z,now,-z,noexecstack -Wl,--as-needed)
endif()
