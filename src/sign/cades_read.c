#include "config.h"
#include "sign/cades.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include "sign/alg.h"
#include "sign/der.h"
#include "sign/ess.h"
#include "sign/signed_data.h"

struct parts {
    struct signed_data d;
    struct der_item issuer, serial;
    unsigned named; /* certificates that the signer identifier names */
};

/* Every step answers NULL, or what is wrong in words for a log. */
static const char no_memory[] = "out of memory";

/* Of all the forms of SignedData the one that a baseline B-B signature over a text has. */
static const char *judge_form(const struct signed_data *d)
{
    if (!der_is_oid(&d->type, NID_pkcs7_data))
        return "the content is not plain data";
    if (!d->attached)
        return "the signed text is not in the file";
    if (d->content.body.len == 0 || d->content.body.len > CONSENT_TEXT_MAX)
        return "the signed text has an impossible length";
    if (d->certs.tag == 0)
        return "there are no certificates";
    if (d->crls.tag != 0)
        return "there is more in it than certificates and a signer";
    if (d->sid.tag != DER_SEQUENCE)
        return "the signer is not named by issuer and serial number";
    return d->unsigned_attributes.tag != 0 ? "the signer has unsigned attributes" : NULL;
}

static const char *split(struct der_view file, struct parts *p)
{
    const char *why = signed_data_split(file, CADES_MAX, &p->d);
    if (why == NULL)
        why = judge_form(&p->d);
    if (why != NULL)
        return why;
    struct der_view sid = p->d.sid.body;
    bool named = der_take(&sid, DER_SEQUENCE, &p->issuer) && der_take(&sid, DER_INTEGER, &p->serial);
    return named ? NULL : "the signer is not named by issuer and serial number";
}

static bool is_named(const struct cert_parts *x, const struct der_item *issuer, const struct der_item *serial)
{
    return der_same(x->issuer.whole, issuer->whole) && der_same(x->serial.whole, serial->whole);
}

static const char *read_certificate(const struct der_item *item, struct parts *p, struct cades_facts *f)
{
    struct cert_parts x;
    if (f->cert_count == CADES_CERTS_MAX)
        return "there are too many certificates";
    if (item->whole.len > CERT_MAX || !cert_split(item->whole, &x))
        return "a certificate cannot be read";
    f->certs[f->cert_count++] = item->whole;
    if (is_named(&x, &p->issuer, &p->serial)) {
        p->named++;
        f->signer = x;
    }
    return NULL;
}

static const char *read_certificates(struct parts *p, struct cades_facts *f)
{
    struct der_view rest = p->d.certs.body;
    struct der_item item, before = {0};
    const char *why = der_is_sorted(rest) ? NULL : "the certificates are not in order";
    while (why == NULL && rest.len > 0 && der_next(&rest, &item)) {
        why = der_same(before.whole, item.whole) ? "a certificate is there twice" : read_certificate(&item, p, f);
        before = item;
    }
    return why;
}

/* A twin (same issuer and serial number, another key) must not leave it open whose signature this is. */
static const char *read_signer(const struct parts *p, struct cades_facts *f)
{
    if (p->named > 1)
        return "two certificates claim to be the signer's";
    if (p->named == 0)
        return "the signer's certificate is missing";
    return cert_read_parts(&f->signer, &f->cert, &f->key) != OK ? "the signer's certificate cannot be read" : NULL;
}

static const char *read_algorithms(const struct parts *p, struct cades_facts *f)
{
    struct der_view rest = p->d.digests.body;
    struct der_item digest;
    int signature_digest = NID_undef;
    bool is_rsa = false;
    f->digest = alg_read_digest(&p->d.digest);
    if (f->digest == NID_undef)
        return "the digest algorithm is unknown";
    if (!der_next(&rest, &digest) || rest.len > 0 || !der_same(digest.whole, p->d.digest.whole))
        return "the digest algorithms do not agree";
    if (alg_read_signature(&p->d.signature_alg, &signature_digest, &is_rsa) == NID_undef)
        return "the signature algorithm is unknown";
    if (signature_digest != NID_undef && signature_digest != f->digest)
        return "signature and digest algorithm do not agree";
    return is_rsa != (f->cert.key == CERT_KEY_RSA) ? "the signature algorithm is not the key's" : NULL;
}

/* The values of the signed attributes. */
static const char *read_content_type(const struct der_item *value, struct cades_facts *f)
{
    (void)f;
    return der_is_oid(value, NID_pkcs7_data) ? NULL : "content-type is not the content's";
}

static const char *read_message_digest(const struct der_item *value, struct cades_facts *f)
{
    if (value->tag != DER_OCTET_STRING || value->body.len != (size_t)EVP_MD_get_size(EVP_get_digestbynid(f->digest)))
        return "message-digest has the wrong length";
    f->message_digest_len = value->body.len;
    memcpy(f->message_digest, value->body.at, value->body.len);
    return NULL;
}

/* RFC 5652 §11.3: UTCTime through 2049, GeneralizedTime from then on. */
static const char *read_signing_time(const struct der_item *value, struct cades_facts *f)
{
    bool late = value->tag == DER_GENERALIZED_TIME;
    return der_time(value, &f->signing_time) && late == (f->signing_time >= INT64_C(2524608000))
               ? NULL
               : "signing-time is no time";
}

static const char *read_content_identifier(const struct der_item *value, struct cades_facts *f)
{
    if (value->tag != DER_OCTET_STRING || value->body.len != CONTENT_ID_LEN)
        return "content-identifier is not ours";
    memcpy(f->content_id, value->body.at, CONTENT_ID_LEN);
    return NULL;
}

/* IssuerSerial ::= SEQUENCE { GeneralNames, INTEGER }; it may be absent, but not name another. */
static bool issuer_serial_fits(struct der_view rest, const struct cert_parts *signer)
{
    struct der_item issuer, serial;
    return rest.len == 0 || (ess_split_issuer_serial(rest, &issuer, &serial) && is_named(signer, &issuer, &serial));
}

static bool certificate_hash_is(const struct cades_facts *f, struct der_view want)
{
    uint8_t hash[EVP_MAX_MD_SIZE];
    unsigned len = 0;
    return EVP_Digest(f->signer.file.at, f->signer.file.len, hash, &len, EVP_get_digestbynid(f->digest), NULL) == 1 &&
           der_same((struct der_view){hash, len}, want);
}

/* SigningCertificateV2, RFC 5035 §3: one ESSCertIDv2, no policies. Its hash is the signature's own algorithm, so SHA-1
 * can come in no other way than as a SHA-1 signature, which the rules refuse as weak. */
static const char *read_signing_certificate(const struct der_item *value, struct cades_facts *f)
{
    struct der_view rest = value->body;
    struct der_item list, id, identifier, hash;
    if (value->tag != DER_SEQUENCE || !der_take(&rest, DER_SEQUENCE, &list) || rest.len > 0 ||
        !der_take(&list.body, DER_SEQUENCE, &id) || list.body.len > 0)
        return "signing-certificate-v2 does not name one certificate";
    bool written = der_take(&id.body, DER_SEQUENCE, &identifier);
    int digest = written ? alg_read_digest(&identifier) : NID_sha256;
    if (digest != f->digest || (written && digest == NID_sha256) || !der_take(&id.body, DER_OCTET_STRING, &hash))
        return "signing-certificate-v2 uses another digest";
    if (!certificate_hash_is(f, hash.body) || !issuer_serial_fits(id.body, &f->signer))
        return "signing-certificate-v2 names another certificate";
    return NULL;
}

static const char *read_policy(const struct der_item *value, struct cades_facts *f)
{
    return policy_words(policy_read(value, &f->profile));
}

static const struct {
    int nid;
    const char *(*read)(const struct der_item *value, struct cades_facts *);
} attributes[] = {
    {NID_pkcs9_contentType, read_content_type}, {NID_pkcs9_messageDigest, read_message_digest},
    {NID_pkcs9_signingTime, read_signing_time}, {NID_id_smime_aa_signingCertificateV2, read_signing_certificate},
    {NID_id_smime_aa_contentIdentifier, read_content_identifier},
    {NID_id_smime_aa_ets_sigPolicyId, read_policy}, /* the last; it alone may be missing */
};
#define ATTRIBUTES (sizeof attributes / sizeof attributes[0])

/* signed_data_split saw to it that they are in order, each type once and with one value. */
static const char *read_attribute(struct attribute *a, unsigned *seen, struct cades_facts *f)
{
    struct der_item value;
    size_t i = 0;
    while (i < ATTRIBUTES && !der_is_oid(&a->type, attributes[i].nid))
        i++;
    if (i == ATTRIBUTES || !der_next(&a->values, &value))
        return "there is a signed attribute that does not belong";
    *seen |= 1U << i;
    return attributes[i].read(&value, f);
}

static const char *read_attributes(const struct parts *p, struct cades_facts *f)
{
    struct der_view rest = p->d.attributes.body;
    struct attribute a;
    unsigned seen = 0;
    const char *why = NULL;
    while (why == NULL && attribute_next(&rest, &a))
        why = read_attribute(&a, &seen, f);
    if (why == NULL && (seen | 1U << (ATTRIBUTES - 1)) != (1U << ATTRIBUTES) - 1)
        why = "a signed attribute is missing";
    return why;
}

static const char *read_all(struct der_view file, struct cades_facts *f)
{
    struct parts p = {.named = 0};
    const char *why = split(file, &p);
    if (why == NULL)
        why = read_certificates(&p, f);
    if (why == NULL)
        why = read_signer(&p, f);
    if (why == NULL)
        why = read_algorithms(&p, f);
    if (why == NULL)
        why = read_attributes(&p, f);
    if (why != NULL)
        return why;
    f->text = p.d.content.body.at;
    f->text_len = p.d.content.body.len;
    f->attributes = p.d.attributes.whole;
    f->signature_alg = p.d.signature_alg;
    f->signature = p.d.signature.body;
    return NULL;
}

/* The views of the facts are into their own copy. */
static const char *copy_and_read(const uint8_t *der, size_t len, struct cades_facts *f)
{
    if (len > CADES_MAX)
        return "the file is too big";
    f->file = malloc(len > 0 ? len : 1);
    if (f->file == NULL)
        return no_memory;
    if (len > 0)
        memcpy(f->file, der, len);
    return read_all((struct der_view){f->file, len}, f);
}

enum err_code cades_read(const uint8_t *der, size_t len, struct cades_facts *ret, struct err *err)
{
    struct cades_facts f = {.file = NULL};
    const char *why = copy_and_read(der, len, &f);
    ERR_clear_error();
    if (why != NULL) {
        cades_facts_done(&f);
        return err_set(err, why == no_memory ? ERR_NOMEM : ERR_REJ_FORM, "%s", why);
    }
    *ret = f;
    return OK;
}

void cades_facts_done(struct cades_facts *f)
{
    EVP_PKEY_free(f->key);
    free(f->file);
    *f = (struct cades_facts){0};
}

static X509 *decode(struct der_view der)
{
    X509 *x = NULL;
    return cert_parse(der.at, der.len, &x) == OK ? x : NULL;
}

static bool add_decoded(STACK_OF(X509) *list, struct der_view der)
{
    X509 *x = decode(der);
    bool added = x != NULL && sk_X509_push(list, x) > 0;
    if (!added)
        X509_free(x);
    return added;
}

enum err_code cades_decode(const struct cades_facts *f, X509 **ret_signer, STACK_OF(X509) **ret_certs)
{
    X509 *signer = decode(f->signer.file);
    STACK_OF(X509) *certs = sk_X509_new_null();
    bool whole = signer != NULL && certs != NULL;
    for (size_t i = 0; whole && i < f->cert_count; i++)
        whole = add_decoded(certs, f->certs[i]);
    if (!whole) {
        X509_free(signer);
        sk_X509_pop_free(certs, X509_free);
        return ERR_REJ_FORM;
    }
    *ret_signer = signer;
    *ret_certs = certs;
    return OK;
}

void cades_algorithm(const struct cades_facts *f, char out[CADES_ALGORITHM_MAX])
{
    const struct alg *alg = alg_of(f->cert.key);
    char bits[16] = "";
    if (f->cert.key == CERT_KEY_RSA)
        snprintf(bits, sizeof bits, " %d", f->cert.key_bits);
    snprintf(out, CADES_ALGORITHM_MAX, "%s%s, %s", alg != NULL ? alg->name : "?", bits, alg_digest_name(f->digest));
}
