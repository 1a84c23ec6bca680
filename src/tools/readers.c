#include "config.h"
#include "tools/readers.h"

#include <errno.h>
#include <poll.h>
#include <string.h>

#include "base/text.h"
#include "base/when.h"

#define PAD_MS 60000 /* beside hang_ms, for whoever types on a reader's own keys */
#define LEAVE_MS 1000

static void clean(const struct wire_msg *m, enum wire_field field, char *out, size_t out_len)
{
    out[0] = '\0';
    if (m->has[field])
        text_clean(out, out_len, (const char *)m->val[field].data, m->val[field].len);
}

/* ---- hearing ---- */

/* The next frame. ERR_CARD_SILENT: none came in time. */
static enum err_code hear(struct readers *r, struct worker *w, uint64_t until_ms, struct wire_msg *ret)
{
    struct pollfd p = {.fd = w->fd, .events = POLLIN};
    uint64_t now_ms = when_boot_ms();
    int ready = w->fd < 0 ? -1 : poll(&p, 1, until_ms > now_ms ? (int)(until_ms - now_ms) : 0);
    size_t len = 0;
    enum err_code rc;
    if (ready < 0)
        return w->fd >= 0 && errno == EINTR ? ERR_SLOW : ERR_WORKER_GONE;
    if (ready == 0)
        return ERR_CARD_SILENT;
    rc = wire_recv(w->fd, r->in, &len, NULL);
    if (rc == OK && len == 0)
        return ERR_WORKER_GONE;
    return rc == OK ? wire_parse(r->in, len, WIRE_WORKER, WIRE_TOKEN, ret) : rc;
}

/* Up to a frame of this type and job, or to its ERR. The list of certificates and signs of life are passed over. */
static enum err_code hear_until(struct readers *r, struct worker *w, enum wire_type type, uint32_t job,
    uint64_t until_ms, void (*take)(struct readers *, size_t module, const struct wire_msg *), struct wire_msg *ret)
{
    enum err_code rc;
    do {
        rc = hear(r, w, until_ms, ret);
        if (rc == OK && take != NULL)
            take(r, w->module, ret);
    } while (rc == ERR_SLOW || (rc == OK && (ret->job != job || (ret->type != type && ret->type != M_ERR))));
    return rc;
}

/* ---- the list ---- */

static bool is_of_driver(enum err_code code)
{
    return code >= ERR_WORKER_GONE && code != ERR_CARD_UNREAD; /* the notes of what could not even be opened */
}

static void blame(struct readers *r, enum err_code code, const char *detail)
{
    if (r->why.code == OK || (is_of_driver(r->why.code) && !is_of_driver(code)))
        (void)err_set(&r->why, code, "%s", detail);
}

static void take_trouble(struct readers *r, size_t module, const struct wire_msg *m)
{
    char detail[sizeof r->why.detail];
    (void)module;
    if ((m->type != M_CARDS && m->type != M_ERR) || !m->has[F_ERROR])
        return;
    clean(m, F_DETAIL, detail, sizeof detail);
    blame(r, note_of((enum err_code)m->num[F_ERROR])->code, detail);
}

static void take_card(struct readers *r, size_t module, const struct wire_msg *m)
{
    struct reader_card *c = &r->cards[r->n];
    if (m->type != M_TOKEN || r->n == READERS_CARDS || m->val[F_CARD_REF].len != sizeof c->ref)
        return;
    r->n++;
    c->module = module;
    memcpy(c->ref, m->val[F_CARD_REF].data, sizeof c->ref);
    clean(m, F_READER, c->reader, sizeof c->reader);
    clean(m, F_CARD, c->label, sizeof c->label);
    c->pin_min = (unsigned)wire_get_u64(m, F_PIN_MIN, 0);
    c->pin_max = (unsigned)wire_get_u64(m, F_PIN_MAX, 0);
    c->pin_flags = (unsigned)wire_get_u64(m, F_PIN_FLAGS, 0);
}

static enum err_code list_one(struct readers *r, struct worker *w)
{
    struct wire_out out;
    struct wire_msg m;
    uint64_t until_ms = when_boot_ms() + r->settings->hang_ms;
    enum err_code rc = hear_until(r, w, M_CARDS, 0, until_ms, take_trouble, &m);
    if (rc != OK || m.type != M_CARDS)
        return rc;
    wire_begin(&out, r->out, M_TOKENS, ++r->job);
    rc = worker_tell(w, &out, r->job, -1, NULL);
    return rc == OK ? hear_until(r, w, M_OK, r->job, when_boot_ms() + r->settings->hang_ms, take_card, &m) : rc;
}

void readers_open(struct readers *r, const char *config, const struct settings *s)
{
    r->settings = s;
    r->modules = s->modules.n < READERS_MODULES ? s->modules.n : READERS_MODULES;
    for (size_t i = 0; i < r->modules; i++) {
        r->tokens[i] = (struct worker){.kind = WIRE_TOKEN,
            .config = config,
            .module = i,
            .environment = &settings_module_at(s, i)->environment,
            .fd = -1};
        (void)!worker_start(&r->tokens[i], when_boot_ms()); /* one that is not there says nothing */
    }
    for (size_t i = 0; i < r->modules; i++) {
        enum err_code rc = list_one(r, &r->tokens[i]);
        if (rc != OK)
            blame(r, rc == ERR_CARD_SILENT ? ERR_MODULE_HANG : ERR_MODULE_CRASH, settings_module_at(s, i)->path);
    }
    if (r->modules == 0)
        blame(r, ERR_MODULE_BAD, "modules: []");
}

void readers_close(struct readers *r)
{
    struct worker *all[READERS_MODULES];
    for (size_t i = 0; i < r->modules; i++)
        all[i] = &r->tokens[i];
    workers_end(all, r->modules, LEAVE_MS);
}

/* ---- another PIN ---- */

static enum err_code ask_change(
    struct readers *r, const struct reader_card *c, struct secret *old_pin, struct secret *new_pin)
{
    struct worker *w = &r->tokens[c->module];
    bool pad = (c->pin_flags & READER_PAD) != 0;
    struct wire_out out;
    enum err_code rc;
    wire_begin(&out, r->out, M_CHANGE_PIN, ++r->job);
    wire_bytes(&out, F_CARD_REF, c->ref, sizeof c->ref);
    rc = worker_tell(w, &out, r->job, -1, pad ? NULL : old_pin);
    return rc == OK && !pad ? worker_tell_secret(w, r->job, new_pin) : rc;
}

static void answer_take(const struct wire_msg *m, struct readers_answer *ret)
{
    char detail[sizeof ret->err.detail];
    *ret = (struct readers_answer){.err = {.code = OK}};
    if (m->type != M_ERR)
        return;
    clean(m, F_DETAIL, detail, sizeof detail);
    (void)err_set(&ret->err, note_of((enum err_code)m->num[F_ERROR])->code, "%s", detail);
    ret->arg = wire_get_u64(m, F_ARG, 0);
    ret->pin_flags = (unsigned)wire_get_u64(m, F_PIN_FLAGS, 0);
}

/* A driver that dies or hangs once it was told may have changed it; one that was not told whole has begun nothing. */
void readers_change(
    struct readers *r, size_t card, struct secret *old_pin, struct secret *new_pin, struct readers_answer *ret)
{
    const struct reader_card *c = &r->cards[card];
    uint64_t pad_ms = (c->pin_flags & READER_PAD) != 0 ? 2 * PAD_MS : 0;
    struct wire_msg m;
    enum err_code asked = ask_change(r, c, old_pin, new_pin), heard = asked;
    secret_wipe(old_pin);
    secret_wipe(new_pin);
    if (asked == OK)
        heard = hear_until(
            r, &r->tokens[c->module], M_OK, r->job, when_boot_ms() + r->settings->hang_ms + pad_ms, NULL, &m);
    if (heard == OK)
        answer_take(&m, ret);
    else
        *ret = (struct readers_answer){.err = {.code = asked == OK ? ERR_PIN_UNSURE : ERR_WORKER_GONE}};
}
