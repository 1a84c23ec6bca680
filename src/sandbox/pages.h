/* The gateway's pages, HTML. Every one of them says at its top that it is a test. */
#ifndef EONAY_SANDBOX_PAGES_H
#define EONAY_SANDBOX_PAGES_H

#include "base/buf.h"

/* The sign-in page with its five methods, of which those in `methods` (words of docs/protocol.md §3, separated by
 * commas) are offered here. `message` (Turkish, may be NULL) stands above the form. */
enum err_code page_login(struct buf *to, const char *methods, const char *page_token, const char *continue_url,
    const char *message) MUST_CHECK;
/* A page of one sentence. */
enum err_code page_sentence(struct buf *to, const char *title, const char *sentence) MUST_CHECK;

/* Is the word in the comma-separated list? */
bool list_has(const char *list, const char *word);
/* The methods' words in their order; NULL-terminated. */
extern const char *const method_words[];

#endif
