/* What the card drivers say: one eonay-token each, all at once, heard until each has told its cards, ended or stayed
 * silent for as long as the settings give a driver. */
#include "config.h"
#include "tools/doctor.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include "base/text.h"
#include "base/when.h"
#include "wire/worker.h"

#define RETIRE_MS 200 /* a driver's time to close in peace */

struct ear {
    struct worker worker;
    struct doctor_module *module;
    bool done;
};

static void fail(struct ear *e, enum err_code code, const char *detail)
{
    e->module->trouble = code;
    text_clean(e->module->detail, sizeof e->module->detail, detail, strlen(detail));
    e->done = true;
}

/* The list is whole: does it speak of the driver, or of what is in its readers? */
static void take_list(struct ear *e)
{
    const struct cards_list *l = &e->module->cards.now;

    e->done = true;
    if (l->error >= ERR_MODULE_BAD && l->error <= ERR_MODULE_HANG && l->error != ERR_CARD_UNREAD)
        fail(e, l->error, l->detail);
}

static void on_message(struct ear *e, const struct wire_msg *m)
{
    char detail[256] = "";

    if (m->type == M_CARDS || m->type == M_CERT) {
        enum cards_step step = cards_take(&e->module->cards, m);

        if (step == CARDS_WHOLE)
            take_list(e);
        else if (step == CARDS_BAD)
            fail(e, ERR_MODULE_CRASH, "out of turn");
    } else if (m->type == M_ERR) {
        (void)wire_get_str(m, F_DETAIL, detail, sizeof detail);
        fail(e, ERR_MODULE_START, detail);
    }
}

/* An end without a word is the driver's doing. */
static void hear(struct ear *e, uint8_t frame[WIRE_MAX])
{
    struct wire_msg m;
    size_t len = 0;
    enum err_code rc = wire_recv(e->worker.fd, frame, &len, NULL);

    if (rc == ERR_SLOW)
        return;
    e->worker.heard_ms = when_boot_ms();
    if (rc != OK || len == 0)
        fail(e, ERR_MODULE_CRASH, "");
    else if (wire_parse(frame, len, WIRE_WORKER, WIRE_TOKEN, &m) != OK)
        fail(e, ERR_MODULE_CRASH, "garbled");
    else
        on_message(e, &m);
    explicit_bzero(frame, len);
}

static void hear_silence(struct ear *e, uint64_t hang_ms)
{
    if (!e->done && when_boot_ms() >= e->worker.heard_ms + hang_ms)
        fail(e, ERR_MODULE_HANG, "");
}

/* Until the next of them has been silent for too long; -1: none is waited for. */
static int wait_ms(const struct ear *ears, size_t n, uint64_t hang_ms)
{
    uint64_t now_ms = when_boot_ms(), until_ms = UINT64_MAX;

    for (size_t i = 0; i < n; i++)
        if (!ears[i].done && ears[i].worker.heard_ms + hang_ms < until_ms)
            until_ms = ears[i].worker.heard_ms + hang_ms;
    return until_ms == UINT64_MAX ? -1 : until_ms > now_ms ? (int)(until_ms - now_ms) : 0;
}

static void listen_all(struct ear *ears, size_t n, uint64_t hang_ms, uint8_t frame[WIRE_MAX])
{
    struct pollfd fds[DOCTOR_MODULES];

    for (int left_ms; (left_ms = wait_ms(ears, n, hang_ms)) >= 0;) {
        for (size_t i = 0; i < n; i++)
            fds[i] = (struct pollfd){.fd = ears[i].done ? -1 : ears[i].worker.fd, .events = POLLIN};
        if (poll(fds, n, left_ms) < 0)
            continue;
        for (size_t i = 0; i < n; i++)
            if (fds[i].revents != 0)
                hear(&ears[i], frame);
            else
                hear_silence(&ears[i], hang_ms);
    }
}

static void start(struct doctor *d, struct ear *e, size_t i)
{
    e->module = &d->modules[i];
    e->module->is = settings_module_at(d->settings, i);
    e->worker = (struct worker){
        .kind = WIRE_TOKEN, .config = d->config, .module = i, .environment = &e->module->is->environment, .fd = -1};
    if (worker_start(&e->worker, when_boot_ms()) != OK)
        fail(e, ERR_MODULE_START, "eonay-token");
}

void doctor_look_cards(struct doctor *d)
{
    struct ear ears[DOCTOR_MODULES] = {0};
    struct worker *all[DOCTOR_MODULES];
    uint8_t *frame = malloc(WIRE_MAX);

    d->module_n = d->settings->modules.n < DOCTOR_MODULES ? d->settings->modules.n : DOCTOR_MODULES;
    for (size_t i = 0; i < d->module_n; i++) {
        start(d, &ears[i], i);
        all[i] = &ears[i].worker;
        if (frame == NULL)
            fail(&ears[i], ERR_MODULE_START, "memory");
    }
    if (frame != NULL)
        listen_all(ears, d->module_n, d->settings->hang_ms, frame);
    workers_end(all, d->module_n, RETIRE_MS);
    free(frame);
}
