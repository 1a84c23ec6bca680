/* From a key to what it does on this page: the focus moves, a field is edited, or the flow hears of it. */
#ifndef EONAY_UI_ACT_H
#define EONAY_UI_ACT_H

#include "ui/face.h"
#include "ui/focus.h"
#include "ui/input.h"

/* What is pasted belongs to the field that had the focus when it began, and to no other, however long it takes. */
struct paste {
    enum field_id field; /* FIELD_NONE: it goes nowhere */
    bool line_ended;
    bool broken; /* not all of it came into the field: nothing of it may stay there */
};

struct act {
    struct focus_state *focus;
    struct layout *layout;
    const struct scene *scene;
    const struct view *view;
    struct desk *desk;
    struct paste *paste; /* kept by the face from key to key */
    bool silent;         /* the key did nothing: the reader look says so */
};

/* Always an event: EV_TOUCH when only the focus moved, or nothing happened. */
struct event act_press(struct act *a, const struct press *press);

#endif
