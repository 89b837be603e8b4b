/* What a thread orders by itself: locally-ordered-before (DDI 0487, B2.3.3). Nobody outside src/axiomatic includes
 * this. */
#ifndef MESIM_AXIOMATIC_LOCAL_H
#define MESIM_AXIOMATIC_LOCAL_H

#include "axiomatic/event.h"

/* Fills trace->local, whose elements are 0. Bit j of element i is set only for i < j in program order. */
void axiomatic_local_order(axiomatic_trace_t *trace);

#endif
