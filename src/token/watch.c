#include "config.h"
#include "token/watch.h"

#include <string.h>
#include "base/when.h"
#include "token/ckr.h"
#include "token/forward.h"

#define AGAIN_SHARE 20 /* what failed is tried again for at most one part in twenty of the time */

static void again_later(struct watch *w, uint64_t began_ms)
{
    uint64_t now_ms = when_boot_ms(), rest_ms = AGAIN_SHARE * (now_ms - began_ms);

    w->again_ms = now_ms + (rest_ms > w->poll_ms ? rest_ms : w->poll_ms);
}

static bool is_again_due(const struct watch *w)
{
    return when_boot_ms() >= w->again_ms;
}

/* ---- the link to another desk ---- */

/* Is somebody there whom the client could call? */
static bool link_find(struct watch *w)
{
    w->link = (struct err){.code = OK};
    return w->forward == NULL || forward_knock(w->forward, &w->link) == OK;
}

/* A client that was cut off fails at every call; one that found nobody answers for itself, that it sees no reader. */
static bool is_cut(struct watch *w)
{
    CK_INFO info;

    if (w->forward == NULL)
        return false;
    if (w->link.code == OK && module_calls(w->module)->C_GetInfo(&info) != CKR_OK)
        (void)err_set(&w->link, ERR_FORWARD_DEAD, "%s: cut off", w->forward);
    return w->link.code != OK;
}

static void cards_judge(struct watch *w, struct cards *seen)
{
    bool failed = seen->failed.rv != CKR_OK || w->certs.failed.rv != CKR_OK;

    if (w->forward == NULL)
        return;
    if (seen->n > 0 && !failed) {
        w->link = (struct err){.code = OK};
    } else if (is_cut(w)) {
        memset(seen, 0, sizeof *seen);
        seen->trouble = w->link.code;
        seen->stuck = true;
    } else if (seen->trouble == ERR_NO_READER) {
        seen->trouble = ERR_NO_CARD; /* the desk's readers are not ours to speak of */
    }
}

/* ---- the driver ---- */

/* A client starts without a desk, but not where its socket leads to somebody else than that. */
static enum err_code client_open(struct watch *w)
{
    if (!link_find(w) && w->link.code != ERR_FORWARD_DEAD) {
        w->broken = w->link;
        return w->broken.code;
    }
    if (module_open(w->guard_path, w->module_path, &w->module, &w->broken) == OK)
        return OK;
    if (w->forward != NULL && w->broken.code == ERR_MODULE_START)
        w->broken.code = ERR_FORWARD_DEAD;
    return w->broken.code;
}

static void driver_open(struct watch *w)
{
    uint64_t began_ms = when_boot_ms();

    if (client_open(w) != OK)
        again_later(w, began_ms);
    else if (w->without_pads)
        module_guard(w->module)->without_pads();
}

/* Some drivers know only what was there when they were started. */
static void reopen_when_stuck(struct watch *w, bool idle)
{
    uint64_t began_ms = when_boot_ms();

    if (!w->cards.stuck || !idle || !is_again_due(w))
        return;
    if (link_find(w))
        (void)module_guard(w->module)->reopen();
    again_later(w, began_ms);
}

/* True when it is other than before. */
static bool certs_reread(struct watch *w)
{
    struct guard_trouble failed = w->certs.failed;
    size_t n = w->certs.n;
    uint64_t began_ms = when_boot_ms();

    certs_read(&w->certs, module_calls(w->module), module_guard(w->module), &w->cards);
    again_later(w, began_ms);
    return w->certs.n != n || w->certs.failed.rv != failed.rv || w->certs.failed.call != failed.call;
}

static bool cards_relook(struct watch *w)
{
    struct cards seen;
    bool same, failed = w->certs.failed.rv != CKR_OK && is_again_due(w);

    cards_look(module_calls(w->module), module_guard(w->module), &seen);
    cards_judge(w, &seen);
    same = memcmp(&seen, &w->cards, sizeof seen) == 0;
    w->cards = seen;
    if (same && !failed)
        return false;
    same = !certs_reread(w) && same;
    cards_judge(w, &w->cards); /* it may have been cut meanwhile */
    return !same;
}

/* It can start yet, without being another. */
static bool is_hopeful(const struct watch *w)
{
    return w->broken.code == ERR_MODULE_START || w->broken.code == ERR_FORWARD_DEAD ||
           w->broken.code == ERR_FORWARD_OTHER;
}

/* From the end of the look: a slow driver leaves us time for the UI. */
static void look_later(struct watch *w)
{
    bool hopeless = w->module == NULL && !is_hopeful(w);

    w->look_ms = hopeless ? UINT64_MAX : when_boot_ms() + w->poll_ms;
}

static bool look(struct watch *w, bool idle)
{
    struct err before = w->broken;

    if (w->module != NULL) {
        reopen_when_stuck(w, idle);
        return cards_relook(w);
    }
    if (!is_hopeful(w) || !is_again_due(w))
        return false;
    driver_open(w);
    if (w->module == NULL)
        return strcmp(w->broken.detail, before.detail) != 0 || w->broken.code != before.code;
    (void)cards_relook(w);
    return true;
}

bool watch_look(struct watch *w, bool idle)
{
    bool other = look(w, idle);

    look_later(w);
    return other;
}

void watch_open(struct watch *w)
{
    driver_open(w);
    if (w->module != NULL)
        (void)cards_relook(w);
    look_later(w);
}

void watch_done(struct watch *w)
{
    certs_done(&w->certs);
    module_close(&w->module);
}

struct err watch_trouble(const struct watch *w)
{
    bool looked = w->cards.trouble == OK;
    struct guard_trouble failed = looked ? w->certs.failed : w->cards.failed;
    struct err trouble = {.code = OK};

    if (w->module == NULL || (looked && w->certs.n > 0))
        return w->module == NULL ? w->broken : trouble;
    if (w->link.code != OK)
        return w->link;
    if (failed.rv != CKR_OK)
        (void)ckr_fail(&trouble, failed);
    trouble.code = !looked ? w->cards.trouble : failed.rv != CKR_OK ? ERR_CARD_UNREAD : ERR_CARD_EMPTY;
    return trouble;
}

bool watch_is_cut(struct watch *w, struct err *err)
{
    if (w->module == NULL || !is_cut(w))
        return false;
    *err = w->link;
    return true;
}
