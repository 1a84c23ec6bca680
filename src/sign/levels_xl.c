/* The attributes of X-L, EN 319 122-1 §A.1 (RFC 5126 §6): complete references, and the values they refer to. */
#include "config.h"
#include "sign/levels_in.h"

#include <openssl/err.h>
#include <openssl/ocsp.h>
#include <openssl/x509v3.h>
#include "sign/alg.h"
#include "sign/cert.h"
#include "sign/ess.h"

struct xl {
    const struct evidence *values;
    int digest;            /* of the references: the signature's own */
    X509 *signer;          /* borrowed from certs */
    STACK_OF(X509) *certs; /* all of them, in the order of values */
};

/* OtherHash: otherHash, for SHA-1 is not used. */
static void put_hash(struct der_out *out, const struct xl *x, struct der_view bytes)
{
    uint8_t hash[TST_IMPRINT_MAX];
    size_t len = 0, mark = der_mark(out);
    if (levels_digest(x->digest, &bytes, 1, hash, &len) != OK)
        out->rc = ERR_CRYPTO;
    alg_put_digest(out, x->digest);
    der_put(out, DER_OCTET_STRING, hash, len);
    der_wrap(out, mark, DER_SEQUENCE);
}

/* The n-th certificate among the values. */
static struct der_view bytes_of(const struct xl *x, int n)
{
    size_t i = 0;
    while (x->values->of[i].kind != EVIDENCE_CERT || n-- > 0)
        i++;
    return (struct der_view){x->values->of[i].der, x->values->of[i].len};
}

/* ---- complete-certificate-references: all but the signer's ---- */

static void put_cert_refs(struct der_out *out, const struct xl *x)
{
    for (int i = 0; i < sk_X509_num(x->certs); i++) {
        X509 *cert = sk_X509_value(x->certs, i);
        size_t mark = der_mark(out);
        if (cert == x->signer)
            continue;
        put_hash(out, x, bytes_of(x, i));
        ess_put_issuer_serial(out, cert);
        der_wrap(out, mark, DER_SEQUENCE);
    }
}

/* ---- complete-revocation-references: the signer's first, then in the order of the certificates ---- */

static void put_crl_number(struct der_out *out, X509_CRL *crl)
{
    ASN1_INTEGER *number = X509_CRL_get_ext_d2i(crl, NID_crl_number, NULL, NULL);
    if (number != NULL)
        der_put_asn1(out, number, ASN1_ITEM_rptr(ASN1_INTEGER));
    ASN1_INTEGER_free(number);
}

/* CrlValidatedID ::= SEQUENCE { OtherHash, CrlIdentifier }. */
static void put_crl_ref(struct der_out *out, const struct xl *x, const struct evidence_item *v)
{
    const uint8_t *at = v->der;
    X509_CRL *crl = d2i_X509_CRL(NULL, &at, (long)v->len);
    size_t mark = der_mark(out);
    int64_t issued = 0;
    put_hash(out, x, (struct der_view){v->der, v->len});
    size_t identifier = der_mark(out);
    if (crl == NULL || !der_asn1_time(X509_CRL_get0_lastUpdate(crl), &issued)) {
        out->rc = ERR_REJ_FORM;
    } else {
        der_put_asn1(out, X509_CRL_get_issuer(crl), ASN1_ITEM_rptr(X509_NAME));
        der_put_time(out, issued);
        put_crl_number(out, crl);
    }
    der_wrap(out, identifier, DER_SEQUENCE);
    der_wrap(out, mark, DER_SEQUENCE);
    X509_CRL_free(crl);
}

/* Of ResponseData (RFC 6960 §4.2.1): who answered and when, as they stand there. */
static bool read_identity(const struct der_item *basic, struct der_item *ret_responder, struct der_item *ret_produced)
{
    struct der_view rest = basic->body;
    struct der_item data, version;
    if (!der_take(&rest, DER_SEQUENCE, &data))
        return false;
    (void)der_take(&data.body, DER_CONTEXT_0, &version);
    return (der_take(&data.body, DER_CONTEXT_1, ret_responder) || der_take(&data.body, DER_CONTEXT_2, ret_responder)) &&
           der_take(&data.body, DER_GENERALIZED_TIME, ret_produced);
}

/* OcspResponsesID ::= SEQUENCE { OcspIdentifier, OtherHash of the BasicOCSPResponse }. */
static void put_ocsp_ref(struct der_out *out, const struct xl *x, const struct evidence_item *v)
{
    struct der_item basic, responder, produced;
    size_t mark = der_mark(out);
    if (!levels_basic_of((struct der_view){v->der, v->len}, &basic) || !read_identity(&basic, &responder, &produced)) {
        out->rc = ERR_REJ_FORM;
        return;
    }
    der_raw(out, responder.whole.at, responder.whole.len);
    der_raw(out, produced.whole.at, produced.whole.len);
    der_wrap(out, mark, DER_SEQUENCE);
    put_hash(out, x, basic.whole);
    der_wrap(out, mark, DER_SEQUENCE);
}

/* An anchor has none: nobody but itself speaks of it. */
static X509 *issuer_of(const struct xl *x, X509 *cert)
{
    for (int i = 0; i < sk_X509_num(x->certs); i++)
        if (sk_X509_value(x->certs, i) != cert && X509_check_issued(sk_X509_value(x->certs, i), cert) == X509_V_OK)
            return sk_X509_value(x->certs, i);
    return NULL;
}

/* The references of one kind to this certificate's status: [tag] SEQUENCE { SEQUENCE OF }, or nothing. */
static void put_refs_of(struct der_out *out, const struct xl *x, X509 *cert, enum evidence_kind kind, uint8_t tag)
{
    X509 *issuer = issuer_of(x, cert);
    size_t mark = der_mark(out);
    for (size_t i = 0; i < x->values->count && issuer != NULL; i++) {
        const struct evidence_item *v = &x->values->of[i];
        if (v->kind != kind || !levels_is_about(v, cert, issuer))
            continue;
        if (kind == EVIDENCE_CRL)
            put_crl_ref(out, x, v);
        else
            put_ocsp_ref(out, x, v);
    }
    if (der_mark(out) == mark)
        return;
    der_wrap(out, mark, DER_SEQUENCE);
    der_wrap(out, mark, DER_SEQUENCE);
    der_wrap(out, mark, tag);
}

/* CrlOcspRef; an anchor's is empty. */
static void put_ref_of(struct der_out *out, const struct xl *x, X509 *cert)
{
    size_t mark = der_mark(out);
    put_refs_of(out, x, cert, EVIDENCE_CRL, DER_CONTEXT_0);
    put_refs_of(out, x, cert, EVIDENCE_OCSP, DER_CONTEXT_1);
    der_wrap(out, mark, DER_SEQUENCE);
}

static void put_revocation_refs(struct der_out *out, const struct xl *x)
{
    put_ref_of(out, x, x->signer);
    for (int i = 0; i < sk_X509_num(x->certs); i++)
        if (sk_X509_value(x->certs, i) != x->signer)
            put_ref_of(out, x, sk_X509_value(x->certs, i));
}

/* ---- the values ---- */

static void put_cert_values(struct der_out *out, const struct xl *x)
{
    for (int i = 0; i < sk_X509_num(x->certs); i++)
        der_raw(out, bytes_of(x, i).at, bytes_of(x, i).len);
}

static void put_values_of(struct der_out *out, const struct xl *x, enum evidence_kind kind, uint8_t tag)
{
    size_t mark = der_mark(out);
    struct der_item basic;
    for (size_t i = 0; i < x->values->count; i++) {
        const struct evidence_item *v = &x->values->of[i];
        if (v->kind != kind)
            continue;
        if (kind == EVIDENCE_CRL)
            der_raw(out, v->der, v->len);
        else if (levels_basic_of((struct der_view){v->der, v->len}, &basic))
            der_raw(out, basic.whole.at, basic.whole.len);
    }
    if (der_mark(out) == mark)
        return;
    der_wrap(out, mark, DER_SEQUENCE);
    der_wrap(out, mark, tag);
}

static void put_revocation_values(struct der_out *out, const struct xl *x)
{
    put_values_of(out, x, EVIDENCE_CRL, DER_CONTEXT_0);
    put_values_of(out, x, EVIDENCE_OCSP, DER_CONTEXT_1);
}

static const struct {
    const char *oid;
    void (*put)(struct der_out *, const struct xl *); /* the body of the value's SEQUENCE */
} attributes[] = {
    {OID_CERT_REFS, put_cert_refs},
    {OID_REVOCATION_REFS, put_revocation_refs},
    {OID_CERT_VALUES, put_cert_values},
    {OID_REVOCATION_VALUES, put_revocation_values},
};

static void put_attributes(struct der_out *out, const struct xl *x)
{
    for (size_t i = 0; i < sizeof attributes / sizeof attributes[0]; i++) {
        size_t mark = der_mark(out);
        levels_put_oid(out, attributes[i].oid);
        size_t value = der_mark(out);
        attributes[i].put(out, x);
        der_wrap(out, value, DER_SEQUENCE);
        levels_end_attribute(out, mark, value);
    }
}

/* Who is the signer is said by the identifier; a certificate of the same name and number beside it would leave it open.
 */
static const char *take_certs(const struct signed_data *d, struct xl *x)
{
    struct der_view sid = d->sid.body;
    struct der_item issuer, serial;
    if (!der_take(&sid, DER_SEQUENCE, &issuer) || !der_take(&sid, DER_INTEGER, &serial))
        return "the signer is not named by issuer and serial number";
    for (size_t i = 0; i < x->values->count; i++) {
        const struct evidence_item *v = &x->values->of[i];
        X509 *cert;
        if (v->kind != EVIDENCE_CERT)
            continue;
        if (cert_parse(v->der, v->len, &cert) != OK)
            return "a certificate cannot be read";
        if (sk_X509_push(x->certs, cert) <= 0) {
            X509_free(cert);
            return "out of memory";
        }
        bool is_signer = ess_is_named(cert, &issuer, &serial);
        if (is_signer && x->signer != NULL)
            return "two certificates claim to be the signer's";
        x->signer = is_signer ? cert : x->signer;
    }
    return x->signer == NULL ? "the signer's certificate is missing" : NULL;
}

enum err_code levels_put_xl(
    struct der_out *out, const struct signed_data *d, const struct evidence *values, struct err *err)
{
    struct xl x = {.values = values, .digest = alg_read_digest(&d->digest), .certs = sk_X509_new_null()};
    const char *why = x.certs == NULL ? "out of memory" : take_certs(d, &x);
    if (why == NULL)
        put_attributes(out, &x);
    sk_X509_pop_free(x.certs, X509_free);
    ERR_clear_error();
    if (why != NULL)
        return err_set(err, ERR_REJ_FORM, "%s", why);
    return out->rc == OK ? OK : err_set(err, out->rc, "the complete references could not be made");
}
