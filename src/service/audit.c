#include "config.h"

#include "service/audit.h"

#include <stdlib.h>
#include <string.h>
#include "base/i18n.h"
#include "service/audit_inside.h"
#include "sign/cades.h"
#include "sign/cert.h"

const struct audit_word *audit_word_of(enum audit_flaw f)
{
    static const struct audit_word words[] = {
#define X(id, slug, where, words) [AUDIT_##id] = {slug, words, AUDIT_##where},
        AUDIT_FLAWS(X)
#undef X
    };
    return &words[f];
}

void audit_say(struct audit *a, struct audit_finding f)
{
    a->sum.findings++;
    a->found(a->ctx, &f);
}

/* Room for one more of `size` bytes. */
static enum err_code make_room(void **list, size_t count, size_t *room, size_t size)
{
    if (count < *room)
        return OK;
    size_t more = *room ? 2 * *room : 256;
    void *larger = reallocarray(*list, more, size);
    if (!larger)
        return ERR_NOMEM;
    *list = larger;
    *room = more;
    return OK;
}

/* ---- heads ---- */

static bool is_sealed(const struct audit *a, const struct ledger_head *h, const struct buf *cert_der)
{
    X509 *cert = NULL;
    bool sealed = cert_parse(cert_der->data, cert_der->len, &cert) == OK &&
                  ledger_head_check(a->log, h, cert, a->trust, NULL) == OK;
    X509_free(cert);
    return sealed;
}

static enum err_code each_head(void *ctx, const struct ledger_head *h, const struct buf *cert_der)
{
    struct audit *a = ctx;
    void *list = a->heads;
    enum err_code e = make_room(&list, a->head_count, &a->head_room, sizeof *a->heads);
    a->heads = list;
    if (e != OK)
        return e;
    bool sealed = is_sealed(a, h, cert_der);
    a->heads[a->head_count++] = (struct audit_head){h->size, h->root, sealed};
    if (!sealed)
        audit_say(a, (struct audit_finding){.flaw = AUDIT_SIGNATURE, .from = h->size, .to = h->size});
    if (a->sum.heads++ > 0 && h->time < a->sum.last.time)
        audit_say(a, (struct audit_finding){.flaw = AUDIT_TIME, .from = h->size, .to = h->size});
    a->sum.last = *h;
    return OK;
}

/* ---- entries ---- */

static struct audit_finding about(enum audit_flaw flaw, const struct ledger_entry *e)
{
    struct audit_finding f = {.flaw = flaw, .from = e->index, .to = e->index};
    memcpy(f.number, e->number, sizeof f.number);
    return f;
}

static bool digest_is(const struct buf *bytes, const struct digest *want)
{
    struct digest d = digest_of(bytes->data ? bytes->data : (const uint8_t *)"", bytes->len);
    return memcmp(&d, want, sizeof d) == 0;
}

/* Do text and signature of the consent have the digests that were entered? */
static enum err_code check_bytes(struct store *s, const struct consent *c, bool *ret_same)
{
    struct buf cms = BUF_INIT(CADES_MAX), text = BUF_INIT(CADES_MAX);
    enum err_code e = store_consent_cms(s, c->number, &cms);
    if (e == OK)
        e = store_text(s, &c->text, &text);
    *ret_same = e == OK && digest_is(&cms, &c->signature) && digest_is(&text, &c->text);
    buf_done(&cms);
    buf_done(&text);
    return e == ERR_NOT_FOUND ? OK : e;
}

static enum err_code check_record(struct audit *a, const struct ledger_entry *entry)
{
    struct consent c;
    bool same = false;
    enum err_code e = store_consent_by_number(a->store, entry->number, &c);
    if (e == ERR_NOT_FOUND)
        audit_say(a, about(AUDIT_LINK, entry));
    if (e != OK)
        return e == ERR_NOT_FOUND ? OK : e;
    struct ledger_record record = ledger_record_of(&c);
    struct merkle_hash leaf = ledger_leaf(&record, entry->random);
    e = check_bytes(a->store, &c, &same);
    if (e == OK && !(same && c.standing == CONSENT_ACCEPTED && merkle_same(&leaf, &entry->leaf)))
        audit_say(a, about(AUDIT_RECORD, entry));
    return e;
}

/* Erased is what has neither number nor random bytes. */
static void check_erased(struct audit *a, const struct ledger_entry *entry)
{
    static const uint8_t none[LEDGER_RANDOM];
    a->sum.erased++;
    if (entry->number[0] || memcmp(entry->random, none, sizeof none) != 0)
        audit_say(a, about(AUDIT_LINK, entry));
}

static enum err_code keep_row(struct audit *a, const struct merkle_hash *leaf, const char *number)
{
    void *list = a->rows;
    enum err_code e = make_room(&list, a->row_count, &a->row_room, sizeof *a->rows);
    a->rows = list;
    if (e != OK)
        return e;
    struct audit_row *row = &a->rows[a->row_count++];
    row->leaf = *leaf;
    memcpy(row->number, number, STORE_NUMBER);
    return OK;
}

#define HOLE_MAX (UINT64_C(1) << 24) /* entries; behind a larger hole nothing is looked at */

/* Rows of zeros for those that are missing before `next`. ERR_CANCELLED: too many. */
static enum err_code fill_gap(struct audit *a, uint64_t next)
{
    static const struct merkle_hash none;
    static const char nobody[STORE_NUMBER];
    enum err_code e = next - a->row_count > HOLE_MAX ? ERR_CANCELLED : OK;
    if (a->row_count == next)
        return OK;
    audit_say(a, (struct audit_finding){.flaw = AUDIT_GAP, .from = a->row_count, .to = next - 1});
    while (e == OK && a->row_count < next)
        e = keep_row(a, &none, nobody);
    return e;
}

static enum err_code each_entry(void *ctx, const struct ledger_entry *entry)
{
    struct audit *a = ctx;
    enum err_code e = fill_gap(a, entry->index);
    if (e == OK)
        e = keep_row(a, &entry->leaf, entry->number);
    a->sum.entries++;
    if (e == OK && entry->linked)
        return check_record(a, entry);
    if (e == OK)
        check_erased(a, entry);
    return e;
}

/* ---- the heads against the rows ---- */

/* Of heads that do not fit one after the other, the first is said: whatever broke it lies between it and the last one
 * that fits. */
static enum err_code check_roots(struct audit *a)
{
    struct merkle_edge edge = {0};
    bool fitted = true;
    enum err_code e = OK;
    a->roots_hold = true;
    for (size_t i = 0; e == OK && i < a->head_count; i++) {
        const struct audit_head *h = &a->heads[i];
        if (h->size > a->row_count) {
            audit_say(a, (struct audit_finding){.flaw = AUDIT_BEYOND, .from = h->size, .to = h->size});
            a->roots_hold = false;
            break;
        }
        while (e == OK && edge.size < h->size)
            e = merkle_add(&edge, &a->rows[edge.size].leaf, NULL, NULL);
        struct merkle_hash root = merkle_edge_root(&edge);
        bool fits = merkle_same(&root, &h->root);
        if (!fits && fitted && h->sealed)
            audit_say(a, (struct audit_finding){.flaw = AUDIT_ROOT, .from = h->size, .to = h->size});
        fitted = fits || !h->sealed;
        a->roots_hold = a->roots_hold && fitted;
    }
    return e;
}

/* ---- the consents against the entries ---- */

static enum err_code each_consent(void *ctx, const struct consent *c)
{
    struct audit *a = ctx;
    struct ledger_entry entry;
    if (c->standing != CONSENT_ACCEPTED)
        return OK;
    enum err_code e = store_ledger_entry_of(a->store, c->number, &entry);
    if (e == ERR_NOT_FOUND || (e == OK && entry.index > MERKLE_SIZE_MAX)) { /* before the first is nowhere */
        struct audit_finding f = {.flaw = AUDIT_UNENTERED};
        memcpy(f.number, c->number, sizeof f.number);
        audit_say(a, f);
    }
    return e == ERR_NOT_FOUND ? OK : e;
}

enum err_code audit(struct store *s, const char *log, const struct trust *trust,
    void (*found)(void *ctx, const struct audit_finding *f), void *ctx, struct audit_sum *ret)
{
    struct audit a = {.store = s, .log = log, .trust = trust, .found = found, .ctx = ctx};
    enum err_code e = store_ledger_heads(s, each_head, &a); /* first: what is sealed meanwhile is there below */
    if (e == OK)
        e = store_ledger_walk(s, 0, each_entry, &a);
    if (e == OK || e == ERR_CANCELLED)
        e = check_roots(&a);
    if (e == OK)
        e = audit_tree(&a);
    if (e == OK)
        e = store_consent_walk(s, each_consent, &a);
    free(a.rows);
    free(a.heads);
    if (e == OK)
        *ret = a.sum;
    return e;
}
