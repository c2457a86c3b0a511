// SPDX-License-Identifier: Apache-2.0
#include "docker_sandbox/os/twin_file.hpp"

#include "docker_sandbox/base/error.hpp"
#include "docker_sandbox/base/log.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <string_view>

namespace docker_sandbox::os {
namespace {

namespace fs = std::filesystem;

struct OpenFile {
  UniqueFd fd;
  struct stat status {};

  explicit operator bool() const { return static_cast<bool>(fd); }
};

/// A regular file that this name itself stands for; nothing when it is something else, or closed to us.
OpenFile open_regular(const std::string& path) {
  OpenFile file;
  // A FIFO would have us wait for its other end.
  file.fd.reset(::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  if (file && (::fstat(file.fd.get(), &file.status) != 0 || !S_ISREG(file.status.st_mode))) {
    file.fd.reset();
  }
  return file;
}

bool is_same(const OpenFile& one, const OpenFile& other) {
  return one && other && one.status.st_dev == other.status.st_dev && one.status.st_ino == other.status.st_ino;
}

bool is_newer(const OpenFile& one, const OpenFile& other) {
  const timespec& a = one.status.st_mtim;
  const timespec& b = other.status.st_mtim;
  return a.tv_sec != b.tv_sec ? a.tv_sec > b.tv_sec : a.tv_nsec > b.tv_nsec;
}

std::string parent(const std::string& path) {
  return fs::path(path).parent_path().string();
}

/// Makes the name stand for the open file, in one step.
void give_name(const OpenFile& file, const std::string& path) {
  const std::string next = path + ".docker-sandbox." + std::to_string(::getpid());
  ::unlink(next.c_str());
  const std::string source = "/proc/self/fd/" + std::to_string(file.fd.get());
  if (::linkat(AT_FDCWD, source.c_str(), AT_FDCWD, next.c_str(), AT_SYMLINK_FOLLOW) != 0) {
    if (errno == ENOENT) {
      return;  // replaced meanwhile: the file has no name any more, and its successor is told of by an event of its own
    }
    throw base::system_error("cannot link " + path, errno);
  }
  const int failure = ::rename(next.c_str(), path.c_str()) == 0 ? 0 : errno;
  // Still there when both names meant the same file already: rename(2) does nothing then.
  ::unlink(next.c_str());
  if (failure != 0) {
    throw base::system_error("cannot replace " + path, failure);
  }
}

/// What comes from inside has the owner and mode that its maker chose.
void take_attributes(const OpenFile& file, const OpenFile& of) {
  const bool other_owner = file.status.st_uid != of.status.st_uid || file.status.st_gid != of.status.st_gid;
  if (other_owner && ::fchown(file.fd.get(), of.status.st_uid, of.status.st_gid) != 0) {
    throw base::system_error("cannot change the owner of a file", errno);
  }
  constexpr mode_t k_mode = 07777;
  // Also where it looks the same: a change of the owner may have changed it.
  if (::fchmod(file.fd.get(), of.status.st_mode & k_mode) != 0) {
    throw base::system_error("cannot change the mode of a file", errno);
  }
}

}  // namespace

TwinFile::TwinFile(std::string outer, std::string inner, std::string last)
    : outer_(std::move(outer)), inner_(std::move(inner)), last_(std::move(last)) {}

void TwinFile::join() const {
  // Two of us at once: the slower one would undo what has happened since it looked.
  const UniqueFd lock(::open(parent(last_).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!lock || ::flock(lock.get(), LOCK_EX) != 0) {
    throw base::system_error("cannot lock " + parent(last_), errno);
  }
  const OpenFile outer = open_regular(outer_);
  if (!outer) {
    return;
  }
  const OpenFile inner = open_regular(inner_);
  const OpenFile last = open_regular(last_);
  if (!is_same(inner, outer)) {
    const bool inner_is_new = inner && !is_same(inner, last);
    const bool outer_is_new = !is_same(outer, last);
    if (inner_is_new && (!outer_is_new || is_newer(inner, outer))) {
      take_attributes(inner, outer);
      give_name(inner, outer_);
      give_name(inner, last_);
      return;
    }
    give_name(outer, inner_);
  }
  if (!is_same(outer, last)) {
    give_name(outer, last_);
  }
}

TwinFileWatch::TwinFileWatch(TwinFile file) : file_(std::move(file)) {
  events_.reset(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK));
  end_.reset(::eventfd(0, EFD_CLOEXEC));
  if (!events_ || !end_) {
    throw base::system_error("cannot watch files", errno);
  }
  for (const std::string& path : {file_.outer(), file_.inner()}) {
    if (::inotify_add_watch(events_.get(), parent(path).c_str(), IN_CREATE | IN_MOVED_TO | IN_ONLYDIR) < 0) {
      throw base::system_error("cannot watch " + parent(path), errno);
    }
  }
  file_.join();
  // Signals are for the threads that wait for them.
  sigset_t all{};
  sigset_t before{};
  sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  thread_ = std::thread([this] { watch(); });
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

TwinFileWatch::~TwinFileWatch() {
  const std::uint64_t one = 1;
  while (::write(end_.get(), &one, sizeof one) < 0 && errno == EINTR) {
  }
  thread_.join();
}

void TwinFileWatch::watch() {
  std::array<pollfd, 2> watched{{{events_.get(), POLLIN, 0}, {end_.get(), POLLIN, 0}}};
  alignas(inotify_event) std::array<char, 16384> buffer{};
  do {
    while (::poll(watched.data(), watched.size(), -1) < 0 && errno == EINTR) {
    }
    // Which name it was does not matter: a look costs some system calls.
    while (::read(events_.get(), buffer.data(), buffer.size()) > 0) {
    }
    try {
      file_.join();
    } catch (const base::Error& error) {
      base::debug("{}", error.what());
    }
  } while (watched[1].revents == 0);
}

}  // namespace docker_sandbox::os
