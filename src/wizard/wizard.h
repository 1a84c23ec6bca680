/* The shell round the pure flow: it owns what is long, secret or outside, feeds events in and turns effects into deeds.
 *   loop.c   the one poll; signals; when to show
 *   stuck.c  the way out when output blocks
 *   inbox.c  workers' messages -> facts and events
 *   deeds.c  effects -> messages, terminal, files
 *   cards.c  the certificate lists of several modules -> one
 *   texts.c  the text to be signed and its match code
 *   saving.c where a download is kept
 *   receipts.c the receipt's deeds and answers: keeping.c its file, printing.c its command */
#ifndef EONAY_WIZARD_WIZARD_H
#define EONAY_WIZARD_WIZARD_H

#include "base/buf.h"
#include "base/settings.h"
#include "ui/face.h"
#include "wizard/cards.h"
#include "wizard/keeping.h"
#include "wizard/options.h"
#include "wizard/printing.h"
#include "wire/worker.h"

#define MODULES_MAX 16
#define EVENTS_MAX 32

struct wizard {
    struct settings settings;
    const struct options *options;
    const char *config_path;
    struct flow flow;
    struct facts facts;
    struct form form;
    struct desk desk;
    struct face *face;
    bool plain;
    struct worker net, tokens[MODULES_MAX], doctor;
    char forward_word[512]; /* of our environment, for the doctor: where a card at another desk is offered; "": nowhere
                             */
    char *forward_words[1];
    struct conf_strings doctor_environment;
    struct cards cards[MODULES_MAX]; /* what each token worker told last */
    size_t modules;
    struct cards_memory chosen;     /* the certificate the person confirmed */
    size_t cert_module[CERTS_MAX];  /* which worker a row of facts.certs came from */
    char opened_code[CODE_LEN + 1]; /* the code of the request that is open, or being opened */
    uint64_t profile;               /* the signature policy asked for with it, as the wire has it; 0: none */
    uint32_t opened_job;            /* which opened it; the workers were told the text under this number; 0: none is */
    size_t signer;                  /* which worker was asked for the last signature */
    uint32_t held_job;              /* that signature waits for a second PIN: its card is logged in; 0: none is */
    struct keeping keeping;         /* the receipt's file */
    struct printing printing;       /* the receipt's page */
    struct buf page;                /* of the receipt */
    struct buf text, cms;           /* the text as opened; the signature until it is answered */
    int64_t server_time;            /* at opening, UTC seconds */
    uint64_t opened_ms;             /* the same moment, CLOCK_BOOTTIME */
    bool more_input;                /* the face was not read to the end: others come first, but nobody waits */
    struct event queue[EVENTS_MAX]; /* events our own deeds cause, in order */
    size_t queued;
    char given_code[sizeof((struct options *)0)->code];      /* of the command line, until it is in its field */
    char receipt[sizeof((struct facts *)0)->consent_number]; /* told once more after the last screen */
    bool done;                                               /* FX_EXIT came */
    int status;                                              /* exit status */
    int signal_fd, timer_fd; /* the timer: of the next moment anything is due, by the clock that counts sleep */
    struct view view;
    bool stale;                                      /* the view is to be composed anew */
    uint8_t in_frame[WIRE_MAX], out_frame[WIRE_MAX]; /* wiped when heard and told */
};

/* Everything up to the first picture; false with *ret_status set when it cannot be (words already on stderr). `face`:
 * the one to use, ownership taken; NULL: the one that fits options and terminal. */
bool wizard_open(struct wizard *w, const struct options *o, struct face *face, int *ret_status);
int wizard_run(struct wizard *w);    /* returns the exit status */
void wizard_close(struct wizard *w); /* workers ended, terminal restored, secrets wiped */

void wizard_queue(struct wizard *w, struct event ev);
bool wizard_is_forwarded(const struct wizard *w, const struct worker *token); /* its cards are at another desk */
int64_t wizard_signing_time(const struct wizard *w, uint64_t now_ms);

/* inbox.c */
/* A worker is no more: ended and reaped if it still runs, and the flow is told; of a token worker also whether it held
 * what is being worked with. */
void inbox_lose(struct wizard *w, struct worker *worker);
/* The same for one that says nothing any more: its driver hangs. */
void inbox_lose_silent(struct wizard *w, struct worker *worker);
/* One frame, if there is one; its events are to be drained before the next is read. */
void inbox_read(struct wizard *w, struct worker *worker, uint64_t now_ms);
/* deeds.c */
/* A card that waits for its second PIN is logged out. */
void deeds_let_card_go(struct wizard *w);
void deeds_failed(struct wizard *w, uint32_t job, enum err_code err);
void deeds_tell_net(struct wizard *w, struct wire_out *out, uint32_t job, int pass_fd);
void deeds_do(struct wizard *w, const struct effects *fx, uint64_t now_ms);

#endif
