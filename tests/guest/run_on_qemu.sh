#!/bin/sh
# Runs a guest image on QEMU's virt machine and prints what the guest prints, to compare with mesim.
#
#   run_on_qemu.sh IMAGE CORES [BOOTARGS]
#
# Environment: QEMU (qemu-system-aarch64), QEMU_TIMEOUT (seconds, 120), QEMU_MEMORY (MiB, 256), QEMU_MACHINE (more -M options),
# QEMU_DRIVE (a disk image for a virtio-mmio slot), QEMU_DRIVE_OPTIONS (as in readonly=on), QEMU_NETWORK (options
# of a user network with a virtio-mmio card, as in restrict=on), QEMU_CPU (cortex-a57).
# Exit: 0 when the guest switched the machine off, 2 for wrong use, 3 when QEMU is missing or failed, 4 when the guest
# was still running at the timeout. Whether the guest was content it says itself in its last line.
set -u

fail() {
    status=$1
    shift
    echo "run_on_qemu.sh: $*" >&2
    exit "$status"
}

if [ $# -lt 2 ] || [ $# -gt 3 ]; then
    fail 2 "usage: run_on_qemu.sh IMAGE CORES [BOOTARGS]"
fi
image=$1
cores=$2
bootargs=${3-}
qemu=${QEMU:-qemu-system-aarch64}
limit=${QEMU_TIMEOUT:-120}

[ -r "$image" ] || fail 2 "cannot read the image $image"
case $cores in
'' | *[!0-9]* | 0) fail 2 "the number of cores is '$cores', not a positive number" ;;
esac
command -v "$qemu" >/dev/null || fail 3 "$qemu is missing: apt-get install qemu-system-arm"
command -v timeout >/dev/null || fail 3 "timeout is missing: apt-get install coreutils"

# The slots of virt are of the interface before 1.0 unless told otherwise.
disk=
if [ "${QEMU_DRIVE:-}" ]; then
    disk="-global virtio-mmio.force-legacy=false -device virtio-blk-device,drive=disk
        -drive file=$QEMU_DRIVE,if=none,id=disk,format=raw${QEMU_DRIVE_OPTIONS:+,$QEMU_DRIVE_OPTIONS}"
fi

network=
if [ "${QEMU_NETWORK:-}" ]; then
    network="-global virtio-mmio.force-legacy=false -device virtio-net-device,netdev=user -netdev user,id=user,$QEMU_NETWORK"
fi

# Standard input is closed, or QEMU would take the terminal's; the monitor and the window are off.
timeout --kill-after=5 "$limit" "$qemu" \
    -M "virt,gic-version=3${QEMU_MACHINE:+,$QEMU_MACHINE}" -cpu "${QEMU_CPU:-cortex-a57}" -smp "$cores" -m "${QEMU_MEMORY:-256}" \
    -display none -monitor none -serial stdio -no-reboot $disk $network \
    -kernel "$image" -append "$bootargs" </dev/null
status=$?

case $status in
0) exit 0 ;;
124 | 137) fail 4 "$image on $cores cores did not end within $limit seconds" ;;
*) fail 3 "$qemu ended with status $status" ;;
esac
