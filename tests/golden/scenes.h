/* The scenes that golden pictures are taken of: one function each, filling what the screens look at. Add a row to
 * scenes.c, run `make golden-update`, read the new files as a person would, and commit them. */
#ifndef EONAY_TESTS_SCENES_H
#define EONAY_TESTS_SCENES_H

#include "ui/screen.h"

struct stage {
    struct flow flow;
    struct facts facts;
    struct form form;
    uint64_t now_ms;
};

struct scene_case {
    const char *name; /* of the golden files */
    void (*fill)(struct stage *s);
};
extern const struct scene_case scene_cases[];
extern const size_t scene_case_count;

/* What every scene begins with: the sample person of the screen book, the test mark, the issued text and dates. */
void stage_init(struct stage *s);

#endif
