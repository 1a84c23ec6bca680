/* Values that stand in a file, in either place, and those that come into SignedData. */
#include "config.h"
#include "sign/levels_in.h"

#include <openssl/err.h>
#include <openssl/x509.h>
#include "sign/cert.h"

/* ---- OCSP answers: whole, and the inner part that revocation-values holds ---- */

void levels_put_ocsp_choice(struct der_out *out, struct der_view response)
{
    size_t mark = der_mark(out);
    levels_put_oid(out, OID_RI_OCSP);
    der_raw(out, response.at, response.len);
    der_wrap(out, mark, DER_CONTEXT_1);
}

bool levels_open_ocsp_choice(const struct der_item *choice, struct der_item *ret_response)
{
    struct der_view rest = choice->body;
    struct der_item type;
    return choice->tag == DER_CONTEXT_1 && der_take(&rest, DER_OID, &type) && levels_oid_is(&type, OID_RI_OCSP) &&
           der_take(&rest, DER_SEQUENCE, ret_response) && rest.len == 0;
}

/* OCSPResponse ::= SEQUENCE { ENUMERATED, [0] SEQUENCE { OID, OCTET STRING } }, RFC 6960 §4.2.1. */
bool levels_basic_of(struct der_view response, struct der_item *ret)
{
    struct der_item whole, status, explicit, bytes, type, octets;
    return der_take(&response, DER_SEQUENCE, &whole) && response.len == 0 &&
           der_take(&whole.body, DER_ENUMERATED, &status) && status.body.len == 1 && status.body.at[0] == 0 &&
           der_take(&whole.body, DER_CONTEXT_0, &explicit) && whole.body.len == 0 &&
           der_take(&explicit.body, DER_SEQUENCE, &bytes) && explicit.body.len == 0 &&
           der_take(&bytes.body, DER_OID, &type) && levels_oid_is(&type, OID_OCSP_BASIC) &&
           der_take(&bytes.body, DER_OCTET_STRING, &octets) && bytes.body.len == 0 &&
           der_take(&octets.body, DER_SEQUENCE, ret) && octets.body.len == 0;
}

static void put_response(struct der_out *out, struct der_view basic)
{
    size_t whole = der_mark(out);
    der_put(out, DER_ENUMERATED, (const uint8_t[]){0}, 1);
    size_t bytes = der_mark(out);
    levels_put_oid(out, OID_OCSP_BASIC);
    der_put(out, DER_OCTET_STRING, basic.at, basic.len);
    der_wrap(out, bytes, DER_SEQUENCE);
    der_wrap(out, bytes, DER_CONTEXT_0);
    der_wrap(out, whole, DER_SEQUENCE);
}

/* ---- reading ---- */

static enum err_code keep(struct evidence *ret, enum evidence_kind kind, struct der_view der, struct err *err)
{
    enum err_code rc = evidence_add(ret, kind, der.at, der.len);
    return rc == OK ? OK : err_set(err, rc, "the values of the file");
}

enum err_code levels_read_cert(const struct der_item *choice, struct evidence *ret, struct err *err)
{
    return choice->tag == DER_SEQUENCE ? keep(ret, EVIDENCE_CERT, choice->whole, err) : OK;
}

enum err_code levels_read_crl(const struct der_item *choice, struct evidence *ret, struct err *err)
{
    struct der_item response;
    if (levels_open_ocsp_choice(choice, &response))
        return keep(ret, EVIDENCE_OCSP, response.whole, err);
    return choice->tag == DER_SEQUENCE ? keep(ret, EVIDENCE_CRL, choice->whole, err) : OK;
}

static enum err_code keep_basic(const struct der_item *basic, struct evidence *ret, struct err *err)
{
    struct der_out out = DER_OUT_INIT(LEVELS_MAX);
    put_response(&out, basic->whole);
    enum err_code rc = out.rc == OK ? keep(ret, EVIDENCE_OCSP, (struct der_view){out.buf.data, out.buf.len}, err)
                                    : err_set(err, out.rc, "OCSP answer");
    der_out_done(&out);
    return rc;
}

typedef enum err_code read_one(const struct der_item *item, struct evidence *ret, struct err *err);

static enum err_code read_each(struct der_view rest, read_one *read, struct evidence *ret, struct err *err)
{
    struct der_item item;
    enum err_code rc = OK;
    while (rc == OK && rest.len > 0)
        rc = der_next(&rest, &item) ? read(&item, ret, err) : err_set(err, ERR_REJ_FORM, "a value cannot be read");
    return rc;
}

/* SEQUENCE OF Certificate. */
static enum err_code read_cert_values(const struct der_item *value, struct evidence *ret, struct err *err)
{
    if (value->tag != DER_SEQUENCE)
        return err_set(err, ERR_REJ_FORM, "certificate-values cannot be read");
    return read_each(value->body, levels_read_cert, ret, err);
}

/* [tag] EXPLICIT SEQUENCE OF, OPTIONAL. */
static enum err_code read_list(
    struct der_view *rest, uint8_t tag, read_one *read, struct evidence *ret, struct err *err)
{
    struct der_item explicit, list;
    if (!der_take(rest, tag, &explicit))
        return OK;
    if (!der_take(&explicit.body, DER_SEQUENCE, &list) || explicit.body.len > 0)
        return err_set(err, ERR_REJ_FORM, "revocation-values cannot be read");
    return read_each(list.body, read, ret, err);
}

/* SEQUENCE { crlVals [0], ocspVals [1], otherRevVals [2], each OPTIONAL }. */
static enum err_code read_revocation_values(const struct der_item *value, struct evidence *ret, struct err *err)
{
    struct der_view rest = value->body;
    struct der_item other;
    enum err_code rc = value->tag == DER_SEQUENCE ? OK : ERR_REJ_FORM;
    if (rc == OK)
        rc = read_list(&rest, DER_CONTEXT_0, levels_read_crl, ret, err);
    if (rc == OK)
        rc = read_list(&rest, DER_CONTEXT_1, keep_basic, ret, err);
    (void)der_take(&rest, DER_CONTEXT_2, &other);
    if (rc == OK && rest.len > 0)
        rc = ERR_REJ_FORM;
    return rc == ERR_REJ_FORM ? err_set(err, rc, "revocation-values cannot be read") : rc;
}

static enum err_code read_lists(const struct signed_data *d, struct evidence *ret, struct err *err)
{
    enum err_code rc = read_each(d->certs.body, levels_read_cert, ret, err);
    return rc == OK ? read_each(d->crls.body, levels_read_crl, ret, err) : rc;
}

static enum err_code read_stamp(const struct der_item *value, struct evidence *ret, struct err *err)
{
    struct signed_data token;
    const char *why = signed_data_split(value->whole, TST_MAX, &token);
    return why == NULL ? read_lists(&token, ret, err) : err_set(err, ERR_REJ_FORM, "time stamp: %s", why);
}

static const struct {
    const char *oid;
    read_one *read;
} readers[] = {
    {OID_CERT_VALUES, read_cert_values},
    {OID_REVOCATION_VALUES, read_revocation_values},
    {OID_STAMP, read_stamp},
    {OID_REFS_STAMP, read_stamp},
    {OID_ARCHIVE, read_stamp},
};

enum err_code levels_read_value(
    const struct der_item *type, const struct der_item *value, struct evidence *ret, struct err *err)
{
    for (size_t i = 0; i < sizeof readers / sizeof readers[0]; i++)
        if (levels_oid_is(type, readers[i].oid))
            return readers[i].read(value, ret, err);
    return OK;
}

static enum err_code read_attribute(const struct attribute *a, struct evidence *ret, struct err *err)
{
    struct der_view values = a->values;
    struct der_item value;
    enum err_code rc = OK;
    while (rc == OK && values.len > 0 && der_next(&values, &value))
        rc = levels_read_value(&a->type, &value, ret, err);
    return rc;
}

enum err_code levels_values(const struct signed_data *d, struct evidence *ret, struct err *err)
{
    struct der_view rest = d->unsigned_attributes.body;
    struct attribute a;
    enum err_code rc = read_lists(d, ret, err);
    while (rc == OK && attribute_next(&rest, &a))
        rc = read_attribute(&a, ret, err);
    return rc;
}

enum err_code level_values(const uint8_t *der, size_t len, struct evidence *ret, struct err *err)
{
    struct signed_data d;
    enum err_code rc = levels_open(der, len, &d, err);
    return rc == OK ? levels_values(&d, ret, err) : rc;
}

/* ---- adding ---- */

static bool crl_fits(struct der_view der)
{
    const uint8_t *at = der.at;
    X509_CRL *crl = der_is_strict(der) ? d2i_X509_CRL(NULL, &at, (long)der.len) : NULL;
    bool fits = crl != NULL && at == der.at + der.len;
    X509_CRL_free(crl);
    return fits;
}

static bool cert_fits(struct der_view der)
{
    X509 *x = NULL;
    bool fits = cert_parse(der.at, der.len, &x) == OK;
    X509_free(x);
    return fits;
}

static bool ocsp_fits(struct der_view der)
{
    struct der_item basic;
    return der_is_strict(der) && levels_basic_of(der, &basic) && der_is_strict(basic.whole);
}

static enum err_code judge_values(const struct evidence *values, struct err *err)
{
    static bool (*const fits[])(struct der_view) = {
        [EVIDENCE_CERT] = cert_fits, [EVIDENCE_OCSP] = ocsp_fits, [EVIDENCE_CRL] = crl_fits};
    bool fit = true;
    for (size_t i = 0; i < values->count; i++)
        fit = fit && fits[values->of[i].kind]((struct der_view){values->of[i].der, values->of[i].len});
    ERR_clear_error();
    return fit ? OK : err_set(err, ERR_REJ_FORM, "a value cannot be read");
}

/* What SignedData has not yet, of one of its lists. */
static void put_new(struct der_out *out, const struct evidence *there, const struct evidence *values, bool certs)
{
    for (size_t i = 0; i < values->count; i++) {
        const struct evidence_item *v = &values->of[i];
        if ((v->kind == EVIDENCE_CERT) != certs || evidence_holds(there, v->kind, v->der, v->len))
            continue;
        if (v->kind == EVIDENCE_OCSP)
            levels_put_ocsp_choice(out, (struct der_view){v->der, v->len});
        else
            der_raw(out, v->der, v->len);
    }
}

static enum err_code add_to_lists(
    const struct signed_data *d, const struct evidence *values, struct buf *ret_der, struct err *err)
{
    struct evidence there = EVIDENCE_INIT;
    struct der_out certs = DER_OUT_INIT(LEVELS_MAX), crls = DER_OUT_INIT(LEVELS_MAX);
    enum err_code rc = read_lists(d, &there, err);
    if (rc == OK) {
        put_new(&certs, &there, values, true);
        put_new(&crls, &there, values, false);
        rc = certs.rc != OK ? certs.rc : crls.rc;
    }
    struct splice add = {.certs = {certs.buf.data, certs.buf.len}, .crls = {crls.buf.data, crls.buf.len}};
    if (rc == OK)
        rc = levels_splice(d, &add, ret_der, err);
    der_out_done(&certs);
    der_out_done(&crls);
    evidence_done(&there);
    return rc;
}

static enum err_code add_xl(
    const struct signed_data *d, const struct evidence *values, struct buf *ret_der, struct err *err)
{
    struct evidence every = EVIDENCE_INIT;
    struct der_out out = DER_OUT_INIT(LEVELS_MAX);
    enum err_code rc = levels_values(d, &every, err);
    for (size_t i = 0; i < values->count && rc == OK; i++)
        rc = evidence_add(&every, values->of[i].kind, values->of[i].der, values->of[i].len);
    if (rc == OK)
        rc = levels_put_xl(&out, d, &every, err);
    struct splice add = {.attributes = {out.buf.data, out.buf.len}};
    if (rc == OK)
        rc = levels_splice(d, &add, ret_der, err);
    der_out_done(&out);
    evidence_done(&every);
    return rc;
}

static bool goes_into_attributes(const struct signed_data *d, enum profile profile)
{
    static const char *const closed[] = {OID_CERT_VALUES, OID_REVOCATION_VALUES, OID_ARCHIVE};
    struct attribute a;
    for (size_t i = 0; i < sizeof closed / sizeof closed[0]; i++)
        if (attribute_find(d->unsigned_attributes.body, closed[i], &a))
            return false;
    return profile == PROFILE_P3 || profile == PROFILE_P4;
}

enum err_code level_add_values(const uint8_t *der, size_t len, enum profile profile, const struct evidence *values,
    struct buf *ret_der, struct err *err)
{
    struct signed_data d;
    enum err_code rc = levels_open(der, len, &d, err);
    if (rc == OK)
        rc = judge_values(values, err);
    if (rc != OK)
        return rc;
    return goes_into_attributes(&d, profile) ? add_xl(&d, values, ret_der, err)
                                             : add_to_lists(&d, values, ret_der, err);
}
