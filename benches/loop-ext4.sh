#!/bin/sh
# Runs the bench of many small files on a journaled ext4 of its own, on a loop device. As root.
#
#   benches/loop-ext4.sh [IMAGE-DIRECTORY]
#
# The image (FILSLUSE_BENCH_IMAGE, default 6G) is made in IMAGE-DIRECTORY, default target/, and
# removed with the mount when the bench ends, however it ends.
set -eu

[ "$(id -u)" -eq 0 ] || { echo "loop-ext4.sh: run it as root: it mounts" >&2; exit 77; }
cd "$(dirname "$0")/.."
place=$(mktemp -d "${1:-target}/loop-ext4-XXXXXX")
mounted=
clean_up() {
    [ -z "$mounted" ] || umount "$place/mount"
    rm -rf "$place"
}
trap clean_up EXIT
trap 'exit 130' INT TERM

truncate -s "${FILSLUSE_BENCH_IMAGE:-6G}" "$place/image"
mkfs.ext4 -q -F "$place/image"
mkdir "$place/mount"
mount -o loop,data=ordered "$place/image" "$place/mount"
mounted=yes
# Run there and nowhere else: what is measured is one journal of its own.
FILSLUSE_BENCH_DIR=$(cd "$place/mount" && pwd) ${FILSLUSE_BENCH_COMMAND:-cargo bench --bench small_files}
