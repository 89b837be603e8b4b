/* The registers of the PL011 by its manual (ARM DDI 0183, table 3-1 and section 3.3), and what a driver sees of its
 * interrupts: scenarios that say what is wrong, or NULL, on the sound model and on one with an injected fault. */
#ifndef MESIM_TESTS_DEVICE_UART_ROWS_H
#define MESIM_TESTS_DEVICE_UART_ROWS_H

#include "device/fault.h"

const char *wrong_reset_value(device_fault_t fault);
const char *wrong_write_mask(device_fault_t fault);
/* The interrupt line rises with a masked-in cause and falls when it is gone. */
const char *wrong_interrupt_line(device_fault_t fault);

#endif
