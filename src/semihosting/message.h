/* What a core and the semihosting host say to each other.
 *
 * The host never touches memory: it asks the calling core, which reads and writes as its program would. So a call is
 * one CALL, any number of READ and WRITE with a MOVED each, and one RESULT (or none: the call ended the run). */
#ifndef MESIM_SEMIHOSTING_MESSAGE_H
#define MESIM_SEMIHOSTING_MESSAGE_H

#include <stdbool.h>
#include <stdint.h>

/* Bytes of one READ or WRITE at most; they never cross a multiple of it. */
enum { SEMIHOSTING_PIECE_BYTES = 64 };

/* Kinds start above those of CHI, GIC and power messages, so that payloads can be told apart by their first byte. */
#define SEMIHOSTING_FIRST 0xc0

typedef enum semihosting_kind {
    /* Core to host. */
    SEMIHOSTING_CALL = SEMIHOSTING_FIRST, /* operation W0 in value, parameter X1 in address */
    SEMIHOSTING_MOVED,                    /* the answer to READ, with data, or WRITE; or it failed */
    /* Host to core; addresses are virtual, as the calling core translates them. */
    SEMIHOSTING_READ,   /* size_bytes from address */
    SEMIHOSTING_WRITE,  /* size_bytes of data to address */
    SEMIHOSTING_RESULT, /* value to X0: the call is over */
} semihosting_kind_t;

typedef struct semihosting_message {
    uint8_t kind; /* semihosting_kind_t; must stay first */
    uint8_t core; /* index of the calling core, in what it sends */
    uint8_t size_bytes;
    bool failed;
    uint8_t reserved[4];
    uint64_t address;
    uint64_t value;
    uint64_t pc; /* of the HLT, in CALL */
    uint8_t data[SEMIHOSTING_PIECE_BYTES];
} semihosting_message_t;

#endif
