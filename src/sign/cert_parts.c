#include "config.h"
#include "sign/cert_parts.h"

#include <string.h>
#include <openssl/objects.h>
#include "sign/cert_forms.h"

#define EXTENSIONS_MAX 32

/* Critical ones without `handled` are as good as unknown: nobody heeds what they ask for. */
static const struct {
    int nid;
    bool (*fits)(const struct der_item *value);
    bool handled;
} known[CERT_EXT_COUNT] = {
    [CERT_EXT_BASIC] = {NID_basic_constraints, form_is_basic, true},
    [CERT_EXT_USAGE] = {NID_key_usage, form_is_usage, true},
    [CERT_EXT_PURPOSES] = {NID_ext_key_usage, form_is_purposes, true},
    [CERT_EXT_POLICIES] = {NID_certificate_policies, form_is_policies, true},
    [CERT_EXT_ALT_NAMES] = {NID_subject_alt_name, form_is_names, true},
    [CERT_EXT_KEY_ID] = {NID_subject_key_identifier, form_is_octets, false},
    [CERT_EXT_ISSUER_KEY_ID] = {NID_authority_key_identifier, form_is_issuer_key, false},
    [CERT_EXT_CRL_POINTS] = {NID_crl_distribution_points, form_is_points, false},
    [CERT_EXT_CONSTRAINTS] = {NID_name_constraints, form_is_constraints, false},
    [CERT_EXT_STATEMENTS] = {NID_qcStatements, form_is_sequence, false},
    [CERT_EXT_NETSCAPE] = {NID_netscape_cert_type, form_is_bits, false},
};

/* What signs no consent and issues no certificate for one. */
static const int refused[] = {NID_proxyCertInfo, NID_sbgp_ipAddrBlock, NID_sbgp_autonomousSysNum};

static bool is_refused(const struct der_item *type)
{
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++)
        if (der_is_oid(type, refused[i]))
            return true;
    return false;
}

static bool take_value(struct der_view octets, enum cert_extension i, struct cert_parts *p)
{
    struct der_view rest = octets;
    return der_is_strict(octets) && der_next(&rest, &p->extension[i]) && known[i].fits(&p->extension[i]);
}

static bool read_extension(struct der_view rest, struct der_item *ret_type, struct cert_parts *p)
{
    struct der_item critical = {0}, value;
    if (!der_take(&rest, DER_OID, ret_type))
        return false;
    bool is_critical = der_take(&rest, DER_BOOLEAN, &critical) && critical.body.at[0] != 0;
    if (!der_take(&rest, DER_OCTET_STRING, &value) || rest.len > 0 || is_refused(ret_type))
        return false;
    int i = 0;
    while (i < CERT_EXT_COUNT && !der_is_oid(ret_type, known[i].nid))
        i++;
    p->unhandled |= is_critical && (i == CERT_EXT_COUNT || !known[i].handled);
    return i == CERT_EXT_COUNT || take_value(value.body, (enum cert_extension)i, p);
}

static bool is_among(const struct der_item *type, const struct der_item *types, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (der_same(type->body, types[i].body))
            return true;
    return false;
}

static bool read_extensions(struct der_view rest, struct cert_parts *p)
{
    struct der_item types[EXTENSIONS_MAX], extension;
    size_t n = 0;
    for (; rest.len > 0; n++)
        if (n == EXTENSIONS_MAX || !der_take(&rest, DER_SEQUENCE, &extension) ||
            !read_extension(extension.body, &types[n], p) || is_among(&types[n], types, n))
            return false;
    return n > 0;
}

static bool read_validity(struct der_view rest, struct cert_parts *p)
{
    struct der_item from, to;
    return der_next(&rest, &from) && der_next(&rest, &to) && rest.len == 0 && der_time(&from, &p->not_before) &&
           der_time(&to, &p->not_after);
}

/* Version ::= INTEGER { v1(0), v2(1), v3(2) }; v1 is the default and so not written. */
static bool take_version(struct der_view *rest, uint8_t *ret)
{
    struct der_item explicit, version;
    *ret = 0;
    if (!der_take(rest, DER_CONTEXT_0, &explicit))
        return true;
    if (!der_take(&explicit.body, DER_INTEGER, &version) || explicit.body.len > 0 || version.body.len != 1)
        return false;
    *ret = version.body.at[0];
    return *ret == 1 || *ret == 2;
}

/* issuerUniqueID [1] and subjectUniqueID [2] say nothing to anybody; extensions are there in v3 alone. */
static bool read_rest(struct der_view rest, uint8_t version, struct cert_parts *p)
{
    struct der_item unique, explicit, extensions;
    for (uint8_t tag = 0x81; tag <= 0x82; tag++)
        if (der_take(&rest, tag, &unique) && (version == 0 || !der_fits(DER_BIT_STRING, unique.body)))
            return false;
    if (rest.len == 0)
        return true;
    return version == 2 && der_take(&rest, DER_CONTEXT_3, &explicit) && rest.len == 0 &&
           der_take(&explicit.body, DER_SEQUENCE, &extensions) && explicit.body.len == 0 &&
           read_extensions(extensions.body, p);
}

static bool split_tbs(struct der_view rest, struct cert_parts *p)
{
    struct der_item algorithm, validity;
    uint8_t version;
    if (!take_version(&rest, &version) || !der_take(&rest, DER_INTEGER, &p->serial) ||
        !der_take(&rest, DER_SEQUENCE, &algorithm) || !der_same(algorithm.whole, p->algorithm.whole) ||
        !der_take(&rest, DER_SEQUENCE, &p->issuer) || !form_is_name(&p->issuer) ||
        !der_take(&rest, DER_SEQUENCE, &validity) || !read_validity(validity.body, p) ||
        !der_take(&rest, DER_SEQUENCE, &p->subject) || !form_is_name(&p->subject) ||
        !der_take(&rest, DER_SEQUENCE, &p->key) || !form_is_key(&p->key))
        return false;
    p->v1 = version == 0;
    return read_rest(rest, version, p);
}

static bool split(struct der_view rest, struct cert_parts *p)
{
    struct der_item whole, bits;
    p->file = rest;
    if (!der_take(&rest, DER_SEQUENCE, &whole) || rest.len > 0)
        return false;
    rest = whole.body;
    if (!der_take(&rest, DER_SEQUENCE, &p->tbs) || !der_take(&rest, DER_SEQUENCE, &p->algorithm) ||
        !form_is_algorithm(&p->algorithm) || !der_take(&rest, DER_BIT_STRING, &bits) || rest.len > 0 ||
        bits.body.len < 2 || bits.body.at[0] != 0)
        return false;
    p->signature = (struct der_view){bits.body.at + 1, bits.body.len - 1};
    return split_tbs(p->tbs.body, p);
}

bool cert_split(struct der_view file, struct cert_parts *ret)
{
    struct cert_parts p = {.v1 = true};
    if (!split(file, &p))
        return false;
    *ret = p;
    return true;
}

bool cert_name_find(const struct der_item *name, int nid, bool last, struct der_item *ret, unsigned *ret_count)
{
    struct der_view sets = name->body;
    struct der_item set, pair, type, value;
    unsigned n = 0;
    while (der_next(&sets, &set))
        while (der_next(&set.body, &pair)) {
            if (!der_next(&pair.body, &type) || !der_is_oid(&type, nid) || !der_next(&pair.body, &value))
                continue;
            if (n++ == 0 || last)
                *ret = value;
        }
    if (ret_count != NULL)
        *ret_count = n;
    return n > 0;
}
