/* A frame from a peer: what parses, parses alike again when it is written anew from what was read. */
#include "config.h"
#include <string.h>
#include "base/text.h"
#include "fuzz/fuzz.h"
#include "wire/wire.h"

static void copy_fields(struct wire_out *out, const struct wire_msg *m)
{
    for (size_t i = 0; i < sizeof m->has / sizeof m->has[0]; i++)
        if (m->has[i] && m->val[i].data != NULL)
            wire_bytes(out, (enum wire_field)i, m->val[i].data, m->val[i].len);
        else if (m->has[i])
            wire_u64(out, (enum wire_field)i, m->num[i]);
}

static bool same_fields(const struct wire_msg *a, const struct wire_msg *b)
{
    bool same = a->type == b->type && a->job == b->job;
    for (size_t i = 0; same && i < sizeof a->has / sizeof a->has[0]; i++) {
        same = a->has[i] == b->has[i];
        if (same && a->has[i])
            same = a->num[i] == b->num[i] && a->val[i].len == b->val[i].len &&
                   (a->val[i].len == 0 || memcmp(a->val[i].data, b->val[i].data, a->val[i].len) == 0);
    }
    return same;
}

static void read_strings(const struct wire_msg *m)
{
    char text[512];
    for (size_t i = 0; i < sizeof m->has / sizeof m->has[0]; i++) {
        if (!m->has[i] || m->val[i].data == NULL)
            continue;
        bool fits = wire_get_str(m, (enum wire_field)i, text, sizeof text);
        HOLDS(strnlen(text, sizeof text) < sizeof text);
        HOLDS(!fits || strlen(text) <= m->val[i].len);
    }
}

static bool parse_as(const uint8_t *data, size_t len, enum wire_side from, enum wire_worker worker)
{
    static uint8_t frame[WIRE_MAX];
    struct wire_msg m, again;
    struct wire_out out;
    if (wire_parse(data, len, from, worker, &m) != OK)
        return false;
    read_strings(&m);
    wire_begin(&out, frame, m.type, m.job);
    copy_fields(&out, &m);
    HOLDS(!out.bad && out.len == len);
    HOLDS(wire_parse(frame, out.len, from, worker, &again) == OK);
    HOLDS(same_fields(&m, &again));
    return true;
}

bool fuzz_wire(const uint8_t *data, size_t len)
{
    static const enum wire_worker workers[] = {WIRE_NET, WIRE_TOKEN, WIRE_DOCTOR};
    size_t from_ui = 0, from_worker = 0;
    for (size_t i = 0; i < sizeof workers / sizeof workers[0]; i++) {
        from_ui += parse_as(data, len, WIRE_UI, workers[i]);
        from_worker += parse_as(data, len, WIRE_WORKER, workers[i]);
    }
    HOLDS(from_ui == 0 || from_worker == 0); /* no message may be sent by both sides */
    return from_ui + from_worker > 0;
}
