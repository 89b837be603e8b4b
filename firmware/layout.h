/* Where everything is, for C and for assembly.
 *
 *   0x0800_0000  GICD, GICR ... \  their addresses come from the device tree; only the UART has a
 *   0x0900_0000  PL011 UART     /  fallback here, for a report before the tree has been read
 *   0x4000_0000  RAM begins: the device tree, up to 1 MiB of it (or where x0 says)
 *   0x4020_0000  this image: .text | .rodata | .data, translation tables, boot stack, .bss
 *   after it     free RAM, handed out by memory.c: the other cores' stacks, the images' arrays
 *   0x40_0000_0000  (virtual) a window in which the selftest maps what it likes
 *   0x50_0000_0000  (virtual) the stacks of all cores but the boot core, with unmapped pages between them
 *
 * All of RAM and the devices are mapped where they are (VA = PA), the guard page below the boot stack excepted. The
 * image starts 2 MiB above the base of RAM because a loader puts the device tree below it: QEMU gives no tree at all to
 * an image that leaves it less than 1 MiB. */
#ifndef MESIM_FIRMWARE_LAYOUT_H
#define MESIM_FIRMWARE_LAYOUT_H

#define RAM_BASE      0x40000000
#define IMAGE_BASE    0x40200000 /* as in kernel.ld */
#define UART_FALLBACK 0x09000000

#define VM_WINDOW 0x4000000000 /* 256 GiB: inside the 39-bit space, above any RAM */
#define VM_STACKS 0x5000000000

#define SMP_MAX_CPUS     64
#define STACK_BITS       14
#define STACK_BYTES      (1 << STACK_BITS)
#define CACHE_LINE_BYTES 64 /* what data is laid out by; maintenance asks CTR_EL0 instead */
#define PAGE_BYTES       4096
#define TABLE_ENTRIES    512

/* Offsets into cpu_t and frame_t for the assembly; cpu.c and exception.c assert that they are true. */
#define CPU_STACK_TOP 0
#define FRAME_SP      248 /* after x0..x30 */
#define FRAME_ELR     256
#define FRAME_SPSR    264
#define FRAME_ESR     272
#define FRAME_FAR     280
#define FRAME_BYTES   288

/* PSTATE for ERET: EL1 on its own stack, everything masked (DDI 0487, SPSR_EL1). */
#define PSTATE_EL1H_MASKED 0x3c5

#endif
