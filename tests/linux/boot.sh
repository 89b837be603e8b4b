#!/usr/bin/env bash
# Usage: MESIM=PROGRAM boot.sh CORES check|shell FOLDER [timing|functional]. Boots Debian's kernel with tests/linux/init.
# "check" keeps the console in FOLDER/console-CORES.log, mesim's report in FOLDER/report-CORES.log and the counters in
# FOLDER/stats-CORES.json, and judges them; "shell" hands the terminal to the guest.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cores=${1:?} mode=${2:?} folder=${3:?} memory=${4:-timing}
cache=${XDG_CACHE_HOME:-$HOME/.cache}/mesim/linux
arguments="earlycon=pl011,0x9000000 console=ttyAMA0 panic=-1 $mode"
mkdir -p "$folder"

"$here/fetch.sh" "$cache"
aarch64-linux-gnu-gcc -std=c17 -D_GNU_SOURCE -O2 -Wall -Wextra -Werror -static -s -o "$folder/monitors" "$here/monitors.c"
python3 "$here/initramfs.py" "$cache/busybox" "$here/init" "$folder/initramfs.cpio.gz" "$folder/monitors" \
    "$cache"/modules/*.ko

# The kernel's own /proc/kallsyms, which names its functions in reports: Debian's package has no System.map. One boot in
# functional mode writes it, once for each kernel and set of modules. Without a seed in the device tree KASLR is off, so
# the addresses are the same in every boot.
fetch_symbols() { # fetch_symbols FILE
    echo "linux: reading the kernel's symbols, once, into $1"
    "$MESIM" run "$cache/vmlinuz" --initrd "$folder/initramfs.cpio.gz" --cores 1 --mem 512M --mode functional --no-reboot \
        --append "console=ttyAMA0 panic=-1 symbols" --virtio-console "$folder/kallsyms" --quiet \
        --timeout "${LINUX_TIMEOUT_SECONDS:-1800}" >"$folder/console-symbols.log" ||
        { echo "linux: the boot that prints the symbols failed; see $folder/console-symbols.log" >&2; exit 1; }
    tr -d '\r' <"$folder/kallsyms" >"$1.part"
    rm "$folder/kallsyms"
    mv "$1.part" "$1"
}
symbols=$cache/kallsyms-$(cat "$cache/vmlinuz" "$cache"/modules/*.ko "$here/init" | sha256sum | cut -c 1-16)
[[ -s $symbols ]] || fetch_symbols "$symbols"

command=("$MESIM" run "$cache/vmlinuz" --symbols "$symbols" --initrd "$folder/initramfs.cpio.gz" --cores "$cores" --mem 512M
    --mode "$memory" --no-reboot)

if [[ $mode == shell ]]; then
    exec "${command[@]}" --append "$arguments" --interactive
fi

seq 1 200000 | head -c 1048576 >"$folder/disk.img" || true # seq cannot write the rest
[[ $(stat -c %s "$folder/disk.img") == 1048576 ]]
head -c 1048576 /dev/zero >"$folder/written-$cores.img"
command+=(--drive "$folder/disk.img" --drive "$folder/written-$cores.img,writable"
    --virtio-console "$folder/virtio-console-$cores.log" --entropy --net user)

console=$folder/console-$cores.log report=$folder/report-$cores.log status=0
echo "linux: booting on $cores cores in $memory mode; console in $console"
start=$(date +%s)
"${command[@]}" --append "$arguments" --stats "$folder/stats-$cores.json" --timeout "${LINUX_TIMEOUT_SECONDS:-1800}" \
    2>"$report" | tee "$console" || status=${PIPESTATUS[0]}
cat "$report" >&2
((status == 0)) || echo "linux: mesim ended with status $status" >&2
python3 "$here/check_log.py" "$console" "$report" "$cores" || status=1
cmp -n 524288 "$folder/disk.img" "$folder/written-$cores.img" || status=1
[[ $(tr -d '\r' <"$folder/virtio-console-$cores.log") == "hello from hvc0" ]] ||
    { echo "linux: hvc0 did not say 'hello from hvc0'" >&2; status=1; }
((status == 0)) || exit 1
echo "linux: $cores cores, no complaint of the kernel, every check passed, $(($(date +%s) - start)) s"
