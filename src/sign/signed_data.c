#include "config.h"
#include "sign/signed_data.h"

#include <string.h>
#include <openssl/objects.h>

#define OID_TEXT 80
#define SIGNED_MAX 32 /* signed attributes; each is compared with those before it */

/* Every step answers NULL, or what is wrong in words for a log. */

bool attribute_next(struct der_view *rest, struct attribute *ret)
{
    struct attribute a;
    struct der_item values;
    struct der_view after = *rest;
    if (!der_take(&after, DER_SEQUENCE, &a.whole))
        return false;
    struct der_view inside = a.whole.body;
    if (!der_take(&inside, DER_OID, &a.type) || !der_take(&inside, DER_SET, &values) || inside.len > 0 ||
        values.body.len == 0)
        return false;
    a.values = values.body;
    *rest = after;
    *ret = a;
    return true;
}

static bool type_is(const struct attribute *a, const char *oid)
{
    char text[OID_TEXT];
    return der_oid_text(&a->type, text, sizeof text) && strcmp(text, oid) == 0;
}

bool attribute_find(struct der_view attributes, const char *oid, struct attribute *ret)
{
    struct attribute a;
    while (attribute_next(&attributes, &a))
        if (type_is(&a, oid)) {
            *ret = a;
            return true;
        }
    return false;
}

bool attribute_value(struct der_view attributes, const char *oid, struct der_item *ret)
{
    struct attribute a;
    return attribute_find(attributes, oid, &a) && der_next(&a.values, ret);
}

static bool small_number(const struct der_item *integer, uint8_t *ret)
{
    *ret = integer->body.len == 1 ? integer->body.at[0] : 0;
    return integer->body.len == 1;
}

static const char *split_content(struct der_view rest, struct signed_data *s)
{
    struct der_item explicit;
    if (!der_take(&rest, DER_OID, &s->type))
        return "the content has no type";
    s->attached = der_take(&rest, DER_CONTEXT_0, &explicit);
    if (rest.len > 0)
        return "there is more than one content";
    if (s->attached && (!der_take(&explicit.body, DER_OCTET_STRING, &s->content) || explicit.body.len > 0))
        return "the content is not an octet string";
    return NULL;
}

static bool is_before(struct der_view attributes, const struct attribute *a)
{
    struct attribute b;
    while (attribute_next(&attributes, &b) && b.whole.whole.at != a->whole.whole.at)
        if (der_same(b.type.body, a->type.body))
            return true;
    return false;
}

static const char *judge_signed(struct der_view attributes)
{
    struct der_view rest = attributes, values;
    struct attribute a;
    struct der_item value;
    if (!der_is_sorted(attributes))
        return "the signed attributes are not in order";
    for (size_t n = 0; rest.len > 0; n++) {
        if (n == SIGNED_MAX)
            return "there are too many signed attributes";
        if (!attribute_next(&rest, &a))
            return "a signed attribute cannot be read";
        values = a.values;
        if (!der_next(&values, &value) || values.len > 0)
            return "a signed attribute has not exactly one value";
        if (is_before(attributes, &a))
            return "a signed attribute is there twice";
    }
    return NULL;
}

static const char *judge_unsigned(struct der_view rest)
{
    struct attribute a;
    while (rest.len > 0)
        if (!attribute_next(&rest, &a))
            return "an unsigned attribute cannot be read";
    return NULL;
}

/* SignerIdentifier, and the version that goes with it. */
static const char *split_sid(struct der_view *rest, struct signed_data *s)
{
    struct der_item issuer, serial;
    uint8_t version;
    if (!der_take(rest, DER_INTEGER, &s->signer_version) || !small_number(&s->signer_version, &version))
        return "the signer has no version";
    if (version == 3)
        return der_take(rest, DER_CONTEXT_PRIMITIVE_0, &s->sid) ? NULL : "the signer is not named by a key identifier";
    if (version != 1 || !der_take(rest, DER_SEQUENCE, &s->sid))
        return "the signer is not named as its version says";
    struct der_view inside = s->sid.body;
    return der_take(&inside, DER_SEQUENCE, &issuer) && der_take(&inside, DER_INTEGER, &serial) && inside.len == 0
               ? NULL
               : "the signer is not named by issuer and serial number";
}

static const char *split_signer(struct signed_data *s)
{
    struct der_view rest = s->signers.body;
    if (!der_take(&rest, DER_SEQUENCE, &s->signer) || rest.len > 0)
        return "there is not exactly one signer";
    rest = s->signer.body;
    const char *why = split_sid(&rest, s);
    if (why != NULL)
        return why;
    if (!der_take(&rest, DER_SEQUENCE, &s->digest) || !der_take(&rest, DER_CONTEXT_0, &s->attributes) ||
        s->attributes.body.len == 0)
        return "there are no signed attributes";
    if (!der_take(&rest, DER_SEQUENCE, &s->signature_alg) || !der_take(&rest, DER_OCTET_STRING, &s->signature) ||
        s->signature.body.len == 0)
        return "there is no signature value";
    if (der_take(&rest, DER_CONTEXT_1, &s->unsigned_attributes) && s->unsigned_attributes.body.len == 0)
        return "there is an empty list of unsigned attributes";
    if (rest.len > 0)
        return "there is more in the signer than belongs there";
    why = judge_signed(s->attributes.body);
    return why != NULL ? why : judge_unsigned(s->unsigned_attributes.body);
}

/* What of the list asks for a version higher than `version`: §5.1. A choice without a row does not exist. */
struct choice {
    uint8_t tag, version;
};
static bool raise_version(struct der_view rest, const struct choice *choices, size_t n, uint8_t *version)
{
    struct der_item item;
    while (rest.len > 0) {
        size_t i = 0;
        if (!der_next(&rest, &item))
            return false;
        while (i < n && choices[i].tag != item.tag)
            i++;
        if (i == n)
            return false;
        if (choices[i].version > *version)
            *version = choices[i].version;
    }
    return true;
}

/* CertificateChoices §10.2.2, RevocationInfoChoice §10.2.1 */
static const struct choice certificates[] = {
    {DER_SEQUENCE, 1}, {DER_CONTEXT_0, 1}, {DER_CONTEXT_1, 3}, {DER_CONTEXT_2, 4}, {DER_CONTEXT_3, 5}};
static const struct choice revocations[] = {{DER_SEQUENCE, 1}, {DER_CONTEXT_1, 5}};
#define COUNT(a) (sizeof(a) / sizeof(a)[0])

static const char *judge_version(const struct signed_data *s)
{
    bool plain = der_is_oid(&s->type, NID_pkcs7_data) && s->sid.tag == DER_SEQUENCE;
    uint8_t version, want = plain ? 1 : 3;
    if (!raise_version(s->certs.body, certificates, COUNT(certificates), &want) ||
        !raise_version(s->crls.body, revocations, COUNT(revocations), &want))
        return "a certificate or revocation list is of no known kind";
    return small_number(&s->version, &version) && version == want ? NULL : "the version is not that of the contents";
}

static const char *split_body(struct signed_data *s)
{
    struct der_view rest = s->body.body;
    if (!der_take(&rest, DER_INTEGER, &s->version) || !der_take(&rest, DER_SET, &s->digests) ||
        s->digests.body.len == 0 || !der_take(&rest, DER_SEQUENCE, &s->encapsulated))
        return "it is not SignedData";
    if (der_take(&rest, DER_CONTEXT_0, &s->certs) && s->certs.body.len == 0)
        return "there is an empty list of certificates";
    if (der_take(&rest, DER_CONTEXT_1, &s->crls) && s->crls.body.len == 0)
        return "there is an empty list of revocation values";
    if (!der_take(&rest, DER_SET, &s->signers) || rest.len > 0)
        return "there is more in it than belongs there";
    const char *why = split_content(s->encapsulated.body, s);
    if (why == NULL)
        why = split_signer(s);
    return why != NULL ? why : judge_version(s);
}

const char *signed_data_split(struct der_view file, size_t max, struct signed_data *ret)
{
    struct signed_data s = {.file = file};
    struct der_item whole, type, explicit;
    if (file.len > max)
        return "the file is too big";
    if (!der_is_strict(file))
        return "the file is not DER";
    if (!der_take(&file, DER_SEQUENCE, &whole) || !der_take(&whole.body, DER_OID, &type) ||
        !der_is_oid(&type, NID_pkcs7_signed) || !der_take(&whole.body, DER_CONTEXT_0, &explicit) ||
        whole.body.len > 0 || !der_take(&explicit.body, DER_SEQUENCE, &s.body) || explicit.body.len > 0)
        return "the file is not a CMS signature";
    const char *why = split_body(&s);
    if (why == NULL)
        *ret = s;
    return why;
}
