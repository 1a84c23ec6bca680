/* What conf.c (mappings, files) and conf_values.c (single values and their lists) share. Not for other rooms. */
#ifndef EONAY_BASE_CONF_INSIDE_H
#define EONAY_BASE_CONF_INSIDE_H

#include <yaml.h>
#include "base/buf.h"
#include "base/conf.h"

/* One reading: the document, the name for messages, and where the first mistake goes. */
struct conf_reader {
    const char *path;
    struct buf text;
    yaml_document_t doc;
    struct err *err;
};

/* Both say where and answer ERR_CONFIG: a sentence, or that `name` should be `what`. */
enum err_code conf_mistake(struct conf_reader *r, yaml_mark_t at, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
enum err_code conf_expected(struct conf_reader *r, const yaml_node_t *node, const char *name, const char *what);
/* Appends ", word" while it fits, then ", ..." once: whole words only. */
void conf_list_words(char *out, size_t out_len, const char *word, bool first);

/* A scalar that is text of ours: no NUL inside, nothing a terminal or a C string would trip over. */
bool conf_is_text(const yaml_node_t *node);
bool conf_is_null(const yaml_node_t *node);
const char *conf_scalar(const yaml_node_t *node);
size_t conf_count_items(const yaml_node_t *node);
yaml_node_t *conf_item_at(struct conf_reader *r, const yaml_node_t *node, size_t i);

/* Each stores at `to` and takes the mistake upon itself; what it stored before failing is freed by conf_free. */
enum err_code conf_copy_string(char **to, const char *s) MUST_CHECK;
enum err_code conf_read_string(
    struct conf_reader *r, const struct conf_key *k, const yaml_node_t *node, char **to) MUST_CHECK;
enum err_code conf_read_uint(
    struct conf_reader *r, const struct conf_key *k, const yaml_node_t *node, uint64_t *to) MUST_CHECK;
enum err_code conf_read_bool(
    struct conf_reader *r, const struct conf_key *k, const yaml_node_t *node, bool *to) MUST_CHECK;
enum err_code conf_read_choice(
    struct conf_reader *r, const struct conf_key *k, const yaml_node_t *node, int *to) MUST_CHECK;
enum err_code conf_read_strings(
    struct conf_reader *r, const struct conf_key *k, const yaml_node_t *node, struct conf_strings *to) MUST_CHECK;
enum err_code conf_read_env(
    struct conf_reader *r, const struct conf_key *k, const yaml_node_t *node, struct conf_strings *to) MUST_CHECK;

#endif
