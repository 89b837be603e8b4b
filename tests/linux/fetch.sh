#!/usr/bin/env bash
# Usage: fetch.sh FOLDER [--refresh]. Puts Debian's arm64 cloud kernel, its virtio modules and static busybox into FOLDER as
# vmlinuz, modules and busybox, and their names and versions into FOLDER/packages.
#
# apt finds, verifies and downloads them from the host's sources, with all state in FOLDER/apt: the host's lists, caches,
# architectures and settings stay as they are. Of the host's settings only the way to the network (Acquire::http and
# the like, such as a proxy) is taken over, so no hook of the host runs.
set -euo pipefail

folder=${1:?usage: fetch.sh FOLDER [--refresh]}
refresh=${2:-}
kernel_package=linux-image-cloud-arm64
busybox_package=busybox-static
# In the order in which they can be loaded.
modules="drivers/virtio/virtio_ring drivers/virtio/virtio drivers/virtio/virtio_mmio drivers/block/virtio_blk
    drivers/char/hw_random/virtio-rng drivers/char/virtio_console net/core/failover drivers/net/net_failover
    drivers/net/virtio_net"

fail() {
    echo "linux: $*" >&2
    exit 1
}

[[ -z $refresh || $refresh == --refresh ]] || fail "fetch.sh: '$refresh' is not known; give --refresh or nothing"
mkdir -p "$folder"
folder=$(cd "$folder" && pwd)
[[ -z $refresh && -s $folder/vmlinuz && -s $folder/busybox && -s $folder/packages &&
    -s $folder/modules/virtio_net.ko ]] && exit 0
command -v apt-get >/dev/null || fail "needs apt-get; or put an arm64 kernel Image, a static arm64 busybox and a line \
that names them into $folder as vmlinuz, busybox and packages"

write_configuration() {
    mkdir -p "$folder"/apt/{empty,state/lists/partial,cache/archives/partial}
    : >"$folder/apt/state/status"
    {
        apt-config dump | grep -iE '^Acquire::(https?|ForceIPv[46]|Retries|Check-)' || true
        cat <<CONFIGURATION
APT::Architecture "arm64";
APT::Architectures { "arm64"; };
APT::Sandbox::User "root";
Acquire::Languages "none";
Dir::State "$folder/apt/state";
Dir::State::status "$folder/apt/state/status";
Dir::Cache "$folder/apt/cache";
Dir::Etc::Parts "$folder/apt/empty";
Dir::Etc::Main "/dev/null";
CONFIGURATION
    } >"$folder/apt/apt.conf"
}

# The package with the kernel itself: the one of the dependencies that is a kernel of the same flavour.
kernel_of() {
    apt-cache depends --important "$1" | sed -n 's/^ *Depends: \(linux-image-[0-9].*-cloud-arm64\)$/\1/p' | head -n 1
}

extract() { # extract DEB PATTERN FILE
    dpkg-deb --fsys-tarfile "$1" | tar -x --to-stdout --wildcards "$2" >"$folder/$3.part" && [[ -s $folder/$3.part ]] ||
        fail "$1 has no $2"
    mv "$folder/$3.part" "$folder/$3"
}

write_configuration
export APT_CONFIG=$folder/apt/apt.conf
echo "linux: fetching package lists for arm64 into $folder/apt"
# A source that the host lists but cannot reach matters only if a package is missing then.
apt-get -qq update || echo "linux: warning: apt-get update failed for a source; going on with the others" >&2
image_package=$(kernel_of "$kernel_package")
[[ $image_package ]] || fail "no source of this host has $kernel_package for arm64; it needs a Debian source with arm64"

rm -rf "$folder/debs"
mkdir "$folder/debs"
(cd "$folder/debs" && apt-get -qq download "$image_package" "$busybox_package") ||
    fail "apt-get could not download $image_package and $busybox_package"
extract "$(echo "$folder/debs/$image_package"_*.deb)" './boot/vmlinuz-*' vmlinuz
mkdir -p "$folder/modules"
for module in $modules; do
    extract "$(echo "$folder/debs/$image_package"_*.deb)" "./lib/modules/*/kernel/$module.ko" \
        "modules/${module##*/}.ko"
done
extract "$(echo "$folder/debs/$busybox_package"_*.deb)" '*/bin/busybox' busybox
for deb in "$folder"/debs/*.deb; do
    dpkg-deb --show --showformat '${Package} ${Version} ${Architecture}\n' "$deb"
done >"$folder/packages.part"
mv "$folder/packages.part" "$folder/packages"
rm -rf "$folder/debs"
sed 's/^/linux: have /' "$folder/packages"
