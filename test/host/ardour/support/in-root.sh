#!/bin/sh
# in-root.sh ROOT PROGRAM [ARGUMENT...]: run a program of the Debian in the folder ROOT. It sees this machine's processes,
# devices, temporary files and working folder where they are, in a mount namespace of its own that goes when it ends.
set -e
root=$1
shift

share() {
  if ! mkdir -p "$root$1" 2>/dev/null; then
    # Another user's folder: what is above is given a place in memory.
    top=${1#/}
    mount -t tmpfs tmpfs "$root/${top%%/*}"
    mkdir -p "$root$1"
  fi
  mount --rbind "$1" "$root$1"
}

for path in /proc /dev "${TMPDIR:-/tmp}" "$PWD"; do share "$path"; done
# The screens of this machine lie there, wherever temporary files do.
[ "${TMPDIR:-/tmp}" = /tmp ] || share /tmp/.X11-unix
exec chroot "$root" "$@"
