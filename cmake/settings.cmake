# SPDX-License-Identifier: Apache-2.0
# What every target of the project shares: the language level, hardening, and how the release is linked.

option(DOCKER_SANDBOX_STATIC_LIBS "Link third-party libraries statically (start-up time: no loader work)" OFF)

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
  target_compile_options(docker_sandbox_settings INTERFACE -ffunction-sections -fdata-sections)
  target_compile_definitions(docker_sandbox_settings INTERFACE _FORTIFY_SOURCE=2)
  target_link_options(docker_sandbox_settings INTERFACE -Wl,--gc-sections -Wl,-z,relro,-z,now -Wl,--as-needed)
endif()
