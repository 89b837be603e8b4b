/* Sending a CHI message over a link: only the bytes that mean something are copied, and the link is occupied for
 * as many 16-byte beats as a 128-bit data channel needs. */
#ifndef MESIM_INTERCONNECT_SEND_H
#define MESIM_INTERCONNECT_SEND_H

#include "engine/engine.h"
#include "interconnect/chi.h"

#include <stdbool.h>
#include <stdint.h>

enum { CHI_BEAT_BYTES = 16 };

/* Whether `data` of a message with this opcode means anything. */
static inline bool chi_has_data(unsigned opcode)
{
    return opcode == CHI_COMP_DATA || opcode == CHI_SNP_RESP_DATA || opcode == CHI_WRITE_BACK ||
           opcode == CHI_WRITE_NO_SNOOP || opcode == CHI_WRITE_UNIQUE || chi_is_atomic(opcode);
}

/* Sends at now_ps + delay_ps (engine_link_send) and returns the arrival time. Messages with data take
 * ceil(size_bytes / 16) beats, at least one; all others one. */
uint64_t chi_send(engine_link_t *link, uint64_t now_ps, uint64_t delay_ps, const chi_message_t *message);

#endif
