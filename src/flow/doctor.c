/* The diagnosis (Tanı): another program looks, link by link; here it is only known whether it still does. What it found
 * is the shell's. */
#include "flow/inside.h"

static struct flow look(struct flow f, struct effects *fx)
{
    f.doctor = DOCTOR_LOOKING;
    fx_add(fx, FX_DOCTOR_START, 0, 0, 0);
    return tell(f, OK, 0);
}

struct flow doctor_open(struct flow f, struct effects *fx)
{
    return look(move_to(f, fx, ST_DOCTOR), fx);
}

struct flow doctor_settles(struct flow f, enum flow_state before, struct effects *fx)
{
    if (before != ST_DOCTOR || flow_place(&f) == ST_DOCTOR)
        return f;
    f.doctor = DOCTOR_NONE;
    fx_add(fx, FX_DOCTOR_STOP, 0, 0, 0);
    return f;
}

/* Heard only by who still waits for it. */
struct flow on_doctor(struct flow f, const struct event *ev, struct effects *fx)
{
    (void)fx;
    if (f.doctor != DOCTOR_LOOKING)
        return f;
    f.doctor = ev->kind == EV_DOCTOR_DONE ? DOCTOR_DONE : DOCTOR_GONE;
    return ev->kind == EV_DOCTOR_DONE ? tell(f, ev->err, ev->arg) : tell(f, ERR_WORKER_GONE, 0);
}

struct flow in_doctor(struct flow f, enum choice wish, const struct event *ev, struct effects *fx)
{
    (void)ev;
    switch (wish) {
    case CH_RETRY: /* whoever is impatient does not make it longer */
        return f.doctor != DOCTOR_LOOKING ? look(f, fx) : f;
    case CH_CANCEL:
        return card_missing(f, fx, OK);
    default:
        return f;
    }
}
