/* A test's side of the fake: one folder with its script, its PEM files and its ledger. A failure in here is a broken
 * test: it aborts. */
#ifndef EONAY_FAKES_P11_FAKE_H
#define EONAY_FAKES_P11_FAKE_H

#include "fakes/p11/ledger.h"
#include "fakes/pki.h"

struct fake {
    char dir[256];
    struct p11_ledger *ledger;
};

const char *fake_module(void); /* path, from EONAY_BUILD */

void fake_open(struct fake *f, const char *dir); /* makes the folder; no reader yet */
void fake_close(struct fake *f);                 /* the folder stays; aborts when the script had a mistake */
/* FILE in the folder: certificate and key. */
void fake_put(const struct fake *f, const char *file, const struct pki_identity *who);
/* The whole script anew, in force from the module's next call on. */
void fake_script(struct fake *f, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
uint64_t fake_calls(const struct fake *f, enum p11_call call);
uint64_t fake_logins(const struct fake *f); /* by card and by key */
/* Counters and PINs as new. */
void fake_forget(struct fake *f);

#endif
