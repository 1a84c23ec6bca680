/* What a screen says, as a list of items with roles, labels and states: an accessibility tree. Where things stand is the
 * business of the faces: full-screen (layout, canvas, ncurses) and plain (lines). Strings live in the view's own arena; a
 * compose function writes with the view_* calls below in reading order (= focus order) and never fails: what does not fit is
 * counted in `clipped`, which the golden tests demand to be 0. */
#ifndef EONAY_UI_VIEW_H
#define EONAY_UI_VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "flow/flow.h"
#include "ui/scene.h"

enum role {
    ROLE_TEXT,      /* a paragraph, wrapped at blanks */
    ROLE_HEADING,
    ROLE_BULLET,    /* "· ..." */
    ROLE_STEP,      /* "1. ..." */
    ROLE_FACT,      /* label : value; the colons of neighbours line up */
    ROLE_CODE,      /* label, the verification code in large groups */
    ROLE_CHOICE,    /* menu item; numbered from 1 in order (unseen in the reader look beside numbered steps); its digit chooses it */
    ROLE_BUTTON,    /* [ label ] */
    ROLE_METHOD,    /* one of a radio group; value = the word of the chosen one, else "" */
    ROLE_FIELD,     /* label [ value ]; Enter in the last one does its `choice`, set by field id */
    ROLE_SECRET,    /* label [ ****** ]; count = stars */
    ROLE_DOCUMENT,  /* the text to be signed: value; exact, wrapped only at blanks; scrolls when it must */
    ROLE_COMBO,     /* label [ value v ] */
    ROLE_OPTION,    /* row of an open list: numbered when usable, "-" when ITEM_DISABLED (focusable all the same); value = the
                       detail lines ('\n' between) that stand below the list while the row has the focus */
    ROLE_KEYPAD,    /* label = Temizle, value = the digits in their order, "": 1 to 9 and 0; picture, touch and mouse target; never in the reader look; its
                       cells are stops only with ITEM_FOCUS (machines without digit keys) */
    ROLE_TIMER,     /* Kalan Süre: label, count = seconds, value = the word for seconds; spoken in words by the faces */
    ROLE_CLOCK,     /* label, value = a time that moves by itself (İmzalama Tarihi) */
    ROLE_PROGRESS,  /* label, value = how much of how much; count = per cent */
    ROLE_QR,        /* value = what it encodes; drawn once the sign-in by phone exists */
};

enum {
    ITEM_FOCUS = 1,       /* can have the focus: set by view_item for roles one acts on; on other roles it makes the lines
                             stops of the reader look alone */
    ITEM_DEFAULT = 2,     /* the focus starts here; in the plain face an empty line takes it */
    ITEM_DISABLED = 4,
    ITEM_CHOSEN = 8,
    ITEM_GAP = 16,        /* one blank line more before it in the standard look: none within a group of one role, one where
                             the role changes; blank lines go first where room is short */
    ITEM_BESIDE = 32,     /* standard look: on the same row as the item before (buttons; Kalan Süre rows; match code) */
    ITEM_COLUMN2 = 64,    /* standard look: in the right-hand column, beside the items without it (login, phone login) */
    ITEM_READER = 128,    /* reader look and plain face only */
    ITEM_STANDARD = 256,  /* standard and high contrast looks only */
    ITEM_NOT_PLAIN = 512,
    ITEM_INDENT = 1024,
    ITEM_BOTTOM = 2048,   /* standard look: at the foot of the frame (Kalan Süre, dates); an empty text is a blank line */
    ITEM_DENSE = 4096,    /* no blank line before it although its role changes, or it is the first */
};

enum field_id { FIELD_NONE, FIELD_TCKN, FIELD_PASSWORD, FIELD_CODE, FIELD_PIN, FIELD_PIN_OLD, FIELD_PIN_NEW, FIELD_PIN_AGAIN, FIELD_PATH };

struct item {
    enum role role;
    unsigned flags;
    const char *label, *value;
    const char *spoken;        /* reader look and plain face say this instead of label and value; NULL: the same */
    enum choice choice;        /* what Enter, click, number or label does; CH_NONE: nothing */
    uint32_t choice_value;
    enum field_id field;
    enum focus focus;          /* FOCUS_*: the flow can send the focus here */
    uint32_t count;            /* stars, seconds, per cent */
    uint16_t width;            /* fields: columns inside the brackets and their blanks; facts: the colon's column at least */
    const char *msgid;         /* the label's msgid when it is a plain translated word: accepted in either language */
};

/* Keys of a screen besides the common ones, for input, footer and help alike. Table ends with key 0. */
struct keybind {
    int key;                   /* UK_* of ui/keymap.h or a character */
    enum event_kind event;     /* EV_CHOOSE with choice, or EV_BACK ... */
    enum choice choice;
    const char *name;          /* "Enter", "Esc", "Del": as shown */
    const char *label;         /* N_(); NULL: works, but not in the footer */
    const char *help;          /* N_(): words for the help page when longer than label; NULL: label */
};

#define VIEW_ITEMS 160
#define VIEW_ARENA 262144 /* as many certificates as there can be, with the longest names */

struct view {
    enum flow_state state;     /* what is composed: the place or the interruption */
    bool portal;               /* place: Online İşlemler, else E-İmza Uygulaması; gateway: e-Devlet Kapısı */
    const char *place, *title, *section, *person, *test; /* "" when there is none */
    const char *link;          /* the banner while a card may be at another desk; "" when none is */
    const char *said, *advice; /* message rows, translated and filled; "" when empty */
    const char *figure;        /* "Şekil 10", for the help page */
    const char *help;          /* translated */
    enum note_kind note_kind;
    const struct keybind *keys;
    struct item items[VIEW_ITEMS];
    size_t count, clipped;
    char arena[VIEW_ARENA];
    size_t used;
    unsigned edition; /* another one each time it is composed */
};

/* --- for compose functions; `label` etc. are translated already; strings are copied ------------------------------ */
struct item *view_item(struct view *v, enum role role, unsigned flags, const char *label, const char *value);
void view_text(struct view *v, unsigned flags, const char *text);
void view_heading(struct view *v, unsigned flags, const char *text);
void view_bullet(struct view *v, const char *text);
void view_step(struct view *v, const char *text);
struct item *view_fact(struct view *v, unsigned flags, const char *label, const char *value);
/* msgid: translated here and kept, so that the plain face accepts the label in either language. */
struct item *view_choice(struct view *v, unsigned flags, const char *msgid, enum choice choice, uint32_t value);
struct item *view_button(struct view *v, unsigned flags, const char *msgid, enum choice choice);
struct item *view_field(struct view *v, unsigned flags, const char *msgid, enum field_id field, const char *value, uint16_t width);
struct item *view_secret(struct view *v, unsigned flags, const char *msgid, enum field_id field, size_t stars, uint16_t width);
const char *view_keep(struct view *v, const char *s);                          /* copy into the arena */
const char *view_fmt(struct view *v, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Replaces {key} in text (translated) by value: view_put(v, tr("Welcome, {name}."), "name", name). */
const char *view_put(struct view *v, const char *text, const char *key, const char *value);

/* --- for shell and faces ----------------------------------------------------------------------------------------- */
struct screen;
/* Header, message rows, then the screen's items; last, in the reader look, Help, language and look. With flow.help the help page instead: what
 * the screen is for, the message by number, language, look and time as choices, every key. With flow.small no items. The
 * framed looks have help, language, look and time in the footer, where they can have the focus too. */
void view_compose(struct view *v, const struct screen *screen, const struct scene *scene);
const struct item *view_find_focus(const struct view *v, enum focus focus);

#endif
