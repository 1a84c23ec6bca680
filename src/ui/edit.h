/* The editing of fields, the same for both faces. Characters of a secret go into struct secret one by one and are kept
 * nowhere else; the form learns their number. Every call answers with the event that tells the flow. */
#ifndef EONAY_UI_EDIT_H
#define EONAY_UI_EDIT_H

#include <stdint.h>
#include "ui/face.h"

/* One typed character. A TCKN takes digits, a code its symbols (look-alikes mended, dashes put in), a PIN digits. What the
 * field does not take changes nothing: EV_CODE with ERR_CODE_LETTER, EV_PIN and EV_PIN_PART with ERR_PIN_LETTER or
 * ERR_PIN_LONG, EV_TOUCH. */
struct event edit_add(struct desk *d, const struct flow *f, enum field_id field, uint32_t cp);
/* Takes the last character away; EV_TOUCH when there is none. */
struct event edit_erase(struct desk *d, enum field_id field);
struct event edit_clear(struct desk *d, enum field_id field);
bool edit_is_pin(enum field_id field); /* digits alone, and the keypad's */
/* What stands in the field now; flags: FLAG_WHOLE when it came in one piece. */
struct event edit_state(const struct desk *d, enum field_id field, uint32_t flags);

#endif
