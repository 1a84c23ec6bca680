#include "config.h"
#include "fakes/p11/script.h"
#include "fakes/p11/words.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ARRAY_LEN(a) (sizeof(a) / sizeof *(a))
#define TEXT_MAX 65536

static bool mistake(struct p11_script *s, const struct p11_line *l, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
static bool mistake(struct p11_script *s, const struct p11_line *l, const char *fmt, ...)
{
    char what[96];
    va_list args;

    va_start(args, fmt);
    vsnprintf(what, sizeof what, fmt, args);
    va_end(args);
    snprintf(s->mistake, sizeof s->mistake, "line %u: %s", l->number, what);
    return false;
}

/* ---- readers and cards ---- */

static bool on_slot(struct p11_script *s, struct p11_line *l)
{
    const char *id = p11_word_at(l, 1), *name = p11_word_at(l, 2);
    struct p11_slot *slot = &s->slots[s->slot_n];

    if (name == NULL || s->slot_n == P11_SLOTS)
        return mistake(s, l, "slot NUMBER NAME");
    slot->id = strtoul(id, NULL, 0);
    snprintf(slot->name, sizeof slot->name, "%s", name);
    s->slot_n++;
    return true;
}

static struct p11_slot *last_slot(struct p11_script *s)
{
    return s->slot_n == 0 ? NULL : &s->slots[s->slot_n - 1];
}

static bool on_token(struct p11_script *s, struct p11_line *l)
{
    struct p11_slot *slot = last_slot(s);
    const char *label = p11_word_at(l, 1);
    struct p11_token *t;

    if (slot == NULL || slot->full || label == NULL)
        return mistake(s, l, "token LABEL, one in a slot");
    slot->full = true;
    t = &slot->token;
    memcpy(t->label, label, strnlen(label, sizeof t->label - 1)); /* cut within a letter, as cards do */
    p11_text_of(l, "serial", "0001", t->serial, sizeof t->serial);
    p11_text_of(l, "maker", "TEST", t->maker, sizeof t->maker);
    p11_text_of(l, "model", "fake", t->model, sizeof t->model);
    p11_text_of(l, "pin", "135792", t->pin, sizeof t->pin);
    t->min = p11_number_of(l, "min", 4);
    t->max = p11_number_of(l, "max", 16);
    t->tries = p11_number_of(l, "tries", 3);
    t->wrong = p11_number_of(l, "wrong", 0);
    t->has_pad = p11_value_of(l, "pad") != NULL;
    p11_text_of(l, "pad", "", t->pad, sizeof t->pad);
    t->blank = p11_has(l, "blank");
    t->unknown = p11_has(l, "unknown");
    t->no_login = p11_has(l, "no-login");
    t->change = p11_has(l, "change");
    t->expired = p11_has(l, "expired");
    t->login_first = p11_has(l, "login-first");
    t->open_pad = p11_has(l, "open-pad");
    return true;
}

/* ---- objects ---- */

static const struct {
    const char *name;
    CK_ATTRIBUTE_TYPE type;
} attribute_names[] = {
#define ATTRIBUTE(name)                                                                                                \
    {                                                                                                                  \
#name, name                                                                                                    \
    }
    ATTRIBUTE(CKA_CLASS),
    ATTRIBUTE(CKA_LABEL),
    ATTRIBUTE(CKA_ID),
    ATTRIBUTE(CKA_VALUE),
    ATTRIBUTE(CKA_CERTIFICATE_TYPE),
    ATTRIBUTE(CKA_KEY_TYPE),
    ATTRIBUTE(CKA_MODULUS),
    ATTRIBUTE(CKA_EC_POINT),
    ATTRIBUTE(CKA_EC_PARAMS),
    ATTRIBUTE(CKA_SIGN),
    ATTRIBUTE(CKA_ALWAYS_AUTHENTICATE),
#undef ATTRIBUTE
};

static size_t hex_read(const char *hex, uint8_t *out, size_t max)
{
    size_t n = 0;

    for (; n < max && p11_hex_value(hex[0]) >= 0 && p11_hex_value(hex[1]) >= 0; hex += 2)
        out[n++] = (uint8_t)(p11_hex_value(hex[0]) << 4 | p11_hex_value(hex[1]));
    return n;
}

static bool put_long(struct p11_object *o, CK_ATTRIBUTE_TYPE type, size_t len)
{
    char *bytes = malloc(len + 1);
    bool put = bytes != NULL;

    if (put) {
        memset(bytes, 'A', len);
        put = p11_object_put(o, type, bytes, len);
    }
    free(bytes);
    return put;
}

static bool attribute_set(struct p11_object *o, CK_ATTRIBUTE_TYPE type, const char *how)
{
    struct p11_attribute *a = p11_object_find(o, type);
    uint8_t bytes[256];

    if (strncmp(how, "text:", 5) == 0)
        return p11_object_put(o, type, how + 5, strlen(how + 5));
    if (strncmp(how, "hex:", 4) == 0)
        return p11_object_put(o, type, bytes, hex_read(how + 4, bytes, sizeof bytes));
    if (strncmp(how, "long:", 5) == 0)
        return put_long(o, type, strtoul(how + 5, NULL, 0));
    if (a == NULL)
        return false;
    if (strncmp(how, "says:", 5) == 0)
        a->says = strtoul(how + 5, NULL, 0);
    else if (strcmp(how, "none") == 0)
        a->none = true;
    else if (strcmp(how, "hidden") == 0)
        a->hidden = true;
    else
        return false;
    return true;
}

static bool attributes_read(struct p11_script *s, struct p11_line *l, struct p11_object *o)
{
    for (size_t i = 0; i < ARRAY_LEN(attribute_names); i++) {
        const char *how = p11_value_of(l, attribute_names[i].name);

        if (how != NULL && !attribute_set(o, attribute_names[i].type, how))
            return mistake(s, l, "%s=%s", attribute_names[i].name, how);
    }
    return true;
}

/* A growing list of pointers, n of them. */
static bool list_add(struct p11_object ***list, size_t *n, struct p11_object *o, size_t times)
{
    struct p11_object **more = realloc(*list, (*n + times) * sizeof *more);

    if (more == NULL)
        return false;
    *list = more;
    while (times-- > 0)
        more[(*n)++] = o;
    return true;
}

static bool object_fill(struct p11_script *s, struct p11_line *l, struct p11_object *o, CK_OBJECT_CLASS class)
{
    const char *id = p11_word_at(l, 1), *file = p11_word_at(l, 2), *label = p11_value_of(l, "label");
    uint8_t bytes[256];
    char path[1024];

    if (file == NULL)
        return mistake(s, l, "%s ID FILE", l->v[0]);
    snprintf(path, sizeof path, "%s/%s", s->dir, file);
    if (!p11_object_make(o, class, strcmp(file, "-") == 0 ? NULL : path, p11_has(l, "explicit")))
        return mistake(s, l, "%s cannot be read", file);
    o->always = class == CKO_PRIVATE_KEY && p11_has(l, "always");
    o->private = class == CKO_PRIVATE_KEY && !p11_has(l, "shown");
    if (label == NULL)
        label = "nes";
    return p11_object_put(o, CKA_ID, bytes, hex_read(id, bytes, sizeof bytes)) &&
           p11_object_put(o, CKA_LABEL, label, strlen(label)) &&
           p11_object_put(o, CKA_ALWAYS_AUTHENTICATE, &(CK_BBOOL){o->always}, sizeof(CK_BBOOL)) &&
           attributes_read(s, l, o);
}

static bool object_add(struct p11_script *s, struct p11_line *l, CK_OBJECT_CLASS class)
{
    struct p11_slot *slot = last_slot(s);
    struct p11_object *o = calloc(1, sizeof *o);

    if (slot == NULL || !slot->full || o == NULL || !list_add(&s->own, &s->own_n, o, 1)) {
        free(o);
        return mistake(s, l, "no token yet");
    }
    return object_fill(s, l, o, class) && list_add(&slot->objects, &slot->n, o, p11_number_of(l, "times", 1));
}

static bool on_cert(struct p11_script *s, struct p11_line *l)
{
    return object_add(s, l, CKO_CERTIFICATE);
}

static bool on_public(struct p11_script *s, struct p11_line *l)
{
    return object_add(s, l, CKO_PUBLIC_KEY);
}

static bool on_key(struct p11_script *s, struct p11_line *l)
{
    return object_add(s, l, CKO_PRIVATE_KEY);
}

/* ---- what goes wrong ---- */

static bool call_named(const char *name, enum p11_call *ret)
{
    for (size_t i = 0; name != NULL && i < P11_CALLS; i++)
        if (strcmp(p11_call_names[i], name) == 0) {
            *ret = (enum p11_call)i;
            return true;
        }
    return false;
}

static bool code_named(const char *name, CK_RV *ret)
{
    static const struct {
        const char *name;
        CK_RV rv;
    } codes[] = {
#define CKR(name, number) {#name, number},
#include "fakes/p11/ckr.def"
#undef CKR
    };

    for (size_t i = 0; name != NULL && i < ARRAY_LEN(codes); i++)
        if (strcmp(codes[i].name, name) == 0) {
            *ret = codes[i].rv;
            return true;
        }
    return false;
}

static bool crash_named(const char *name, enum p11_crash *ret)
{
    static const char *const names[] = {[P11_ABORT] = "abort", [P11_SEGV] = "segv", [P11_EXIT] = "exit"};

    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        if (strcmp(name == NULL ? "abort" : name, names[i]) == 0) {
            *ret = (enum p11_crash)i;
            return true;
        }
    return false;
}

static bool fault_add(struct p11_script *s, struct p11_line *l, enum p11_fault_kind kind)
{
    struct p11_fault *f = &s->faults[s->fault_n];

    if (s->fault_n == P11_FAULTS || !call_named(p11_word_at(l, 1), &f->call))
        return mistake(s, l, "%s CALL", l->v[0]);
    f->kind = kind;
    f->times = p11_number_of(l, "times", 0);
    f->after = p11_number_of(l, "after", 0);
    f->ms = p11_number_of(l, "ms", 0);
    if (kind == P11_FAIL && !code_named(p11_word_at(l, 2), &f->rv))
        return mistake(s, l, "fail CALL CKR");
    if (kind == P11_CRASH && !crash_named(p11_value_of(l, "by"), &f->by))
        return mistake(s, l, "crash CALL by=abort|segv|exit");
    s->fault_n++;
    return true;
}

static bool on_fail(struct p11_script *s, struct p11_line *l)
{
    return fault_add(s, l, P11_FAIL);
}

static bool on_hang(struct p11_script *s, struct p11_line *l)
{
    return fault_add(s, l, P11_HANG);
}

static bool on_crash(struct p11_script *s, struct p11_line *l)
{
    return fault_add(s, l, P11_CRASH);
}

static bool on_slow(struct p11_script *s, struct p11_line *l)
{
    return fault_add(s, l, P11_SLOW);
}

static bool on_pull(struct p11_script *s, struct p11_line *l)
{
    return fault_add(s, l, P11_PULL);
}

static bool on_habit(struct p11_script *s, struct p11_line *l)
{
    static const struct {
        const char *word;
        enum p11_habit habit;
    } habits[] = {{"init-null", P11_INIT_NULL}, {"init-done", P11_INIT_DONE}, {"list-empty", P11_LIST_EMPTY},
        {"sign-short", P11_SIGN_SHORT}, {"sign-der", P11_SIGN_DER}, {"sign-junk", P11_SIGN_JUNK}};
    const char *lacks = p11_value_of(l, "lacks");
    enum p11_call call;

    for (size_t i = 0; i < ARRAY_LEN(habits); i++)
        if (p11_has(l, habits[i].word))
            s->habits |= habits[i].habit;
    if (lacks == NULL)
        return true;
    if (!call_named(lacks, &call))
        return mistake(s, l, "lacks=%s", lacks);
    return s->lacks[call] = true;
}

/* ---- the file ---- */

static const struct {
    const char *verb;
    bool (*read)(struct p11_script *, struct p11_line *);
} verbs[] = {
    {"slot", on_slot},
    {"token", on_token},
    {"cert", on_cert},
    {"public", on_public},
    {"key", on_key},
    {"fail", on_fail},
    {"hang", on_hang},
    {"crash", on_crash},
    {"slow", on_slow},
    {"pull", on_pull},
    {"habit", on_habit},
};

static bool all_used(struct p11_script *s, struct p11_line *l)
{
    for (size_t i = 1; i < l->n; i++)
        if (!l->used[i])
            return mistake(s, l, "what is \"%s\"?", l->v[i]);
    return true;
}

static bool line_read(struct p11_script *s, struct p11_line *l)
{
    if (l->n == 0 || l->v[0][0] == '#')
        return true;
    for (size_t i = 0; i < ARRAY_LEN(verbs); i++)
        if (strcmp(verbs[i].verb, l->v[0]) == 0)
            return verbs[i].read(s, l) && all_used(s, l);
    return mistake(s, l, "what is \"%s\"?", l->v[0]);
}

static void lines_read(struct p11_script *s, char *text)
{
    struct p11_line l = {.number = 0};

    for (char *next; text != NULL && s->mistake[0] == '\0'; text = next) {
        next = strchr(text, '\n');
        if (next != NULL)
            *next++ = '\0';
        l.number++;
        p11_line_cut(text, &l);
        (void)line_read(s, &l);
    }
}

/* No script: no reader. */
struct p11_script *p11_script_read(const char *dir)
{
    struct p11_script *s = calloc(1, sizeof *s);
    char path[600], *text = s == NULL ? NULL : malloc(TEXT_MAX);
    FILE *f;

    if (text == NULL) {
        free(s);
        return NULL;
    }
    snprintf(s->dir, sizeof s->dir, "%s", dir);
    snprintf(path, sizeof path, "%s/script", dir);
    f = fopen(path, "re");
    if (f != NULL) {
        text[fread(text, 1, TEXT_MAX - 1, f)] = '\0';
        fclose(f);
        lines_read(s, text);
    }
    free(text);
    return s;
}

void p11_script_free(struct p11_script **s)
{
    if (*s == NULL)
        return;
    for (size_t i = 0; i < (*s)->slot_n; i++)
        free((*s)->slots[i].objects);
    for (size_t i = 0; i < (*s)->own_n; i++)
        p11_object_free(&(*s)->own[i]);
    free((*s)->own);
    free(*s);
    *s = NULL;
}
