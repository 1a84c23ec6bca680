/* Frames between the UI and its workers: one SEQPACKET message each, at most WIRE_MAX bytes, little endian
 *   u16 type, u16 reserved (0), u32 job, then fields: u8 field, u32 length, bytes.
 * One const table (messages.def) says which fields a message may carry and which side may send it; anything else is
 * ERR_PROTOCOL. Nothing here blocks longer than the socket does; nothing here ever holds a secret. */
#ifndef EONAY_WIRE_WIRE_H
#define EONAY_WIRE_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/buf.h"
#include "base/err.h"

#define WIRE_MAX 65536
#define WIRE_HEADER 8
#define WIRE_FD 3 /* where a worker finds its socket */

enum wire_side { WIRE_UI, WIRE_WORKER };
enum wire_worker { WIRE_NET = 1, WIRE_TOKEN = 2, WIRE_BOTH = 3, WIRE_DOCTOR = 4 };

enum wire_type {
#define MESSAGE(id, number, sender, worker, must, may) M_##id = (number),
#include "wire/messages.def"
#undef MESSAGE
};
enum wire_field {
#define FIELD(id, number, kind, max) F_##id = (number),
#include "wire/messages.def"
#undef FIELD
    F_LAST
};

struct wire_view {
    const uint8_t *data;
    size_t len;
};
struct wire_msg {
    enum wire_type type;
    uint32_t job;
    bool has[64];
    uint64_t num[64];         /* U64 fields */
    struct wire_view val[64]; /* STR and BYTES fields: views into the received frame; STR is checked UTF-8, no NUL */
};

/* Writing: begin, put, send. A put past the table's ceiling, twice, or of a field the message does not have is
 * remembered and makes wire_send answer ERR_PROTOCOL, as does a field that must be there and is not; so callers check
 * once. */
struct wire_out {
    uint8_t *frame;
    size_t len;
    uint64_t has; /* a bit for each field put */
    bool bad;
};
void wire_begin(struct wire_out *out, uint8_t frame[WIRE_MAX], enum wire_type type, uint32_t job);
void wire_str(struct wire_out *out, enum wire_field field, const char *s);
void wire_bytes(struct wire_out *out, enum wire_field field, const void *bytes, size_t len);
void wire_u64(struct wire_out *out, enum wire_field field, uint64_t n);
/* `pass_fd` >= 0 goes along as SCM_RIGHTS. ERR_WORKER_GONE when the peer is away, ERR_SLOW when its queue is full (try
 * again after poll says it is writable). */
enum err_code wire_send(const struct wire_out *out, int fd, int pass_fd) MUST_CHECK;

/* Reading: one whole frame into `frame`; *ret_len 0 at end of stream. A passed descriptor lands in *pass_fd (-1: none;
 * pass_fd NULL: any descriptor is closed). CLOEXEC. ERR_PROTOCOL for a frame past WIRE_MAX or more than one descriptor,
 * ERR_SLOW when a non-blocking socket has nothing, ERR_WORKER_GONE when the peer was reset. */
enum err_code wire_recv(int fd, uint8_t frame[WIRE_MAX], size_t *ret_len, int *pass_fd) MUST_CHECK;
/* Checks the frame against the table: known type, sent by `from`, belongs to `worker`, fields known, once, within
 * limits, all there that must be. ERR_PROTOCOL; a SECRET frame is refused too, it is not for the codec. */
enum err_code wire_parse(
    const uint8_t *frame, size_t len, enum wire_side from, enum wire_worker worker, struct wire_msg *ret) MUST_CHECK;
/* Copies a STR field, NUL-terminated; "" when absent; false when it does not fit. */
bool wire_get_str(const struct wire_msg *m, enum wire_field field, char *out, size_t out_len);
uint64_t wire_get_u64(const struct wire_msg *m, enum wire_field field, uint64_t fallback);
/* The 8 header bytes of a SECRET frame, for secret_send. */
void wire_secret_header(uint8_t out[WIRE_HEADER], uint32_t job);
/* Is the next frame on fd (MSG_PEEK) a SECRET frame of this job? Lets a worker read it with secret_recv; no byte of the
 * secret is touched. ERR_PROTOCOL when it is another frame, ERR_WORKER_GONE, ERR_SLOW as above. */
enum err_code wire_expect_secret(int fd, uint32_t job) MUST_CHECK;

const char *wire_name(enum wire_type type); /* "SIGN", for logs */

#endif
