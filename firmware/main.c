/* The kernel from the first instruction with caches on to the last: a table of contents. */
#include "arch_smp.h"
#include "board.h"
#include "cpu.h"
#include "gic.h"
#include "image.h"
#include "options.h"
#include "smp.h"
#include "sysreg.h"
#include "uart.h"
#include "vm.h"

_Noreturn void kernel_main(uintptr_t device_tree);

_Noreturn void kernel_main(uintptr_t device_tree)
{
    board_init(device_tree);
    cpu_become(board_core_of(read_sysreg(mpidr_el1) & MPIDR_AFFINITY_MASK));
    vm_init();
    uart_init(board_get()->uart_base);
    options_parse(image_options, board_get()->bootargs);

    gic_init();
    arch_smp_init(board_get());
    for (unsigned core = 0; core < smp_cores(); core++)
        arch_smp_per_cpu_init(board_get(), (int32_t)core);
    arch_smp_cpu_init(board_get());
    smp_start_others();

    image_main();
    image_end_run();
}
