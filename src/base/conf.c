#include "config.h"
#include "base/conf.h"
#include "base/ascii.h"
#include "base/buf.h"
#include "base/i18n.h"
#include "base/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#define CONF_MAX (256u << 10)

/* One reading: the document, the name for messages, and where the first mistake goes. */
struct reader {
    const char *path;
    struct buf text;
    yaml_document_t doc;
    struct err *err;
};

__attribute__((format(printf, 3, 4))) static enum err_code mistake(
    struct reader *r, yaml_mark_t at, const char *fmt, ...)
{
    char said[sizeof r->err->detail];
    va_list ap;
    va_start(ap, fmt);
    (void)vsnprintf(said, sizeof said, fmt, ap);
    va_end(ap);
    return err_set(r->err, ERR_CONFIG, "%s:%zu:%zu: %s", r->path, at.line + 1, at.column + 1, said);
}

static enum err_code expected(struct reader *r, const yaml_node_t *node, const char *name, const char *what)
{
    return mistake(r, node->start_mark, tr("\"%s\" should be %s."), name, what);
}

static const char *scalar_of(const yaml_node_t *node)
{
    return (const char *)node->data.scalar.value;
}

/* A scalar that is text of ours: no NUL inside, nothing a terminal or a C string would trip over. */
static bool is_text(const yaml_node_t *node)
{
    if (node->type != YAML_SCALAR_NODE)
        return false;
    const yaml_char_t *s = node->data.scalar.value;
    for (size_t i = 0; i < node->data.scalar.length; i++)
        if (s[i] < 0x20 || s[i] == 0x7F)
            return false;
    return true;
}

static bool is_plain(const yaml_node_t *node)
{
    return is_text(node) && node->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
}

static bool is_null(const yaml_node_t *node)
{
    const char *s = is_plain(node) ? scalar_of(node) : "x";
    return s[0] == '\0' || strcmp(s, "~") == 0 || strcmp(s, "null") == 0;
}

/* ---- single values: each stores at `to` and takes the mistake upon itself ---- */

static enum err_code copy_string(char **to, const char *s)
{
    *to = strdup(s);
    return *to != NULL ? OK : ERR_NOMEM;
}

static enum err_code copy_path(struct reader *r, char **to, const char *path)
{
    const char *slash = strrchr(r->path, '/');
    if (path[0] == '/' || slash == NULL)
        return copy_string(to, path);
    int n = asprintf(to, "%.*s%s", (int)(slash - r->path + 1), r->path, path);
    if (n < 0)
        *to = NULL;
    return n < 0 ? ERR_NOMEM : OK;
}

static enum err_code read_string(struct reader *r, const struct conf_key *k, const yaml_node_t *node, char **to)
{
    if (!is_text(node) || node->data.scalar.length == 0)
        return expected(r, node, k->name, tr("a text on one line"));
    size_t len = node->data.scalar.length;
    if (k->max > 0 && (len < k->min || len > k->max))
        return mistake(r, node->start_mark, tr("\"%s\" should be %llu to %llu characters long."), k->name,
            (unsigned long long)k->min, (unsigned long long)k->max);
    if (k->fits != NULL && !k->fits(scalar_of(node)))
        return expected(r, node, k->name, tr(k->expected));
    bool is_path = k->type == CONF_FILE || k->type == CONF_FILES;
    return is_path ? copy_path(r, to, scalar_of(node)) : copy_string(to, scalar_of(node));
}

static enum err_code read_uint(struct reader *r, const struct conf_key *k, const yaml_node_t *node, uint64_t *to)
{
    uint64_t max = k->max > 0 ? k->max : UINT64_MAX;
    if (is_plain(node) && ascii_u64(scalar_of(node), max, to) && *to >= k->min)
        return OK;
    return mistake(r, node->start_mark, tr("\"%s\" should be a whole number from %llu to %llu."), k->name,
        (unsigned long long)k->min, (unsigned long long)max);
}

static enum err_code read_bool(struct reader *r, const struct conf_key *k, const yaml_node_t *node, bool *to)
{
    static const struct {
        const char *word;
        bool value;
    } words[] = {{"true", true}, {"false", false}, {"evet", true}, {"hayır", false}, {"hayir", false}, {"yes", true},
        {"no", false}};
    for (size_t i = 0; is_plain(node) && i < sizeof words / sizeof words[0]; i++)
        if (strcmp(scalar_of(node), words[i].word) == 0) {
            *to = words[i].value;
            return OK;
        }
    return expected(r, node, k->name, tr("true or false"));
}

/* "a, b, c" as far as it fits, whole words only. */
static void list_words(char *out, size_t out_len, const char *word, bool first)
{
    size_t used = strlen(out), need = strlen(word) + (first ? 0 : 2);
    if (used + need + sizeof ", ..." <= out_len)
        snprintf(out + used, out_len - used, "%s%s", first ? "" : ", ", word);
    else if (used < 3 || strcmp(out + used - 3, "...") != 0)
        snprintf(out + used, out_len - used, ", ...");
}

static enum err_code read_choice(struct reader *r, const struct conf_key *k, const yaml_node_t *node, int *to)
{
    char all[128] = "";
    for (int i = 0; k->choices[i] != NULL; i++) {
        if (is_text(node) && strcmp(scalar_of(node), k->choices[i]) == 0) {
            *to = i;
            return OK;
        }
        list_words(all, sizeof all, k->choices[i], i == 0);
    }
    return mistake(r, node->start_mark, tr("\"%s\" should be one of: %s."), k->name, all);
}

/* ---- lists ---- */

static size_t count_items(const yaml_node_t *node)
{
    return (size_t)(node->data.sequence.items.top - node->data.sequence.items.start);
}

static yaml_node_t *item_at(struct reader *r, const yaml_node_t *node, size_t i)
{
    return yaml_document_get_node(&r->doc, node->data.sequence.items.start[i]);
}

static enum err_code read_strings(
    struct reader *r, const struct conf_key *k, const yaml_node_t *node, struct conf_strings *to)
{
    if (node->type != YAML_SEQUENCE_NODE)
        return expected(r, node, k->name, tr("a list"));
    size_t n = count_items(node);
    to->v = calloc(n + 1, sizeof *to->v);
    if (to->v == NULL)
        return ERR_NOMEM;
    for (enum err_code code = OK; to->n < n; to->n++) {
        code = read_string(r, k, item_at(r, node, to->n), &to->v[to->n]);
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

static enum err_code read_pair(struct reader *r, const struct conf_key *k, const yaml_node_pair_t *pair, char **to)
{
    const yaml_node_t *name = yaml_document_get_node(&r->doc, pair->key);
    const yaml_node_t *value = yaml_document_get_node(&r->doc, pair->value);
    if (!is_text(name) || !is_env_name(scalar_of(name)))
        return expected(r, name, k->name, tr("names of letters, digits and _, each with a value"));
    if (!is_text(value))
        return expected(r, value, scalar_of(name), tr("a text on one line"));
    if (asprintf(to, "%s=%s", scalar_of(name), scalar_of(value)) < 0) {
        *to = NULL;
        return ERR_NOMEM;
    }
    return OK;
}

static enum err_code read_env(
    struct reader *r, const struct conf_key *k, const yaml_node_t *node, struct conf_strings *to)
{
    if (node->type != YAML_MAPPING_NODE)
        return expected(r, node, k->name, tr("names of letters, digits and _, each with a value"));
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

static enum err_code read_map(struct reader *r, const struct conf_schema *schema, const yaml_node_t *node, void *into);

static enum err_code read_maps(
    struct reader *r, const struct conf_key *k, const yaml_node_t *node, struct conf_maps *to)
{
    if (node->type != YAML_SEQUENCE_NODE)
        return expected(r, node, k->name, tr("a list"));
    size_t n = count_items(node);
    to->v = calloc(n + 1, k->sub->size);
    if (to->v == NULL)
        return ERR_NOMEM;
    while (to->n < n) {
        void *at = (char *)to->v + to->n * k->sub->size;
        enum err_code code = read_map(r, k->sub, item_at(r, node, to->n), at);
        to->n++; /* what was read of it by then is freed with the rest */
        if (code != OK)
            return code;
    }
    return OK;
}

/* ---- mappings ---- */

static enum err_code read_value(struct reader *r, const struct conf_key *k, const yaml_node_t *node, void *to)
{
    switch (k->type) {
    case CONF_STRING:
    case CONF_FILE:
        return read_string(r, k, node, to);
    case CONF_UINT:
        return read_uint(r, k, node, to);
    case CONF_BOOL:
        return read_bool(r, k, node, to);
    case CONF_CHOICE:
        return read_choice(r, k, node, to);
    case CONF_STRINGS:
    case CONF_FILES:
        return read_strings(r, k, node, to);
    case CONF_MAP:
        return read_map(r, k->sub, node, to);
    case CONF_MAPS:
        return read_maps(r, k, node, to);
    case CONF_ENV:
        return read_env(r, k, node, to);
    case CONF_END:
        break;
    }
    return ERR_INTERNAL;
}

static enum err_code set_fallbacks(const struct conf_schema *schema, void *into);

static enum err_code set_fallback(const struct conf_key *k, void *to)
{
    switch (k->type) {
    case CONF_STRING:
    case CONF_FILE:
        return k->fallback_str != NULL ? copy_string(to, k->fallback_str) : OK;
    case CONF_UINT:
        *(uint64_t *)to = k->fallback;
        return OK;
    case CONF_BOOL:
        *(bool *)to = k->fallback != 0;
        return OK;
    case CONF_CHOICE:
        *(int *)to = (int)k->fallback;
        return OK;
    case CONF_MAP:
        return set_fallbacks(k->sub, to);
    default:
        return OK; /* lists stay empty */
    }
}

static enum err_code set_fallbacks(const struct conf_schema *schema, void *into)
{
    enum err_code code = OK;
    for (const struct conf_key *k = schema->keys; code == OK && k->type != CONF_END; k++)
        code = set_fallback(k, (char *)into + k->offset);
    return code;
}

static const struct conf_key *find_key(const struct conf_schema *schema, const char *name)
{
    for (const struct conf_key *k = schema->keys; k->type != CONF_END; k++)
        if (strcmp(k->name, name) == 0)
            return k;
    return NULL;
}

/* The value of a key in a mapping, NULL when absent or null. */
static const yaml_node_t *value_of(struct reader *r, const yaml_node_t *map, const char *name)
{
    for (const yaml_node_pair_t *p = map->data.mapping.pairs.start; p < map->data.mapping.pairs.top; p++) {
        const yaml_node_t *value = yaml_document_get_node(&r->doc, p->value);
        if (strcmp(scalar_of(yaml_document_get_node(&r->doc, p->key)), name) == 0)
            return is_null(value) ? NULL : value;
    }
    return NULL;
}

static enum err_code unknown_key(struct reader *r, const struct conf_schema *schema, const yaml_node_t *key)
{
    char name[64] = "?", all[128] = "";
    if (key->type == YAML_SCALAR_NODE)
        text_clean(name, sizeof name, scalar_of(key), key->data.scalar.length);
    for (const struct conf_key *k = schema->keys; k->type != CONF_END; k++)
        list_words(all, sizeof all, k->name, k == schema->keys);
    return mistake(r, key->start_mark, tr("unknown key \"%s\". Expected one of: %s."), name, all);
}

/* Every key of the mapping is one of ours, and there once. */
static enum err_code check_keys(struct reader *r, const struct conf_schema *schema, const yaml_node_t *map)
{
    const yaml_node_pair_t *first = map->data.mapping.pairs.start;
    for (const yaml_node_pair_t *p = first; p < map->data.mapping.pairs.top; p++) {
        const yaml_node_t *key = yaml_document_get_node(&r->doc, p->key);
        if (!is_text(key) || find_key(schema, scalar_of(key)) == NULL)
            return unknown_key(r, schema, key);
        for (const yaml_node_pair_t *q = first; q < p; q++)
            if (strcmp(scalar_of(yaml_document_get_node(&r->doc, q->key)), scalar_of(key)) == 0)
                return mistake(r, key->start_mark, tr("\"%s\" is given twice."), scalar_of(key));
    }
    return OK;
}

static enum err_code read_map(struct reader *r, const struct conf_schema *schema, const yaml_node_t *node, void *into)
{
    if (node->type != YAML_MAPPING_NODE)
        return mistake(r, node->start_mark, tr("expected \"key: value\" lines here."));
    enum err_code code = check_keys(r, schema, node);
    for (const struct conf_key *k = schema->keys; code == OK && k->type != CONF_END; k++) {
        const yaml_node_t *value = value_of(r, node, k->name);
        void *to = (char *)into + k->offset;
        if (value != NULL)
            code = read_value(r, k, value, to);
        else if (k->required)
            code = mistake(r, node->start_mark, tr("the key \"%s\" is missing."), k->name);
        else
            code = set_fallback(k, to);
    }
    return code;
}

/* ---- the file ---- */

/* libyaml reads ahead: for a character it cannot read it tells the byte only. */
static yaml_mark_t mark_of_byte(const struct buf *text, size_t offset)
{
    yaml_mark_t mark = {.index = offset};
    for (size_t at = 0; at < offset && at < text->len;) {
        bool newline = text->data[at] == '\n';
        mark.line += newline;
        mark.column = newline ? 0 : mark.column + 1;
        (void)utf8_next((const char *)text->data, text->len, &at);
    }
    return mark;
}

static enum err_code syntax_mistake(struct reader *r, const yaml_parser_t *p)
{
    if (p->error == YAML_MEMORY_ERROR)
        return ERR_NOMEM;
    yaml_mark_t at = p->error == YAML_READER_ERROR ? mark_of_byte(&r->text, p->problem_offset) : p->problem_mark;
    return mistake(r, at, "%s", p->problem != NULL ? p->problem : "YAML");
}

/* The only document of the file; anything behind it is refused, so that nothing is silently passed over. */
static enum err_code read_documents(struct reader *r, yaml_parser_t *p, const struct conf_schema *schema, void *into)
{
    yaml_document_t next;
    if (!yaml_parser_load(p, &r->doc))
        return syntax_mistake(r, p);
    const yaml_node_t *root = yaml_document_get_root_node(&r->doc);
    enum err_code code;
    if (root == NULL)
        code = mistake(r, p->mark, tr("the file is empty."));
    else
        code = read_map(r, schema, root, into);
    if (code == OK && !yaml_parser_load(p, &next))
        code = syntax_mistake(r, p);
    else if (code == OK) {
        root = yaml_document_get_root_node(&next);
        if (root != NULL)
            code = mistake(r, root->start_mark, tr("a second document begins here; only one may be in the file."));
        yaml_document_delete(&next);
    }
    yaml_document_delete(&r->doc);
    return code;
}

enum err_code conf_load(const char *path, const struct conf_schema *schema, void *into, struct err *err)
{
    struct err ignored;
    struct reader r = {.path = path, .text = BUF_INIT(CONF_MAX), .err = err != NULL ? err : &ignored};
    yaml_parser_t parser;
    memset(into, 0, schema->size);
    enum err_code code = buf_read_file(&r.text, path, r.err);
    if (code != OK)
        goto out;
    if (!yaml_parser_initialize(&parser)) {
        code = ERR_NOMEM;
        goto out;
    }
    yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&parser, r.text.data, r.text.len);
    code = read_documents(&r, &parser, schema, into);
    yaml_parser_delete(&parser);
out:
    if (code != OK) {
        conf_free(schema, into);
        if (code == ERR_NOMEM)
            err_set(err, code, "%s", path);
    }
    buf_done(&r.text);
    return code;
}

static void free_strings(struct conf_strings *s)
{
    for (size_t i = 0; i < s->n; i++)
        free(s->v[i]);
    free(s->v);
}

static void free_maps(const struct conf_schema *schema, struct conf_maps *m)
{
    for (size_t i = 0; i < m->n; i++)
        conf_free(schema, (char *)m->v + i * schema->size);
    free(m->v);
}

void conf_free(const struct conf_schema *schema, void *into)
{
    for (const struct conf_key *k = schema->keys; k->type != CONF_END; k++) {
        void *at = (char *)into + k->offset;
        if (k->type == CONF_STRING || k->type == CONF_FILE)
            free(*(char **)at);
        else if (k->type == CONF_STRINGS || k->type == CONF_FILES || k->type == CONF_ENV)
            free_strings(at);
        else if (k->type == CONF_MAP)
            conf_free(k->sub, at);
        else if (k->type == CONF_MAPS)
            free_maps(k->sub, at);
    }
    memset(into, 0, schema->size);
}
