/* Breaking text into lines, at blanks only; a word longer than a line is cut. Bytes stay as they are. */
#ifndef EONAY_UI_WRAP_H
#define EONAY_UI_WRAP_H

#include <stdbool.h>
#include <stddef.h>

struct wrap {
    const char *text;
    size_t at;
    int width;      /* columns of a line; more than 0 */
    bool sentences; /* a line ends with a sentence or clause when that fills more than half of it (reader look) */
};

/* Next line, without the blank it was broken at; false at the end. An empty text has no line, an empty line counts. */
bool wrap_next(struct wrap *w, const char **ret_line, size_t *ret_len);
int wrap_lines(const char *text, int width, bool sentences);

#endif
