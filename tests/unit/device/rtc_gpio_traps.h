/* What drivers see of the real-time clock and the power key: scenarios that say what is wrong, or NULL, on the sound
 * model and on one with an injected fault. */
#ifndef MESIM_TESTS_DEVICE_RTC_GPIO_TRAPS_H
#define MESIM_TESTS_DEVICE_RTC_GPIO_TRAPS_H

#include "device/fault.h"

/* The alarm comes in the second asked for and not before, once, and its line falls when it is cleared. */
const char *wrong_alarm(device_fault_t fault);
/* An edge of the key is kept until cleared and reaches the line only when it is enabled. */
const char *wrong_key_edge(device_fault_t fault);
/* A level interrupt of the key follows the pin. */
const char *wrong_key_level(device_fault_t fault);

#endif
