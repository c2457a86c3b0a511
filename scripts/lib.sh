# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# What the scripts share; sourced, never run. Sets `repo`, the top of the source tree.

# shellcheck disable=SC2034  # used by the scripts that source this file
repo=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
# Programs of the administrator are not in every user's PATH.
export PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin

# say TEXT...: one line about what happens; stdout stays free for answers.
say() { printf '%s: %s\n' "${0##*/}" "$*" >&2; }

die() { die_with 1 "$@"; }

# die_with STATUS TEXT...
die_with() {
  local status=$1
  shift
  say "$*"
  exit "$status"
}

# usage_error TEXT: the script's own usage is the comment under its first lines.
usage_error() {
  say "$1"
  print_usage >&2
  exit 2
}

# print_usage: the comment block that follows the licence line of the running script.
print_usage() { sed -n '3,/^[^#]/{/^#/!d;s/^# \{0,1\}//;p}' "$0"; }

# as_root COMMAND...: through sudo when this is not root. What apt needs to reach its mirror goes along.
as_root() {
  if [ "$(id -u)" = 0 ]; then
    "$@"
    return
  fi
  command -v sudo >/dev/null || die "'$1' needs root: run this as root, or install sudo"
  local name forwarded=()
  for name in http_proxy https_proxy no_proxy HTTP_PROXY HTTPS_PROXY NO_PROXY DEBIAN_FRONTEND; do
    if [ -n "${!name:-}" ]; then forwarded+=("$name=${!name}"); fi
  done
  sudo env "${forwarded[@]}" "$@"
}

# missing_packages PACKAGE...: prints those that are not installed.
missing_packages() {
  local package
  for package in "$@"; do
    if [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" != installed ]; then
      printf '%s\n' "$package"
    fi
  done
}

# exit_on_signals: the shell ends as a signal ends a process, but by itself, so that what it has for its EXIT is done.
exit_on_signals() {
  trap 'exit 130' INT
  trap 'exit 143' TERM
  trap 'exit 129' HUP
}

# need_packages PACKAGE...: installs what is missing, and asks apt nothing when nothing is. No service is started by
# it: a new dockerd, say, is for the caller to start where and how it is wanted.
need_packages() {
  local missing=()
  mapfile -t missing < <(missing_packages "$@")
  if [ "${#missing[@]}" = 0 ]; then return; fi
  command -v apt-get >/dev/null || die "these packages are needed, and there is no apt-get to install them: ${missing[*]}"
  say "installing: ${missing[*]}"
  # In a shell of its own, which takes the policy away however it ends: it would keep every later service from starting.
  (
    policy=/usr/sbin/policy-rc.d
    if [ ! -e "$policy" ]; then
      trap '[ ! -e "$policy" ] || as_root rm -f "$policy"' EXIT
      exit_on_signals
      printf '#!/bin/sh\nexit 101\n' | as_root sh -c "cat >$policy && chmod 755 $policy" || exit 1
    fi
    install_packages "${missing[@]}"
  ) || die "apt-get could not install: ${missing[*]}"
}

# Old lists name versions that the mirror has dropped, fresh machines have no lists at all: one update cures both, and
# costs nothing where it is not needed.
install_packages() {
  local options=(-qq -y --no-install-recommends -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0)
  export DEBIAN_FRONTEND=noninteractive
  as_root apt-get "${options[@]}" install "$@" </dev/null >/dev/null 2>&1 && return
  as_root apt-get -qq -o DPkg::Lock::Timeout=300 update </dev/null >&2
  as_root apt-get "${options[@]}" install "$@" </dev/null >&2
}

# need_engine_tools: dockerd, the docker command line, and what a private engine's namespaces are made with. Programs
# count, not packages: an engine from elsewhere (docker-ce) is as good, and Debian's would push it out.
need_engine_tools() {
  local pair packages=()
  for pair in dockerd:docker.io iptables:iptables ip:iproute2 mount:mount pgrep:procps unshare:util-linux \
    setpriv:util-linux; do
    if ! has_program "${pair%%:*}"; then packages+=("${pair##*:}"); fi
  done
  if [ "${#packages[@]}" != 0 ]; then need_packages "${packages[@]}"; fi
  # From Debian 13 on the command line is a package of its own.
  if ! has_program docker; then need_packages docker-cli; fi
}

# apt_place LABEL DEFAULT: where this machine gets Debian's packages of that kind.
apt_place() {
  local place=''
  if has_program apt-get; then
    # shellcheck disable=SC2016  # apt's own variables
    place=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' "Label: $1" 2>/dev/null | head -n 1) || true
  fi
  case $place in
    http://* | https://*) printf '%s\n' "${place%/}" ;;
    *) printf '%s\n' "$2" ;;
  esac
}

# make_debian SUITE TARGET OPTION...: a system of Debian's packages, into a directory or a tar file, with options of
# mmdebstrap. How to reach the mirror is this machine's knowledge and stays out of it.
make_debian() ( # a shell of its own, whose end takes the temporary files along
  suite=$1 target=$2
  shift 2
  need_packages mmdebstrap ca-certificates
  main=$(apt_place Debian http://deb.debian.org/debian)
  security=$(apt_place Debian-Security http://deb.debian.org/debian-security)
  work=$(mktemp -d)
  trap 'rm -rf -- "$work"' EXIT
  exit_on_signals
  say "making Debian $suite from the packages of $main"
  apt-config dump | grep '^Acquire::' >"$work/apt.conf" || true
  # shellcheck disable=SC2016  # the hook gets the directory as its argument
  as_root mmdebstrap --quiet --architectures="$(dpkg --print-architecture)" --aptopt="$work/apt.conf" \
    --customize-hook='rm -f "$1"/etc/apt/apt.conf.d/99mmdebstrap "$1"/etc/resolv.conf' "$@" \
    "$suite" "$target" "deb $main $suite main" "deb $main $suite-updates main" "deb $security $suite-security main" \
    </dev/null 2>"$work/log" || {
    cat "$work/log" >&2
    die "Debian $suite could not be made"
  }
)

has_program() { command -v "$1" >/dev/null; }

# process_lives PID: a zombie does not.
process_lives() {
  local state
  state=$(sed -n 's/^State:[[:space:]]*\(.\).*/\1/p' "/proc/$1/status" 2>/dev/null) && [ -n "$state" ] && [ "$state" != Z ]
}

# tracked_files [PATTERN...]: names with a NUL after each; in a tree without git, all that is not built.
tracked_files() {
  if git -C "$repo" rev-parse --is-inside-work-tree >/dev/null 2>&1; then
    git -C "$repo" ls-files -z --cached --others --exclude-standard -- "$@"
    return
  fi
  local pattern patterns=()
  for pattern in "$@"; do patterns+=(${patterns[0]+-o} -name "$pattern"); done
  (cd "$repo" && find . \( -path ./build -o -name __pycache__ \) -prune -o -type f \( "${patterns[@]:--true}" \) -printf '%P\0')
}

# as_user COMMAND...: as the user whom all this is for. That is the one who called sudo, when sudo runs the script.
as_user() {
  if [ "$(id -u)" = 0 ] && [ -n "${SUDO_USER:-}" ] && [ "$SUDO_USER" != root ]; then
    setpriv --reuid "$SUDO_USER" --regid "$SUDO_GID" --init-groups env HOME="$(user_home)" "$@"
  else
    "$@"
  fi
}

user_home() {
  if [ "$(id -u)" = 0 ] && [ -n "${SUDO_USER:-}" ]; then getent passwd "$SUDO_USER" | cut -d: -f6; else echo "$HOME"; fi
}

docker_config_directory() { echo "${DOCKER_CONFIG:-$(user_home)/.docker}"; }
