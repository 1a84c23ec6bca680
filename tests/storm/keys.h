/* A face without a terminal for tests: the full-screen face's own layout, focus and keys, and nobody who looks. What is
 * pressed comes from a hand (a function), one key a call. */
#ifndef EONAY_TESTS_STORM_KEYS_H
#define EONAY_TESTS_STORM_KEYS_H

#include "ui/act.h"
#include "ui/face.h"

struct keys_face;
/* What to press now: false for nothing. It may move the focus before. */
typedef bool keys_hand(
    struct keys_face *f, const struct scene *s, const struct view *v, const struct desk *desk, struct press *ret);

struct keys_face {
    struct face face;
    struct layout layout;
    struct focus_state focus;
    struct paste paste;
    int rows, cols;
    bool large_told, end_told;
    keys_hand *hand;
    uint64_t wake_ms; /* when the hand wants to be asked again */
};

void keys_face_open(struct keys_face *f);
/* Puts the focus on the first thing that leads to `wish`, or on the field; false when there is none. */
bool keys_face_point(struct keys_face *f, const struct view *v, enum choice wish);
bool keys_face_point_field(struct keys_face *f, const struct view *v, enum field_id field);

#endif
