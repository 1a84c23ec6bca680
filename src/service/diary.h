/* The service's log: one line an event, "TIME event key=value …", flushed as it is written. Callers put in slugs,
 * figures and keyed digests only; never a code, token, PIN, name or identity number. */
#ifndef EONAY_SERVICE_DIARY_H
#define EONAY_SERVICE_DIARY_H

#include "base/err.h"
#include "service/keyed.h"

struct diary;
enum err_code diary_open(const char *path, struct diary **ret, struct err *err) MUST_CHECK; /* NULL: standard error */
void diary_close(struct diary **d);
void diary_reopen(struct diary *d); /* after the file was moved away (SIGHUP); keeps the old one when that fails */
void diary_say(struct diary *d, const char *event, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* The first 12 hex digits of a person's keyed digest: enough to follow one person through the log. */
#define DIARY_PERSON 13
void diary_person(char out[DIARY_PERSON], const struct digest *person);

#endif
