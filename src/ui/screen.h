/* A screen says what is there, not where it stands. One file in screens/ per state, each ends with one const table row. */
#ifndef EONAY_UI_SCREEN_H
#define EONAY_UI_SCREEN_H

#include "base/i18n.h"
#include "ui/view.h"

enum section { SECTION_SIGN_IN, SECTION_CONSENT, SECTION_SIGNATURE, SECTION_RESULT };
enum place { PLACE_PORTAL, PLACE_APPLICATION, PLACE_GATEWAY };

struct screen {
    enum flow_state state;
    enum place place;
    enum section section;
    const char *title, *help;                                    /* N_() */
    const struct keybind *keys;                                  /* NULL: only the common ones */
    void (*compose)(const struct scene *s, struct view *v);      /* pure: same scene, same items */
};

/* screens/registry.c; NULL for ST_DONE. */
const struct screen *screen_of(enum flow_state state);

#endif
