/* The laws of the flow under a million random events: EONAY_LAWS_EVENTS says how many, EONAY_LAWS_SEED where to begin.
 * A broken law prints the seed, the walk and the event that broke it. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "laws.h"
#include "walk.h"

#define EVENTS 1000000u
#define SEEDS 8u
#define LOOK_OUT 199u /* every so many events: is there a way out? */

struct tally {
    uint64_t events, stale, ways;
    bool reached[ST_COUNT];
    bool emitted[FX_COUNT];
    size_t most_effects;
};

static struct step take(const struct flow *f, struct event ev)
{
    struct step s = {.before = *f, .ev = ev};
    s.after = flow_step(*f, &ev, &s.fx);
    return s;
}

static bool same_outcome(const struct step *a, const struct step *b)
{
    return memcmp(&a->after, &b->after, sizeof a->after) == 0 && a->fx.n == b->fx.n &&
           memcmp(a->fx.v, b->fx.v, a->fx.n * sizeof a->fx.v[0]) == 0;
}

/* An answer with an old number does what the passing of time does, and nothing else. */
static const char *stale_broken(struct dice *d, const struct flow *f, uint64_t now_ms)
{
    static const enum event_kind kinds[] = {EV_METHODS, EV_PERSON, EV_REQUESTED, EV_ALREADY, EV_OPENED, EV_EXTENDED,
        EV_SIGNED, EV_PIN_CHANGED, EV_ACCEPTED, EV_PROGRESS, EV_DOWNLOADED, EV_LOGGED_OUT, EV_RECEIPT, EV_SHORT_CODE,
        EV_FAILED};
    struct event ev = {.now_ms = now_ms,
        .kind = kinds[dice_roll(d, sizeof kinds / sizeof kinds[0])],
        .job = 1 + dice_roll(d, f->next_job > 0 ? f->next_job : 1), /* numbers that were given out */
        .value = dice_roll(d, 300),
        .flags = dice_roll(d, 4096),
        .err = ERR_PIN_WRONG};
    struct event tick = {.kind = EV_TICK, .now_ms = now_ms};
    if (ev.job == f->net_job || ev.job == f->token_job)
        return NULL;
    struct step a = take(f, ev), b = take(f, tick);
    return same_outcome(&a, &b) ? NULL : "a stale answer changes nothing";
}

/* What is due is done at once: after a tick the next time to wake up lies ahead. */
static const char *wake_broken(const struct flow *f, uint64_t now_ms)
{
    struct step s = take(f, (struct event){.kind = EV_TICK, .now_ms = now_ms});
    return flow_wake_ms(&s.after, now_ms) > now_ms ? NULL : "the time to wake up lies ahead";
}

/* --- a way out of every state, by Esc and choices alone
 * --------------------------------------------------------------- */

#define NODES (ST_COUNT * ST_COUNT * 4)
#define DEEPEST 6

static bool is_out(const struct flow *f)
{
    if (f->state == ST_DONE)
        return true;
    return f->kiosk && f->state == (f->code_start ? ST_CODE_EMPTY : ST_MENU) && !f->logged_in && f->code_len == 0;
}

struct search {
    struct flow queue[NODES];
    uint8_t depth[NODES];
    bool seen[ST_COUNT][ST_COUNT][4]; /* state, what it stands over, help page, waiting for an answer */
    size_t head, tail;
    bool out;
};

static void visit(struct search *q, struct flow f, uint8_t depth)
{
    bool *seen = &q->seen[f.state][f.under][f.help + 2 * (f.net_what != FX_NONE)];
    q->out = q->out || is_out(&f);
    if (*seen || depth > DEEPEST)
        return;
    *seen = true;
    q->depth[q->tail] = depth;
    q->queue[q->tail++] = f;
}

static bool has_way_out(const struct flow *from, uint64_t now_ms)
{
    static struct search q;
    memset(q.seen, 0, sizeof q.seen);
    q.head = q.tail = 0;
    q.out = false;
    visit(&q, *from, 0);
    while (q.head < q.tail && !q.out) {
        struct flow f = q.queue[q.head];
        uint8_t depth = q.depth[q.head++];
        struct step s = take(&f, (struct event){.kind = EV_BACK, .now_ms = now_ms});
        visit(&q, s.after, depth + 1);
        for (uint32_t c = 1; c < CH_COUNT; c++) {
            s = take(&f, (struct event){.kind = EV_CHOOSE, .now_ms = now_ms, .value = c});
            visit(&q, s.after, depth + 1);
        }
    }
    return q.out;
}

/* --- one walk
 * ------------------------------------------------------------------------------------------------------------ */

static const char *step_broken(struct dice *d, struct tally *t, struct witness *w, const struct step *s)
{
    const char *broken = laws_broken(s);
    if (broken == NULL)
        broken = witness_broken(w, s);
    if (broken == NULL)
        broken = stale_broken(d, &s->after, s->ev.now_ms);
    if (broken == NULL)
        broken = wake_broken(&s->after, s->ev.now_ms);
    if (broken == NULL && t->events % LOOK_OUT == 0 && s->after.started) {
        broken = has_way_out(&s->after, s->ev.now_ms) ? NULL : "every state has a way out";
        t->ways++;
    }
    return broken;
}

static void count(struct tally *t, const struct step *s)
{
    t->events++;
    t->reached[s->after.state] = true;
    t->most_effects = s->fx.n > t->most_effects ? s->fx.n : t->most_effects;
    for (size_t i = 0; i < s->fx.n; i++)
        t->emitted[s->fx.v[i].kind] = true;
}

static bool walk(uint64_t seed, uint64_t events, struct tally *t)
{
    struct dice d = {seed};
    uint64_t now_ms = 1 + dice_roll(&d, 1000000), end = t->events + events;
    while (t->events < end) {
        struct flow f = flow_init();
        struct witness w = {0};
        struct event ev = walk_start(&d, now_ms);
        for (uint32_t i = 0; i < 2000 && t->events < end; i++) {
            struct step s = take(&f, ev);
            count(t, &s);
            const char *broken = step_broken(&d, t, &w, &s);
            if (broken != NULL) {
                printf("# seed %" PRIu64 ", event %" PRIu64
                       ": kind %d value %u arg %u flags %u job %u\n# %s -> %s (over %s)\n# broken: %s\n",
                    seed, t->events, (int)ev.kind, ev.value, ev.arg, ev.flags, ev.job, flow_state_name(s.before.state),
                    flow_state_name(s.after.state), flow_state_name(s.after.under), broken);
                return false;
            }
            f = s.after;
            now_ms = ev.now_ms;
            if (f.exited)
                break;
            ev = walk_next(&d, &f, now_ms);
        }
    }
    return true;
}

static uint64_t number_of(const char *name, uint64_t fallback)
{
    const char *s = getenv(name);
    return s != NULL && *s != '\0' ? strtoull(s, NULL, 10) : fallback;
}

static bool all_reached(const struct tally *t)
{
    bool all = true;
    for (int s = 0; s < ST_COUNT; s++)
        if (!t->reached[s]) {
            printf("# never reached: %s\n", flow_state_name((enum flow_state)s));
            all = false;
        }
    return all;
}

static bool all_emitted(const struct tally *t)
{
    bool all = true;
    for (int k = FX_NONE + 1; k < FX_COUNT; k++)
        if (!t->emitted[k]) {
            printf("# effect %d was never wanted\n", k);
            all = false;
        }
    return all;
}

static int report(int n, bool ok, const char *what)
{
    printf("%s %d - %s\n", ok ? "ok" : "not ok", n, what);
    return ok ? 0 : 1;
}

int main(void)
{
    uint64_t events = number_of("EONAY_LAWS_EVENTS", EVENTS), seed = number_of("EONAY_LAWS_SEED", 20190827);
    struct tally t = {0};
    bool held = true;
    for (uint64_t i = 0; i < SEEDS && held; i++)
        held = walk(seed + i, events / SEEDS, &t);
    printf("1..3\n# %" PRIu64 " events, %" PRIu64 " ways out looked for, at most %zu effects of one step\n", t.events,
        t.ways, t.most_effects);
    int failed = report(1, held, "every law holds");
    failed += report(2, all_reached(&t), "every state is reached");
    failed += report(3, all_emitted(&t), "every effect is wanted somewhere");
    return failed > 0;
}
