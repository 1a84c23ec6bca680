#include "config.h"
#include "base/secret.h"
#include "wire/wire.h"
#include "unit/base/unit.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>

/* The table once more, as the test reads it: kinds, ceilings and the fields of each message. */
enum kind { STR, BYTES, U64 };
static const struct field {
    unsigned number;
    enum kind kind;
    uint64_t max;
} fields[] = {
#define FIELD(id, number, kind, max) {number, kind, max},
#include "wire/messages.def"
#undef FIELD
};

#define NAMES(...) #__VA_ARGS__
static const struct message {
    const char *name;
    enum wire_type type;
    enum wire_side sender;
    enum wire_worker worker;
    const char *must, *may; /* "TEXT, CODE" */
} messages[] = {
#define MESSAGE(id, number, sender, worker, must, may)                                                                 \
    {#id, M_##id, WIRE_##sender, WIRE_##worker, NAMES must, NAMES may},
#include "wire/messages.def"
#undef MESSAGE
};

static const struct {
    const char *name;
    unsigned number;
} names[] = {
#define FIELD(id, number, kind, max) {#id, number},
#include "wire/messages.def"
#undef FIELD
};

static const struct field *field_of(unsigned number)
{
    for (size_t i = 0; i < COUNT(fields); i++)
        if (fields[i].number == number)
            return &fields[i];
    return NULL;
}

/* Is the field in a list like "TEXT, CODE"? */
static bool lists(const char *list, unsigned number)
{
    char all[512], *rest = all, *word;
    snprintf(all, sizeof all, "%s", list);
    while ((word = strsep(&rest, ", ")) != NULL)
        for (size_t i = 0; i < COUNT(names); i++)
            if (names[i].number == number && strcmp(names[i].name, word) == 0)
                return true;
    return false;
}

static bool carries(const struct message *m, unsigned number)
{
    return lists(m->must, number) || lists(m->may, number);
}

static uint8_t out_frame[WIRE_MAX], in_frame[WIRE_MAX];
static char filler[WIRE_MAX];

/* A value for a field, at its ceiling: text of two-byte characters, bytes of every value, the greatest number. */
static void put_greatest(struct wire_out *out, const struct field *f)
{
    enum wire_field id = (enum wire_field)f->number;
    size_t max = (size_t)f->max;
    if (f->kind == U64) {
        wire_u64(out, id, f->max > 0 ? f->max : UINT64_MAX);
        return;
    }
    for (size_t i = 0; i < max; i++)
        filler[i] = (char)(f->kind == BYTES               ? (int)(i * 7)
                           : i + 1 == max && max % 2 == 1 ? 'x'
                           : i % 2 == 0                   ? 0xC5
                                                          : 0x9F);
    filler[max] = '\0';
    if (f->kind == STR)
        wire_str(out, id, filler);
    else
        wire_bytes(out, id, filler, max);
}

static void put_all(struct wire_out *out, const struct message *m, uint32_t job)
{
    wire_begin(out, out_frame, m->type, job);
    for (size_t i = 0; i < COUNT(fields); i++)
        if (carries(m, fields[i].number))
            put_greatest(out, &fields[i]);
}

static enum wire_side other(enum wire_side side)
{
    return side == WIRE_UI ? WIRE_WORKER : WIRE_UI;
}

static void pair(int fds[2])
{
    assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds), 0);
}

static void assert_arrived(const struct message *m, const struct wire_msg *got)
{
    assert_int_equal(got->type, m->type);
    assert_int_equal(got->job, 0xFEDCBA98);
    for (unsigned n = 0; n < 64; n++) {
        const struct field *f = field_of(n);
        struct wire_out one;
        bool there = f != NULL && carries(m, n);
        assert_int_equal(got->has[n], there);
        if (!there)
            continue;
        if (f->kind == U64) {
            assert_int_equal(got->num[n], f->max > 0 ? f->max : UINT64_MAX);
            continue;
        }
        assert_int_equal(got->val[n].len, f->max);
        wire_begin(&one, out_frame, m->type, 0); /* fills `filler` again */
        put_greatest(&one, f);
        assert_memory_equal(got->val[n].data, filler, f->max);
    }
}

static void every_message_goes_over(void **state)
{
    (void)state;
    int fds[2];
    pair(fds);
    for (size_t i = 0; i < COUNT(messages); i++) {
        const struct message *m = &messages[i];
        struct wire_out out;
        struct wire_msg got;
        size_t len;
        int passed;
        put_all(&out, m, 0xFEDCBA98);
        assert_int_equal(wire_send(&out, fds[0], -1), OK);
        assert_int_equal(wire_recv(fds[1], in_frame, &len, &passed), OK);
        assert_int_equal(passed, -1);
        assert_string_equal(wire_name(m->type), m->name);
        if (m->type == M_SECRET) {
            assert_int_equal(wire_parse(in_frame, len, m->sender, m->worker, &got), ERR_PROTOCOL);
            continue;
        }
        assert_int_equal(wire_parse(in_frame, len, m->sender, m->worker, &got), OK);
        assert_arrived(m, &got);
        /* not from the other side, not to the other worker */
        assert_int_equal(wire_parse(in_frame, len, other(m->sender), m->worker, &got), ERR_PROTOCOL);
        assert_int_equal(
            wire_parse(in_frame, len, m->sender, WIRE_NET, &got), m->worker & WIRE_NET ? OK : ERR_PROTOCOL);
        assert_int_equal(
            wire_parse(in_frame, len, m->sender, WIRE_TOKEN, &got), m->worker & WIRE_TOKEN ? OK : ERR_PROTOCOL);
    }
    close(fds[0]);
    close(fds[1]);
}

static enum err_code parse(const struct message *m, size_t len)
{
    struct wire_msg got;
    return wire_parse(out_frame, len, m->sender, m->worker, &got);
}

/* Writes a field into the frame as an ill-willed peer would, past the codec. */
static size_t raw_field(size_t at, unsigned number, const void *bytes, size_t len)
{
    out_frame[at] = (uint8_t)number;
    for (int i = 0; i < 4; i++)
        out_frame[at + 1 + (size_t)i] = (uint8_t)(len >> (8 * i));
    memcpy(out_frame + at + 5, bytes, len);
    return at + 5 + len;
}

static const struct message *message(const char *name)
{
    for (size_t i = 0; i < COUNT(messages); i++)
        if (strcmp(messages[i].name, name) == 0)
            return &messages[i];
    fail_msg("no message %s", name);
    return NULL;
}

/* A field number, 0 to 255, goes in if and only if the table lists it; at either end. */
static void fields_of_other_messages_are_refused(void **state)
{
    (void)state;
    int fds[2];
    pair(fds);
    for (size_t i = 0; i < COUNT(messages); i++) {
        const struct message *m = &messages[i];
        if (m->type == M_SECRET)
            continue;
        for (unsigned n = 0; n < 256; n++) {
            struct wire_out out;
            const struct field *f = field_of(n);
            if (f != NULL && carries(m, n))
                continue;
            put_all(&out, m, 1);
            size_t len = raw_field(out.len, n, "\1\0\0\0\0\0\0", 8);
            assert_int_equal(parse(m, len), ERR_PROTOCOL);
            put_all(&out, m, 1);
            if (f != NULL)
                put_greatest(&out, f);
            else
                wire_u64(&out, (enum wire_field)n, 1);
            assert_int_equal(wire_send(&out, fds[0], -1), ERR_PROTOCOL);
        }
    }
    close(fds[0]);
    close(fds[1]);
}

static void duplicates_are_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(messages); i++)
        for (size_t j = 0; j < COUNT(fields); j++) {
            const struct message *m = &messages[i];
            struct wire_out out;
            if (!carries(m, fields[j].number))
                continue;
            put_all(&out, m, 1);
            assert_int_equal(parse(m, out.len), OK);
            size_t len = raw_field(out.len, fields[j].number, "\0\0\0\0\0\0\0", fields[j].kind == U64 ? 8 : 1);
            assert_int_equal(parse(m, len), ERR_PROTOCOL);
            put_all(&out, m, 1);
            put_greatest(&out, &fields[j]);
            assert_true(out.bad);
        }
}

static void ceilings_hold_at_both_ends(void **state)
{
    (void)state;
    static uint8_t big[WIRE_MAX];
    memset(big, 'x', sizeof big);
    for (size_t i = 0; i < COUNT(messages); i++)
        for (size_t j = 0; j < COUNT(fields); j++) {
            const struct message *m = &messages[i];
            const struct field *f = &fields[j];
            enum wire_field id = (enum wire_field)f->number;
            struct wire_out out;
            if (!carries(m, f->number) || m->must[0] != '\0') /* alone in the frame: must-fields are another test */
                continue;
            wire_begin(&out, out_frame, m->type, 1);
            if (f->kind == U64 && f->max > 0) {
                wire_u64(&out, id, f->max + 1);
                assert_true(out.bad);
                assert_int_equal(parse(m, out.len), ERR_PROTOCOL);
            } else if (f->kind != U64) {
                wire_bytes(&out, id, big, f->max + 1);
                assert_true(out.bad);
                assert_int_equal(parse(m, raw_field(WIRE_HEADER, f->number, big, f->max)), OK);
                assert_int_equal(parse(m, raw_field(WIRE_HEADER, f->number, big, f->max + 1)), ERR_PROTOCOL);
            }
        }
}

/* The same for the fields that only stand in messages with others that must be there: put beside those. */
static void ceilings_hold_beside_others(void **state)
{
    (void)state;
    static uint8_t big[WIRE_MAX];
    memset(big, 'x', sizeof big);
    for (size_t i = 0; i < COUNT(messages); i++)
        for (size_t j = 0; j < COUNT(fields); j++) {
            const struct message *m = &messages[i];
            const struct field *f = &fields[j];
            struct wire_out out;
            if (!carries(m, f->number) || (f->kind == U64 && f->max == 0))
                continue;
            wire_begin(&out, out_frame, m->type, 1);
            for (size_t k = 0; k < COUNT(fields); k++)
                if (k != j && carries(m, fields[k].number))
                    put_greatest(&out, &fields[k]);
            assert_false(out.bad);
            uint8_t number[8];
            for (int b = 0; b < 8; b++)
                number[b] = (uint8_t)((f->max + 1) >> (8 * b));
            size_t len = f->kind == U64 ? raw_field(out.len, f->number, number, 8)
                                        : raw_field(out.len, f->number, big, f->max + 1);
            assert_int_equal(parse(m, len), ERR_PROTOCOL);
            if (f->kind == U64) /* and no number of another width */
                for (size_t width = 0; width < 12; width++)
                    assert_int_equal(parse(m, raw_field(out.len, f->number, "\0\0\0\0\0\0\0\0\0\0\0", width)),
                        width == 8 ? OK : ERR_PROTOCOL);
        }
}

static void what_must_be_there_is_missed(void **state)
{
    (void)state;
    int fds[2], seen = 0;
    pair(fds);
    for (size_t i = 0; i < COUNT(messages); i++)
        for (size_t j = 0; j < COUNT(fields); j++) {
            const struct message *m = &messages[i];
            struct wire_out out;
            if (!carries(m, fields[j].number))
                continue;
            bool must = lists(m->must, fields[j].number);
            wire_begin(&out, out_frame, m->type, 1);
            for (size_t k = 0; k < COUNT(fields); k++)
                if (k != j && carries(m, fields[k].number))
                    put_greatest(&out, &fields[k]);
            assert_int_equal(parse(m, out.len), must ? ERR_PROTOCOL : OK);
            assert_int_equal(wire_send(&out, fds[0], -1), must ? ERR_PROTOCOL : OK);
            size_t len;
            if (!must)
                assert_int_equal(wire_recv(fds[1], in_frame, &len, NULL), OK);
            seen += must;
        }
    assert_true(seen > 10);
    close(fds[0]);
    close(fds[1]);
}

static void text_fields_are_utf8(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t len;
    } bad[] = {{"a\0b", 3}, {"\xFF", 1}, {"\xC0\x80", 2}, {"\xED\xA0\x80", 3}, {"\xC5", 1}, {"ok\xE2\x82", 4}};
    for (size_t i = 0; i < COUNT(bad); i++) {
        struct wire_out out;
        assert_int_equal(
            parse(message("OPEN"), raw_field(WIRE_HEADER, F_CODE, bad[i].bytes, bad[i].len)), ERR_PROTOCOL);
        wire_begin(&out, out_frame, M_OPEN, 1);
        wire_bytes(&out, F_CODE, bad[i].bytes, bad[i].len);
        assert_true(out.bad);
    }
    struct wire_out out;
    wire_begin(&out, out_frame, M_OPEN, 1);
    assert_int_equal(parse(message("OPEN"), raw_field(WIRE_HEADER, F_CODE, "", 0)), OK);
}

static void headers_are_exact(void **state)
{
    (void)state;
    struct wire_out out;
    const struct message *cancel = message("CANCEL");
    wire_begin(&out, out_frame, M_CANCEL, 7);
    assert_int_equal(parse(cancel, WIRE_HEADER), OK);
    for (size_t len = 0; len < WIRE_HEADER; len++)
        assert_int_equal(parse(cancel, len), ERR_PROTOCOL);
    assert_int_equal(parse(cancel, WIRE_HEADER + 1), ERR_PROTOCOL);
    assert_int_equal(parse(cancel, WIRE_MAX + 1), ERR_PROTOCOL);
    out_frame[2] = 1;
    assert_int_equal(parse(cancel, WIRE_HEADER), ERR_PROTOCOL);
    out_frame[2] = 0;
    out_frame[3] = 1;
    assert_int_equal(parse(cancel, WIRE_HEADER), ERR_PROTOCOL);
    out_frame[3] = 0;
    struct wire_msg got;
    for (unsigned type = 0; type < 65536; type++) {
        bool known = false;
        out_frame[0] = (uint8_t)type;
        out_frame[1] = (uint8_t)(type >> 8);
        for (size_t i = 0; i < COUNT(messages); i++)
            known = known || (messages[i].type == (enum wire_type)type && messages[i].sender == WIRE_UI &&
                                 messages[i].must[0] == '\0' && type != M_SECRET);
        assert_int_equal(wire_parse(out_frame, WIRE_HEADER, WIRE_UI, WIRE_BOTH, &got), known ? OK : ERR_PROTOCOL);
    }
    assert_string_equal(wire_name((enum wire_type)999), "?");
    wire_begin(&out, out_frame, (enum wire_type)999, 7);
    assert_int_equal(wire_send(&out, -1, -1), ERR_PROTOCOL);
}

/* Every shorter cut of a full message: refused, or only optional fields are gone. Never a read outside. */
static void cut_frames_are_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(messages); i++) {
        const struct message *m = &messages[i];
        struct wire_out out;
        if (m->type == M_SECRET)
            continue;
        put_all(&out, m, 1);
        for (size_t len = 0; len < out.len; len += len < 200 || len + 200 > out.len ? 1 : 97) {
            uint8_t *exact = malloc(len + 1); /* so that the sanitizer sees a step too far */
            struct wire_msg got;
            assert_non_null(exact);
            memcpy(exact, out_frame, len);
            if (wire_parse(exact, len, m->sender, m->worker, &got) == OK)
                for (size_t j = 0; j < COUNT(fields); j++)
                    assert_true(!lists(m->must, fields[j].number) || got.has[fields[j].number]);
            free(exact);
        }
    }
}

static void random_frames_are_harmless(void **state)
{
    (void)state;
    uint32_t seed = 31;
    for (int n = 0; n < 200000; n++) {
        const struct message *m = &messages[unit_random(&seed) % COUNT(messages)];
        struct wire_msg got;
        size_t len = WIRE_HEADER + unit_random(&seed) % 40;
        memset(out_frame, 0, 8);
        out_frame[0] = (uint8_t)m->type;
        for (size_t i = WIRE_HEADER; i < len; i++)
            out_frame[i] = (uint8_t)(unit_random(&seed) % 3 == 0 ? unit_random(&seed) : unit_random(&seed) % 12);
        if (wire_parse(out_frame, len, m->sender, m->worker, &got) != OK)
            continue;
        for (unsigned f = 0; f < 64; f++)
            if (got.has[f] && got.val[f].data != NULL)
                assert_true(got.val[f].data >= out_frame && got.val[f].data + got.val[f].len <= out_frame + len);
    }
}

static void values_are_read_back(void **state)
{
    (void)state;
    struct wire_out out;
    struct wire_msg got;
    char text[8];
    wire_begin(&out, out_frame, M_ERR, 5);
    wire_u64(&out, F_ERROR, ERR_PIN_WRONG);
    wire_str(&out, F_DETAIL, "sekiz+1");
    assert_int_equal(wire_parse(out_frame, out.len, WIRE_WORKER, WIRE_TOKEN, &got), OK);
    assert_true(wire_get_str(&got, F_DETAIL, text, 8));
    assert_string_equal(text, "sekiz+1");
    assert_false(wire_get_str(&got, F_DETAIL, text, 7));
    assert_true(wire_get_str(&got, F_NAME, text, 1));
    assert_string_equal(text, "");
    assert_int_equal(wire_get_u64(&got, F_ERROR, 1), ERR_PIN_WRONG);
    assert_int_equal(wire_get_u64(&got, F_ARG, 77), 77);
}

static void the_bytes_are_as_documented(void **state)
{
    (void)state;
    static const uint8_t expected[] = {23, 0, 0, 0, 0x44, 0x33, 0x22, 0x11, 1, 3, 0, 0, 0, 'A', 'B', 'C'};
    struct wire_out out;
    wire_begin(&out, out_frame, M_OPEN, 0x11223344);
    wire_str(&out, F_CODE, "ABC");
    assert_int_equal(out.len, sizeof expected);
    assert_memory_equal(out_frame, expected, sizeof expected);
    static const uint8_t secret[] = {4, 0, 0, 0, 0x44, 0x33, 0x22, 0x11};
    uint8_t header[WIRE_HEADER];
    wire_secret_header(header, 0x11223344);
    assert_memory_equal(header, secret, sizeof secret);
}

static size_t open_files(void)
{
    size_t n = 0;
    for (int fd = 0; fd < 256; fd++)
        n += fcntl(fd, F_GETFD) >= 0;
    return n;
}

static void a_gone_peer_is_told(void **state)
{
    (void)state;
    int fds[2];
    size_t len = 99;
    struct wire_out out;
    pair(fds);
    close(fds[1]);
    wire_begin(&out, out_frame, M_CANCEL, 1);
    assert_int_equal(wire_send(&out, fds[0], -1), ERR_WORKER_GONE);
    assert_int_equal(wire_recv(fds[0], in_frame, &len, NULL), OK);
    assert_int_equal(len, 0);
    assert_int_equal(wire_expect_secret(fds[0], 1), ERR_WORKER_GONE);
    close(fds[0]);
    /* a peer that goes with our words unread */
    pair(fds);
    assert_int_equal(wire_send(&out, fds[0], -1), OK);
    close(fds[1]);
    assert_int_equal(wire_recv(fds[0], in_frame, &len, NULL), ERR_WORKER_GONE);
    close(fds[0]);
}

static void a_full_queue_is_slow_not_lost(void **state)
{
    (void)state;
    int fds[2], sent = 0;
    size_t len;
    struct wire_out out;
    pair(fds);
    assert_int_equal(fcntl(fds[0], F_SETFL, O_NONBLOCK), 0);
    assert_int_equal(fcntl(fds[1], F_SETFL, O_NONBLOCK), 0);
    wire_begin(&out, out_frame, M_CANCEL, 1);
    assert_int_equal(wire_recv(fds[1], in_frame, &len, NULL), ERR_SLOW);
    assert_int_equal(wire_expect_secret(fds[1], 1), ERR_SLOW);
    enum err_code code;
    while ((code = wire_send(&out, fds[0], -1)) == OK)
        sent++;
    assert_int_equal(code, ERR_SLOW);
    assert_true(sent > 0);
    while (wire_recv(fds[1], in_frame, &len, NULL) == OK)
        sent--;
    assert_int_equal(sent, 0);
    assert_int_equal(wire_send(&out, fds[0], -1), OK);
    close(fds[0]);
    close(fds[1]);
}

static void descriptors_go_along(void **state)
{
    (void)state;
    int fds[2], pipe_fds[2], passed;
    size_t len;
    char byte = 0;
    struct wire_out out;
    pair(fds);
    assert_int_equal(pipe(pipe_fds), 0);
    wire_begin(&out, out_frame, M_DOWNLOAD, 1);
    assert_int_equal(wire_send(&out, fds[0], pipe_fds[1]), OK);
    assert_int_equal(wire_recv(fds[1], in_frame, &len, &passed), OK);
    assert_true(passed >= 0 && passed != pipe_fds[1]);
    assert_int_equal(fcntl(passed, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
    assert_int_equal(write(passed, "!", 1), 1);
    assert_int_equal(read(pipe_fds[0], &byte, 1), 1);
    assert_int_equal(byte, '!');
    close(passed);
    /* nobody asked for it: closed */
    size_t before = open_files();
    assert_int_equal(wire_send(&out, fds[0], pipe_fds[1]), OK);
    assert_int_equal(wire_recv(fds[1], in_frame, &len, NULL), OK);
    assert_int_equal(open_files(), before);
    close(pipe_fds[0]);
    close(pipe_fds[1]);
    close(fds[0]);
    close(fds[1]);
}

static void two_or_more_descriptors_are_refused(void **state)
{
    (void)state;
    int fds[2], many[4] = {0, 0, 0, 0};
    pair(fds);
    size_t before = open_files();
    for (size_t n = 2; n <= 4; n++) {
        char header[WIRE_HEADER] = {M_DOWNLOAD}, space[CMSG_SPACE(sizeof many)] = {0};
        struct iovec part = {header, sizeof header};
        struct msghdr msg = {
            .msg_iov = &part, .msg_iovlen = 1, .msg_control = space, .msg_controllen = CMSG_SPACE(n * sizeof(int))};
        struct cmsghdr *c = CMSG_FIRSTHDR(&msg);
        size_t len;
        int passed = 5;
        c->cmsg_len = CMSG_LEN(n * sizeof(int));
        c->cmsg_level = SOL_SOCKET;
        c->cmsg_type = SCM_RIGHTS;
        memcpy(CMSG_DATA(c), many, n * sizeof(int));
        assert_int_equal(sendmsg(fds[0], &msg, 0), WIRE_HEADER);
        assert_int_equal(wire_recv(fds[1], in_frame, &len, &passed), ERR_PROTOCOL);
        assert_int_equal(passed, -1);
        assert_int_equal(open_files(), before);
    }
    close(fds[0]);
    close(fds[1]);
}

static void frames_past_the_ceiling_are_refused(void **state)
{
    (void)state;
    int fds[2];
    size_t len;
    static uint8_t huge[WIRE_MAX + 1];
    struct wire_out out;
    pair(fds);
    assert_int_equal(send(fds[0], huge, sizeof huge, 0), (ssize_t)sizeof huge);
    assert_int_equal(wire_recv(fds[1], in_frame, &len, NULL), ERR_PROTOCOL);
    assert_int_equal(send(fds[0], huge, WIRE_MAX, 0), WIRE_MAX);
    assert_int_equal(wire_recv(fds[1], in_frame, &len, NULL), OK);
    assert_int_equal(len, WIRE_MAX);
    /* the writer does not get there either: a text, its CMS-sized neighbour and no room for the rest */
    wire_begin(&out, out_frame, M_SUBMIT, 1);
    wire_bytes(&out, F_CMS, huge, 49152);
    assert_false(out.bad);
    wire_bytes(&out, F_CMS, huge, SIZE_MAX);
    assert_true(out.bad);
    assert_true(out.len <= WIRE_MAX);
    close(fds[0]);
    close(fds[1]);
}

static void secrets_follow_their_message(void **state)
{
    (void)state;
    int fds[2];
    size_t len;
    uint8_t header[WIRE_HEADER], got[WIRE_HEADER];
    struct secret *from, *to;
    struct wire_out out;
    assert_int_equal(secret_new(&from), OK);
    assert_int_equal(secret_new(&to), OK);
    pair(fds);
    assert_true(secret_push(from, "1", 1) && secret_push(from, "2", 1));
    wire_secret_header(header, 42);
    assert_int_equal(secret_send(from, fds[0], header, sizeof header), OK);
    assert_int_equal(wire_expect_secret(fds[1], 41), ERR_PROTOCOL); /* another job's */
    assert_int_equal(wire_expect_secret(fds[1], 42), OK);
    assert_int_equal(wire_expect_secret(fds[1], 42), OK); /* looking takes nothing away */
    assert_int_equal(secret_recv(to, fds[1], got, sizeof got), OK);
    assert_memory_equal(got, header, sizeof got);
    assert_int_equal(secret_len(to), 2);
    wire_begin(&out, out_frame, M_CANCEL, 42);
    assert_int_equal(wire_send(&out, fds[0], -1), OK);
    assert_int_equal(wire_expect_secret(fds[1], 42), ERR_PROTOCOL);
    assert_int_equal(wire_recv(fds[1], in_frame, &len, NULL), OK); /* still there to be read */
    assert_int_equal(len, WIRE_HEADER);
    assert_int_equal(send(fds[0], header, 5, 0), 5);
    assert_int_equal(wire_expect_secret(fds[1], 42), ERR_PROTOCOL);
    close(fds[0]);
    close(fds[1]);
    secret_free(&from);
    secret_free(&to);
}

UNIT_MAIN(cmocka_unit_test(every_message_goes_over), cmocka_unit_test(fields_of_other_messages_are_refused),
    cmocka_unit_test(duplicates_are_refused), cmocka_unit_test(ceilings_hold_at_both_ends),
    cmocka_unit_test(ceilings_hold_beside_others), cmocka_unit_test(what_must_be_there_is_missed),
    cmocka_unit_test(text_fields_are_utf8), cmocka_unit_test(headers_are_exact),
    cmocka_unit_test(cut_frames_are_refused), cmocka_unit_test(random_frames_are_harmless),
    cmocka_unit_test(values_are_read_back), cmocka_unit_test(the_bytes_are_as_documented),
    cmocka_unit_test(a_gone_peer_is_told), cmocka_unit_test(a_full_queue_is_slow_not_lost),
    cmocka_unit_test(descriptors_go_along), cmocka_unit_test(two_or_more_descriptors_are_refused),
    cmocka_unit_test(frames_past_the_ceiling_are_refused), cmocka_unit_test(secrets_follow_their_message))
