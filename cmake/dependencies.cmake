# SPDX-License-Identifier: Apache-2.0
# Third-party libraries, all from Debian 12's packages. Only the targets named here are linked elsewhere.

find_package(CLI11 2.1 REQUIRED)
find_package(nlohmann_json 3.11 REQUIRED)
find_package(fmt 9 REQUIRED)
find_package(spdlog 1.10 REQUIRED)
find_package(Threads REQUIRED)
if(DOCKER_SANDBOX_STATIC)
  set(OPENSSL_USE_STATIC_LIBS TRUE)
endif()
find_package(OpenSSL 3.0 REQUIRED)

# fmt and spdlog are used header-only in the shipped binary, so that it needs no shared library of theirs.
if(DOCKER_SANDBOX_STATIC)
  set(docker_sandbox_fmt fmt::fmt-header-only)
  set(docker_sandbox_spdlog spdlog::spdlog_header_only)
else()
  set(docker_sandbox_fmt fmt::fmt)
  set(docker_sandbox_spdlog spdlog::spdlog)
endif()

# Headers alone. What its package says of include directories is not usable as a system target's.
find_path(RAPIDJSON_INCLUDE rapidjson/document.h REQUIRED)
add_library(docker_sandbox_rapidjson INTERFACE)
target_include_directories(docker_sandbox_rapidjson SYSTEM INTERFACE "${RAPIDJSON_INCLUDE}")

# cpp-httplib: Debian's -dev package holds declarations and a shared library whose loading (with OpenSSL and
# brotli) costs some 2.6 ms per process start. scripts/fetch-httplib puts the full header of Debian's source package
# under build/deps; with it the library is compiled in. Without it the shared library serves (ABI: its own pkg-config
# flags are a must).
set(DOCKER_SANDBOX_HTTPLIB_DIR "${PROJECT_SOURCE_DIR}/build/deps/cpp-httplib" CACHE PATH
    "Directory of the full, header-only httplib.h; when it is not there the shared library is used")
add_library(docker_sandbox_httplib INTERFACE)
if(EXISTS "${DOCKER_SANDBOX_HTTPLIB_DIR}/httplib.h")
  target_include_directories(docker_sandbox_httplib SYSTEM INTERFACE "${DOCKER_SANDBOX_HTTPLIB_DIR}")
  # USE_POLL: httplib's default, select(2), writes out of bounds for descriptors from 1024 on. Without its TLS, which costs
  # each start of the program: connections over TLS are relayed (src/engine/tls_relay.cpp).
  target_compile_definitions(docker_sandbox_httplib INTERFACE CPPHTTPLIB_USE_POLL)
  target_link_libraries(docker_sandbox_httplib INTERFACE Threads::Threads)
  file(STRINGS "${DOCKER_SANDBOX_HTTPLIB_DIR}/httplib.h" docker_sandbox_httplib_version REGEX "define CPPHTTPLIB_VERSION ")
  string(REGEX REPLACE ".*\"(.*)\".*" "\\1 (header-only)" docker_sandbox_httplib_version "${docker_sandbox_httplib_version}")
else()
  find_package(PkgConfig REQUIRED)
  pkg_check_modules(cpp_httplib REQUIRED IMPORTED_TARGET cpp-httplib)
  target_link_libraries(docker_sandbox_httplib INTERFACE PkgConfig::cpp_httplib Threads::Threads)
  set(docker_sandbox_httplib_version "${cpp_httplib_VERSION} (shared library)")
endif()

message(STATUS "docker-sandbox ${PROJECT_VERSION} (${docker_sandbox_commit})")
message(STATUS "  compiler      ${CMAKE_CXX_COMPILER_ID} ${CMAKE_CXX_COMPILER_VERSION}")
message(STATUS "  CLI11         ${CLI11_VERSION}")
message(STATUS "  nlohmann_json ${nlohmann_json_VERSION}")
message(STATUS "  cpp-httplib   ${docker_sandbox_httplib_version}")
message(STATUS "  spdlog        ${spdlog_VERSION}")
message(STATUS "  fmt           ${fmt_VERSION}")
message(STATUS "  OpenSSL       ${OPENSSL_VERSION}")
