#include "base/say.h"

#include <stdarg.h>
#include <string.h>

#include "base/i18n.h"
#include "base/text.h"

#define ROOM 8192

static void say_piece(FILE *to, const char *s, size_t len)
{
    char clean[ROOM], shown[ROOM];
    text_clean(clean, sizeof clean, s, len);
    switch (i18n_charset()) {
    case CHARSET_LATIN5:
        (void)text_latin5(shown, sizeof shown, clean);
        break;
    case CHARSET_ASCII:
        (void)text_ascii(shown, sizeof shown, clean);
        break;
    default:
        fputs(clean, to);
        return;
    }
    fputs(shown, to);
}

void say_text(FILE *to, const char *text)
{
    for (const char *s = text; *s != '\0';) {
        size_t len = strcspn(s, "\n");
        say_piece(to, s, len);
        s += len;
        if (*s == '\n')
            fputc(*s++, to);
    }
}

void say_word(FILE *to, const char *text)
{
    say_piece(to, text, strlen(text));
}

void say_line(FILE *to, const char *text)
{
    say_text(to, text);
    fputc('\n', to);
}

void say_fmt(FILE *to, const char *format, ...)
{
    char words[ROOM];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(words, sizeof words, format, args);
    va_end(args);
    say_text(to, words);
}
