#!/usr/bin/env bash
# The Ardours that the tests run in: 7.3 of Debian 12 and 8.12 of Debian 13. One that this machine does not have as a
# package gets a Debian of its own, in a folder below CONTINUO_TEST_CACHE (~/.cache/continuo-test), about 700 MB each.
set -euo pipefail

cache=${CONTINUO_TEST_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/continuo-test}
attempts=2

as_root() { if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo "$@"; fi; }

# Where this machine's own apt gets Debian from; nothing where it is no Debian, and debootstrap's default is used.
debian_mirror() (
  # shellcheck source=/dev/null
  . /etc/os-release
  [ "$ID" = debian ] || return 0
  apt-get indextargets --format '$(RELEASE) $(REPO_URI)' 'Created-By: Packages' |
    sed -n "s/^${VERSION_CODENAME:-stable} //p" | head -n 1
)

proxy_of() {
  local proxy=
  eval "$(apt-config shell proxy "Acquire::$1::Proxy")"
  printf '%s' "$proxy"
}

# build SUITE FOLDER MIRROR, as root, in a mount namespace of its own: whatever becomes of it, nothing stays mounted.
build() {
  local suite=$1 folder=$2 mirror=$3
  debootstrap --variant=minbase --force-check-gpg --include=ca-certificates \
    --keyring=/usr/share/keyrings/debian-archive-keyring.gpg "$suite" "$folder" ${mirror:+"$mirror"}
  apt-config dump | grep -i '^Acquire::[^"]*proxy' >"$folder/etc/apt/apt.conf.d/90proxy" || true
  printf 'force-unsafe-io\npath-exclude=/usr/share/doc/*\npath-exclude=/usr/share/man/*\npath-exclude=/usr/share/locale/*\n' \
    >"$folder/etc/dpkg/dpkg.cfg.d/90small"
  # No daemon is started in there.
  printf '#!/bin/sh\nexit 101\n' >"$folder/usr/sbin/policy-rc.d"
  chmod 755 "$folder/usr/sbin/policy-rc.d"
  mount --rbind /proc "$folder/proc"
  mount --rbind /dev "$folder/dev"
  export DEBIAN_FRONTEND=noninteractive
  chroot "$folder" apt-get -o Acquire::Retries=3 update -q
  chroot "$folder" apt-get -o Acquire::Retries=3 install -q -y --no-install-recommends ardour curl
  chroot "$folder" apt-get clean
  rm -rf "$folder"/var/lib/apt/lists/*
}

# Whole, or not there: it is built under another name.
install_into() {
  local suite=$1 folder=$2 mirror part
  mirror=$(debian_mirror)
  for attempt in $(seq "$attempts"); do
    part=$(mktemp -d "$cache/$(basename "$folder").XXXXXX.part")
    # apt fetches as another user.
    chmod 755 "$part"
    if as_root env "http_proxy=${http_proxy:-$(proxy_of http)}" "https_proxy=${https_proxy:-$(proxy_of https)}" \
      unshare --mount "$0" --build "$suite" "$part" "$mirror" </dev/null; then
      as_root mv --no-target-directory "$part" "$folder"
      return
    fi
    as_root rm -rf --one-file-system "$part"
    echo "Debian's $suite could not be installed into $folder (attempt $attempt of $attempts)" >&2
  done
  return 1
}

is_package() { dpkg-query -W -f '${Status} ${Version}' ardour 2>/dev/null | grep -q "^install ok installed 1:$1\."; }

if [ "${1:-}" = --build ]; then
  build "$2" "$3" "$4"
  exit
fi

mkdir -p "$cache"
# Another run may be at it.
exec 9>"$cache/lock"
flock 9
# What an interrupted run left.
as_root rm -rf --one-file-system "$cache"/*.part
while read -r version suite; do
  folder=$cache/ardour-${version%%.*}
  if is_package "$version" || [ -d "$folder" ]; then continue; fi
  install_into "$suite" "$folder"
done <<'VERSIONS'
7.3 bookworm
8.12 trixie
VERSIONS
