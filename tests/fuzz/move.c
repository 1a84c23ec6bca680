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

/* By its number, which stays when rows are added; what is no row's number is some row's all the same. */
static enum err_code err_at(uint32_t number)
{
    if (number == 0 || note_of((enum err_code)number)->code == (enum err_code)number)
        return (enum err_code)number;
    return note_at(number % note_count())->code;
}

void move_put(uint8_t out[MOVE_SIZE], const struct event *ev, const struct flow *f, uint64_t now_ms)
{
    uint64_t later = ev->now_ms - now_ms;
    out[0] = (uint8_t)ev->kind;
    out[1] = (uint8_t)job_kind(ev->job, f);
    put(out + 2, later < UINT16_MAX ? later : UINT16_MAX, 2);
    put(out + 4, ev->value, 4);
    put(out + 8, ev->arg, 4);
    put(out + 12, ev->flags, 3);
    put(out + 15, (uint64_t)ev->err, 2);
    out[17] = (uint8_t)(ev->readers << 4 | (ev->cards & 15));
    out[18] = (uint8_t)ev->certs;
    out[19] = (uint8_t)ev->usable;
    out[20] = (uint8_t)ev->chosen;
    out[21] = ev->pin_min;
    out[22] = ev->pin_max;
    out[23] = ev->pin_flags;
}

struct event move_get(const uint8_t in[MOVE_SIZE], const struct flow *f, uint64_t now_ms)
{
    return (struct event){.kind = (enum event_kind)(in[0] % EV_COUNT),
        .job = job_number((enum job)(in[1] % JOB_KINDS), f),
        .now_ms = now_ms + get(in + 2, 2),
        .value = get(in + 4, 4),
        .arg = get(in + 8, 4),
        .flags = get(in + 12, 3),
        .err = err_at(get(in + 15, 2)),
        .readers = in[17] >> 4,
        .cards = in[17] & 15,
        .certs = in[18],
        .usable = in[19],
        .chosen = in[20],
        .pin_min = in[21],
        .pin_max = in[22],
        .pin_flags = in[23]};
}
