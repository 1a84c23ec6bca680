/* The short codes of receipts in SQLite. */
#include "config.h"

#include <string.h>
#include "service/store_inside.h"

struct receipt_code {
    const char *number;
    const struct digest *code;
    int64_t at;
    struct consent found;
};

static enum err_code code_set(struct lite *l, void *arg)
{
    const struct receipt_code *c = arg;
    struct row r = row_begin(l, SQL_RECEIPT_CODE_SET);
    row_put_str(&r, c->number);
    row_put_digest(&r, c->code);
    row_put_int(&r, c->at);
    return row_run(&r);
}

enum err_code store_receipt_code_set(struct store *s, const char *number, const struct digest *code, int64_t expires)
{
    struct receipt_code c = {.number = number, .code = code, .at = expires};
    return lite_write(s->group, code_set, &c);
}

static enum err_code code_find(struct lite *l, void *arg)
{
    struct receipt_code *c = arg;
    struct row r = row_begin(l, SQL_CONSENT_BY_RECEIPT_CODE);
    row_put_digest(&r, c->code);
    row_put_int(&r, c->at);
    bool found = read_consent(&r, &c->found);
    return row_end_found(&r, found);
}

enum err_code store_consent_by_receipt_code(
    struct store *s, const struct digest *code, int64_t now, struct consent *ret)
{
    struct receipt_code c = {.code = code, .at = now};
    enum err_code e = lite_read(s->group, code_find, &c);
    if (e == OK)
        *ret = c.found;
    return e;
}
