#include "config.h"
#include "base/conf_inside.h"
#include "base/i18n.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

#define CONF_MAX (256u << 10)

static enum err_code read_map(
    struct conf_reader *r, const struct conf_schema *schema, const yaml_node_t *node, void *into);

static enum err_code read_maps(
    struct conf_reader *r, const struct conf_key *k, const yaml_node_t *node, struct conf_maps *to)
{
    int word;
    if (node->type == YAML_SCALAR_NODE && k->choices != NULL)
        return conf_read_choice(r, k, node, &word);
    if (node->type != YAML_SEQUENCE_NODE)
        return conf_expected(r, node, k->name, tr("a list"));
    size_t n = conf_count_items(node);
    if (k->max > 0 && n > k->max)
        return conf_mistake(
            r, node->start_mark, tr("\"%s\" should have %llu members at most."), k->name, (unsigned long long)k->max);
    to->v = calloc(n + 1, k->sub->size);
    if (to->v == NULL)
        return ERR_NOMEM;
    while (to->n < n) {
        void *at = (char *)to->v + to->n * k->sub->size;
        enum err_code code = read_map(r, k->sub, conf_item_at(r, node, to->n), at);
        to->n++; /* what was read of it by then is freed with the rest */
        if (code != OK)
            return code;
    }
    return OK;
}

/* ---- mappings ---- */

static enum err_code read_value(struct conf_reader *r, const struct conf_key *k, const yaml_node_t *node, void *to)
{
    switch (k->type) {
    case CONF_STRING:
    case CONF_FILE:
        return conf_read_string(r, k, node, to);
    case CONF_UINT:
        return conf_read_uint(r, k, node, to);
    case CONF_BOOL:
        return conf_read_bool(r, k, node, to);
    case CONF_CHOICE:
        return conf_read_choice(r, k, node, to);
    case CONF_STRINGS:
    case CONF_FILES:
        return conf_read_strings(r, k, node, to);
    case CONF_MAP:
        return read_map(r, k->sub, node, to);
    case CONF_MAPS:
        return read_maps(r, k, node, to);
    case CONF_ENV:
        return conf_read_env(r, k, node, to);
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
        return k->fallback_str != NULL ? conf_copy_string(to, k->fallback_str) : OK;
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
static const yaml_node_t *value_of(struct conf_reader *r, const yaml_node_t *map, const char *name)
{
    for (const yaml_node_pair_t *p = map->data.mapping.pairs.start; p < map->data.mapping.pairs.top; p++) {
        const yaml_node_t *value = yaml_document_get_node(&r->doc, p->value);
        if (strcmp(conf_scalar(yaml_document_get_node(&r->doc, p->key)), name) == 0)
            return conf_is_null(value) ? NULL : value;
    }
    return NULL;
}

static enum err_code unknown_key(struct conf_reader *r, const struct conf_schema *schema, const yaml_node_t *key)
{
    char name[64] = "?", all[128] = "";
    if (key->type == YAML_SCALAR_NODE)
        text_clean(name, sizeof name, conf_scalar(key), key->data.scalar.length);
    for (const struct conf_key *k = schema->keys; k->type != CONF_END; k++)
        conf_list_words(all, sizeof all, k->name, k == schema->keys);
    return conf_mistake(r, key->start_mark, tr("unknown key \"%s\". Expected one of: %s."), name, all);
}

/* Every key of the mapping is one of ours, and there once. */
static enum err_code check_keys(struct conf_reader *r, const struct conf_schema *schema, const yaml_node_t *map)
{
    const yaml_node_pair_t *first = map->data.mapping.pairs.start;
    for (const yaml_node_pair_t *p = first; p < map->data.mapping.pairs.top; p++) {
        const yaml_node_t *key = yaml_document_get_node(&r->doc, p->key);
        if (!conf_is_text(key) || find_key(schema, conf_scalar(key)) == NULL)
            return unknown_key(r, schema, key);
        for (const yaml_node_pair_t *q = first; q < p; q++)
            if (strcmp(conf_scalar(yaml_document_get_node(&r->doc, q->key)), conf_scalar(key)) == 0)
                return conf_mistake(r, key->start_mark, tr("\"%s\" is given twice."), conf_scalar(key));
    }
    return OK;
}

static enum err_code read_map(
    struct conf_reader *r, const struct conf_schema *schema, const yaml_node_t *node, void *into)
{
    if (node->type != YAML_MAPPING_NODE)
        return conf_mistake(r, node->start_mark, tr("expected \"key: value\" lines here."));
    enum err_code code = check_keys(r, schema, node);
    for (const struct conf_key *k = schema->keys; code == OK && k->type != CONF_END; k++) {
        const yaml_node_t *value = value_of(r, node, k->name);
        void *to = (char *)into + k->offset;
        if (value != NULL)
            code = read_value(r, k, value, to);
        else if (k->required)
            code = conf_mistake(r, node->start_mark, tr("the key \"%s\" is missing."), k->name);
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

static enum err_code syntax_mistake(struct conf_reader *r, const yaml_parser_t *p)
{
    if (p->error == YAML_MEMORY_ERROR)
        return ERR_NOMEM;
    yaml_mark_t at = p->error == YAML_READER_ERROR ? mark_of_byte(&r->text, p->problem_offset) : p->problem_mark;
    return conf_mistake(r, at, "%s", p->problem != NULL ? p->problem : "YAML");
}

/* The only document of the file; anything behind it is refused, so that nothing is silently passed over. */
static enum err_code read_documents(
    struct conf_reader *r, yaml_parser_t *p, const struct conf_schema *schema, void *into)
{
    yaml_document_t next;
    if (!yaml_parser_load(p, &r->doc))
        return syntax_mistake(r, p);
    const yaml_node_t *root = yaml_document_get_root_node(&r->doc);
    enum err_code code;
    if (root == NULL)
        code = conf_mistake(r, p->mark, tr("the file is empty."));
    else
        code = read_map(r, schema, root, into);
    if (code == OK && !yaml_parser_load(p, &next))
        code = syntax_mistake(r, p);
    else if (code == OK) {
        root = yaml_document_get_root_node(&next);
        if (root != NULL)
            code = conf_mistake(r, root->start_mark, tr("a second document begins here; only one may be in the file."));
        yaml_document_delete(&next);
    }
    yaml_document_delete(&r->doc);
    return code;
}

enum err_code conf_load(const char *path, const struct conf_schema *schema, void *into, struct err *err)
{
    struct err ignored;
    struct conf_reader r = {.path = path, .text = BUF_INIT(CONF_MAX), .err = err != NULL ? err : &ignored};
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
