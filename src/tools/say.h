/* What the tools print: cleaned, in the terminal's own characters, in the person's language. */
#ifndef EONAY_TOOLS_SAY_H
#define EONAY_TOOLS_SAY_H

#include "base/i18n.h"

/* English for those whose locale is English, Turkish for everyone else. */
enum lang say_lang(void);
/* UTF-8 of at most 1023 bytes, on standard output. */
void say(const char *text);

#endif
