/* Errors and other short messages: one list (notes.def), one number each, words in two languages through gettext.
 * Libraries return a code and fill a struct err; they never log, print or exit. */
#ifndef EONAY_BASE_ERR_H
#define EONAY_BASE_ERR_H

#include <stddef.h>

/* A note is anything that can stand on the message rows: a mishap or a piece of good news. */
enum note_kind { NOTE_INFO, NOTE_WARN, NOTE_ERROR };

enum err_code {
    OK = 0,
#define NOTE(id, number, slug, kind, said, advice) ERR_##id = (number),
#include "base/notes.def"
#undef NOTE
};

#define MUST_CHECK __attribute__((warn_unused_result))

/* What went wrong, for logs and the help page. `detail` is plain text of ours or of a library, never a secret; it is
 * cleaned with text_clean() before it reaches a terminal. */
struct err {
    enum err_code code;
    char detail[256];
};

/* Sets *err (may be NULL) and returns code, so that `return err_set(...)` reads well. */
enum err_code err_set(struct err *err, enum err_code code, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* The table behind the list. Never NULL: an unknown code gives the row of ERR_INTERNAL. */
struct note {
    enum err_code code;
    const char *slug; /* stable id: the service's problem code, the word in logs */
    enum note_kind kind;
    const char *said;   /* msgid: what happened */
    const char *advice; /* msgid: what to do next; "" when nothing is to be done */
};
const struct note *note_of(enum err_code code);
/* The code of a slug, or OK when there is none. */
enum err_code note_by_slug(const char *slug);
size_t note_count(void);
const struct note *note_at(size_t i);

#endif
