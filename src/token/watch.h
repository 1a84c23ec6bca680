/* The readers of one driver under watch: what is in them, what is on the cards, and why there is nothing. A driver that
 * fails is asked again, never oftener than one part in twenty of the time. */
#ifndef EONAY_TOKEN_WATCH_H
#define EONAY_TOKEN_WATCH_H

#include "token/certs.h"
#include "token/module.h"

struct watch {
    const char *guard_path, *module_path; /* borrowed */
    const char *forward;                  /* borrowed: the address of a card at another desk; NULL: this machine's */
    uint64_t poll_ms;
    bool without_pads;     /* readers' own keys are not used: PINs are granted as bytes */
    struct module *module; /* NULL: not open, `broken` says why */
    struct err broken;
    struct err link; /* of a card at another desk: OK, or why it cannot be reached */
    struct cards cards;
    struct certs certs;
    uint64_t look_ms;  /* boot clock: when the next look is due; UINT64_MAX: never, 0: at once */
    uint64_t again_ms; /* what failed is not tried before */
};

/* The first fields, to without_pads, are set, the others zero: opens the driver and looks. */
void watch_open(struct watch *w);
void watch_done(struct watch *w);

/* Looks again; true when something is other than before. Certificates are read when a card came, and again while a call
 * failed in reading them. A driver that did not start is started again; one that sees no reader empty and no card is
 * closed and opened, but only with `idle`: no session of ours is lost by it. The client of a card at another desk is so
 * once somebody listens at its socket. */
bool watch_look(struct watch *w, bool idle);
/* Why there is no certificate to choose from, with the call that failed, if one did, in the detail; else OK. */
struct err watch_trouble(const struct watch *w);
/* A call failed: does it mean that the link to another desk was lost? Then with the detail in *err, over what the call
 * itself had said. */
bool watch_is_cut(struct watch *w, struct err *err);

#endif
