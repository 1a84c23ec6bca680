#include "ui/wrap.h"

#include <string.h>

#include "base/text.h"

static bool ends_clause(const char *text, size_t blank)
{
    return blank > 0 && strchr(".;?", text[blank - 1]) != NULL;
}

/* Where the line that begins at w->at ends (*ret_end), and where the next one begins. */
static size_t measure(const struct wrap *w, size_t len, size_t *ret_end)
{
    size_t at = w->at, blank = 0, clause = 0;
    bool has_blank = false, has_clause = false;
    for (int cols = 0; at < len; cols++) {
        size_t here = at;
        uint32_t cp = utf8_next(w->text, len, &at);
        if (cp == '\n') {
            *ret_end = here;
            return at;
        }
        if (cp == ' ' && here > w->at) {
            blank = here;
            has_blank = true;
            if (w->sentences && cols > w->width / 2 && ends_clause(w->text, here)) {
                clause = here;
                has_clause = true;
            }
        }
        if (cols == w->width) {
            *ret_end = has_clause ? clause : has_blank ? blank : here;
            return has_blank ? *ret_end + 1 : here;
        }
    }
    *ret_end = len;
    return len;
}

bool wrap_next(struct wrap *w, const char **ret_line, size_t *ret_len)
{
    size_t len = strlen(w->text), end;
    if (w->at >= len)
        return false;
    *ret_line = w->text + w->at;
    size_t next = measure(w, len, &end);
    *ret_len = end - w->at;
    w->at = next;
    return true;
}

int wrap_lines(const char *text, int width, bool sentences)
{
    struct wrap w = {.text = text, .width = width, .sentences = sentences};
    const char *line;
    size_t len;
    int n = 0;
    while (wrap_next(&w, &line, &len))
        n++;
    return n;
}
