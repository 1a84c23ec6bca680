#include "drive.h"

#include "base/code.h"

void drive_event(struct drive *d, struct event ev)
{
    ev.now_ms = d->now_ms;
    d->f = flow_step(d->f, &ev, &d->fx);
}

void drive_simple(struct drive *d, enum event_kind kind, uint32_t value, uint32_t arg, uint32_t flags)
{
    drive_event(d, (struct event){.kind = kind, .value = value, .arg = arg, .flags = flags});
}

void drive_start(struct drive *d, uint32_t flags)
{
    *d = (struct drive){.f = flow_init(), .now_ms = 1000000};
    drive_simple(d, EV_START, 0, 600000, flags);
    drive_simple(d, EV_NET_UP, 0, 0, 0);
}

void choose_arg(struct drive *d, enum choice wish, uint32_t arg)
{
    drive_event(d, (struct event){.kind = EV_CHOOSE, .value = wish, .arg = arg, .pin_min = 4, .pin_max = 8});
}

void choose(struct drive *d, enum choice wish)
{
    choose_arg(d, wish, 0);
}

void back(struct drive *d)
{
    drive_simple(d, EV_BACK, 0, 0, 0);
}

void later(struct drive *d, uint64_t ms)
{
    d->now_ms += ms;
    drive_simple(d, EV_TICK, 0, 0, 0);
}

void answer(struct drive *d, enum event_kind kind, uint32_t value, uint32_t arg, uint32_t flags)
{
    drive_event(d, (struct event){.kind = kind, .job = d->f.net_job, .value = value, .arg = arg, .flags = flags});
}

void refuse(struct drive *d, enum err_code err, uint32_t arg)
{
    drive_event(d, (struct event){.kind = EV_FAILED, .job = d->f.net_job, .err = err, .arg = arg});
}

void token_signs(struct drive *d)
{
    drive_event(d, (struct event){.kind = EV_SIGNED, .job = d->f.token_job});
}

void token_refuses(struct drive *d, enum err_code err, uint32_t pin_flags)
{
    drive_event(d, (struct event){.kind = EV_FAILED, .job = d->f.token_job, .err = err, .value = pin_flags});
}

void cards(struct drive *d, uint16_t n, uint16_t usable, uint16_t chosen, uint32_t flags, uint8_t pin_flags)
{
    drive_event(d, (struct event){.kind = EV_CARDS,
                       .flags = flags,
                       .readers = 1,
                       .cards = n > 0 ? 1 : 0,
                       .certs = n,
                       .usable = usable,
                       .chosen = chosen,
                       .pin_min = 4,
                       .pin_max = 8,
                       .pin_flags = pin_flags});
}

void type_pin(struct drive *d, uint32_t len)
{
    for (uint32_t i = 1; i <= len; i++)
        drive_simple(d, EV_PIN, i, 0, 0);
}

const struct effect *effect_of(const struct drive *d, enum effect_kind kind)
{
    for (size_t i = 0; i < d->fx.n; i++)
        if (d->fx.v[i].kind == kind)
            return &d->fx.v[i];
    return NULL;
}

void go_home_page(struct drive *d, uint32_t flags)
{
    drive_start(d, flags);
    choose(d, CH_LOGIN);
    choose(d, CH_GATEWAY);
    answer(d, EV_METHODS, 1, 0, FLAG_PANEL);
    drive_simple(d, EV_TCKN, 11, 0, FLAG_FITS);
    drive_simple(d, EV_PASSWORD, 6, 0, 0);
    choose(d, CH_SIGN_IN);
    answer(d, EV_PERSON, 0, 0, 0);
}

void go_code(struct drive *d, uint32_t flags)
{
    go_home_page(d, flags);
    choose(d, CH_NES);
    choose(d, CH_EONAY);
    choose(d, CH_CONTINUE);
    answer(d, EV_REQUESTED, LIFETIME_S, 0, 0);
}

void go_code_full(struct drive *d, uint32_t flags)
{
    go_code(d, flags);
    choose(d, CH_HERE);
    drive_simple(d, EV_TOKEN_UP, 0, 0, 0);
}

static void open_window(struct drive *d)
{
    choose(d, CH_NEXT);
    answer(d, EV_OPENED, WINDOW_S, 3, FLAG_KNOWN_TEXT);
    cards(d, 2, 1, 1, 0, 0);
}

void go_sign(struct drive *d, uint32_t flags)
{
    go_code_full(d, flags);
    open_window(d);
}

void go_sign_alone(struct drive *d, uint32_t flags)
{
    drive_start(d, flags | FLAG_CODE_MODE);
    drive_simple(d, EV_CODE, CODE_LEN, CODE_FITS, FLAG_FITS | FLAG_WHOLE);
    drive_simple(d, EV_TOKEN_UP, 0, 0, 0);
    open_window(d);
}

void go_pin(struct drive *d)
{
    drive_simple(d, EV_TEXT_END, 0, 0, 0);
    choose(d, CH_TEXT_READ);
    choose(d, CH_CERT_OK);
    type_pin(d, 6);
}
