#include "config.h"
#include "token/cards.h"

#include <string.h>
#include <openssl/sha.h>
#include "base/text.h"

#define ARRAY_LEN(a) (sizeof(a) / sizeof *(a))

static size_t width_used(const unsigned char *field, size_t width)
{
    const unsigned char *end = memchr(field, '\0', width); /* some drivers end it like a C string */
    size_t len = end != NULL ? (size_t)(end - field) : width;

    while (len > 0 && field[len - 1] == ' ')
        len--;
    return len;
}

/* How many bytes the last character lacks: 0 when it is whole or was never UTF-8. */
static bool is_cut(const unsigned char *s, size_t len, size_t *ret_start)
{
    size_t start = len, want;

    while (start > 0 && len - start < 3 && (s[start - 1] & 0xc0) == 0x80)
        start--;
    if (start == 0)
        return false;
    start--;
    want = s[start] >= 0xf0 ? 4 : s[start] >= 0xe0 ? 3 : s[start] >= 0xc0 ? 2 : 1;
    *ret_start = start;
    return len - start < want;
}

void card_text(char *out, size_t out_len, const unsigned char *field, size_t width)
{
    size_t len = width_used(field, width), start;

    if (len == width && is_cut(field, len, &start))
        len = start;
    text_clean(out, out_len, (const char *)field, len);
}

/* As pkcs11-helper cuts it, so that the two names of one token are equal. */
static void field_copy(char *out, const unsigned char *field, size_t width)
{
    size_t len = width;

    while (len > 0 && field[len - 1] == ' ')
        len--;
    memcpy(out, field, len);
    out[len] = '\0';
}

static unsigned flags_of(const CK_TOKEN_INFO *info)
{
    static const struct {
        CK_FLAGS theirs;
        unsigned ours;
    } map[] = {
        {CKF_USER_PIN_COUNT_LOW, PIN_IS_LOW},
        {CKF_USER_PIN_FINAL_TRY, PIN_IS_LAST},
        {CKF_USER_PIN_LOCKED, PIN_IS_LOCKED},
        {CKF_PROTECTED_AUTHENTICATION_PATH, PIN_ON_PAD},
        {CKF_USER_PIN_TO_BE_CHANGED, PIN_IS_DUE},
    };
    unsigned flags = 0;

    for (size_t i = 0; i < ARRAY_LEN(map); i++)
        if ((info->flags & map[i].theirs) != 0)
            flags |= map[i].ours;
    return flags;
}

static unsigned limit_of(CK_ULONG n)
{
    return n > 255 ? 0 : (unsigned)n; /* "unavailable" and "unlimited" are huge numbers */
}

static void card_read(struct card *c, CK_SLOT_ID slot, const CK_SLOT_INFO *s, const CK_TOKEN_INFO *t)
{
    c->slot = slot;
    card_text(c->reader, sizeof c->reader, s->slotDescription, sizeof s->slotDescription);
    card_text(c->label, sizeof c->label, t->label, sizeof t->label);
    if (c->label[0] == '\0')
        card_text(c->label, sizeof c->label, t->model, sizeof t->model);
    field_copy(c->manufacturer, t->manufacturerID, sizeof t->manufacturerID);
    field_copy(c->model, t->model, sizeof t->model);
    field_copy(c->serial, t->serialNumber, sizeof t->serialNumber);
    field_copy(c->raw_label, t->label, sizeof t->label);
    c->pin_flags = flags_of(t);
    c->pin_min = limit_of(t->ulMinPinLen);
    c->pin_max = limit_of(t->ulMaxPinLen);
    c->login = (t->flags & CKF_LOGIN_REQUIRED) != 0;
}

enum held { HELD_NOTHING, HELD_CARD, HELD_BLANK, HELD_UNKNOWN, HELD_SICK };

static enum held slot_look(const CK_FUNCTION_LIST *calls, CK_SLOT_ID slot, struct card *ret)
{
    CK_SLOT_INFO s;
    CK_TOKEN_INFO t;
    CK_RV rv;

    if (calls->C_GetSlotInfo(slot, &s) != CKR_OK)
        return HELD_SICK;
    if ((s.flags & CKF_TOKEN_PRESENT) == 0)
        return HELD_NOTHING;
    rv = calls->C_GetTokenInfo(slot, &t);
    if (rv == CKR_TOKEN_NOT_PRESENT || rv == CKR_DEVICE_REMOVED)
        return HELD_NOTHING;
    if (rv != CKR_OK)
        return rv == CKR_TOKEN_NOT_RECOGNIZED ? HELD_UNKNOWN : HELD_SICK;
    if ((t.flags & CKF_TOKEN_INITIALIZED) == 0)
        return HELD_BLANK;
    card_read(ret, slot, &s, &t);
    return HELD_CARD;
}

/* All slots: the list of those with a token is what some drivers get wrong. In two steps, as the standard has it:
 * drivers look at their readers in the first. */
static size_t slots_list(const CK_FUNCTION_LIST *calls, CK_SLOT_ID *slots)
{
    CK_ULONG n = READERS_MAX, told;

    if (calls->C_GetSlotList(CK_FALSE, NULL, &told) != CKR_OK || calls->C_GetSlotList(CK_FALSE, slots, &n) != CKR_OK)
        return 0;
    return n < READERS_MAX ? n : READERS_MAX; /* whatever the driver says of how many it wrote */
}

void cards_look(const CK_FUNCTION_LIST *calls, const struct guard_api *guard, struct cards *ret)
{
    CK_SLOT_ID slots[READERS_MAX];
    size_t seen[HELD_SICK + 1] = {0};

    memset(ret, 0, sizeof *ret);
    guard->forget();
    ret->readers = slots_list(calls, slots);
    for (size_t i = 0; i < ret->readers && ret->n < CARDS_MAX; i++) {
        enum held held = slot_look(calls, slots[i], &ret->v[ret->n]);

        seen[held]++;
        ret->n += held == HELD_CARD;
    }
    ret->stuck = ret->n == 0 && seen[HELD_NOTHING] == 0;
    ret->failed = guard->trouble();
    ret->trouble = ret->n > 0           ? OK
                   : ret->readers == 0  ? ERR_NO_READER
                   : seen[HELD_UNKNOWN] ? ERR_CARD_UNKNOWN
                   : seen[HELD_SICK]    ? ERR_CARD_UNREAD
                                        : ERR_NO_CARD;
}

unsigned card_flags(const CK_FUNCTION_LIST *calls, const struct card *c)
{
    CK_TOKEN_INFO info;

    return calls->C_GetTokenInfo(c->slot, &info) == CKR_OK ? flags_of(&info) : c->pin_flags;
}

bool card_is(const struct card *a, const struct card *b)
{
    return a->slot == b->slot && strcmp(a->manufacturer, b->manufacturer) == 0 && strcmp(a->model, b->model) == 0 &&
           strcmp(a->serial, b->serial) == 0 && strcmp(a->raw_label, b->raw_label) == 0;
}

enum err_code card_refusal(const CK_FUNCTION_LIST *calls, struct card *c, enum err_code rc)
{
    c->pin_flags = card_flags(calls, c);
    if (rc != ERR_PIN_WRONG)
        return rc;
    if ((c->pin_flags & PIN_IS_LOCKED) != 0)
        return ERR_PIN_LOCKED;
    return (c->pin_flags & (PIN_IS_LOW | PIN_IS_LAST)) != 0 ? ERR_PIN_LOW : rc;
}

/* The maker's name ends in the slot's number: the guard put it there. */
void card_ref(const struct card *c, uint8_t ret[32])
{
    struct {
        char manufacturer[33], model[17], serial[17], raw_label[33];
    } told;

    memset(&told, 0, sizeof told);
    memcpy(told.manufacturer, c->manufacturer, sizeof told.manufacturer);
    memcpy(told.model, c->model, sizeof told.model);
    memcpy(told.serial, c->serial, sizeof told.serial);
    memcpy(told.raw_label, c->raw_label, sizeof told.raw_label);
    (void)SHA256((const unsigned char *)&told, sizeof told, ret);
}
