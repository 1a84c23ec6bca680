/* Format checking, §5.2.2, and identification of the signing certificate, §5.2.3. */
#include "config.h"
#include "sign/validate_inside.h"

#include <openssl/objects.h>
#include <openssl/x509v3.h>
#include "sign/alg.h"
#include "sign/consent.h"
#include "sign/ess.h"

#define CERTS_MAX 48

/* Everything the file brings is read, strictly, whether it will be needed or not. */
static const char *read_certificates(struct room *r)
{
    for (size_t i = 0; i < r->found.count; i++) {
        const struct evidence_item *item = &r->found.of[i];
        X509 *x;
        if (item->kind != EVIDENCE_CERT)
            continue;
        if (sk_X509_num(r->certs) >= CERTS_MAX)
            return "there are too many certificates";
        if (cert_parse(item->der, item->len, &x) != OK)
            return "a certificate cannot be read";
        if (sk_X509_push(r->certs, x) <= 0) {
            X509_free(x);
            r->fatal = ERR_NOMEM;
            return "out of memory";
        }
    }
    return NULL;
}

/* SignedData's own, and nothing else. */
static enum err_code take_certificates(struct room *r)
{
    struct der_view rest = r->d.certs.body;
    struct der_item item;
    enum err_code rc = OK;
    while (rc == OK && rest.len > 0 && der_next(&rest, &item))
        if (item.tag == DER_SEQUENCE)
            rc = evidence_add(&r->found, EVIDENCE_CERT, item.whole.at, item.whole.len);
    return rc;
}

/* What cannot be read of what came later (the unsigned attributes, and what is about revocation) leaves a signature
 * that can still be judged, as a B-B. */
static const char *read_values(struct room *r)
{
    struct attribute a;
    enum err_code rc = r->d.attached ? level_values(r->file.at, r->file.len, &r->found, NULL) : ERR_REJ_FORM;
    if (rc != OK && rc != ERR_NOMEM) {
        evidence_done(&r->found);
        rc = take_certificates(r);
    }
    if (rc == ERR_NOMEM)
        r->fatal = rc;
    r->offered = r->d.crls.body.len > 0 || (r->p->held != NULL && r->p->held->count > 0) ||
                 attribute_find(r->d.unsigned_attributes.body, OID_REVOCATION_VALUES, &a);
    return rc == OK ? NULL : "there are too many certificates";
}

static const char *read_text(struct room *r)
{
    if (!der_is_oid(&r->d.type, NID_pkcs7_data))
        return "the content is not plain data";
    r->text = r->d.attached ? r->d.content.body : (struct der_view){r->p->text, r->p->text_len};
    if (r->p->consent && r->text.at != NULL && (r->text.len == 0 || r->text.len > CONSENT_TEXT_MAX))
        return "the signed text has an impossible length";
    return NULL;
}

/* The signer's digest must be announced (RFC 5652 §5.1), and be one we know. */
static const char *read_digest(struct room *r)
{
    struct der_item value;
    r->digest = alg_read_digest(&r->d.digest);
    if (r->digest == NID_undef)
        return "the digest algorithm is unknown";
    if (!attribute_value(r->d.attributes.body, OID_MESSAGE_DIGEST, &value) || value.tag != DER_OCTET_STRING)
        return "there is no message digest";
    return alg_announces(r->d.digests.body, r->digest) ? NULL : "the digest algorithms do not agree";
}

static const char *read_file(struct room *r)
{
    const char *why = signed_data_split(r->file, VALIDATE_MAX, &r->d);
    if (why == NULL)
        why = read_text(r);
    if (why == NULL)
        why = read_digest(r);
    if (why == NULL)
        why = read_values(r);
    return why == NULL ? read_certificates(r) : why;
}

bool validate_form(struct room *r)
{
    room_block(r, BLOCK_FORMAT);
    const char *why = read_file(r);
    if (why != NULL)
        room_fail(r, WHY_FORM, why);
    return why == NULL;
}

static bool key_is(X509 *x, struct der_view id)
{
    const ASN1_OCTET_STRING *own = X509_get0_subject_key_id(x);
    return own != NULL && der_same(id, (struct der_view){ASN1_STRING_get0_data(own), (size_t)ASN1_STRING_length(own)});
}

static bool is_named(const struct signed_data *d, X509 *x)
{
    struct der_view sid = d->sid.body;
    struct der_item issuer, serial;
    if (d->sid.tag == DER_CONTEXT_PRIMITIVE_0)
        return key_is(x, sid);
    return der_take(&sid, DER_SEQUENCE, &issuer) && der_take(&sid, DER_INTEGER, &serial) &&
           ess_is_named(x, &issuer, &serial);
}

/* A twin (same issuer and serial number, another key) must not leave it open whose signature this is. */
static const char *find_signer(struct room *r)
{
    X509 *found = NULL;
    for (int i = 0; i < sk_X509_num(r->certs); i++) {
        X509 *x = sk_X509_value(r->certs, i);
        if (!is_named(&r->d, x))
            continue;
        if (found != NULL)
            return "two certificates claim to be the signer's";
        found = x;
    }
    r->signer = found;
    return found == NULL ? "the signer's certificate is missing" : NULL;
}

static const char *judge_reference(const struct room *r)
{
    struct der_item value;
    if (!attribute_value(r->d.attributes.body, OID_SIGNING_CERTIFICATE_V2, &value))
        return NULL; /* validate_attributes says so */
    return ess_names(&value, true, r->signer) ? NULL : "signing-certificate-v2 names another certificate";
}

bool validate_signer(struct room *r)
{
    room_block(r, BLOCK_SIGNING_CERTIFICATE);
    const char *why = find_signer(r);
    if (why == NULL) {
        r->v->has_cert = cert_read(r->signer, &r->v->cert) == OK;
        if (!r->v->has_cert) {
            room_fail(r, WHY_FORM, "the signer's certificate cannot be read");
            return false;
        }
        why = judge_reference(r);
    }
    if (why != NULL)
        room_fail(r, WHY_SIGNER, why);
    return why == NULL;
}
