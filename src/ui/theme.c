#include "ui/theme.h"

struct role_look {
    char letter;
    struct paint standard, contrast;
};

#define BOLD                                                                                                           \
    {                                                                                                                  \
        .bold = true                                                                                                   \
    }
#define REVERSE                                                                                                        \
    {                                                                                                                  \
        .reverse = true                                                                                                \
    }
#define BOLD_REVERSE                                                                                                   \
    {                                                                                                                  \
        .bold = true, .reverse = true                                                                                  \
    }
#define UNDERLINE                                                                                                      \
    {                                                                                                                  \
        .underline = true                                                                                              \
    }
#define PLAIN                                                                                                          \
    {                                                                                                                  \
        false, false, false, false                                                                                     \
    }

static const struct role_look roles[STYLE_COUNT] = {
    [STYLE_PLAIN] = {'.', PLAIN, PLAIN},
    [STYLE_FRAME] = {'-', PLAIN, PLAIN},
    [STYLE_PLACE] = {'P', PLAIN, BOLD},
    [STYLE_TEST] = {'X', BOLD, BOLD},
    [STYLE_TITLE] = {'T', BOLD, BOLD},
    [STYLE_HEADING] = {'H', BOLD, BOLD},
    [STYLE_CODE] = {'C', BOLD, BOLD},
    [STYLE_FIELD] = {'f', PLAIN, UNDERLINE},
    [STYLE_OFF] = {'o', PLAIN, PLAIN},
    [STYLE_FOCUS] = {'F', REVERSE, BOLD_REVERSE},
    [STYLE_INFO] = {'i', PLAIN, BOLD},
    [STYLE_WARN] = {'w', BOLD, BOLD},
    [STYLE_ERROR] = {'e', BOLD, BOLD},
    [STYLE_KEY] = {'k', BOLD, BOLD},
    [STYLE_HINT] = {'h', PLAIN, PLAIN},
};

struct paint theme_paint(enum flow_look look, enum style style)
{
    struct paint none = PLAIN;
    if (look == LOOK_READER) /* only the cursor shows the focus; bold would be spoken by some readers */
        return none;
    struct paint p = look == LOOK_CONTRAST ? roles[style].contrast : roles[style].standard;
    p.white_on_black = look == LOOK_CONTRAST;
    return p;
}

char theme_letter(enum style style)
{
    return roles[style].letter;
}
