# SPDX-License-Identifier: Apache-2.0
# -DDOCKER_SANDBOX_SANITIZE=address,undefined or =thread instruments everything we compile.

set(DOCKER_SANDBOX_SANITIZE "" CACHE STRING "Comma-separated sanitizers for -fsanitize=")

if(DOCKER_SANDBOX_SANITIZE)
  target_compile_options(docker_sandbox_settings INTERFACE
    -fsanitize=${DOCKER_SANDBOX_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(docker_sandbox_settings INTERFACE -fsanitize=${DOCKER_SANDBOX_SANITIZE})
  # What the sanitizers put in makes GCC see uninitialised values in the standard library (its manual warns of it).
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    target_compile_options(docker_sandbox_warnings INTERFACE -Wno-maybe-uninitialized)
  endif()
endif()

# The fuzzer follows which branches are taken in everything we compile; its main comes with the fuzz program alone.
if(DOCKER_SANDBOX_FUZZ)
  target_compile_options(docker_sandbox_settings INTERFACE
    -fsanitize=fuzzer-no-link -fsanitize-ignorelist=${PROJECT_SOURCE_DIR}/cmake/sanitizer-ignorelist.txt)
endif()
