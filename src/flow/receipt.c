/* The receipt: kept in a file, shown, printed or opened by a short code, as far as the settings let it. What is fetched
 * is asked for anew each time: a receipt taken early is completed meanwhile. */
#include "flow/inside.h"

/* Where the result is polled for, the poll begins again when one comes back. */
struct flow to_receipt(struct flow f, struct effects *fx)
{
    f.receipt_from = (uint8_t)f.state;
    return move_to(job_drop(f, fx), fx, ST_RECEIPT);
}

static struct flow back(struct flow f, struct effects *fx, uint64_t now)
{
    f = move_to(f, fx, (enum flow_state)f.receipt_from);
    return f.state == ST_RESULT && !f.consented ? job_ask(f, fx, FX_STATUS, now) : f;
}

static struct flow fetch(struct flow f, struct effects *fx, enum effect_kind what, uint64_t now)
{
    return is_waiting(&f) ? f : tell(job_ask(f, fx, what, now), ERR_WAITING, 0);
}

static struct flow stop_or_leave(struct flow f, struct effects *fx, enum flow_state to)
{
    return is_waiting(&f) ? tell_at(job_drop(f, fx), OK, 0, FOCUS_DEFAULT) : move_to(f, fx, to);
}

struct flow in_receipt(struct flow f, enum choice wish, const struct event *ev, struct effects *fx)
{
    switch (wish) {
    case CH_SAVE:
        return f.receipt_ways & WAY_SAVE && !is_waiting(&f) ? move_to(f, fx, ST_RECEIPT_SAVE) : f;
    case CH_SHOW:
        return fetch(f, fx, FX_SHOW, ev->now_ms);
    case CH_PRINT:
        return f.receipt_ways & WAY_PRINT ? fetch(f, fx, FX_PRINT, ev->now_ms) : f;
    case CH_SHORT_CODE:
        return f.receipt_ways & WAY_CODE ? fetch(f, fx, FX_SHORT_CODE, ev->now_ms) : f;
    case CH_CANCEL:
        return is_waiting(&f) ? stop_or_leave(f, fx, ST_RECEIPT) : back(f, fx, ev->now_ms);
    default:
        return f;
    }
}

struct flow in_receipt_save(struct flow f, enum choice wish, const struct event *ev, struct effects *fx)
{
    switch (wish) {
    case CH_SAVE:
        return fetch(f, fx, FX_SAVE, ev->now_ms);
    case CH_CANCEL:
        return stop_or_leave(f, fx, ST_RECEIPT);
    default:
        return f;
    }
}

struct flow in_receipt_page(struct flow f, enum choice wish, const struct event *ev, struct effects *fx)
{
    (void)ev;
    return wish == CH_CANCEL ? move_to(f, fx, ST_RECEIPT) : f;
}

struct flow in_receipt_code(struct flow f, enum choice wish, const struct event *ev, struct effects *fx)
{
    (void)ev;
    if (wish == CH_CANCEL)
        return move_to(f, fx, ST_RECEIPT);
    if (wish != CH_COPY || f.kiosk)
        return f;
    fx_add(fx, FX_COPY, 0, COPY_RECEIPT, 0);
    return tell(f, ERR_CODE_COPIED, 0);
}

struct flow on_path(struct flow f, const struct event *ev, struct effects *fx)
{
    (void)fx;
    return flow_place(&f) == ST_RECEIPT_SAVE && !is_waiting(&f) ? tell(f, ev->err, 0) : f;
}

/* Fetched: the service has done its part, and is not said to be away while the printer is waited for. */
struct flow printing(struct flow f, struct effects *fx)
{
    f.slow_at_ms = f.retry_at_ms = 0;
    f.retries = 0;
    return tell(f.state == ST_AWAY ? arrive(f, fx, ST_RECEIPT) : f, ERR_WAITING, 0);
}

/* Fetched, and kept or printed. */
struct flow on_receipt(struct flow f, const struct event *ev, struct effects *fx)
{
    enum effect_kind what = f.net_what;
    (void)ev;
    f = arrive(job_done(f), fx, what == FX_SHOW ? ST_RECEIPT_PAGE : ST_RECEIPT);
    return what == FX_SHOW ? f : tell(f, what == FX_PRINT ? ERR_RECEIPT_PRINTED : ERR_RECEIPT_SAVED, 0);
}

struct flow on_short_code(struct flow f, const struct event *ev, struct effects *fx)
{
    (void)ev;
    f = arrive(job_done(f), fx, ST_RECEIPT_CODE);
    return tell(f, ERR_RECEIPT_CODE_READY, 0);
}
