/* GET /v1/ledger/…: what anyone may ask of the ledger. It says nothing of anybody: leaves are hashes. */
#include "config.h"

#include <string.h>
#include "base/ascii.h"
#include "service/answers.h"
#include "service/ledger.h"
#include "service/routes.h"
#include "service/store_ledger.h"
#include "sign/cert.h"
#include "sign/ledger_json.h"

#define CERT_MAX 16384

/* The last head with its certificate (owned by the caller). ERR_NOT_FOUND while there is none. */
static enum err_code read_head(struct portal *p, struct ledger_head *ret, X509 **ret_cert)
{
    struct buf der = BUF_INIT(CERT_MAX);
    enum err_code e = p->ledger ? store_ledger_head(p->store, ret, &der) : ERR_NOT_FOUND;
    if (e == OK)
        e = cert_parse(der.data, der.len, ret_cert);
    buf_done(&der);
    return e;
}

static void let_keep(struct httpd_answer *a, unsigned seconds)
{
    if (a->status != 200) /* out of memory */
        return;
    a->cacheable = true;
    httpd_header_set(a, "Cache-Control", "public, max-age=%u", seconds);
}

void on_ledger_head(void *ctx, struct httpd_request *q, struct httpd_answer *a)
{
    struct portal *p = ctx;
    struct ledger_head head;
    X509 *cert = NULL;
    (void)q;
    enum err_code e = read_head(p, &head, &cert);
    if (e == OK)
        httpd_json(a, 200,
            json_pack("{s:s, s:o, s:o}", "log", p->conf->ledger.name, "head", ledger_head_json(&head), "certificate",
                ledger_cert_json(cert)));
    else
        answer_problem(a, e);
    X509_free(cert);
}

static bool read_size(const struct httpd_request *q, const char *name, uint64_t *ret)
{
    const char *s = httpd_query(q, name);
    return s && ascii_u64(s, MERKLE_SIZE_MAX, ret);
}

/* Between any two sizes up to the last head's: the same two always have the same path. */
static enum err_code read_consistency(
    struct portal *p, const struct httpd_request *q, uint64_t *older, uint64_t *newer, struct merkle_path *ret)
{
    struct ledger_sizes s;
    if (!read_size(q, "old", older) || !read_size(q, "new", newer) || *older > *newer)
        return ERR_BAD_REQUEST;
    enum err_code e = p->ledger ? store_ledger_sizes(p->store, &s) : ERR_NOT_FOUND;
    if (e == OK && *newer > s.sealed)
        e = ERR_NOT_FOUND;
    return e == OK ? store_ledger_consistency(p->store, *older, *newer, ret) : e;
}

void on_ledger_consistency(void *ctx, struct httpd_request *q, struct httpd_answer *a)
{
    struct portal *p = ctx;
    uint64_t older, newer;
    struct merkle_path path;
    enum err_code e = read_consistency(p, q, &older, &newer, &path);
    if (e != OK) {
        answer_problem(a, e);
        return;
    }
    httpd_json(a, 200,
        json_pack(
            "{s:I, s:I, s:o}", "old", (json_int_t)older, "new", (json_int_t)newer, "path", ledger_path_json(&path)));
    let_keep(a, 86400);
}

static enum err_code find_leaf(struct portal *p, const struct httpd_request *q, struct ledger_entry *ret)
{
    struct merkle_hash leaf;
    const char *hex = httpd_query(q, "leaf");
    if (!hex || strlen(hex) != 2 * MERKLE_LEN || !ascii_unhex(leaf.v, sizeof leaf.v, hex))
        return ERR_BAD_REQUEST;
    return store_ledger_entry_at(p->store, &leaf, ret);
}

void on_ledger_proof(void *ctx, struct httpd_request *q, struct httpd_answer *a)
{
    struct portal *p = ctx;
    struct ledger_entry entry;
    struct ledger_head head;
    struct merkle_path path;
    X509 *cert = NULL;
    enum err_code e = find_leaf(p, q, &entry);
    if (e == OK)
        e = read_head(p, &head, &cert);
    if (e == OK && head.size <= entry.index)
        e = ERR_NOT_SEALED;
    if (e == OK)
        e = store_ledger_inclusion(p->store, entry.index, head.size, &path);
    if (e == OK)
        httpd_json(a, 200,
            json_pack("{s:s, s:I, s:o, s:o, s:o}", "log", p->conf->ledger.name, "index", (json_int_t)entry.index,
                "head", ledger_head_json(&head), "path", ledger_path_json(&path), "certificate",
                ledger_cert_json(cert)));
    else
        answer_problem(a, e);
    X509_free(cert);
}
