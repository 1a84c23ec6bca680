/* A walk through the flow: the laws hold at every step, whatever comes. Taken for good when a signature was accepted.
 */
#include "config.h"
#include <stdio.h>
#include "fuzz/fuzz.h"
#include "fuzz/move.h"
#include "laws/laws.h"

static void check(struct witness *w, const struct step *s)
{
    const char *broken = laws_broken(s);
    if (broken == NULL)
        broken = witness_broken(w, s);
    if (broken != NULL)
        fprintf(stderr, "%s, event %d: %s\n", flow_state_name(s->before.state), (int)s->ev.kind, broken);
    HOLDS(broken == NULL);
    HOLDS(s->fx.n <= FX_MAX && s->after.state < ST_COUNT);
    HOLDS(flow_state_name(flow_place(&s->after)) != NULL);
    (void)flow_wake_ms(&s->after, s->ev.now_ms);
    (void)flow_left_s(&s->after, s->ev.now_ms);
}

bool fuzz_flow(const uint8_t *data, size_t len)
{
    struct step s = {.after = flow_init(), .ev.now_ms = 1000};
    struct witness w = {0};
    bool accepted = false;
    for (size_t at = 0; at + MOVE_SIZE <= len; at += MOVE_SIZE) {
        s.before = s.after;
        s.ev = move_get(data + at, &s.before, s.ev.now_ms);
        if (at == 0)
            s.ev.kind = EV_START;
        s.after = flow_step(s.before, &s.ev, &s.fx);
        check(&w, &s);
        accepted = accepted || s.after.accepted;
    }
    return accepted;
}
