/* Words that name a key, as the plain face can say them: there a word is typed in its place. */
#ifndef EONAY_UI_WORDING_H
#define EONAY_UI_WORDING_H

#include <stdbool.h>
#include "ui/scene.h"

/* The msgid to say in the stead of this one; itself when it names no key, or when the face has keys. */
const char *words_for(bool plain, const char *msgid);
/* The same for what is to be done about a note; said of a request for more time, that nobody need wait for it. */
const char *advice_for(bool plain, enum effect_kind net_what, enum err_code note);
/* What a note that promises details in the help means by them: which file, which kind of computer, which symbol. "" when
 * there are none. */
const char *help_detail(const struct scene *s);

#endif
