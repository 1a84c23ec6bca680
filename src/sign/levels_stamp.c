#include "config.h"
#include "sign/levels_in.h"

#include <string.h>
#include "sign/alg.h"
#include "sign/cert.h"

const char *level_name(enum level l)
{
    static const char *const names[] = {"B-B", "B-T", "B-LT", "B-LTA"};
    return (unsigned)l < sizeof names / sizeof names[0] ? names[l] : "?";
}

static bool has(const struct signed_data *d, const char *oid)
{
    struct attribute a;
    return attribute_find(d->unsigned_attributes.body, oid, &a);
}

static enum level shape_of(const struct signed_data *d)
{
    if (!has(d, OID_STAMP))
        return LEVEL_B;
    if (has(d, OID_ARCHIVE))
        return LEVEL_LTA;
    return d->crls.body.len > 0 || has(d, OID_REVOCATION_VALUES) ? LEVEL_LT : LEVEL_T;
}

static enum profile profile_of(const struct signed_data *d)
{
    struct der_item value;
    enum profile p = PROFILE_BASELINE;
    bool named = attribute_value(d->attributes.body, OID_POLICY, &value) && policy_read(&value, &p) == POLICY_KNOWN;
    return named ? p : PROFILE_BASELINE;
}

enum err_code level_of(const uint8_t *der, size_t len, enum level *ret, enum profile *ret_profile, struct err *err)
{
    struct signed_data d;
    enum err_code rc = levels_open(der, len, &d, err);
    if (rc != OK)
        return rc;
    *ret = shape_of(&d);
    if (ret_profile != NULL)
        *ret_profile = profile_of(&d);
    return OK;
}

enum err_code levels_signature_imprint(
    const struct signed_data *d, int digest, uint8_t ret[TST_IMPRINT_MAX], size_t *ret_len)
{
    return levels_digest(digest, &d->signature.body, 1, ret, ret_len);
}

/* An attribute without its own tag and length, as EN 319 122-1 §A.1.5.2 concatenates them. */
static size_t take_bodies(const struct signed_data *d, const char *oid, struct der_view *pieces, size_t n, size_t max)
{
    struct der_view rest = d->unsigned_attributes.body;
    struct attribute a;
    while (n < max && attribute_next(&rest, &a))
        if (levels_oid_is(&a.type, oid))
            pieces[n++] = a.whole.body;
    return n;
}

enum err_code levels_refs_imprint(
    const struct signed_data *d, int digest, uint8_t ret[TST_IMPRINT_MAX], size_t *ret_len)
{
    struct der_view pieces[LEVEL_STAMPS_MAX + 3] = {d->signature.body};
    if (!has(d, OID_CERT_REFS) || !has(d, OID_REVOCATION_REFS))
        return ERR_BAD_REQUEST;
    size_t n = take_bodies(d, OID_STAMP, pieces, 1, LEVEL_STAMPS_MAX);
    n = take_bodies(d, OID_CERT_REFS, pieces, n, n + 1);
    n = take_bodies(d, OID_REVOCATION_REFS, pieces, n, n + 1);
    return levels_digest(digest, pieces, n, ret, ret_len);
}

typedef enum err_code make_imprint(const struct signed_data *, int, uint8_t *, size_t *);

static enum err_code imprint(
    const uint8_t *der, size_t len, make_imprint *make, int digest, uint8_t *ret, size_t *ret_len, struct err *err)
{
    struct signed_data d;
    enum err_code rc = levels_open(der, len, &d, err);
    if (rc != OK)
        return rc;
    rc = make(&d, digest, ret, ret_len);
    return rc == OK ? OK : err_set(err, rc, "the imprint could not be made");
}

enum err_code level_stamp_imprint(
    const uint8_t *der, size_t len, int digest, uint8_t ret_imprint[TST_IMPRINT_MAX], size_t *ret_len, struct err *err)
{
    return imprint(der, len, levels_signature_imprint, digest, ret_imprint, ret_len, err);
}

enum err_code level_refs_imprint(
    const uint8_t *der, size_t len, int digest, uint8_t ret_imprint[TST_IMPRINT_MAX], size_t *ret_len, struct err *err)
{
    return imprint(der, len, levels_refs_imprint, digest, ret_imprint, ret_len, err);
}

enum err_code levels_add_token(
    const struct signed_data *d, const char *oid, struct der_view token, struct buf *ret_der, struct err *err)
{
    struct der_out out = DER_OUT_INIT(2 * TST_MAX);
    levels_put_oid(&out, oid);
    size_t value = der_mark(&out);
    der_raw(&out, token.at, token.len);
    levels_end_attribute(&out, 0, value);
    struct splice add = {.attributes = {out.buf.data, out.buf.len}};
    enum err_code rc = out.rc == OK ? levels_splice(d, &add, ret_der, err) : err_set(err, out.rc, "time stamp");
    der_out_done(&out);
    return rc;
}

static enum err_code add(const uint8_t *der, size_t len, const char *oid, make_imprint *make, struct der_view token,
    struct buf *ret_der, struct err *err)
{
    struct signed_data d;
    struct tst_facts f;
    uint8_t want[TST_IMPRINT_MAX];
    size_t want_len = 0;
    enum err_code rc = levels_open(der, len, &d, err);
    if (rc == OK)
        rc = tst_read(token.at, token.len, &f, err);
    if (rc != OK)
        return rc;
    rc = make(&d, f.digest, want, &want_len);
    if (rc != OK)
        err_set(err, rc, "the imprint could not be made");
    else if (want_len != f.imprint_len || memcmp(want, f.imprint, want_len) != 0)
        rc = err_set(err, ERR_REJ_STAMP, "%s", tst_fault_word(TST_IMPRINT));
    else
        rc = levels_add_token(&d, oid, token, ret_der, err);
    tst_facts_done(&f);
    return rc;
}

enum err_code level_add_stamp(
    const uint8_t *der, size_t len, const uint8_t *token, size_t token_len, struct buf *ret_der, struct err *err)
{
    return add(der, len, OID_STAMP, levels_signature_imprint, (struct der_view){token, token_len}, ret_der, err);
}

enum err_code level_add_refs_stamp(
    const uint8_t *der, size_t len, const uint8_t *token, size_t token_len, struct buf *ret_der, struct err *err)
{
    return add(der, len, OID_REFS_STAMP, levels_refs_imprint, (struct der_view){token, token_len}, ret_der, err);
}

/* ---- the stamps of a file ---- */

static const struct {
    const char *oid;
    enum stamp_kind kind;
} kinds[] = {{OID_STAMP, STAMP_SIGNATURE}, {OID_REFS_STAMP, STAMP_REFS}, {OID_ARCHIVE, STAMP_ARCHIVE}};
#define KINDS (sizeof kinds / sizeof kinds[0])

static enum err_code read_values(struct der_view values, enum stamp_kind kind, struct level_stamps *s, struct err *err)
{
    struct der_item value;
    while (values.len > 0) {
        if (s->count == LEVEL_STAMPS_MAX || !der_next(&values, &value))
            return err_set(err, ERR_REJ_STAMP, "%s: there are too many time stamps", tst_fault_word(TST_FORM));
        enum err_code rc = tst_read(value.whole.at, value.whole.len, &s->of[s->count].facts, err);
        if (rc != OK)
            return rc;
        s->of[s->count++].kind = kind;
    }
    return OK;
}

static enum err_code read_stamps(const struct signed_data *d, struct level_stamps *s, struct err *err)
{
    struct der_view rest = d->unsigned_attributes.body;
    struct attribute a;
    enum err_code rc = OK;
    while (rc == OK && attribute_next(&rest, &a))
        for (size_t i = 0; i < KINDS && rc == OK; i++)
            if (levels_oid_is(&a.type, kinds[i].oid))
                rc = read_values(a.values, kinds[i].kind, s, err);
    return rc;
}

enum err_code level_stamps_read(const uint8_t *der, size_t len, struct level_stamps *ret, struct err *err)
{
    struct signed_data d;
    struct level_stamps s = {.count = 0};
    enum err_code rc = levels_open(der, len, &d, err);
    if (rc == OK)
        rc = read_stamps(&d, &s, err);
    if (rc == OK)
        *ret = s;
    else
        level_stamps_done(&s);
    return rc;
}

void level_stamps_done(struct level_stamps *s)
{
    for (size_t i = 0; i < s->count; i++)
        tst_facts_done(&s->of[i].facts);
    s->count = 0;
}

static int64_t lasts_until(const struct tst_facts *f)
{
    struct cert_facts unit;
    bool weak = alg_digest_is_weak(f->digest) || alg_digest_is_weak(f->signed_with) ||
                cert_read(f->unit, &unit) != OK || !cert_is_strong(&unit);
    return weak ? f->time : unit.not_after;
}

/* Of two of the same second the one that stands later, and an archive time stamp before any other. */
static bool is_newer(const struct level_stamp *a, const struct level_stamp *b)
{
    bool archive_a = a->kind == STAMP_ARCHIVE, archive_b = b->kind == STAMP_ARCHIVE;
    return archive_a != archive_b ? archive_a : a->facts.time >= b->facts.time;
}

enum err_code level_renew_by(const uint8_t *der, size_t len, int64_t *ret, struct err *err)
{
    struct level_stamps s;
    enum err_code rc = level_stamps_read(der, len, &s, err);
    if (rc != OK)
        return rc;
    const struct level_stamp *newest = NULL;
    for (size_t i = 0; i < s.count; i++)
        if (newest == NULL || is_newer(&s.of[i], newest))
            newest = &s.of[i];
    if (newest != NULL)
        *ret = lasts_until(&newest->facts);
    else
        rc = err_set(err, ERR_BAD_REQUEST, "there is no time stamp");
    level_stamps_done(&s);
    return rc;
}
