/* From a key to what it does on this page: the focus moves, a field is edited, or the flow hears of it. */
#ifndef EONAY_UI_ACT_H
#define EONAY_UI_ACT_H

#include "ui/face.h"
#include "ui/focus.h"
#include "ui/input.h"

struct act {
    struct focus_state *focus;
    struct layout *layout;
    const struct scene *scene;
    const struct view *view;
    struct desk *desk;
    const struct item *paste; /* the field that takes what is pasted now */
    bool silent;              /* the key did nothing: the reader look says so */
};

/* Always an event: EV_TOUCH when only the focus moved, or nothing happened. */
struct event act_press(struct act *a, const struct press *press);

#endif
