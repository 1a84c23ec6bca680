#include "config.h"
#include "tools/say.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/ascii.h"
#include "base/text.h"

enum lang say_lang(void)
{
    static const char *const variables[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
    for (size_t i = 0; i < sizeof variables / sizeof variables[0]; i++) {
        const char *value = getenv(variables[i]);
        if (value != NULL && value[0] != '\0')
            return ascii_starts(value, "en") ? LANG_EN : LANG_TR;
    }
    return LANG_TR;
}

void say(const char *text)
{
    char clean[1024], shown[1024];
    text_clean(clean, sizeof clean, text, strlen(text));
    if (i18n_charset() == CHARSET_LATIN5)
        text_latin5(shown, sizeof shown, clean);
    else if (i18n_charset() == CHARSET_ASCII)
        text_ascii(shown, sizeof shown, clean);
    else
        memcpy(shown, clean, sizeof shown);
    fputs(shown, stdout);
}
