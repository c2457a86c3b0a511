# SPDX-License-Identifier: Apache-2.0
# The version and the commit that `docker sandbox version` and the plugin metadata print.

set(DOCKER_SANDBOX_COMMIT "" CACHE STRING "Commit to print; empty asks git")

set(docker_sandbox_commit "${DOCKER_SANDBOX_COMMIT}")
if(NOT docker_sandbox_commit)
  find_package(Git QUIET)
  if(Git_FOUND)
    execute_process(COMMAND "${GIT_EXECUTABLE}" rev-parse --short=12 HEAD
                    WORKING_DIRECTORY "${PROJECT_SOURCE_DIR}"
                    OUTPUT_VARIABLE docker_sandbox_commit OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
    # A new commit makes CMake run again, so that the printed commit is never an old one. Git knows where its log is: in a
    # linked worktree it is elsewhere.
    execute_process(COMMAND "${GIT_EXECUTABLE}" rev-parse --git-path logs/HEAD
                    WORKING_DIRECTORY "${PROJECT_SOURCE_DIR}"
                    OUTPUT_VARIABLE docker_sandbox_git_log OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
    get_filename_component(docker_sandbox_git_log "${docker_sandbox_git_log}" ABSOLUTE BASE_DIR "${PROJECT_SOURCE_DIR}")
    if(docker_sandbox_git_log AND EXISTS "${docker_sandbox_git_log}" AND NOT IS_DIRECTORY "${docker_sandbox_git_log}")
      set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${docker_sandbox_git_log}")
    endif()
  endif()
endif()
if(NOT docker_sandbox_commit)
  set(docker_sandbox_commit "unknown")
endif()
