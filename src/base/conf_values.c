#include "config.h"
#include "base/ascii.h"
#include "base/conf_inside.h"
#include "base/i18n.h"
#include "base/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum err_code conf_mistake(struct conf_reader *r, yaml_mark_t at, const char *fmt, ...)
{
    char said[sizeof r->err->detail];
    va_list ap;
    va_start(ap, fmt);
    (void)vsnprintf(said, sizeof said, fmt, ap);
    va_end(ap);
    return err_set(r->err, ERR_CONFIG, "%s:%zu:%zu: %s", r->path, at.line + 1, at.column + 1, said);
}

enum err_code conf_expected(struct conf_reader *r, const yaml_node_t *node, const char *name, const char *what)
{
    return conf_mistake(r, node->start_mark, tr("\"%s\" should be %s."), name, what);
}

const char *conf_scalar(const yaml_node_t *node)
{
    return (const char *)node->data.scalar.value;
}

static bool is_control(uint32_t cp)
{
    return cp < 0x20 || (cp >= 0x7F && cp < 0xA0) || cp == UINT32_MAX;
}

bool conf_is_text(const yaml_node_t *node)
{
    if (node->type != YAML_SCALAR_NODE)
        return false;
    for (size_t at = 0; at < node->data.scalar.length;)
        if (is_control(utf8_next(conf_scalar(node), node->data.scalar.length, &at)))
            return false;
    return true;
}

static bool is_plain(const yaml_node_t *node)
{
    return conf_is_text(node) && node->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
}

bool conf_is_null(const yaml_node_t *node)
{
    const char *s = is_plain(node) ? conf_scalar(node) : "x";
    return s[0] == '\0' || strcmp(s, "~") == 0 || strcmp(s, "null") == 0;
}

/* ---- single values ---- */

enum err_code conf_copy_string(char **to, const char *s)
{
    *to = strdup(s);
    return *to != NULL ? OK : ERR_NOMEM;
}

static enum err_code copy_path(struct conf_reader *r, char **to, const char *path)
{
    const char *slash = strrchr(r->path, '/');
    if (path[0] == '/' || slash == NULL)
        return conf_copy_string(to, path);
    int n = asprintf(to, "%.*s%s", (int)(slash - r->path + 1), r->path, path);
    if (n < 0)
        *to = NULL;
    return n < 0 ? ERR_NOMEM : OK;
}

/* The place of the value's byte `at`, before which all is ASCII: where the value stands in the file as it is read, not
 * folded over lines or with escapes; else where it begins. */
static yaml_mark_t mark_within(const yaml_node_t *node, size_t at)
{
    yaml_mark_t mark = node->start_mark, end = node->end_mark;
    size_t quotes = is_plain(node) ? 0 : 1;
    size_t chars = utf8_chars(conf_scalar(node), node->data.scalar.length);
    if (mark.line == end.line && end.column - mark.column == chars + 2 * quotes)
        mark.column += at + quotes;
    return mark;
}

enum err_code conf_read_string(struct conf_reader *r, const struct conf_key *k, const yaml_node_t *node, char **to)
{
    if (!conf_is_text(node) || node->data.scalar.length == 0)
        return conf_expected(r, node, k->name, tr("a text on one line"));
    size_t len = utf8_chars(conf_scalar(node), node->data.scalar.length);
    if (k->max > 0 && (len < k->min || len > k->max))
        return conf_mistake(r, node->start_mark, tr("\"%s\" should be %llu to %llu characters long."), k->name,
            (unsigned long long)k->min, (unsigned long long)k->max);
    if (k->fits != NULL && !k->fits(conf_scalar(node)))
        return conf_expected(r, node, k->name, tr(k->expected));
    size_t at;
    const char *expected;
    if (k->flaw != NULL && k->flaw(conf_scalar(node), &at, &expected))
        return conf_mistake(r, mark_within(node, at), tr("\"%s\": expected here: %s."), k->name, tr(expected));
    bool is_path = k->type == CONF_FILE || k->type == CONF_FILES;
    return is_path ? copy_path(r, to, conf_scalar(node)) : conf_copy_string(to, conf_scalar(node));
}

enum err_code conf_read_uint(struct conf_reader *r, const struct conf_key *k, const yaml_node_t *node, uint64_t *to)
{
    uint64_t max = k->max > 0 ? k->max : UINT64_MAX;
    if (is_plain(node) && ascii_u64(conf_scalar(node), max, to) && *to >= k->min)
        return OK;
    return conf_mistake(r, node->start_mark, tr("\"%s\" should be a whole number from %llu to %llu."), k->name,
        (unsigned long long)k->min, (unsigned long long)max);
}

enum err_code conf_read_bool(struct conf_reader *r, const struct conf_key *k, const yaml_node_t *node, bool *to)
{
    static const struct {
        const char *word;
        bool value;
    } words[] = {{"true", true}, {"false", false}, {"evet", true}, {"hayır", false}, {"hayir", false}, {"yes", true},
        {"no", false}};
    for (size_t i = 0; is_plain(node) && i < sizeof words / sizeof words[0]; i++)
        if (strcmp(conf_scalar(node), words[i].word) == 0) {
            *to = words[i].value;
            return OK;
        }
    return conf_expected(r, node, k->name, tr("true or false"));
}

void conf_list_words(char *out, size_t out_len, const char *word, bool first)
{
    size_t used = strlen(out), need = strlen(word) + (first ? 0 : 2);
    if (used + need + sizeof ", ..." <= out_len)
        snprintf(out + used, out_len - used, "%s%s", first ? "" : ", ", word);
    else if (used < 3 || strcmp(out + used - 3, "...") != 0)
        snprintf(out + used, out_len - used, ", ...");
}

enum err_code conf_read_choice(struct conf_reader *r, const struct conf_key *k, const yaml_node_t *node, int *to)
{
    char all[128] = "";
    for (int i = 0; k->choices[i] != NULL; i++) {
        if (conf_is_text(node) && strcmp(conf_scalar(node), k->choices[i]) == 0) {
            *to = i;
            return OK;
        }
        conf_list_words(all, sizeof all, k->choices[i], i == 0);
    }
    return conf_mistake(r, node->start_mark, tr("\"%s\" should be one of: %s."), k->name, all);
}

/* ---- lists ---- */

size_t conf_count_items(const yaml_node_t *node)
{
    return (size_t)(node->data.sequence.items.top - node->data.sequence.items.start);
}

yaml_node_t *conf_item_at(struct conf_reader *r, const yaml_node_t *node, size_t i)
{
    return yaml_document_get_node(&r->doc, node->data.sequence.items.start[i]);
}

enum err_code conf_read_strings(
    struct conf_reader *r, const struct conf_key *k, const yaml_node_t *node, struct conf_strings *to)
{
    if (node->type != YAML_SEQUENCE_NODE)
        return conf_expected(r, node, k->name, tr("a list"));
    size_t n = conf_count_items(node);
    to->v = calloc(n + 1, sizeof *to->v);
    if (to->v == NULL)
        return ERR_NOMEM;
    for (enum err_code code = OK; to->n < n; to->n++) {
        code = conf_read_string(r, k, conf_item_at(r, node, to->n), &to->v[to->n]);
        if (code != OK)
            return code;
    }
    return OK;
}

static bool is_env_name(const char *s)
{
    for (size_t i = 0; s[i] != '\0'; i++)
        if (!ascii_is_alnum(s[i]) && s[i] != '_')
            return false;
    return s[0] != '\0' && !ascii_is_digit(s[0]);
}

static enum err_code read_pair(struct conf_reader *r, const struct conf_key *k, const yaml_node_pair_t *pair, char **to)
{
    const yaml_node_t *name = yaml_document_get_node(&r->doc, pair->key);
    const yaml_node_t *value = yaml_document_get_node(&r->doc, pair->value);
    if (!conf_is_text(name) || !is_env_name(conf_scalar(name)))
        return conf_expected(r, name, k->name, tr("names of letters, digits and _, each with a value"));
    if (!conf_is_text(value))
        return conf_expected(r, value, conf_scalar(name), tr("a text on one line"));
    if (asprintf(to, "%s=%s", conf_scalar(name), conf_scalar(value)) < 0) {
        *to = NULL;
        return ERR_NOMEM;
    }
    return OK;
}

enum err_code conf_read_env(
    struct conf_reader *r, const struct conf_key *k, const yaml_node_t *node, struct conf_strings *to)
{
    if (node->type != YAML_MAPPING_NODE)
        return conf_expected(r, node, k->name, tr("names of letters, digits and _, each with a value"));
    const yaml_node_pair_t *first = node->data.mapping.pairs.start;
    size_t n = (size_t)(node->data.mapping.pairs.top - first);
    to->v = calloc(n + 1, sizeof *to->v);
    if (to->v == NULL)
        return ERR_NOMEM;
    for (; to->n < n; to->n++) {
        enum err_code code = read_pair(r, k, &first[to->n], &to->v[to->n]);
        if (code != OK)
            return code;
    }
    return OK;
}
