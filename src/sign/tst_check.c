#include "config.h"
#include "sign/tst.h"

#include <string.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/x509v3.h>
#include "sign/alg.h"
#include "sign/cert.h"
#include "sign/ess.h"
#include "sign/signed_data.h"

#define OID_MESSAGE_DIGEST "1.2.840.113549.1.9.4"
#define OID_SIGNING_CERTIFICATE "1.2.840.113549.1.9.16.2.12"
#define OID_SIGNING_CERTIFICATE_V2 "1.2.840.113549.1.9.16.2.47"

struct check {
    const struct tst_facts *f;
    struct der_view imprint;
    struct signed_data parts;
    enum err_code chain; /* what trust_chain said */
};

static bool imprint_holds(const struct check *c)
{
    return der_same(c->imprint, (struct der_view){c->f->imprint, c->f->imprint_len});
}

static bool strength_holds(const struct check *c)
{
    struct cert_facts unit;
    return !alg_digest_is_weak(c->f->digest) && !alg_digest_is_weak(c->f->signed_with) &&
           cert_read(c->f->unit, &unit) == OK && cert_is_strong(&unit);
}

/* One of the two is enough (RFC 5816 §2.2.1), and either that is there must hold. */
static bool certificate_holds(const struct check *c)
{
    struct der_item v1, v2;
    bool has_v1 = attribute_value(c->parts.attributes.body, OID_SIGNING_CERTIFICATE, &v1);
    bool has_v2 = attribute_value(c->parts.attributes.body, OID_SIGNING_CERTIFICATE_V2, &v2);
    return (has_v1 || has_v2) && (!has_v1 || ess_names(&v1, false, c->f->unit)) &&
           (!has_v2 || ess_names(&v2, true, c->f->unit));
}

static bool digest_holds(const struct check *c)
{
    struct der_item want;
    struct der_view content = c->parts.content.body;
    uint8_t digest[EVP_MAX_MD_SIZE];
    unsigned len = 0;
    return attribute_value(c->parts.attributes.body, OID_MESSAGE_DIGEST, &want) &&
           EVP_Digest(content.at, content.len, digest, &len, EVP_get_digestbynid(c->f->signed_with), NULL) == 1 &&
           der_same(want.body, (struct der_view){digest, len});
}

static bool signature_holds(const struct check *c)
{
    return alg_verify_attributes(&c->parts.signature_alg, c->f->signed_with, X509_get0_pubkey(c->f->unit),
        c->parts.attributes.whole, c->parts.signature.body);
}

/* RFC 3161 §2.3: one extended key usage, critical. */
static bool purpose_holds(const struct check *c)
{
    int critical = 0;
    EXTENDED_KEY_USAGE *purposes = X509_get_ext_d2i(c->f->unit, NID_ext_key_usage, &critical, NULL);
    bool alone = critical == 1 && sk_ASN1_OBJECT_num(purposes) == 1 &&
                 OBJ_obj2nid(sk_ASN1_OBJECT_value(purposes, 0)) == NID_time_stamp;
    EXTENDED_KEY_USAGE_free(purposes);
    return alone && X509_check_purpose(c->f->unit, X509_PURPOSE_TIMESTAMP_SIGN, 0) == 1;
}

static bool chain_holds(const struct check *c)
{
    return c->chain != ERR_REJ_CHAIN;
}

static bool chain_strength_holds(const struct check *c)
{
    return c->chain != ERR_REJ_WEAK;
}

static bool validity_holds(const struct check *c)
{
    return c->chain != ERR_REJ_EXPIRED;
}

static const struct {
    enum tst_fault fault;
    bool (*holds)(const struct check *);
} rules[] = {
    {TST_IMPRINT, imprint_holds},
    {TST_STRENGTH, strength_holds},
    {TST_CERTIFICATE, certificate_holds},
    {TST_DIGEST, digest_holds},
    {TST_SIGNATURE, signature_holds},
    {TST_PURPOSE, purpose_holds},
    {TST_CHAIN, chain_holds},
    {TST_CHAIN_STRENGTH, chain_strength_holds},
    {TST_VALIDITY, validity_holds},
};

const char *tst_fault_word(enum tst_fault f)
{
    static const char *const words[] = {"",
#define X(id, word) word,
        TST_FAULTS(X)
#undef X
    };
    return words[f];
}

enum err_code tst_check(const struct tst_facts *f, const uint8_t *imprint, size_t len, const struct trust *tsas,
    int64_t at, enum tst_fault *ret_fault, struct err *err)
{
    struct check c = {.f = f, .imprint = {imprint, len}};
    enum tst_fault fault = TST_HOLDS;
    if (signed_data_split((struct der_view){f->token.data, f->token.len}, TST_MAX, &c.parts) != NULL)
        return err_set(err, ERR_INTERNAL, "time stamp");
    c.chain = trust_chain(tsas, f->unit, f->certs, at, NULL);
    if (c.chain == ERR_NOMEM)
        return err_set(err, ERR_NOMEM, "time stamp");
    for (size_t i = 0; i < sizeof rules / sizeof rules[0] && fault == TST_HOLDS; i++)
        if (!rules[i].holds(&c))
            fault = rules[i].fault;
    ERR_clear_error();
    if (ret_fault != NULL)
        *ret_fault = fault;
    return fault == TST_HOLDS ? OK : err_set(err, ERR_REJ_STAMP, "%s", tst_fault_word(fault));
}
