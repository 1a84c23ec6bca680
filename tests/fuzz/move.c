#include "config.h"
#include "fuzz/move.h"

#include "base/err.h"

enum job { JOB_NET, JOB_TOKEN, JOB_NONE, JOB_STALE, JOB_NEXT, JOB_KINDS };

static void put(uint8_t *out, uint64_t n, size_t bytes)
{
    for (; bytes-- > 0; n >>= 8)
        *out++ = (uint8_t)n;
}

static uint32_t get(const uint8_t *in, size_t bytes)
{
    uint32_t n = 0;
    while (bytes-- > 0)
        n = n << 8 | in[bytes];
    return n;
}

static enum job job_kind(uint32_t job, const struct flow *f)
{
    return job == 0 ? JOB_NONE : job == f->net_job ? JOB_NET : job == f->token_job ? JOB_TOKEN : JOB_STALE;
}

static uint32_t job_number(enum job kind, const struct flow *f)
{
    const uint32_t numbers[JOB_KINDS] = {f->net_job, f->token_job, 0, f->next_job / 2, f->next_job};
    return numbers[kind];
}

static uint8_t err_index(enum err_code code)
{
    for (size_t i = 0; i < note_count(); i++)
        if (note_at(i)->code == code)
            return (uint8_t)(i + 1);
    return 0;
}

static enum err_code err_at(uint8_t index)
{
    return index == 0 ? OK : note_at((index - 1U) % note_count())->code;
}

void move_put(uint8_t out[MOVE_SIZE], const struct event *ev, const struct flow *f, uint64_t now_ms)
{
    uint64_t later = ev->now_ms - now_ms;
    out[0] = (uint8_t)ev->kind;
    out[1] = (uint8_t)job_kind(ev->job, f);
    put(out + 2, later < UINT16_MAX ? later : UINT16_MAX, 2);
    put(out + 4, ev->value, 4);
    put(out + 8, ev->arg, 4);
    put(out + 12, ev->flags, 2);
    out[14] = err_index(ev->err);
    out[15] = (uint8_t)(ev->readers << 4 | (ev->cards & 15));
    out[16] = (uint8_t)ev->certs;
    out[17] = (uint8_t)ev->usable;
    out[18] = (uint8_t)ev->chosen;
    out[19] = ev->pin_min;
    out[20] = ev->pin_max;
    out[21] = ev->pin_flags;
}

struct event move_get(const uint8_t in[MOVE_SIZE], const struct flow *f, uint64_t now_ms)
{
    return (struct event){.kind = (enum event_kind)(in[0] % EV_COUNT),
        .job = job_number((enum job)(in[1] % JOB_KINDS), f),
        .now_ms = now_ms + get(in + 2, 2),
        .value = get(in + 4, 4),
        .arg = get(in + 8, 4),
        .flags = get(in + 12, 2),
        .err = err_at(in[14]),
        .readers = in[15] >> 4,
        .cards = in[15] & 15,
        .certs = in[16],
        .usable = in[17],
        .chosen = in[18],
        .pin_min = in[19],
        .pin_max = in[20],
        .pin_flags = in[21]};
}
