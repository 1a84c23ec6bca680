#include "ui/wording.h"

#include <string.h>

#include "base/i18n.h"

static const struct {
    const char *keys, *words;
} wordings[] = {
    {N_("To extend, press F4, then Enter."), N_("To extend, type 'extend'.")},
    {N_("We keep trying; you can wait, or go back with Esc."), N_("We keep trying; you can wait, or type 'back'.")},
    {N_("You can wait, or go back with Esc."), N_("You can wait, or type 'back' and press Enter.")},
    {N_("Press F1 for the keys that work."), N_("Type ? for help.")},
    {N_("If unsure, clear the field with Ctrl-U and type again."), N_("If unsure, type it again.")},
    {N_("Please type the password again or choose another method."),
        N_("Please type the password again; an empty line leads to the methods.")},
    {N_("Choose the method with the up and down arrows. Stars appear while you type the password."),
        N_("Type the number or the name of the method. The password is not shown while you type it; an empty line in "
           "its "
           "place leads back to the methods.")},
    {N_("Please tell the staff; F1 has the details."), N_("Please tell the staff; ? has the details.")},
    {N_("The session closes by itself so that nobody else sees your data. Any key keeps it open."),
        N_("The session closes by itself so that nobody else sees your data. Any line you type keeps it open.")},
};

const char *advice_for(bool plain, enum effect_kind net_what, enum err_code note)
{
    if (plain && net_what == FX_EXTEND && (note == ERR_SLOW || note == ERR_UNREACHABLE))
        return N_("You can go on meanwhile.");
    return words_for(plain, note_of(note)->advice);
}

const char *words_for(bool plain, const char *msgid)
{
    for (size_t i = 0; plain && i < sizeof wordings / sizeof wordings[0]; i++)
        if (strcmp(wordings[i].keys, msgid) == 0)
            return wordings[i].words;
    return msgid;
}
