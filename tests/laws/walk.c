#include "walk.h"

#include "base/code.h"

uint32_t dice_roll(struct dice *d, uint32_t n)
{
    uint64_t z = d->state += 0x9e3779b97f4a7c15u; /* splitmix64 */
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return (uint32_t)((z ^ (z >> 31)) % n);
}

static bool maybe(struct dice *d, uint32_t percent)
{
    return dice_roll(d, 100) < percent;
}

struct event walk_start(struct dice *d, uint64_t now_ms)
{
    static const uint32_t idles[] = {0, 15000, 60000, 600000};
    uint32_t flags = (maybe(d, 30) ? FLAG_KIOSK : 0) | (maybe(d, 30) ? FLAG_CODE_MODE : 0) |
                     (maybe(d, 40) ? FLAG_READER : 0) | (maybe(d, 30) ? FLAG_ENGLISH : 0) |
                     (maybe(d, 70) ? FLAG_SAVES : 0) | (maybe(d, 50) ? FLAG_PRINTS : 0) |
                     (maybe(d, 50) ? FLAG_CODES : 0);
    return (struct event){.kind = EV_START, .now_ms = now_ms, .flags = flags, .arg = idles[dice_roll(d, 4)]};
}

/* What a person would press on each screen, the way forward first. */
static const uint8_t likely[ST_COUNT][8] = {
    [ST_MENU] = {CH_LOGIN, CH_HAVE_CODE, CH_EXIT},
    [ST_GATEWAY] = {CH_GATEWAY, CH_GATEWAY, CH_CANCEL},
    [ST_LOGIN] = {CH_SIGN_IN, CH_SIGN_IN, CH_METHOD, CH_CANCEL},
    [ST_HOME] = {CH_NES, CH_NES, CH_LOGOUT, CH_CANCEL},
    [ST_NES] = {CH_EONAY, CH_EONAY, CH_HOME},
    [ST_ACCEPT] = {CH_CONTINUE, CH_CONTINUE, CH_CANCEL},
    [ST_CODE] = {CH_HERE, CH_HERE, CH_COPY, CH_DOWNLOAD, CH_NEW_CODE, CH_CANCEL},
    [ST_OPENING] = {CH_CANCEL},
    [ST_CODE_EMPTY] = {CH_NEXT, CH_NEW_CODE, CH_CANCEL},
    [ST_CODE_FULL] = {CH_NEXT, CH_NEXT, CH_NEXT, CH_NEW_CODE, CH_CANCEL},
    [ST_TEXT_ASK] = {CH_TRUST_TEXT, CH_CANCEL},
    [ST_SIGN] = {CH_TEXT_READ, CH_CERT_OK, CH_SIGN, CH_SIGN, CH_CERT_LIST, CH_PIN_CLEAR, CH_EXTEND, CH_CANCEL},
    [ST_CERTS] = {CH_CERT, CH_CERT, CH_CANCEL},
    [ST_SIGNING] = {CH_CANCEL, CH_TIME},
    [ST_NO_CARD] = {CH_WHY, CH_RETRY, CH_CANCEL},
    [ST_DOCTOR] = {CH_CANCEL, CH_CANCEL, CH_RETRY},
    [ST_LAST_TRY] = {CH_LAST_TRY, CH_CANCEL},
    [ST_LOCKED] = {CH_OTHER_CARD, CH_CANCEL},
    [ST_PIN_CHANGE] = {CH_CHANGE_PIN, CH_CHANGE_PIN, CH_CHANGE_PIN, CH_PIN_CLEAR, CH_CANCEL},
    [ST_EXPIRED] = {CH_NEW_CODE, CH_NEW_CODE, CH_CANCEL},
    [ST_SUCCESS] = {CH_CLOSE, CH_CANCEL, CH_RECEIPT},
    [ST_RESULT] = {CH_HOME, CH_LOGOUT, CH_RECEIPT},
    [ST_ALREADY] = {CH_HOME, CH_LOGOUT, CH_RECEIPT},
    [ST_RECEIPT] = {CH_SAVE, CH_SAVE, CH_SHOW, CH_PRINT, CH_SHORT_CODE, CH_CANCEL, CH_CANCEL},
    [ST_RECEIPT_SAVE] = {CH_SAVE, CH_SAVE, CH_CANCEL},
    [ST_RECEIPT_PAGE] = {CH_CANCEL},
    [ST_RECEIPT_CODE] = {CH_CANCEL, CH_COPY},
    [ST_AWAY] = {CH_RETRY, CH_CANCEL},
    [ST_TIME] = {CH_EXTEND, CH_NO_EXTEND},
    [ST_LEAVE] = {CH_STAY, CH_STAY, CH_LEAVE},
    [ST_IDLE] = {CH_STAY},
};

static struct event press(struct dice *d, const struct flow *f)
{
    struct event ev = {.kind = EV_CHOOSE, .arg = dice_roll(d, 4), .pin_min = 4, .pin_max = 8};
    ev.value = likely[f->state][dice_roll(d, 8)];
    if (ev.value == CH_NONE || maybe(d, 10))
        ev.value = dice_roll(d, CH_COUNT + 2);
    if (maybe(d, 5))
        ev.pin_flags = (uint8_t)dice_roll(d, 32);
    return ev;
}

static struct event part(struct dice *d)
{
    return (struct event){.kind = EV_PIN_PART,
        .arg = dice_roll(d, PART_COUNT + maybe(d, 2)),
        .value = maybe(d, 80) ? 6 : dice_roll(d, 12),
        .flags = maybe(d, 70) ? FLAG_SAME_PIN : 0,
        .err = maybe(d, 5) ? ERR_PIN_LETTER : OK};
}

static struct event type(struct dice *d, const struct flow *f)
{
    switch (flow_place(f)) {
    case ST_LOGIN:
        return maybe(d, 50) ? (struct event){.kind = EV_TCKN, .value = 11, .flags = maybe(d, 80) ? FLAG_FITS : 0}
                            : (struct event){.kind = EV_PASSWORD, .value = dice_roll(d, 10)};
    case ST_OPENING:
    case ST_CODE_EMPTY:
    case ST_CODE_FULL:
        if (maybe(d, 60))
            return (struct event){
                .kind = EV_CODE, .value = CODE_LEN, .flags = FLAG_FITS | (maybe(d, 50) ? FLAG_WHOLE : 0)};
        return (struct event){.kind = EV_CODE, .value = dice_roll(d, 14), .arg = 1 + dice_roll(d, 5)};
    case ST_SIGN:
        if (maybe(d, 30))
            return (struct event){.kind = EV_TEXT_END};
        return (struct event){
            .kind = EV_PIN, .value = maybe(d, 70) ? 6 : dice_roll(d, 12), .err = maybe(d, 5) ? ERR_PIN_LETTER : OK};
    case ST_PIN_CHANGE:
        return part(d);
    default:
        return (struct event){.kind = EV_TOUCH + dice_roll(d, EV_TEXT_END - EV_TOUCH + 1)};
    }
}

static struct event good_answer(struct dice *d, const struct flow *f)
{
    static const uint32_t seconds[] = {1, 20, 45, 240, 900};
    uint32_t s = seconds[dice_roll(d, 5)], flags = dice_roll(d, 4096);
    switch (f->net_what) {
    case FX_METHODS:
        return (struct event){.kind = EV_METHODS, .value = dice_roll(d, 32) | 1, .flags = FLAG_PANEL | flags};
    case FX_LOGIN:
    case FX_STATUS:
        return (struct event){.kind = EV_PERSON,
            .flags = (flags & ~(uint32_t)(FLAG_CONSENTED | FLAG_CHECKING)) | (maybe(d, 10) ? FLAG_CONSENTED : 0) |
                     (maybe(d, 10) ? FLAG_CHECKING : 0)};
    case FX_REQUEST:
        return maybe(d, 10) ? (struct event){.kind = EV_ALREADY, .flags = flags}
                            : (struct event){.kind = EV_REQUESTED, .value = s};
    case FX_OPEN:
        return (struct event){.kind = EV_OPENED, .value = s, .arg = dice_roll(d, 3), .flags = flags};
    case FX_EXTEND:
        return (struct event){.kind = EV_EXTENDED, .value = s, .arg = dice_roll(d, 3)};
    case FX_SUBMIT:
        return (struct event){.kind = EV_ACCEPTED, .flags = flags};
    case FX_DOWNLOAD:
        return maybe(d, 70) ? (struct event){.kind = EV_PROGRESS, .value = dice_roll(d, 110)}
                            : (struct event){.kind = EV_DOWNLOADED};
    case FX_LOGOUT:
        return (struct event){.kind = EV_LOGGED_OUT};
    case FX_SAVE:
    case FX_SHOW:
        return (struct event){.kind = EV_RECEIPT};
    case FX_PRINT:
        return (struct event){.kind = maybe(d, 50) ? EV_PROGRESS : EV_RECEIPT};
    case FX_SHORT_CODE:
        return (struct event){.kind = EV_SHORT_CODE};
    default:
        return (struct event){.kind = EV_TICK};
    }
}

static const enum err_code net_errs[] = {ERR_UNREACHABLE, ERR_UNREACHABLE, ERR_UNREACHABLE, ERR_SLOW, ERR_TLS,
    ERR_GARBLED, ERR_BUSY, ERR_SESSION_OVER, ERR_GATEWAY_AWAY, ERR_LOGIN_REFUSED, ERR_LOGIN_LOCKED, ERR_REQUEST_REFUSED,
    ERR_CODE_UNKNOWN, ERR_CODE_EXPIRED, ERR_CODE_USED, ERR_TEXT_UNSAFE, ERR_REJ_WINDOW, ERR_REJ_SIG, ERR_REJ_NES,
    ERR_REJ_PERSON, ERR_EXTEND_REFUSED, ERR_EXPIRED, ERR_NOT_OPEN, ERR_ALREADY_RACED, ERR_DOWNLOAD_BROKEN,
    ERR_WORKER_GONE, ERR_INTERNAL, ERR_RECEIPT_FULL, ERR_RECEIPT_NOT_READY};
static const enum err_code card_errs[] = {ERR_PIN_WRONG, ERR_PIN_WRONG, ERR_PIN_LOW, ERR_PIN_LOCKED, ERR_PAD_CANCEL,
    ERR_PAD_TIME, ERR_PIN_CHANGE, ERR_PIN_UNSURE, ERR_PIN_FIXED, ERR_NEW_PIN_REFUSED, ERR_CARD_GONE, ERR_CERT_CANNOT,
    ERR_PIN_AGAIN, ERR_CRYPTO, ERR_PROTOCOL};
#define PICK(d, list) (list)[dice_roll((d), sizeof(list) / sizeof(list)[0])]

static struct event net_answers(struct dice *d, const struct flow *f)
{
    struct event ev = maybe(d, 75)
                          ? good_answer(d, f)
                          : (struct event){.kind = EV_FAILED, .err = PICK(d, net_errs), .arg = dice_roll(d, 40)};
    ev.job = f->net_job;
    return ev;
}

static struct event token_answers(struct dice *d, const struct flow *f)
{
    struct event ev =
        maybe(d, 60) ? (struct event){.kind = f->token_what == FX_SIGN && !maybe(d, 5) ? EV_SIGNED : EV_PIN_CHANGED}
                     : (struct event){.kind = EV_FAILED, .err = PICK(d, card_errs), .value = dice_roll(d, 16)};
    ev.job = f->token_job;
    return ev;
}

static struct event cards_change(struct dice *d)
{
    struct event ev = {.kind = EV_CARDS, .readers = (uint16_t)dice_roll(d, 2), .pin_min = 4, .pin_max = 8};
    if (maybe(d, 25))
        return ev;
    ev.readers = ev.cards = (uint16_t)(1 + dice_roll(d, 2));
    ev.certs = (uint16_t)dice_roll(d, 4);
    ev.usable = (uint16_t)dice_roll(d, 4);
    ev.chosen = (uint16_t)dice_roll(d, 3);
    ev.flags = maybe(d, 70) ? FLAG_SAME_CARD : 0;
    ev.pin_flags = (uint8_t)(maybe(d, 70) ? 0 : dice_roll(d, 32));
    return ev;
}

static struct event worker(struct dice *d)
{
    static const uint8_t kinds[] = {EV_NET_UP, EV_NET_UP, EV_TOKEN_UP, EV_TOKEN_UP, EV_TOKEN_UP, EV_NET_GONE,
        EV_TOKEN_GONE, EV_DOCTOR_DONE, EV_DOCTOR_DONE, EV_DOCTOR_GONE};
    return (struct event){.kind = PICK(d, kinds), .value = dice_roll(d, 2), .arg = dice_roll(d, 2)};
}

static struct event anything(struct dice *d, const struct flow *f)
{
    return (struct event){.kind = dice_roll(d, EV_COUNT),
        .job = dice_roll(d, f->next_job + 1),
        .value = dice_roll(d, maybe(d, 80) ? 300 : UINT32_MAX),
        .arg = dice_roll(d, maybe(d, 80) ? 300 : UINT32_MAX),
        .flags = dice_roll(d, maybe(d, 95) ? FLAG_AT_ONCE : 131072),
        .err = PICK(d, net_errs),
        .readers = (uint16_t)dice_roll(d, 3),
        .cards = (uint16_t)dice_roll(d, 3),
        .certs = (uint16_t)dice_roll(d, 5),
        .usable = (uint16_t)dice_roll(d, 5),
        .chosen = (uint16_t)dice_roll(d, 6),
        .pin_min = (uint8_t)dice_roll(d, 10),
        .pin_max = (uint8_t)dice_roll(d, 20),
        .pin_flags = (uint8_t)dice_roll(d, 32)};
}

/* The next thing a person does who goes straight on, so that walks get far. */
static struct event forward(struct dice *d, const struct flow *f)
{
    switch (f->state) {
    case ST_LOGIN:
        if (!f->tckn_fits)
            return (struct event){.kind = EV_TCKN, .value = 11, .flags = FLAG_FITS};
        if (f->password_len == 0)
            return (struct event){.kind = EV_PASSWORD, .value = 8};
        return (struct event){.kind = EV_CHOOSE, .value = f->method != 0 ? CH_METHOD : CH_SIGN_IN};
    case ST_CODE_EMPTY:
        return (struct event){.kind = EV_CODE, .value = CODE_LEN, .flags = FLAG_FITS};
    case ST_SIGN:
        if (!f->text_end)
            return (struct event){.kind = EV_TEXT_END};
        if (!f->text_accepted)
            return (struct event){.kind = EV_CHOOSE, .value = CH_TEXT_READ};
        if (!f->cert_confirmed || f->chosen == 0)
            return (struct event){.kind = EV_CHOOSE, .value = f->chosen != 0 ? CH_CERT_OK : CH_CERT_LIST};
        if (f->pin_len < 4)
            return (struct event){.kind = EV_PIN, .value = 6};
        return (struct event){.kind = EV_CHOOSE, .value = CH_SIGN};
    case ST_PIN_CHANGE:
        for (uint32_t i = 0; i < PART_COUNT; i++)
            if (f->part_len[i] < 4)
                return (struct event){
                    .kind = EV_PIN_PART, .arg = i, .value = 6, .flags = i == PART_AGAIN ? FLAG_SAME_PIN : 0};
        return (struct event){.kind = EV_CHOOSE, .value = CH_CHANGE_PIN};
    case ST_NO_CARD:
        return (struct event){.kind = EV_CARDS,
            .readers = 1,
            .cards = 1,
            .certs = 2,
            .usable = 1,
            .chosen = 1,
            .pin_min = 4,
            .pin_max = 8};
    case ST_RESULT:
        return maybe(d, 20) ? press(d, f) : (struct event){.kind = EV_TICK};
    default:
        return (struct event){.kind = EV_CHOOSE, .value = likely[f->state][0], .pin_min = 4, .pin_max = 8};
    }
}

static uint64_t pause_ms(struct dice *d, const struct flow *f, uint64_t now_ms)
{
    uint32_t r = dice_roll(d, 100);
    uint64_t wake = flow_wake_ms(f, now_ms);
    if (r < 50)
        return 0;
    if (r < 75)
        return dice_roll(d, 300);
    if (r < 90 && wake != UINT64_MAX)
        return wake - now_ms;
    return r < 98 ? dice_roll(d, 8000) : dice_roll(d, 400000);
}

struct event walk_next(struct dice *d, const struct flow *f, uint64_t now_ms)
{
    uint64_t pause = pause_ms(d, f, now_ms);
    uint32_t r = dice_roll(d, 100);
    struct event ev;
    if (f->token_job != 0 && r < 40)
        ev = token_answers(d, f);
    else if (f->net_job != 0 && r < 50)
        ev = net_answers(d, f);
    else if (r < 30)
        ev = forward(d, f);
    else if (r < 45)
        ev = press(d, f);
    else if (r < 62)
        ev = type(d, f);
    else if (r < 70)
        ev = worker(d);
    else if (r < 77)
        ev = cards_change(d);
    else if (r < 80)
        ev = (struct event){.kind = EV_BACK};
    else if (r < 90)
        ev = (struct event){.kind = EV_TICK};
    else
        ev = anything(d, f);
    ev.now_ms = now_ms + pause;
    return ev;
}
