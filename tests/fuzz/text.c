/* Text from strangers: what is cleaned is clean, stays so, and folds byte for character. */
#include "config.h"
#include <string.h>
#include "base/text.h"
#include "fuzz/fuzz.h"

#define ROOM 4096

static void check_clean(const char *s, size_t len, size_t room)
{
    char clean[ROOM], twice[ROOM];
    text_clean(clean, room, s, len);
    HOLDS(fuzz_is_clean(clean, room));
    HOLDS(clean[0] == '\0' || text_is_safe(clean, strlen(clean)));
    text_clean(twice, sizeof twice, clean, strlen(clean));
    HOLDS(strcmp(clean, twice) == 0);
    HOLDS(text_width(clean) == utf8_chars(clean, strlen(clean)));
}

static void check_poor(const char *s)
{
    char ascii[ROOM], latin5[ROOM];
    size_t chars = utf8_chars(s, strlen(s));
    HOLDS(text_ascii(ascii, sizeof ascii, s) == chars && strlen(ascii) == chars);
    HOLDS(text_latin5(latin5, sizeof latin5, s) == chars && strlen(latin5) == chars);
    for (size_t i = 0; i < chars; i++) {
        HOLDS(ascii[i] == '\n' || (ascii[i] >= ' ' && ascii[i] <= '~'));
        HOLDS(latin5[i] == ascii[i] || (uint8_t)latin5[i] >= 0xa0);
    }
}

static void check_fold(const char *s)
{
    char fold[ROOM], twice[ROOM];
    text_fold(fold, sizeof fold, s);
    text_fold(twice, sizeof twice, fold);
    HOLDS(strcmp(fold, twice) == 0 && text_same(s, fold));
    HOLDS(strpbrk(fold, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == NULL && strstr(fold, "  ") == NULL);
}

static bool check_safe(const char *s, size_t len)
{
    if (!text_is_safe(s, len))
        return false;
    for (size_t at = 0; at < len;) {
        char again[4];
        size_t from = at, n = utf8_put(again, utf8_next(s, len, &at));
        HOLDS(n == at - from && memcmp(again, s + from, n) == 0);
    }
    return true;
}

bool fuzz_text(const uint8_t *data, size_t len)
{
    char s[ROOM];
    len = len < sizeof s ? len : sizeof s - 1;
    memcpy(s, data, len);
    s[len] = '\0';
    bool safe = check_safe(s, len);
    check_clean(s, len, sizeof s);
    check_clean(s, len, 1 + len % 7);
    check_poor(s);
    check_fold(s);
    return safe;
}
