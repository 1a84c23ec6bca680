#include "config.h"
#include "sign/kept.h"

#include <string.h>
#include <openssl/objects.h>
#include "sign/consent.h"
#include "sign/signed_data.h"
#include "sign/validate.h"

/* ---- what came in ---- */

struct certs {
    struct der_view of[KEPT_CERTS_MAX];
    size_t count;
};

static bool list_certs(struct der_view rest, struct certs *ret)
{
    struct der_item item;
    ret->count = 0;
    while (ret->count < KEPT_CERTS_MAX && der_next(&rest, &item))
        ret->of[ret->count++] = item.whole;
    return rest.len == 0;
}

static void put_certs(struct der_out *out, const struct certs *c, unsigned chosen)
{
    size_t mark = der_mark(out);
    for (size_t i = 0; i < c->count; i++)
        if ((chosen & 1U << i) != 0)
            der_raw(out, c->of[i].at, c->of[i].len);
    der_wrap(out, mark, DER_CONTEXT_0);
}

/* SignedData of version 1 with these certificates, no revocation values and no unsigned attributes. */
static void put_bare(struct der_out *out, const struct signed_data *d, const struct certs *c, unsigned chosen)
{
    const uint8_t *end = d->signature.whole.at + d->signature.whole.len;
    size_t whole = der_mark(out);
    der_put_oid(out, NID_pkcs7_signed);
    size_t body = der_mark(out);
    der_put_uint(out, (const uint8_t[]){1}, 1);
    der_raw(out, d->digests.whole.at, d->digests.whole.len);
    der_raw(out, d->encapsulated.whole.at, d->encapsulated.whole.len);
    put_certs(out, c, chosen);
    size_t signer = der_mark(out);
    der_raw(out, d->signer.body.at, (size_t)(end - d->signer.body.at));
    der_wrap(out, signer, DER_SEQUENCE);
    der_wrap(out, signer, DER_SET);
    der_wrap(out, body, DER_SEQUENCE);
    der_wrap(out, body, DER_CONTEXT_0);
    der_wrap(out, whole, DER_SEQUENCE);
}

static bool is_received(const struct der_out *out, const uint8_t *received)
{
    uint8_t digest[32];
    consent_text_digest(out->buf.data, out->buf.len, digest);
    return out->rc == OK && memcmp(digest, received, sizeof digest) == 0;
}

/* The file of that digest, from what does not change and some of the certificates. */
static bool strip(const struct signed_data *d, const struct certs *c, const uint8_t *received, struct der_out *out)
{
    for (unsigned chosen = 1; chosen < 1U << c->count && out->rc != ERR_NOMEM; chosen++) {
        buf_reset(&out->buf);
        out->rc = OK; /* too big with others of them */
        put_bare(out, d, c, chosen);
        if (is_received(out, received))
            return true;
    }
    return false;
}

static enum err_code read_received(
    const struct signed_data *d, const uint8_t *received, struct cades_facts *ret, struct err *err)
{
    struct der_out out = DER_OUT_INIT(CADES_MAX);
    struct certs c;
    enum err_code rc = OK;
    if (!list_certs(d->certs.body, &c))
        rc = err_set(err, ERR_REJ_FORM, "there are too many certificates");
    else if (!strip(d, &c, received, &out))
        rc = out.rc == ERR_NOMEM ? err_set(err, out.rc, "signature")
                                 : err_set(err, ERR_RECEIPT_MIXED, "not the signature that came in");
    if (rc == OK)
        rc = cades_read(out.buf.data, out.buf.len, ret, err);
    der_out_done(&out);
    return rc;
}

/* ---- what was added ---- */

static void take_first_stamp(struct kept *k, const struct level_stamps *s)
{
    for (size_t i = 0; i < s->count && k->stamped_at == 0; i++)
        if (s->of[i].kind == STAMP_SIGNATURE) {
            k->stamped_at = s->of[i].facts.time;
            k->stamped_latest = k->stamped_at + s->of[i].facts.accuracy_s;
        }
}

static enum err_code read_added(struct kept *k, struct err *err)
{
    static const char *const formats[][2] = {
        [LEVEL_B] = {"CAdES-B-B", "CAdES-B-B"},
        [LEVEL_T] = {"CAdES-B-T", "CAdES-B-T"},
        [LEVEL_LT] = {"CAdES-B-LT", "CAdES-X-L"},
        [LEVEL_LTA] = {"CAdES-B-LTA", "CAdES-A"},
    };
    struct level_stamps stamps;
    enum level level;
    enum profile profile;
    enum err_code rc = level_of(k->der, k->len, &level, &profile, err);
    if (rc == OK)
        rc = level_stamps_read(k->der, k->len, &stamps, err);
    if (rc != OK)
        return rc;
    k->format = formats[level][profile == PROFILE_P3 || profile == PROFILE_P4];
    take_first_stamp(k, &stamps);
    level_stamps_done(&stamps);
    return OK;
}

enum err_code kept_read(const uint8_t *der, size_t len, const uint8_t *received, struct kept *ret, struct err *err)
{
    struct kept k = {.der = der, .len = len};
    struct signed_data d;
    const char *why = signed_data_split((struct der_view){der, len}, KEPT_MAX, &d);
    if (why != NULL || !d.attached)
        return err_set(err, ERR_REJ_FORM, "%s", why != NULL ? why : "the signed text is not in the file");
    enum err_code rc = read_received(&d, received, &k.facts, err);
    if (rc == OK)
        rc = read_added(&k, err);
    if (rc == OK)
        *ret = k;
    else
        kept_done(&k);
    return rc;
}

enum err_code kept_check(const struct kept *k, const struct trust *trust, int64_t at, struct err *err)
{
    const struct validate_params p = {.trust = trust, .now = at, .consent = true, .nes = true};
    struct validation v;
    enum err_code rc = validate(k->der, k->len, &p, &v, err);
    if (rc != OK)
        return rc;
    if (v.indication == TOTAL_PASSED)
        return k->stamped_at == 0 || (v.proven && v.best_time <= k->stamped_latest)
                   ? OK
                   : err_set(err, ERR_REJ_STAMP, "time-stamp: proves nothing");
    return err_set(err, validation_rule_code(v.rule), "%s: %s", validation_rule_slug(v.rule), v.detail);
}

void kept_done(struct kept *k)
{
    cades_facts_done(&k->facts);
}
