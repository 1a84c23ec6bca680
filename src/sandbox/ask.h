/* The request a client sends a person with: the query of an authorize address, read strictly and judged. */
#ifndef EONAY_SANDBOX_ASK_H
#define EONAY_SANDBOX_ASK_H

#include <stdbool.h>
#include "base/buf.h"
#include "base/err.h"

struct ask {
    char response_type[16], client_id[80], redirect_uri[256], scope[128], state[512], challenge[129], method[16];
};

/* Names of the query's fields in the order of the struct; NULL-terminated. */
extern const char *const ask_fields[];

/* From what follows the '?'. False when a field is malformed, too long or there twice; absent ones are "". */
bool ask_read(const char *query, struct ask *ret);
/* NULL when in order, else the error word that goes back to the client (RFC 6749 §4.1.2.1). The client and its address
 * are the caller's to know. */
const char *ask_error(const struct ask *ask);
/* Is `word` among the scopes? They are joined by ';' or blanks. */
bool scope_has(const char *scope, const char *word);
/* RFC 7636 §4.6: does the verifier belong to the S256 challenge? Without a challenge there must be no verifier either.
 */
bool pkce_fits(const char *challenge, const char *verifier);

#endif
