/* Synthetic people as e-Devlet's stand-in knows them: one file each below people/, read at every sign-in, so that a new
 * person needs no restart. The file the gateway reads holds a salted digest; the password itself lies beside it for the
 * commands that print it, and the background program never reads that. */
#ifndef EONAY_SANDBOX_PEOPLE_H
#define EONAY_SANDBOX_PEOPLE_H

#include <stdbool.h>
#include "base/person.h"
#include "sandbox/box.h"

#define NAME_LEN 128
#define PASSWORD_LEN 32

struct person {
    char tckn[TCKN_LEN + 1];
    char name[NAME_LEN]; /* as given: "İpek Işık" */
    char salt[33], digest[65];
};

/* ERR_NOT_FOUND; ERR_BAD_REQUEST when tckn is none. */
enum err_code people_find(const struct box *b, const char *tckn, struct person *ret, struct err *err) MUST_CHECK;
/* Is this the person's password? Takes the same time for every wrong one. */
bool person_knows(const struct person *p, const char *password);
/* Given names and surname: split at the last blank, as the gateway reports them. `given` is "" for a single word. */
void person_names(const struct person *p, char given[NAME_LEN], char surname[NAME_LEN]);

/* A new person with a random password; for a known one, whose name must be the same, the password they have. */
enum err_code people_add(
    const struct box *b, const char *tckn, const char *name, char password[PASSWORD_LEN], struct err *err) MUST_CHECK;

/* The name as a certificate shows it: Turkish upper case (i->İ, ı->I). */
enum err_code name_upper(const char *name, char out[NAME_LEN]) MUST_CHECK;
/* A valid number that is not this person's. */
void tckn_of_another(const char *tckn, char out[TCKN_LEN + 1]);

#endif
