/* Bytes from a terminal to keys: characters, keys of the terminal's own description and of the common families, mouse, pasted
 * text. Pure, so that no library keeps a copy of what was typed; consumed bytes are zeroed at once. */
#ifndef EONAY_UI_INPUT_H
#define EONAY_UI_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/i18n.h"
#include "ui/keymap.h"

#define INPUT_MORE UINT32_MAX
/* The character that `len` bytes make, INPUT_MORE when one more is needed, '?' when they make none. */
uint32_t input_char(enum charset charset, const uint8_t *bytes, size_t len);

struct press {
    int key; /* UK_* or a code point; UK_NONE: something that means nothing here */
    bool pasted;
    int row, col; /* UK_MOUSE, wheel: from 0 */
};

/* What the terminal's description sends for a key that is not of the common families. */
struct input_seq {
    int key;
    const char *bytes;
};
#define INPUT_SEQS 16

struct input {
    enum charset charset;
    struct input_seq seqs[INPUT_SEQS];
    size_t seq_count;
    bool pasting;
    size_t len;
    uint8_t bytes[128];
};

/* Room for bytes to be read into, and how many were. */
uint8_t *input_room(struct input *in, size_t *ret_room);
void input_got(struct input *in, size_t len);
/* The next key. False: no whole key is there; in->len > 0 then means that one has begun (an ESC may be the key or the
 * beginning of one: `late` says that nothing followed in time). Ctrl-C ends what is pasted, and is then a key. */
bool input_next(struct input *in, bool late, struct press *ret);
/* Ends what is pasted although its end did not come: UK_PASTE_END in *ret. False when nothing is being pasted. */
bool input_end_paste(struct input *in, struct press *ret);
void input_wipe(struct input *in);

#endif
