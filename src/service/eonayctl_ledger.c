/* eonayctl ledger …: is the ledger whole, and the proofs that others may ask for. */
#include "config.h"

#include <stdio.h>
#include <string.h>
#include "base/ascii.h"
#include "base/say.h"
#include "base/when.h"
#include "service/audit.h"
#include "service/eonayctl.h"
#include "service/ledger.h"
#include "sign/ledger_json.h"

#define CERT_MAX 16384

/* A service without a seal has entries and no heads; its ledger goes by the service's name. */
static const char *name_of(const struct task *t)
{
    return t->conf->ledger.name ? t->conf->ledger.name : t->conf->service;
}

static unsigned long long shown(uint64_t n)
{
    return n;
}

/* ---- verify ---- */

struct report {
    json_t *list; /* NULL: for people */
    bool failed;
};

static void print_place(const struct audit_finding *f)
{
    switch (audit_word_of(f->flaw)->where) {
    case AUDIT_CONSENT:
        say_fmt(stdout, tr("Consent %s"), f->number);
        break;
    case AUDIT_NODE:
        say_fmt(stdout, tr("Node %u/%llu"), f->level, shown(f->from));
        break;
    case AUDIT_HEAD:
        say_fmt(stdout, tr("Head %llu"), shown(f->from));
        break;
    case AUDIT_ENTRY:
        if (f->from == f->to)
            say_fmt(stdout, tr("Entry %llu"), shown(f->from));
        else
            say_fmt(stdout, tr("Entries %llu to %llu"), shown(f->from), shown(f->to));
        if (f->number[0])
            say_fmt(stdout, " (%s)", f->number);
        break;
    }
}

static json_t *finding_json(const struct audit_finding *f)
{
    json_t *j = json_pack(
        "{s:s, s:I, s:I}", "flaw", audit_word_of(f->flaw)->slug, "from", (json_int_t)f->from, "to", (json_int_t)f->to);
    bool ok = j && (!f->number[0] || json_object_set_new(j, "number", json_string(f->number)) == 0) &&
              (f->flaw != AUDIT_TREE || json_object_set_new(j, "level", json_integer(f->level)) == 0) &&
              (f->flaw != AUDIT_MOVED || json_object_set_new(j, "belongs", json_integer((json_int_t)f->belongs)) == 0);
    if (ok)
        return j;
    json_decref(j);
    return NULL;
}

static void report_finding(void *ctx, const struct audit_finding *f)
{
    struct report *r = ctx;
    if (r->list) {
        r->failed = r->failed || json_array_append_new(r->list, finding_json(f)) != 0;
        return;
    }
    print_place(f);
    say_fmt(stdout, ": %s", tr(audit_word_of(f->flaw)->words));
    if (f->flaw == AUDIT_MOVED)
        say_fmt(stdout, ": %llu", shown(f->belongs));
    say_text(stdout, "\n");
}

static json_t *sum_json(const struct audit_sum *s, json_t *findings)
{
    return json_pack("{s:I, s:I, s:I, s:I, s:o}", "entries", (json_int_t)s->entries, "erased", (json_int_t)s->erased,
        "sealed", (json_int_t)s->last.size, "heads", (json_int_t)s->heads, "findings", findings);
}

static enum err_code print_sum(const struct audit_sum *s)
{
    say_fmt(stdout, tr("Entries: %llu, of erased persons: %llu, sealed: %llu, heads: %llu"), shown(s->entries),
        shown(s->erased), shown(s->last.size), shown(s->heads));
    say_text(stdout, "\n");
    if (s->findings == 0)
        say_line(stdout, tr("The ledger is whole."));
    return OK;
}

enum err_code ledger_verify(struct task *t, struct err *err)
{
    struct report r = {.list = t->args->json ? json_array() : NULL};
    struct audit_sum sum;
    struct trust *trust = NULL;
    enum err_code e = t->args->json && !r.list ? ERR_NOMEM : trust_load(t->conf->trust, &trust, err);
    if (e == OK)
        e = audit(t->store, name_of(t), trust, report_finding, &r, &sum);
    trust_free(&trust);
    if (e != OK || r.failed) {
        json_decref(r.list);
        return e != OK ? e : ERR_NOMEM;
    }
    e = r.list ? print_json(sum_json(&sum, r.list)) : print_sum(&sum);
    return e == OK && sum.findings > 0 ? ERR_LEDGER_BROKEN : e;
}

/* ---- heads and paths ---- */

enum err_code ledger_show_head(struct task *t, struct err *err)
{
    struct ledger_head h;
    struct buf cert = BUF_INIT(CERT_MAX);
    char at[WHEN_SHOWN], size[24], root[2 * MERKLE_LEN + 1];
    enum err_code e = store_ledger_head(t->store, &h, &cert);
    buf_done(&cert);
    if (e != OK)
        return err_set(err, e, "%s", tr("There is no head yet"));
    if (t->args->json)
        return print_json(json_pack("{s:s, s:o}", "log", name_of(t), "head", ledger_head_json(&h)));
    when_show(at, h.time);
    ascii_hex(root, h.root.v, sizeof h.root.v);
    snprintf(size, sizeof size, "%llu", shown(h.size));
    print_field(N_("Ledger"), name_of(t));
    print_field(N_("Entries"), size);
    print_field(N_("Root"), root);
    print_field(N_("Sealed"), at);
    return OK;
}

/* The two numbers behind the words, up to the last head's. */
static enum err_code read_sizes(struct task *t, uint64_t *older, uint64_t *newer, struct err *err)
{
    struct ledger_sizes s;
    enum err_code e = store_ledger_sizes(t->store, &s);
    bool fit = e == OK && ascii_u64(t->args->rest[2], s.sealed, older) &&
               ascii_u64(t->args->rest[3], s.sealed, newer) && *older <= *newer;
    return fit || e != OK
               ? e
               : err_set(err, ERR_BAD_REQUEST, "%s", tr("Two sizes are needed: OLD NEW, up to the last head's"));
}

enum err_code ledger_show_consistency(struct task *t, struct err *err)
{
    uint64_t older, newer;
    struct merkle_path path;
    char hex[2 * MERKLE_LEN + 1];
    enum err_code e = read_sizes(t, &older, &newer, err);
    if (e == OK)
        e = store_ledger_consistency(t->store, older, newer, &path);
    if (e == OK && t->args->json)
        return print_json(json_pack(
            "{s:I, s:I, s:o}", "old", (json_int_t)older, "new", (json_int_t)newer, "path", ledger_path_json(&path)));
    for (size_t i = 0; e == OK && i < path.len; i++) {
        ascii_hex(hex, path.at[i].v, sizeof path.at[i].v);
        say_line(stdout, hex);
    }
    return e;
}

enum err_code ledger_prove(struct task *t, struct err *err)
{
    struct ledger_proof p = {0};
    struct buf json = BUF_INIT(LEDGER_JSON_MAX);
    (void)err;
    enum err_code e = ledger_proof_find(t->store, name_of(t), t->args->rest[2], &p);
    if (e == OK)
        e = p.sealed ? ledger_proof_write(&p, &json) : ERR_NOT_SEALED;
    if (e == OK)
        say_line(stdout, (char *)json.data);
    ledger_proof_done(&p);
    buf_done(&json);
    return e;
}
