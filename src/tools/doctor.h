/* eonay-doctor: names the first broken link between a person and a signature. The links stand in base/chain.def, every
 * verdict in tools/verdicts.def.
 *
 * Looking and judging are apart. Probes look, each once and with a deadline, in processes of their own where a driver
 * or a service could hold us: every configured card driver in an eonay-token (as in the wizard, so that one that hangs
 * or crashes is a verdict), the card reader service in an eonay-readers. Judges are pure: what was found in, a finding
 * out.
 *
 * The first four links are about PC/SC. They are judged only when no driver showed a card, and only when there is one
 * whose trouble may come from there: not one that forwards to another desk (P11_KIT_SERVER_ADDRESS), not one that keeps
 * its cards in files (SoftHSM), not one that could not even be loaded; and not while a card is offered from another
 * desk. Otherwise they are skipped, and so is whatever needs something that is not there (a service
 * without time stamps). A clock whose service does not answer, a card that no driver could look for and the
 * certificate of a card that nobody sees cannot be judged: that is told, and breaks nothing. */
#ifndef EONAY_TOOLS_DOCTOR_H
#define EONAY_TOOLS_DOCTOR_H

#include <stdbool.h>
#include <stdint.h>
#include "base/chain.h"
#include "base/settings.h"
#include "wizard/cards.h"

#define DOCTOR_MODULES 16 /* as many as the wizard takes */
#define DOCTOR_READERS 16
#define DOCTOR_CLOCK_S 300 /* what a clock may be off: nothing is signed by it, but certificates are judged by it */

struct link_found {
    enum link_state state;
    enum err_code code; /* of a broken link; OK */
    uint64_t arg;       /* the note's number */
    char detail[256];   /* technical, clean, names no person; "" */
};

/* What one card driver told. */
struct doctor_module {
    const struct settings_module *is;
    enum err_code trouble; /* ERR_MODULE_*: it does not serve; else OK */
    char detail[256];
    struct cards cards;
};

struct doctor_reader {
    char name[129];
    bool present;     /* a card is in it */
    uint32_t powered; /* PC/SC code of powering it up */
};

/* What pcscd told. */
struct doctor_pcsc {
    bool entered;     /* it answered whether we are let in: `context` holds */
    bool finished;    /* it answered everything */
    uint32_t context; /* PC/SC code */
    uint32_t list;    /* likewise */
    struct doctor_reader v[DOCTOR_READERS];
    size_t n;
    size_t usb; /* USB devices of the class of card readers */
};

enum doctor_health { HEALTH_NONE, HEALTH_UNASKED, HEALTH_GOOD, HEALTH_AWAY };

struct doctor_service {
    enum err_code reached; /* of http_call, or ERR_GARBLED for an answer that is none */
    char detail[256];
    bool tls_date;       /* reached is ERR_TLS because of a date */
    int64_t time, asked; /* its UTC second, ours at the same moment */
    bool store;          /* its store is well */
    enum doctor_health revocation, stamps;
};

struct doctor {
    const char *config;
    const struct settings *settings;
    const char *usb_dir; /* where the kernel lists USB devices */
    bool ssh;            /* the person is far away */
    bool ignored;        /* and so is a card, but the settings do not allow that */
    bool looked_cards, looked_readers, looked_service;
    struct doctor_module modules[DOCTOR_MODULES];
    size_t module_n;
    struct doctor_pcsc pcsc;
    struct doctor_service service;
    struct link_found links[LINK_COUNT];
};

/* Judges one link after the other; `said` (may be NULL) hears each as soon as it is judged. Stops behind the first
 * broken one: what comes after it stays unjudged. */
typedef void doctor_said(void *ctx, enum chain_link l, const struct link_found *f);
void doctor_run(struct doctor *d, doctor_said *said, void *ctx);
/* Does our environment offer a card at another desk that these settings let nobody look at? */
bool doctor_ignores_card(const struct settings *s);
/* Looks and judges on behind the broken link, for a report; the verdict stays the first. */
void doctor_finish(struct doctor *d);
void doctor_done(struct doctor *d);
/* ERR_DR_WHOLE, or the code of the broken link, which *ret_link gets. */
enum err_code doctor_verdict(const struct doctor *d, enum chain_link *ret_link);

/* ---- doctor_judge.c: pure ---- */
struct link_found doctor_judge(const struct doctor *d, enum chain_link l);
/* Does any driver show a card? */
bool doctor_sees_card(const struct doctor *d);
/* May PC/SC be what is wrong? */
bool doctor_asks_pcsc(const struct doctor *d);

/* ---- verdicts.c ---- */
/* EX_OK for ERR_DR_WHOLE; of a verdict that is in no row EX_SOFTWARE. */
int verdict_exit(enum chain_link l, enum err_code code);

/* ---- probes: each fills its part of the doctor ---- */
void doctor_look_cards(struct doctor *d);
void doctor_look_readers(struct doctor *d);
void doctor_look_service(struct doctor *d);

#endif
