/* One life of the wizard in this process, over a folder with fake drivers, and the hand that leads it on. A failure in
 * here fails the test. */
#ifndef EONAY_TESTS_STORM_LIFE_H
#define EONAY_TESTS_STORM_LIFE_H

#include "storm/keys.h"
#include "wizard/wizard.h"

#define LIFE_PIN "135792"
#define LIFE_TCKN "10000000146"
#define LIFE_NOW 1566893427 /* what the service of tests/unit/wizard says the time is */

struct life {
    struct keys_face keys;
    struct wizard *wizard; /* NULL: none lives */
    const char *word;      /* what is being typed; NULL: nothing */
    const char *pin;       /* what the hand types for one */
};
extern struct life life;

/* wizard.yaml over dir/desk0, dir/desk1, ...: folders of fakes; dir/ca.pem is there. */
void life_settings(const char *dir, unsigned desks, unsigned hang_ms);
/* Until life.wizard->done is set, or it ends by itself; then nothing of it is left, nor a child. */
void life_live(const char *dir, keys_hand *hand);
void life_remove(const char *dir);

/* One key each; false: not here. */
bool hand_key(struct press *ret, int key); /* always true */
bool hand_choice(const struct view *v, enum choice wish, struct press *ret);
bool hand_begin(const struct view *v, enum field_id field, const char *word, struct press *ret);
bool hand_type(struct press *ret); /* the next of life.word, Enter at its end */
/* What leads from where one stands to a signature. */
bool hand_onward(const struct scene *s, const struct view *v, struct press *ret);

#endif
