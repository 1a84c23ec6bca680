#include "base/text.h"
#include "base/ascii.h"

#include <string.h>

/* Base letters of U+00C0..U+017F, one for one, so that a fold moves no column. */
static const char latin[] = "AAAAAAACEEEEIIIIDNOOOOOxOUUUUYTsaaaaaaaceeeeiiiidnooooo/ouuuuyty"
                            "AaAaAaCcCcCcCcDdDdEeEeEeEeEeGgGgGgGgHhHhIiIiIiIiIiIiJjKkkLlLlLlL"
                            "lLlNnNnNnnNnOoOoOoOoRrRrRrSsSsSsSsTtTtTtUuUuUuUuUuUuWwYyYZzZzZzs";
#define LATIN_FIRST 0xC0
#define LATIN_LAST 0x17F

/* The other allowed characters, with what stands for them in ASCII. */
static const struct {
    uint32_t cp;
    char ascii;
} marks[] = {
    {0xA3, 'L'},                                                                                /* pound sign */
    {0xA7, 'S'},                                                                                /* section sign */
    {0xA9, 'c'},                                                                                /* copyright */
    {0xAB, '"'},                                                                                /* guillemets */
    {0xAE, 'r'},                                                                                /* registered */
    {0xB0, 'o'},                                                                                /* degree */
    {0xB2, '2'},                                                                                /* superscripts */
    {0xB3, '3'}, {0xB7, '.'},                                                                   /* middle dot */
    {0xB9, '1'}, {0xBB, '"'}, {0x2013, '-'},                                                    /* dashes */
    {0x2014, '-'}, {0x2018, '\''},                                                              /* quotation marks */
    {0x2019, '\''}, {0x201A, '\''}, {0x201C, '"'}, {0x201D, '"'}, {0x201E, '"'}, {0x2022, '*'}, /* bullet */
    {0x2026, '.'},                                                                              /* ellipsis */
    {0x20AC, 'E'},                                                                              /* euro sign */
    {0x20BA, 'L'},                                                                              /* Turkish lira sign */
    {0x2190, '<'},                                                                              /* the keypad's arrow */
};

/* The shape of a sequence by its first byte: bytes that follow, payload bits, and the least value they may make. */
static const struct {
    uint8_t mask, lead, more;
    uint32_t least;
} shapes[] = {{0x80, 0x00, 0, 0}, {0xE0, 0xC0, 1, 0x80}, {0xF0, 0xE0, 2, 0x800}, {0xF8, 0xF0, 3, 0x10000}};

static bool is_scalar(uint32_t cp)
{
    return cp <= 0x10FFFF && !(cp >= 0xD800 && cp <= 0xDFFF);
}

static uint32_t decode(const uint8_t *s, size_t len, size_t *used)
{
    for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++) {
        if ((s[0] & shapes[i].mask) != shapes[i].lead)
            continue;
        uint32_t cp = s[0] & (uint8_t)~shapes[i].mask;
        if (shapes[i].more >= len)
            return UINT32_MAX;
        for (size_t j = 1; j <= shapes[i].more; j++) {
            if ((s[j] & 0xC0) != 0x80)
                return UINT32_MAX;
            cp = cp << 6 | (s[j] & 0x3F);
        }
        *used = shapes[i].more + 1u;
        return cp >= shapes[i].least && is_scalar(cp) ? cp : UINT32_MAX;
    }
    return UINT32_MAX;
}

uint32_t utf8_next(const char *s, size_t len, size_t *at)
{
    size_t used = 1;
    uint8_t first = (uint8_t)s[*at];
    uint32_t cp = first < 0x80 && *at < len ? first : decode((const uint8_t *)s + *at, len - *at, &used);
    *at += cp == UINT32_MAX ? 1 : used;
    return cp;
}

size_t utf8_put(char out[4], uint32_t cp)
{
    if (!is_scalar(cp))
        return 0;
    size_t n = cp < 0x80 ? 1 : cp < 0x800 ? 2 : cp < 0x10000 ? 3 : 4;
    static const uint8_t leads[] = {0, 0x00, 0xC0, 0xE0, 0xF0};
    for (size_t i = n; i-- > 1; cp >>= 6)
        out[i] = (char)(0x80 | (cp & 0x3F));
    out[0] = (char)(leads[n] | cp);
    return n;
}

size_t utf8_chars(const char *s, size_t len)
{
    size_t n = 0;
    for (size_t at = 0; at < len; n++)
        (void)utf8_next(s, len, &at);
    return n;
}

/* The allow-list and the ASCII fold are one table: 0 means not allowed. */
static char base_of(uint32_t cp)
{
    if (cp >= 0x20 && cp < 0x7F)
        return (char)cp;
    if (cp >= LATIN_FIRST && cp <= LATIN_LAST)
        return latin[cp - LATIN_FIRST];
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++)
        if (marks[i].cp == cp)
            return marks[i].ascii;
    return '\0';
}

bool text_is_safe(const char *s, size_t len)
{
    for (size_t at = 0; at < len;) {
        uint32_t cp = utf8_next(s, len, &at);
        if (cp != '\n' && base_of(cp) == '\0')
            return false;
    }
    return len > 0;
}

void text_clean(char *out, size_t out_len, const char *s, size_t len)
{
    size_t n = 0;
    for (size_t at = 0; at < len;) {
        size_t from = at;
        bool shown = base_of(utf8_next(s, len, &at)) != '\0';
        size_t size = shown ? at - from : 1;
        if (size >= out_len - n)
            break;
        memcpy(out + n, shown ? s + from : "?", size);
        n += size;
    }
    out[n] = '\0';
}

size_t text_width(const char *s)
{
    return utf8_chars(s, strlen(s));
}

static char ascii_of(uint32_t cp)
{
    char c = cp == '\n' ? '\n' : base_of(cp);
    return c != '\0' ? c : '?';
}

/* ISO-8859-9 is Latin-1 with six letters exchanged. */
static char latin5_of(uint32_t cp)
{
    static const struct {
        uint16_t cp;
        uint8_t byte;
    } turkish[] = {{0x11E, 0xD0}, {0x130, 0xDD}, {0x15E, 0xDE}, {0x11F, 0xF0}, {0x131, 0xFD}, {0x15F, 0xFE}};
    for (size_t i = 0; i < 6; i++) {
        if (cp == turkish[i].cp)
            return (char)turkish[i].byte;
        if (cp == turkish[i].byte) /* the Icelandic letter that stood there */
            return ascii_of(cp);
    }
    return cp >= 0xA0 && cp <= 0xFF && base_of(cp) != '\0' ? (char)cp : ascii_of(cp);
}

static size_t fold_each(char *out, size_t out_len, const char *s, char (*fold)(uint32_t))
{
    size_t n = 0, len = strlen(s);
    for (size_t at = 0; at < len && n + 1 < out_len;)
        out[n++] = fold(utf8_next(s, len, &at));
    out[n] = '\0';
    return n;
}

size_t text_ascii(char *out, size_t out_len, const char *s)
{
    return fold_each(out, out_len, s, ascii_of);
}

size_t text_latin5(char *out, size_t out_len, const char *s)
{
    return fold_each(out, out_len, s, latin5_of);
}

/* The next character of the folded form of s, 0 at its end: a run of blanks is one blank, and none at either end. */
static char fold_next(const char *s, size_t len, size_t *at, bool first)
{
    bool blank = false;
    while (*at < len) {
        size_t here = *at;
        uint32_t cp = utf8_next(s, len, at);
        if (cp != ' ' && cp != '\t' && cp != '\r' && cp != '\n') {
            if (!blank || first)
                return ascii_lower(ascii_of(cp));
            *at = here;
            return ' ';
        }
        blank = true;
    }
    return '\0';
}

void text_fold(char *out, size_t out_len, const char *s)
{
    size_t n = 0, at = 0, len = strlen(s);
    char c;
    while (n + 1 < out_len && (c = fold_next(s, len, &at, n == 0)) != '\0')
        out[n++] = c;
    out[n] = '\0';
}

bool text_same(const char *a, const char *b)
{
    size_t at_a = 0, at_b = 0, len_a = strlen(a), len_b = strlen(b);
    for (bool first = true;; first = false) {
        char x = fold_next(a, len_a, &at_a, first), y = fold_next(b, len_b, &at_b, first);
        if (x != y)
            return false;
        if (x == '\0')
            return true;
    }
}
