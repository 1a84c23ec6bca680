#include "config.h"
#include "ui/edit.h"

#include <string.h>

#include "base/ascii.h"
#include "base/code.h"
#include "base/person.h"
#include "base/text.h"

static struct event touch(void)
{
    return (struct event){.kind = EV_TOUCH};
}

static bool is_part(enum field_id field)
{
    return field >= FIELD_PIN_OLD && field <= FIELD_PIN_AGAIN;
}

static enum pin_part part_of(enum field_id field)
{
    return (enum pin_part)(field - FIELD_PIN_OLD);
}

bool edit_is_pin(enum field_id field)
{
    return field == FIELD_PIN || is_part(field);
}

static struct secret *secret_of(const struct desk *d, enum field_id field)
{
    if (is_part(field))
        return d->parts[part_of(field)];
    return field == FIELD_PIN ? d->pin : field == FIELD_PASSWORD ? d->password : NULL;
}

static void count_secrets(struct desk *d)
{
    d->form->pin_chars = d->pin != NULL ? secret_chars(d->pin) : 0;
    d->form->password_chars = d->password != NULL ? secret_chars(d->password) : 0;
    for (size_t i = 0; i < PART_COUNT; i++)
        d->form->part_chars[i] = d->parts[i] != NULL ? secret_chars(d->parts[i]) : 0;
}

static struct event code_state(const struct form *form, uint32_t flags)
{
    char code[CODE_LEN + 1];
    size_t symbols = 0;
    enum code_fit fit = code_read(form->code, strlen(form->code), code, &symbols);
    if (fit == CODE_FITS)
        flags |= FLAG_FITS;
    return (struct event){.kind = EV_CODE, .value = (uint32_t)symbols, .arg = fit, .flags = flags};
}

/* Whether the new one was typed the same twice is decided here; nobody else sees more than the lengths. */
static struct event part_state(const struct desk *d, enum field_id field)
{
    const struct secret *new_pin = d->parts[PART_NEW], *again = d->parts[PART_AGAIN];
    bool same = new_pin != NULL && again != NULL && secret_same(new_pin, again);
    return (struct event){.kind = EV_PIN_PART,
        .value = (uint32_t)d->form->part_chars[part_of(field)],
        .arg = part_of(field),
        .flags = same ? FLAG_SAME_PIN : 0};
}

struct event edit_state(const struct desk *d, enum field_id field, uint32_t flags)
{
    if (is_part(field))
        return part_state(d, field);
    switch (field) {
    case FIELD_TCKN:
        return (struct event){.kind = EV_TCKN,
            .value = (uint32_t)strlen(d->form->tckn),
            .flags = tckn_is_valid(d->form->tckn) ? FLAG_FITS : 0};
    case FIELD_CODE:
        return code_state(d->form, flags);
    case FIELD_PASSWORD:
        return (struct event){.kind = EV_PASSWORD, .value = (uint32_t)d->form->password_chars};
    case FIELD_PIN:
        return (struct event){.kind = EV_PIN, .value = (uint32_t)d->form->pin_chars};
    case FIELD_PATH:
        return (struct event){.kind = EV_PATH};
    default:
        return touch();
    }
}

/* Whatever a file's name may have; no control character and nothing that hides. */
static struct event add_path(struct desk *d, uint32_t cp)
{
    char bytes[4], *path = d->form->path;
    size_t len = cp < 0x20 ? 0 : utf8_put(bytes, cp), at = strlen(path);
    if (len == 0 || !text_is_safe(bytes, len) || at + len >= sizeof d->form->path)
        return (struct event){.kind = EV_PATH, .err = ERR_RECEIPT_NAME};
    memcpy(path + at, bytes, len);
    path[at + len] = '\0';
    return edit_state(d, FIELD_PATH, 0);
}

static struct event add_tckn(struct desk *d, uint32_t cp)
{
    size_t len = strlen(d->form->tckn);
    if (cp <= ' ' || cp == '-') /* between groups of digits */
        return touch();
    if (cp > 0x7f || !ascii_is_digit((char)cp) || len >= TCKN_LEN) {
        struct event ev = edit_state(d, FIELD_TCKN, 0);
        ev.err = ERR_TCKN_KEY;
        return ev;
    }
    d->form->tckn[len] = (char)cp;
    d->form->tckn[len + 1] = '\0';
    return edit_state(d, FIELD_TCKN, 0);
}

/* Symbols stand in groups of four, however they were typed; more than three groups are kept, so that nothing typed is
 * lost in silence. */
static struct event add_code(struct desk *d, uint32_t cp)
{
    int symbol = code_symbol(cp);
    if (symbol == 0)
        return touch();
    struct event ev = code_state(d->form, 0);
    if (symbol < 0) {
        ev.err = ERR_CODE_LETTER;
        return ev;
    }
    char *code = d->form->code;
    size_t len = strlen(code);
    if (len + 3 > sizeof d->form->code)
        return touch();
    if (len % 5 == 4)
        code[len++] = '-';
    code[len++] = (char)symbol;
    code[len] = '\0';
    return code_state(d->form, 0);
}

static struct event add_secret(struct desk *d, enum field_id field, uint32_t cp)
{
    char bytes[4];
    size_t len = cp < 0x20 || cp == 0x7f ? 0 : utf8_put(bytes, cp);
    bool taken = len > 0 && secret_push(secret_of(d, field), bytes, len);
    explicit_bzero(bytes, sizeof bytes);
    if (!taken)
        return touch();
    count_secrets(d);
    return edit_state(d, field, 0);
}

static struct event add_pin(struct desk *d, const struct flow *f, enum field_id field, uint32_t cp)
{
    struct event ev = edit_state(d, field, 0);
    if (cp > 0x7f || !ascii_is_digit((char)cp))
        ev.err = ERR_PIN_LETTER;
    else if (f->pin_max > 0 && ev.value >= f->pin_max)
        ev.err = ERR_PIN_LONG;
    return ev.err != OK ? ev : add_secret(d, field, cp);
}

struct event edit_add(struct desk *d, const struct flow *f, enum field_id field, uint32_t cp)
{
    switch (field) {
    case FIELD_TCKN:
        return add_tckn(d, cp);
    case FIELD_CODE:
        return add_code(d, cp);
    case FIELD_PATH:
        return add_path(d, cp);
    case FIELD_PASSWORD:
        return add_secret(d, field, cp);
    case FIELD_PIN:
    case FIELD_PIN_OLD:
    case FIELD_PIN_NEW:
    case FIELD_PIN_AGAIN:
        return add_pin(d, f, field, cp);
    default:
        return touch();
    }
}

static bool erase_last(char *text)
{
    size_t len = strlen(text);
    if (len == 0)
        return false;
    text[--len] = '\0';
    if (len > 0 && text[len - 1] == '-')
        text[len - 1] = '\0';
    return true;
}

static bool erase_last_letter(char *text)
{
    size_t len = strlen(text);
    bool any = len > 0;
    while (len > 1 && ((unsigned char)text[len - 1] & 0xc0) == 0x80)
        len--;
    text[any ? len - 1 : 0] = '\0';
    return any;
}

struct event edit_erase(struct desk *d, enum field_id field)
{
    bool erased = false;
    if (field == FIELD_TCKN)
        erased = erase_last(d->form->tckn);
    if (field == FIELD_CODE)
        erased = erase_last(d->form->code);
    if (field == FIELD_PATH)
        erased = erase_last_letter(d->form->path);
    struct secret *secret = secret_of(d, field);
    if (secret != NULL && secret_len(secret) > 0) {
        secret_pop(secret);
        count_secrets(d);
        erased = true;
    }
    return erased ? edit_state(d, field, 0) : touch();
}

struct event edit_clear(struct desk *d, enum field_id field)
{
    if (field == FIELD_TCKN)
        explicit_bzero(d->form->tckn, sizeof d->form->tckn);
    if (field == FIELD_CODE)
        explicit_bzero(d->form->code, sizeof d->form->code);
    if (field == FIELD_PATH)
        explicit_bzero(d->form->path, sizeof d->form->path);
    struct secret *secret = secret_of(d, field);
    if (secret != NULL) {
        secret_wipe(secret);
        count_secrets(d);
    }
    return edit_state(d, field, 0);
}
