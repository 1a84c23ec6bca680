/* One step of one evidence: the first time stamp; the status values that are missing; or, when none is, an archive time
 * stamp over all of it. The file's own form says which level that makes. */
#include "config.h"

#include <string.h>
#include <openssl/objects.h>
#include <openssl/x509v3.h>
#include "service/stamping_inside.h"
#include "service/stamping_pace.h"
#include "service/stamping_renew.h"
#include "service/standing.h"
#include "sign/levels.h"

#define DIGEST NID_sha256
#define VALUES_MAX LEVEL_GAPS_MAX /* a value may bring a responder whose own is missing */

struct step {
    struct stamping *stamping;
    const struct growing *was;
    struct buf file, grown;
    int64_t due;     /* the next one */
    int64_t look_at; /* not before that second, when a list is waited for */
    struct err err;
};

static int64_t now_of(const struct step *t)
{
    return hour_now(t->stamping->portal->hour);
}

/* ---- the first time stamp ---- */

static enum err_code stamp_signature(struct step *t)
{
    uint8_t imprint[TST_IMPRINT_MAX];
    size_t len = 0;
    struct buf token = BUF_INIT(TST_MAX);
    enum err_code e = level_stamp_imprint(t->file.data, t->file.len, DIGEST, imprint, &len, &t->err);
    if (e == OK)
        e = stamping_ask(t->stamping, DIGEST, imprint, len, &token, &t->err);
    if (e == OK)
        e = level_add_stamp(t->file.data, t->file.len, token.data, token.len, &t->grown, &t->err);
    t->due = now_of(t);
    buf_done(&token);
    return e;
}

/* ---- status values ---- */

static enum err_code add_cert(struct evidence *values, X509 *x)
{
    unsigned char *der = NULL;
    int len = i2d_X509(x, &der);
    enum err_code e = len > 0 ? evidence_add(values, EVIDENCE_CERT, der, (size_t)len) : ERR_NOMEM;
    OPENSSL_free(der);
    return e;
}

static int64_t newest_stamp(const struct step *t)
{
    struct level_stamps stamps;
    struct err err;
    int64_t newest = 0;
    if (level_stamps_read(t->file.data, t->file.len, &stamps, &err) != OK)
        return INT64_MAX;
    for (size_t i = 0; i < stamps.count; i++)
        newest = stamps.of[i].facts.time > newest ? stamps.of[i].facts.time : newest;
    level_stamps_done(&stamps);
    return newest;
}

/* What was made before the stamp knows nothing of a revocation between: the next list is waited for (EN 319 102-1's
 * grace period). A revocation stands whenever it was told. Authorities are judged less sharply: their lists are rare.
 */
static bool is_late_enough(const struct step *t, const struct standing_values *v, X509 *x)
{
    const struct standing *s = &v->standing;
    return X509_check_ca(x) == 1 || s->said.status != REV_GOOD || s->live || s->said.this_update >= newest_stamp(t);
}

static enum err_code wait_for_list(struct step *t, int64_t next_update)
{
    t->look_at = pace_list_at(now_of(t), next_update);
    return err_set(&t->err, ERR_REJ_UNKNOWN, "a CRL made before the time stamp; the next one is waited for");
}

/* Profile P3 lives by lists. */
static enum err_code fetch_value(
    struct step *t, enum profile profile, const struct level_gap *gap, struct evidence *values)
{
    struct standing_values v;
    bool list = profile == PROFILE_P3;
    if (stamping_ends(t->stamping))
        return ERR_CANCELLED;
    enum err_code e = standing_fetch(t->stamping->portal, gap->cert, gap->issuer, list, now_of(t), &v, &t->err);
    if (e != OK)
        return e;
    if (!is_late_enough(t, &v, gap->cert))
        e = wait_for_list(t, v.standing.said.next_update);
    else if (v.ocsp.len > 0)
        e = evidence_add(values, EVIDENCE_OCSP, v.ocsp.data, v.ocsp.len);
    else
        e = evidence_add(values, EVIDENCE_CRL, v.crl.data, v.crl.len);
    standing_values_done(&v);
    return e;
}

/* One look at what is missing, and the first of it fetched: a list may serve for others, too. *ret_whole: nothing was.
 */
static enum err_code fetch_missing(struct step *t, enum profile profile, struct evidence *values, bool *ret_whole)
{
    struct level_gaps gaps;
    const struct stamping *s = t->stamping;
    enum err_code e = level_missing(
        t->file.data, t->file.len, profile, s->portal->trust, s->trust, now_of(t), values, &gaps, &t->err);
    if (e != OK)
        return e;
    *ret_whole = gaps.count == 0;
    for (int i = 0; e == OK && i < sk_X509_num(gaps.certs); i++)
        e = add_cert(values, sk_X509_value(gaps.certs, i));
    if (e == OK && gaps.count > 0)
        e = fetch_value(t, profile, &gaps.of[0], values);
    level_gaps_done(&gaps);
    return e;
}

static enum err_code fetch_values(struct step *t, enum profile profile, struct evidence *values)
{
    bool whole = false;
    enum err_code e = OK;
    for (int i = 0; e == OK && !whole && i <= VALUES_MAX; i++)
        e = fetch_missing(t, profile, values, &whole);
    return e == OK && !whole ? err_set(&t->err, ERR_REJ_UNKNOWN, "status values bring ever more to ask about") : e;
}

/* ---- the archive time stamp ---- */

static enum err_code set_renewal(struct step *t, const struct buf *token)
{
    struct tst_facts f;
    enum err_code e = tst_read(token->data, token->len, &f, &t->err);
    if (e != OK)
        return e;
    t->due = renew_at(now_of(t), stamp_weakens_at(&f));
    tst_facts_done(&f);
    return OK;
}

static enum err_code stamp_all(struct step *t)
{
    uint8_t imprint[TST_IMPRINT_MAX];
    size_t len = 0;
    struct buf index = BUF_INIT(LEVEL_INDEX_MAX), token = BUF_INIT(TST_MAX);
    enum err_code e = level_archive_imprint(t->file.data, t->file.len, DIGEST, imprint, &len, &index, &t->err);
    if (e == OK)
        e = stamping_ask(t->stamping, DIGEST, imprint, len, &token, &t->err);
    if (e == OK)
        e = level_add_archive(t->file.data, t->file.len, &index, token.data, token.len, &t->grown, &t->err);
    if (e == OK)
        e = set_renewal(t, &token);
    buf_done(&index);
    buf_done(&token);
    return e;
}

static enum err_code complete(struct step *t, enum profile profile)
{
    struct evidence values = EVIDENCE_INIT;
    enum err_code e = fetch_values(t, profile, &values);
    if (e == OK && values.count > 0)
        e = level_add_values(t->file.data, t->file.len, profile, &values, &t->grown, &t->err);
    else if (e == OK)
        e = stamp_all(t);
    if (e == OK && values.count > 0)
        t->due = now_of(t);
    evidence_done(&values);
    return e;
}

/* ---- a step ---- */

static enum err_code grow(struct step *t)
{
    enum level level;
    enum profile profile;
    enum err_code e = store_evidence_file(t->stamping->portal->store, t->was->number, &t->file);
    if (e == OK)
        e = level_of(t->file.data, t->file.len, &level, &profile, &t->err);
    if (e == OK)
        e = level == LEVEL_B ? stamp_signature(t) : complete(t, profile);
    return e;
}

static enum err_code keep(struct step *t, enum level *ret)
{
    enum err_code e = level_of(t->grown.data, t->grown.len, ret, NULL, &t->err);
    return e == OK
               ? store_evidence_grow(t->stamping->portal->store, t->was, t->grown.data, t->grown.len, (int)*ret, t->due)
               : e;
}

static enum err_code put_off(struct step *t)
{
    int64_t now = now_of(t);
    bool waits_for_stamp = t->was->level != LEVEL_T;
    int64_t from = waits_for_stamp ? stamping_open_at(t->stamping, now) : now;
    return store_evidence_retry(t->stamping->portal->store, t->was,
        pace_retry_at(t->was->tries + 1, now, t->look_at > from ? t->look_at : from));
}

void stamping_step(struct stamping *s, const struct growing *claimed)
{
    struct step t = {.stamping = s, .was = claimed, .file = BUF_INIT(LEVELS_MAX), .grown = BUF_INIT(LEVELS_MAX)};
    enum level level = (enum level)claimed->level;
    enum err_code e = grow(&t);
    if (e == OK)
        e = keep(&t, &level);
    enum err_code kept = e == OK || e == ERR_ALREADY ? OK : put_off(&t);
    diary_say(s->portal->diary, "evidence", "number=%s level=%s result=%s detail=\"%s\"%s", claimed->number,
        level_name(level), e == OK ? "grown" : note_of(e)->slug, e == OK ? "" : t.err.detail,
        kept == OK || kept == ERR_ALREADY ? "" : " (not kept)");
    buf_done(&t.file);
    buf_done(&t.grown);
}
