#include "config.h"
#include "ui/input.h"

#include <string.h>

#include "base/text.h"

/* --- characters -------------------------------------------------------------------------------------------------- */

/* ISO-8859-9 is ISO-8859-1 but for six letters. */
static uint32_t latin5(uint8_t b)
{
    static const struct {
        uint8_t byte;
        uint16_t cp;
    } turkish[] = {{0xd0, 0x11e}, {0xdd, 0x130}, {0xde, 0x15e}, {0xf0, 0x11f}, {0xfd, 0x131}, {0xfe, 0x15f}};
    for (size_t i = 0; i < sizeof turkish / sizeof turkish[0]; i++)
        if (turkish[i].byte == b)
            return turkish[i].cp;
    return b;
}

static size_t utf8_want(uint8_t first)
{
    return first < 0x80 ? 1 : first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc2 ? 2 : 1;
}

uint32_t input_char(enum charset charset, const uint8_t *bytes, size_t len)
{
    if (charset == CHARSET_LATIN5)
        return latin5(bytes[0]);
    if (charset == CHARSET_ASCII)
        return bytes[0] < 0x80 ? bytes[0] : '?';
    if (len < utf8_want(bytes[0])) {
        for (size_t i = 1; i < len; i++)
            if ((bytes[i] & 0xc0) != 0x80)
                return '?';
        return INPUT_MORE;
    }
    size_t at = 0;
    uint32_t cp = utf8_next((const char *)bytes, len, &at);
    return cp == UINT32_MAX ? '?' : cp;
}

/* --- the buffer -------------------------------------------------------------------------------------------------- */

uint8_t *input_room(struct input *in, size_t *ret_room)
{
    *ret_room = sizeof in->bytes - in->len;
    return in->bytes + in->len;
}

void input_got(struct input *in, size_t len)
{
    in->len += len;
}

void input_wipe(struct input *in)
{
    explicit_bzero(in->bytes, sizeof in->bytes);
    in->len = 0;
}

static void drop(struct input *in, size_t n)
{
    in->len -= n;
    memmove(in->bytes, in->bytes + n, in->len);
    explicit_bzero(in->bytes + in->len, n);
}

/* --- sequences: each parser gives how many bytes it took, 0 when more must come, and the key in *ret ------------- */

struct final {
    char letter;
    int key;
};

static int key_of_letter(char letter)
{
    static const struct final finals[] = {{'A', UK_UP}, {'B', UK_DOWN}, {'C', UK_RIGHT}, {'D', UK_LEFT}, {'H', UK_HOME},
        {'F', UK_END}, {'Z', UK_BACKTAB}, {'P', UK_F1}, {'Q', UK_F2}, {'R', UK_F3}, {'S', UK_F4}, {'M', UK_ENTER}};
    for (size_t i = 0; i < sizeof finals / sizeof finals[0]; i++)
        if (finals[i].letter == letter)
            return finals[i].key;
    return UK_NONE;
}

static int key_of_number(unsigned n)
{
    static const int keys[] = {[1] = UK_HOME,
        [3] = UK_DEL,
        [4] = UK_END,
        [5] = UK_PGUP,
        [6] = UK_PGDN,
        [7] = UK_HOME,
        [8] = UK_END,
        [11] = UK_F1,
        [12] = UK_F2,
        [13] = UK_F3,
        [14] = UK_F4};
    if (n == 200)
        return UK_PASTE_BEGIN;
    if (n == 201)
        return UK_PASTE_END;
    return n < sizeof keys / sizeof keys[0] ? keys[n] : UK_NONE;
}

/* Button 0 pressed is a click; 64 and 65 are the wheel. */
static int key_of_mouse(unsigned button, bool pressed)
{
    if (!pressed)
        return UK_NONE;
    return button == 0 ? UK_MOUSE : button == 64 ? UK_WHEEL_UP : button == 65 ? UK_WHEEL_DOWN : UK_NONE;
}

static struct press mouse(unsigned button, bool pressed, unsigned col, unsigned row)
{
    return (struct press){.key = key_of_mouse(button, pressed), .row = (int)row - 1, .col = (int)col - 1};
}

#define PARAMS 4

struct csi {
    uint8_t mark; /* '<', '?' or 0 */
    unsigned param[PARAMS];
    size_t params;
    uint8_t final;
};

static size_t parse_csi(const uint8_t *b, size_t len, struct csi *c)
{
    size_t at = 2;
    *c = (struct csi){.params = 1};
    if (at < len && b[at] >= 0x3c && b[at] <= 0x3f)
        c->mark = b[at++];
    for (; at < len; at++) {
        if (b[at] >= '0' && b[at] <= '9') {
            unsigned *p = &c->param[c->params - 1];
            *p = *p < 10000 ? *p * 10 + (unsigned)(b[at] - '0') : *p;
        } else if (b[at] == ';') {
            c->params += c->params < PARAMS ? 1 : 0;
        } else if (b[at] >= 0x40 && b[at] <= 0x7e) {
            c->final = b[at];
            return at + 1;
        } else if (b[at] < 0x20 || b[at] > 0x3f) {
            return at; /* not a sequence after all: what is wrong begins anew */
        }
    }
    return 0;
}

static size_t after_bracket(const uint8_t *b, size_t len, struct press *ret)
{
    if (len >= 3 && b[2] == '[') { /* the Linux console's F1 to F5 */
        ret->key = len < 4 || b[3] < 'A' || b[3] > 'D' ? UK_NONE : UK_F1 + (b[3] - 'A');
        return len < 4 ? 0 : 4;
    }
    if (len >= 3 && b[2] == 'M') { /* the old mouse report: three bytes, 32 higher */
        if (len < 6)
            return 0;
        *ret = mouse(b[3] - 32u, (b[3] & 3) != 3 || b[3] >= 96, b[4] - 32u, b[5] - 32u);
        return 6;
    }
    struct csi c;
    size_t used = parse_csi(b, len, &c);
    if (used == 0)
        return 0;
    if (c.mark == '<' && c.params >= 3)
        *ret = mouse(c.param[0], c.final == 'M', c.param[1], c.param[2]);
    else if (c.mark == 0)
        ret->key = c.final == '~' ? key_of_number(c.param[0]) : key_of_letter((char)c.final);
    return used;
}

/* Application mode: keys as after CSI; the digits beside the letters are digits. */
static size_t after_o(const uint8_t *b, size_t len, struct press *ret)
{
    if (len < 3)
        return 0;
    ret->key = b[2] >= 'p' && b[2] <= 'y' ? '0' + (b[2] - 'p') : key_of_letter((char)b[2]);
    return 3;
}

static size_t described(const struct input *in, struct press *ret, bool *ret_begun)
{
    for (size_t i = 0; i < in->seq_count; i++) {
        size_t len = strlen(in->seqs[i].bytes);
        size_t same = len < in->len ? len : in->len;
        if (memcmp(in->seqs[i].bytes, in->bytes, same) != 0)
            continue;
        if (in->len >= len) {
            ret->key = in->seqs[i].key;
            return len;
        }
        *ret_begun = true;
    }
    return 0;
}

static size_t after_escape(const uint8_t *b, size_t len, bool late, struct press *ret)
{
    size_t used = 0;
    if (len >= 2 && b[1] == '[')
        used = after_bracket(b, len, ret);
    else if (len >= 2 && b[1] == 'O')
        used = after_o(b, len, ret);
    else if (len >= 2 && b[1] != 0x1b) /* Alt and a key: nothing hangs on those */
        return 2;
    else if (len >= 2 || late) {
        ret->key = UK_ESC;
        return 1;
    }
    return used == 0 && late ? len : used;
}

static int key_of_control(uint8_t b)
{
    switch (b) {
    case '\r':
    case '\n':
        return UK_ENTER;
    case '\t':
        return UK_TAB;
    case 0x08:
    case 0x7f:
        return UK_BACKSPACE;
    case 0x15:
        return UK_CTRL_U;
    case 0x03:
        return UK_CTRL_C;
    case 0x0c:
        return UK_CTRL_L;
    case 0x1a:
        return UK_CTRL_Z;
    default:
        return UK_NONE;
    }
}

static size_t character(const struct input *in, bool late, struct press *ret)
{
    if (in->bytes[0] < 0x20 || in->bytes[0] == 0x7f) {
        ret->key = key_of_control(in->bytes[0]);
        return 1;
    }
    size_t want = in->charset == CHARSET_UTF8 ? utf8_want(in->bytes[0]) : 1;
    size_t len = want < in->len ? want : in->len;
    uint32_t cp = input_char(in->charset, in->bytes, len);
    if (cp == INPUT_MORE)
        return late ? in->len : 0;
    if (cp == '?' && in->bytes[0] != '?')
        return 1;
    ret->key = (int)cp;
    return len;
}

bool input_end_paste(struct input *in, struct press *ret)
{
    if (!in->pasting)
        return false;
    in->pasting = false;
    *ret = (struct press){.key = UK_PASTE_END, .pasted = true};
    return true;
}

bool input_next(struct input *in, bool late, struct press *ret)
{
    if (in->len == 0)
        return false;
    if (key_of_control(in->bytes[0]) == UK_CTRL_C && input_end_paste(in, ret))
        return true;
    *ret = (struct press){.key = UK_NONE, .pasted = in->pasting};
    bool begun = false;
    size_t used = in->bytes[0] == 0x1b || in->bytes[0] < 0x20 ? described(in, ret, &begun) : 0;
    if (used == 0 && begun && !late && in->len < 2)
        return false;
    if (used == 0)
        used = in->bytes[0] == 0x1b ? after_escape(in->bytes, in->len, late, ret) : character(in, late, ret);
    if (used == 0 && in->len == sizeof in->bytes)
        used = 1; /* no sequence is that long */
    if (used == 0)
        return false;
    drop(in, used);
    if (ret->key == UK_PASTE_BEGIN || ret->key == UK_PASTE_END)
        in->pasting = ret->key == UK_PASTE_BEGIN;
    return true;
}
