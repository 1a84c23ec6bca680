#include "config.h"
#include "http/json.h"
#include <inttypes.h>
#include <string.h>
#include "base/ascii.h"
#include "base/when.h"

#define WORD_MAX 64

/* Deepest nesting of brackets outside strings: jansson's own limit is 2048, ours is counted before it parses. */
static size_t depth_of(const char *s, size_t len)
{
    size_t depth = 0, deepest = 0;
    bool quoted = false;

    for (size_t i = 0; i < len; i++) {
        if (quoted && s[i] == '\\')
            i++;
        else if (s[i] == '"')
            quoted = !quoted;
        else if (!quoted && (s[i] == '{' || s[i] == '['))
            deepest = ++depth > deepest ? depth : deepest;
        else if (!quoted && depth > 0 && (s[i] == '}' || s[i] == ']'))
            depth--;
    }
    return deepest;
}

enum err_code json_parse(const void *bytes, size_t len, json_t **ret, struct err *err)
{
    json_error_t where;
    json_t *value;

    if (depth_of(bytes, len) > JSON_DEPTH_MAX)
        return err_set(err, ERR_GARBLED, "JSON nested too deep");
    value = json_loadb(len > 0 ? bytes : "", len, JSON_REJECT_DUPLICATES, &where);
    if (!json_is_object(value)) {
        json_decref(value);
        return err_set(err, ERR_GARBLED, "not a JSON object (line %d, column %d)", where.line, where.column);
    }
    *ret = value;
    return OK;
}

static int dump(const char *bytes, size_t len, void *to)
{
    return buf_add(to, bytes, len) == OK ? 0 : -1;
}

enum err_code json_write(const json_t *value, struct buf *to)
{
    if (value == NULL)
        return ERR_NOMEM;
    return json_dump_callback(value, dump, to, JSON_COMPACT) == 0 ? OK : ERR_TOO_BIG;
}

static void misfit(struct json_in *in, const char *name, const char *wanted)
{
    if (in->code == OK)
        in->code = err_set(in->err, ERR_GARBLED, "member \"%s\": %s expected", name, wanted);
}

struct json_in json_read(const json_t *object, struct err *err)
{
    struct json_in in = {object, OK, err};

    if (!json_is_object(object))
        in.code = err_set(err, ERR_GARBLED, "a JSON object expected");
    return in;
}

enum err_code json_done(const struct json_in *in)
{
    return in->code;
}

static const json_t *member(const struct json_in *in, const char *name)
{
    return in->code == OK ? json_object_get(in->object, name) : NULL;
}

/* The member when it is a string of at most max bytes, else NULL and a misfit. */
static const json_t *string_of(struct json_in *in, const char *name, size_t max)
{
    const json_t *v = member(in, name);

    if (json_is_string(v) && json_string_length(v) <= max)
        return v;
    misfit(in, name, "a string of the right length");
    return NULL;
}

void json_need_view(struct json_in *in, const char *name, size_t max, const char **ret, size_t *ret_len)
{
    const json_t *v = string_of(in, name, max);

    if (v == NULL)
        return;
    *ret = json_string_value(v);
    *ret_len = json_string_length(v);
}

void json_need_str(struct json_in *in, const char *name, char *out, size_t out_len)
{
    const json_t *v = string_of(in, name, out_len - 1);

    if (v != NULL)
        memcpy(out, json_string_value(v), json_string_length(v) + 1);
}

void json_need_u64(struct json_in *in, const char *name, uint64_t max, uint64_t *ret)
{
    const json_t *v = member(in, name);

    if (!json_is_integer(v) || json_integer_value(v) < 0 || (uint64_t)json_integer_value(v) > max) {
        misfit(in, name, "a whole number in range");
        return;
    }
    *ret = (uint64_t)json_integer_value(v);
}

void json_need_bool(struct json_in *in, const char *name, bool *ret)
{
    const json_t *v = member(in, name);

    if (!json_is_boolean(v)) {
        misfit(in, name, "true or false");
        return;
    }
    *ret = json_is_true(v);
}

void json_need_time(struct json_in *in, const char *name, int64_t *ret_utc)
{
    char text[WHEN_RFC3339], again[WHEN_RFC3339];
    int64_t utc;

    json_need_str(in, name, text, sizeof text);
    if (in->code != OK)
        return;
    if (when_parse(text, &utc)) {
        when_rfc3339(again, utc);
        if (strcmp(text, again) == 0) {
            *ret_utc = utc;
            return;
        }
    }
    misfit(in, name, "a UTC time");
}

void json_need_hex(struct json_in *in, const char *name, uint8_t *out, size_t out_len)
{
    const json_t *v = string_of(in, name, 2 * out_len);
    const char *s = json_string_value(v);

    if (v != NULL && (strspn(s, "0123456789abcdef") != 2 * out_len || !ascii_unhex(out, out_len, s)))
        misfit(in, name, "lower-case hexadecimal digits");
}

void json_need_word(struct json_in *in, const char *name, const char *const *words, int *ret)
{
    const json_t *v = string_of(in, name, WORD_MAX);

    if (v == NULL)
        return;
    for (int i = 0; words[i] != NULL; i++)
        if (strcmp(json_string_value(v), words[i]) == 0) {
            *ret = i;
            return;
        }
    misfit(in, name, "one of the known words");
}

void json_need_object(struct json_in *in, const char *name, const json_t **ret)
{
    const json_t *v = member(in, name);

    if (json_is_object(v))
        *ret = v;
    else
        misfit(in, name, "an object");
}

void json_may_object(struct json_in *in, const char *name, const json_t **ret)
{
    if (in->code != OK)
        return;
    if (json_has(in, name))
        json_need_object(in, name, ret);
    else
        *ret = NULL;
}

void json_need_array(struct json_in *in, const char *name, size_t max, const json_t **ret)
{
    const json_t *v = member(in, name);

    if (json_is_array(v) && json_array_size(v) <= max)
        *ret = v;
    else
        misfit(in, name, "an array of the right length");
}

bool json_has(const struct json_in *in, const char *name)
{
    const json_t *v = member(in, name);

    return v != NULL && !json_is_null(v);
}
