/* What one sandbox knows about itself: addresses and settings, kept in DIR/state.json. The background program reads it
 * anew for every question, so that `eonay-sandbox set` works while it runs. */
#ifndef EONAY_SANDBOX_STATE_H
#define EONAY_SANDBOX_STATE_H

#include <stdbool.h>
#include <jansson.h>
#include "sandbox/box.h"

#define URL_LEN 64

struct state {
    char gateway_url[URL_LEN]; /* https://127.0.0.1:PORT, e-Devlet's stand-in */
    char status_url[URL_LEN];  /* http://127.0.0.1:PORT, with /ocsp, /tsa, /tsa2 and /depo/ below it */
    char portal_url[URL_LEN];  /* https://127.0.0.1:PORT, eonayd */
    json_t *settings;          /* object of strings, owned; absent keys have their fallback */
};

enum err_code state_load(const struct box *b, struct state *ret, struct err *err) MUST_CHECK;
enum err_code state_save(const struct box *b, const struct state *s, struct err *err) MUST_CHECK;
void state_done(struct state *s);
/* What the certificates say: the responder's address, and the folder of CRLs and issuers' certificates. */
void state_urls(const struct state *s, char ocsp[URL_LEN + 8], char depot[URL_LEN + 8]);

/* ---- settings: one table, what `--set` and `set` take ---- */

/* "key=value" into the object. `live` allows only what a running sandbox heeds. ERR_BAD_REQUEST with a sentence that
 * names the keys, or the values, that would do. */
enum err_code setting_put(json_t *settings, const char *assignment, bool live, struct err *err) MUST_CHECK;
/* The value or its fallback. `key` is one of the table, or begins with "service." or "wizard."; NULL for a key of the
 * latter kind that was not set, and for one that has no fallback. */
const char *setting_get(const json_t *settings, const char *key);
bool setting_is(const json_t *settings, const char *key, const char *value);

#endif
