#include "config.h"
#include "wire/wire.h"
#include "base/fd.h"
#include "base/text.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>

/* ---- the table ---- */

enum kind { STR, BYTES, U64 };

static const struct field {
    const char *name;
    enum kind kind;
    uint64_t max;
} fields[64] = {
#define FIELD(id, number, kind, max) [number] = {#id, kind, max},
#include "wire/messages.def"
#undef FIELD
};

/* A list of fields as a set: (A, B) becomes the bits F_A and F_B. An empty place stands for bit 0, which is no field.
 */
enum { F_ = 0 };
#define BIT(f) (UINT64_C(1) << F_##f)
#define SET16(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, ...)                                                     \
    (BIT(a) | BIT(b) | BIT(c) | BIT(d) | BIT(e) | BIT(f) | BIT(g) | BIT(h) | BIT(i) | BIT(j) | BIT(k) | BIT(l) |       \
        BIT(m) | BIT(n) | BIT(o) | BIT(p))
#define SET(...) SET16(__VA_ARGS__, , , , , , , , , , , , , , , , , )

static const struct message {
    const char *name;
    enum wire_type type;
    enum wire_side sender;
    enum wire_worker worker;
    uint64_t must, may;
} messages[] = {
#define MESSAGE(id, number, sender, worker, must, may) {#id, number, WIRE_##sender, WIRE_##worker, SET must, SET may},
#include "wire/messages.def"
#undef MESSAGE
};

static const struct message *message_of(enum wire_type type)
{
    for (size_t i = 0; i < sizeof messages / sizeof messages[0]; i++)
        if (messages[i].type == type)
            return &messages[i];
    return NULL;
}

static const struct field *field_of(unsigned number)
{
    return number < 64 && fields[number].name != NULL ? &fields[number] : NULL;
}

static bool may_carry(const struct message *m, unsigned field)
{
    return m != NULL && field_of(field) != NULL && ((m->must | m->may) >> field & 1) != 0;
}

const char *wire_name(enum wire_type type)
{
    const struct message *m = message_of(type);
    return m != NULL ? m->name : "?";
}

/* ---- numbers ---- */

static void put_le(uint8_t *out, uint64_t n, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++, n >>= 8)
        out[i] = (uint8_t)n;
}

static uint64_t get_le(const uint8_t *in, size_t bytes)
{
    uint64_t n = 0;
    while (bytes-- > 0)
        n = n << 8 | in[bytes];
    return n;
}

static void put_header(uint8_t *out, enum wire_type type, uint32_t job)
{
    put_le(out, (uint64_t)type, 2);
    put_le(out + 2, 0, 2);
    put_le(out + 4, job, 4);
}

void wire_secret_header(uint8_t out[WIRE_HEADER], uint32_t job)
{
    put_header(out, M_SECRET, job);
}

/* ---- writing ---- */

#define FIELD_HEADER 5

void wire_begin(struct wire_out *out, uint8_t frame[WIRE_MAX], enum wire_type type, uint32_t job)
{
    *out = (struct wire_out){.frame = frame, .len = WIRE_HEADER, .bad = message_of(type) == NULL};
    put_header(frame, type, job);
}

/* Room for a field of this message in the frame; NULL, and the frame is bad, when it may not go in. */
static uint8_t *open_field(struct wire_out *out, enum wire_field field, enum kind kind, size_t len)
{
    const struct message *m = message_of((enum wire_type)get_le(out->frame, 2));
    unsigned number = (unsigned)field;
    bool fits = may_carry(m, number) && (kind == U64) == (fields[number].kind == U64) &&
                (out->has >> number & 1) == 0 && len <= WIRE_MAX - FIELD_HEADER &&
                out->len <= WIRE_MAX - FIELD_HEADER - len && (kind == U64 || len <= fields[number].max);
    if (!fits) {
        out->bad = true;
        return NULL;
    }
    uint8_t *at = out->frame + out->len;
    at[0] = (uint8_t)field;
    put_le(at + 1, len, 4);
    out->has |= UINT64_C(1) << number;
    out->len += FIELD_HEADER + len;
    return at + FIELD_HEADER;
}

static bool is_str(const uint8_t *bytes, size_t len)
{
    for (size_t at = 0; at < len;) {
        uint32_t cp = utf8_next((const char *)bytes, len, &at);
        if (cp == 0 || cp == UINT32_MAX)
            return false;
    }
    return true;
}

void wire_bytes(struct wire_out *out, enum wire_field field, const void *bytes, size_t len)
{
    const struct field *f = field_of((unsigned)field);
    if (f != NULL && f->kind == STR && !is_str(bytes, len)) {
        out->bad = true;
        return;
    }
    uint8_t *at = open_field(out, field, BYTES, len);
    if (at != NULL && len > 0)
        memcpy(at, bytes, len);
}

void wire_str(struct wire_out *out, enum wire_field field, const char *s)
{
    wire_bytes(out, field, s, strlen(s));
}

static bool is_within(const struct field *f, uint64_t n)
{
    return f->max == 0 || n <= f->max;
}

void wire_u64(struct wire_out *out, enum wire_field field, uint64_t n)
{
    uint8_t *at = open_field(out, field, U64, 8);
    if (at == NULL)
        return;
    put_le(at, n, 8);
    if (!is_within(&fields[field], n))
        out->bad = true;
}

static enum err_code socket_failed(void)
{
    if (errno == EAGAIN || errno == EWOULDBLOCK)
        return ERR_SLOW;
    return errno == EPIPE || errno == ECONNRESET || errno == ENOTCONN ? ERR_WORKER_GONE : ERR_PROTOCOL;
}

union fd_control {
    char bytes[CMSG_SPACE(sizeof(int))];
    struct cmsghdr align;
};

static void attach_fd(struct msghdr *msg, union fd_control *control, int fd)
{
    memset(control, 0, sizeof *control);
    msg->msg_control = control->bytes;
    msg->msg_controllen = sizeof control->bytes;
    struct cmsghdr *c = CMSG_FIRSTHDR(msg);
    c->cmsg_level = SOL_SOCKET;
    c->cmsg_type = SCM_RIGHTS;
    c->cmsg_len = CMSG_LEN(sizeof fd);
    memcpy(CMSG_DATA(c), &fd, sizeof fd);
}

enum err_code wire_send(const struct wire_out *out, int fd, int pass_fd)
{
    const struct message *m = message_of((enum wire_type)get_le(out->frame, 2));
    if (out->bad || m == NULL || (m->must & ~out->has & ~UINT64_C(1)) != 0)
        return ERR_PROTOCOL;
    struct iovec part = {out->frame, out->len};
    struct msghdr msg = {.msg_iov = &part, .msg_iovlen = 1};
    union fd_control control;
    if (pass_fd >= 0)
        attach_fd(&msg, &control, pass_fd);
    ssize_t sent;
    do
        sent = sendmsg(fd, &msg, MSG_NOSIGNAL);
    while (sent < 0 && errno == EINTR);
    return sent < 0 ? socket_failed() : OK;
}

/* ---- reading ---- */

/* The passed descriptor into *ret, -1 for none. False when there were more; then all are closed. */
static bool take_fd(struct msghdr *msg, int *ret)
{
    bool one = true;
    *ret = -1;
    for (struct cmsghdr *c = CMSG_FIRSTHDR(msg); c != NULL; c = CMSG_NXTHDR(msg, c)) {
        if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
            continue;
        for (size_t at = 0; CMSG_LEN(at + sizeof(int)) <= c->cmsg_len; at += sizeof(int)) {
            one = one && *ret < 0;
            fd_close(ret);
            memcpy(ret, CMSG_DATA(c) + at, sizeof *ret);
        }
    }
    if (!one)
        fd_close(ret);
    return one;
}

enum err_code wire_recv(int fd, uint8_t frame[WIRE_MAX], size_t *ret_len, int *pass_fd)
{
    union fd_control control;
    struct iovec part = {frame, WIRE_MAX};
    struct msghdr msg = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof control.bytes};
    int passed;
    ssize_t got;
    if (pass_fd != NULL)
        *pass_fd = -1;
    do
        got = recvmsg(fd, &msg, MSG_CMSG_CLOEXEC);
    while (got < 0 && errno == EINTR);
    if (got < 0)
        return socket_failed();
    bool whole = take_fd(&msg, &passed) && (msg.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) == 0;
    if (!whole || pass_fd == NULL)
        fd_close(&passed);
    if (!whole)
        return ERR_PROTOCOL;
    if (pass_fd != NULL)
        *pass_fd = passed;
    *ret_len = (size_t)got;
    return OK;
}

/* Takes one field into *m; false when its form, its kind or its size is not the table's. */
static bool take_field(struct wire_msg *m, unsigned number, const uint8_t *bytes, size_t len)
{
    const struct field *f = &fields[number];
    if (m->has[number])
        return false;
    m->has[number] = true;
    if (f->kind == U64) {
        m->num[number] = len == 8 ? get_le(bytes, 8) : 0;
        return len == 8 && is_within(f, m->num[number]);
    }
    m->val[number] = (struct wire_view){bytes, len};
    return len <= f->max && (f->kind != STR || is_str(bytes, len));
}

static bool take_fields(struct wire_msg *m, const struct message *row, const uint8_t *frame, size_t len)
{
    uint64_t had = 1; /* bit 0 stands for an empty list */
    for (size_t at = WIRE_HEADER; at < len;) {
        if (len - at < FIELD_HEADER)
            return false;
        unsigned number = frame[at];
        size_t size = (size_t)get_le(frame + at + 1, 4);
        at += FIELD_HEADER;
        if (size > len - at || !may_carry(row, number) || !take_field(m, number, frame + at, size))
            return false;
        had |= UINT64_C(1) << number;
        at += size;
    }
    return (row->must & ~had) == 0;
}

enum err_code wire_parse(
    const uint8_t *frame, size_t len, enum wire_side from, enum wire_worker worker, struct wire_msg *ret)
{
    if (len < WIRE_HEADER || len > WIRE_MAX || get_le(frame + 2, 2) != 0)
        return ERR_PROTOCOL;
    const struct message *row = message_of((enum wire_type)get_le(frame, 2));
    /* A secret never passes the codec: secret_recv reads it into its own page. */
    if (row == NULL || row->type == M_SECRET || row->sender != from || (row->worker & worker) == 0)
        return ERR_PROTOCOL;
    memset(ret, 0, sizeof *ret);
    ret->type = row->type;
    ret->job = (uint32_t)get_le(frame + 4, 4);
    return take_fields(ret, row, frame, len) ? OK : ERR_PROTOCOL;
}

bool wire_get_str(const struct wire_msg *m, enum wire_field field, char *out, size_t out_len)
{
    size_t len = m->has[field] ? m->val[field].len : 0;
    if (len >= out_len)
        return false;
    if (len > 0)
        memcpy(out, m->val[field].data, len);
    out[len] = '\0';
    return true;
}

uint64_t wire_get_u64(const struct wire_msg *m, enum wire_field field, uint64_t fallback)
{
    return m->has[field] ? m->num[field] : fallback;
}

enum err_code wire_expect_secret(int fd, uint32_t job)
{
    uint8_t header[WIRE_HEADER], wanted[WIRE_HEADER];
    ssize_t got;
    do
        got = recv(fd, header, sizeof header, MSG_PEEK);
    while (got < 0 && errno == EINTR);
    if (got < 0)
        return socket_failed();
    if (got == 0)
        return ERR_WORKER_GONE;
    wire_secret_header(wanted, job);
    return got == WIRE_HEADER && memcmp(header, wanted, sizeof header) == 0 ? OK : ERR_PROTOCOL;
}
