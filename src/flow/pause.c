/* What stands over a place for a while: waiting for the connection, the time page, the question before leaving. */
#include "flow/inside.h"

static struct flow stop_trying(struct flow f, struct effects *fx, uint64_t now)
{
    f.under_note = OK;
    return resume(job_drop(f, fx), fx, now);
}

struct flow in_away(struct flow f, enum choice wish, const struct event *ev, struct effects *fx)
{
    switch (wish) {
    case CH_RETRY:
        return f.retry_at_ms != 0 ? job_again(f, fx) : f;
    case CH_CANCEL:
        return stop_trying(f, fx, ev->now_ms);
    default:
        return f;
    }
}

struct flow in_time(struct flow f, enum choice wish, const struct event *ev, struct effects *fx)
{
    switch (wish) {
    case CH_EXTEND:
        return flow_left_s(&f, ev->now_ms) != UINT32_MAX ? extend(resume(f, fx, ev->now_ms), fx, ev->now_ms) : f;
    case CH_NO_EXTEND:
    case CH_CANCEL:
        return resume(f, fx, ev->now_ms);
    default:
        return f;
    }
}

struct flow in_leave(struct flow f, enum choice wish, const struct event *ev, struct effects *fx)
{
    switch (wish) {
    case CH_LEAVE:
        return f.leave_to == ST_HOME ? go_home(f, fx, ev->now_ms) : leave(f, fx, ev->now_ms);
    case CH_STAY:
    case CH_CANCEL:
        return resume(f, fx, ev->now_ms);
    default:
        return f;
    }
}
