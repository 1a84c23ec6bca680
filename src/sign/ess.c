#include "config.h"
#include "sign/ess.h"

#include <openssl/evp.h>
#include <openssl/objects.h>
#include "sign/alg.h"

bool ess_is_named(X509 *x, const struct der_item *issuer, const struct der_item *serial)
{
    const unsigned char *name;
    unsigned char *number = NULL;
    size_t name_len;
    int len = i2d_ASN1_INTEGER(X509_get0_serialNumber(x), &number);
    bool named = X509_NAME_get0_der(X509_get_issuer_name(x), &name, &name_len) == 1 &&
                 der_same((struct der_view){name, name_len}, issuer->whole) && len > 0 &&
                 der_same((struct der_view){number, (size_t)len}, serial->whole);
    OPENSSL_free(number);
    return named;
}

bool ess_split_issuer_serial(struct der_view bytes, struct der_item *ret_issuer, struct der_item *ret_serial)
{
    struct der_item whole, names, name;
    return der_take(&bytes, DER_SEQUENCE, &whole) && bytes.len == 0 && der_take(&whole.body, DER_SEQUENCE, &names) &&
           der_take(&whole.body, DER_INTEGER, ret_serial) && whole.body.len == 0 &&
           der_take(&names.body, DER_CONTEXT_4, &name) && names.body.len == 0 &&
           der_take(&name.body, DER_SEQUENCE, ret_issuer) && name.body.len == 0;
}

static bool issuer_serial_fits(struct der_view rest, X509 *x)
{
    struct der_item issuer, serial;
    return rest.len == 0 || (ess_split_issuer_serial(rest, &issuer, &serial) && ess_is_named(x, &issuer, &serial));
}

static bool hash_fits(X509 *x, int digest, struct der_view want)
{
    uint8_t hash[EVP_MAX_MD_SIZE];
    unsigned len = 0;
    return X509_digest(x, EVP_get_digestbynid(digest), hash, &len) == 1 && der_same((struct der_view){hash, len}, want);
}

/* The digest that ESSCertIDv2 names; what is default is not written in DER. */
static int digest_of(struct der_view *id)
{
    struct der_item identifier;
    if (!der_take(id, DER_SEQUENCE, &identifier))
        return NID_sha256;
    int digest = alg_read_digest(&identifier);
    return digest == NID_sha256 || alg_digest_is_weak(digest) ? NID_undef : digest;
}

bool ess_names(const struct der_item *value, bool v2, X509 *x)
{
    struct der_view rest = value->body;
    struct der_item list, id, hash;
    if (value->tag != DER_SEQUENCE || !der_take(&rest, DER_SEQUENCE, &list) || !der_take(&list.body, DER_SEQUENCE, &id))
        return false;
    int digest = v2 ? digest_of(&id.body) : NID_sha1;
    return digest != NID_undef && der_take(&id.body, DER_OCTET_STRING, &hash) && hash_fits(x, digest, hash.body) &&
           issuer_serial_fits(id.body, x);
}

void ess_put_issuer_serial(struct der_out *out, X509 *x)
{
    size_t whole = der_mark(out), names = whole;
    der_put_asn1(out, X509_get_issuer_name(x), ASN1_ITEM_rptr(X509_NAME));
    der_wrap(out, names, DER_CONTEXT_4); /* GeneralName: directoryName */
    der_wrap(out, names, DER_SEQUENCE);
    der_put_asn1(out, X509_get0_serialNumber(x), ASN1_ITEM_rptr(ASN1_INTEGER));
    der_wrap(out, whole, DER_SEQUENCE);
}
