#include "config.h"
#include "sign/policy.h"

#include <stddef.h>
#include <string.h>
#include <openssl/objects.h>
#include "sign/alg.h"
#include "sign/der.h"

#define ADDRESS "http://www.eimza.gov.tr/EimzaPolitikalari/216792161015070321.pdf"
#define QUALIFIERS_MAX 8

/* 2.16.792.1.61.0.1.5070.3.x.1: what comes behind the tag and the length, to the last but one. */
#define ARC 0x60, 0x86, 0x18, 0x01, 0x3d, 0x00, 0x01, 0xa7, 0x4e, 0x03

static const struct {
    const char *name;
    uint8_t oid[12]; /* all zeros: names none */
} profiles[PROFILE_COUNT] = {
    [PROFILE_BASELINE] = {"baseline", {0}},
    [PROFILE_P1] = {"P1", {0}},
    [PROFILE_P2] = {"P2", {ARC, 0x01, 0x01}},
    [PROFILE_P3] = {"P3", {ARC, 0x02, 0x01}},
    [PROFILE_P4] = {"P4", {ARC, 0x03, 0x01}},
};
#define OID_LEN (sizeof profiles[0].oid)

/* Of the one document that the three name. */
static const struct {
    int nid;
    size_t len;
    uint8_t hash[48];
} hashes[] = {
    {NID_sha256, 32,
        {0xff, 0x39, 0xbd, 0x29, 0x46, 0x33, 0x83, 0xf6, 0x9b, 0x20, 0x52, 0xac, 0x47, 0x43, 0x9e, 0x06, 0xce, 0x7c,
            0x3b, 0x86, 0x46, 0xe8, 0x88, 0xb6, 0xe5, 0xae, 0x3e, 0x46, 0xba, 0x08, 0x11, 0x7a}},
    {NID_sha384, 48,
        {0xe7, 0x50, 0x3c, 0xf8, 0x3d, 0x21, 0xeb, 0x17, 0x9c, 0x3a, 0x89, 0xfd, 0xe8, 0xbf, 0x22, 0x16, 0xe5, 0xf4,
            0xf2, 0x4c, 0x9d, 0xa9, 0x75, 0x2d, 0x8f, 0xe8, 0x6c, 0x8a, 0x8b, 0x71, 0xd4, 0xbd, 0x58, 0xa1, 0xef, 0x42,
            0x6b, 0x8b, 0x00, 0x71, 0xb8, 0xc1, 0xd0, 0x75, 0x4c, 0x71, 0xa8, 0x10}},
};
#define HASHES (sizeof hashes / sizeof hashes[0])

const char *profile_name(enum profile p)
{
    return (unsigned)p < PROFILE_COUNT ? profiles[p].name : "?";
}

bool profile_by_name(const char *name, enum profile *ret)
{
    for (int p = 0; p < PROFILE_COUNT; p++)
        if (strcmp(name, profiles[p].name) == 0) {
            *ret = (enum profile)p;
            return true;
        }
    return false;
}

bool policy_is_named(enum profile p)
{
    return (unsigned)p < PROFILE_COUNT && profiles[p].oid[0] != 0;
}

bool policy_fits(enum profile found, enum profile wanted)
{
    return policy_is_named(found) ? found == wanted : !policy_is_named(wanted);
}

static size_t hash_of(int digest)
{
    size_t i = 0;
    while (i < HASHES && hashes[i].nid != digest)
        i++;
    return i;
}

static void put_hash(struct der_out *out, size_t i)
{
    size_t mark = der_mark(out);
    alg_put_digest(out, hashes[i].nid);
    der_put(out, DER_OCTET_STRING, hashes[i].hash, hashes[i].len);
    der_wrap(out, mark, DER_SEQUENCE);
}

static void put_address(struct der_out *out)
{
    size_t mark = der_mark(out);
    der_put_oid(out, NID_id_smime_spq_ets_sqt_uri);
    der_put(out, V_ASN1_IA5STRING, ADDRESS, sizeof ADDRESS - 1);
    der_wrap(out, mark, DER_SEQUENCE);
    der_wrap(out, mark, DER_SEQUENCE);
}

void policy_put(struct der_out *out, enum profile p, int digest)
{
    size_t mark = der_mark(out), hash = hash_of(digest);
    if (!policy_is_named(p) || hash == HASHES) {
        out->rc = ERR_INTERNAL;
        return;
    }
    der_put(out, DER_OID, profiles[p].oid, OID_LEN);
    put_hash(out, hash);
    put_address(out);
    der_wrap(out, mark, DER_SEQUENCE);
}

static bool find(const struct der_item *oid, enum profile *ret)
{
    for (int p = 0; p < PROFILE_COUNT; p++)
        if (policy_is_named((enum profile)p) && der_same(oid->body, (struct der_view){profiles[p].oid, OID_LEN})) {
            *ret = (enum profile)p;
            return true;
        }
    return false;
}

static bool qualifiers_fit(struct der_view rest)
{
    struct der_item list, qualifier, oid, value;
    if (rest.len == 0)
        return true;
    if (!der_take(&rest, DER_SEQUENCE, &list) || rest.len > 0 || list.body.len == 0)
        return false;
    for (size_t n = 0; list.body.len > 0; n++)
        if (n == QUALIFIERS_MAX || !der_take(&list.body, DER_SEQUENCE, &qualifier) ||
            !der_take(&qualifier.body, DER_OID, &oid) || !der_next(&qualifier.body, &value) || qualifier.body.len > 0)
            return false;
    return true;
}

static bool hash_fits(const struct der_item *identifier, const struct der_item *hash)
{
    size_t i = hash_of(alg_read_digest(identifier));
    return i < HASHES && der_same(hash->body, (struct der_view){hashes[i].hash, hashes[i].len});
}

enum policy_found policy_read(const struct der_item *value, enum profile *ret)
{
    struct der_view rest = value->body;
    struct der_item oid, whole_hash, identifier, hash;
    enum profile p;
    if (value->tag == DER_NULL && rest.len == 0)
        return POLICY_UNKNOWN;
    if (value->tag != DER_SEQUENCE || !der_take(&rest, DER_OID, &oid) || !der_take(&rest, DER_SEQUENCE, &whole_hash) ||
        !der_take(&whole_hash.body, DER_SEQUENCE, &identifier) ||
        !der_take(&whole_hash.body, DER_OCTET_STRING, &hash) || whole_hash.body.len > 0 || !qualifiers_fit(rest))
        return POLICY_BROKEN;
    if (!find(&oid, &p))
        return POLICY_UNKNOWN;
    if (!hash_fits(&identifier, &hash))
        return POLICY_OTHER_HASH;
    *ret = p;
    return POLICY_KNOWN;
}

const char *policy_words(enum policy_found found)
{
    static const char *const words[] = {
        [POLICY_KNOWN] = NULL,
        [POLICY_BROKEN] = "signature-policy-identifier cannot be read",
        [POLICY_UNKNOWN] = "signature-policy-identifier names an unknown policy",
        [POLICY_OTHER_HASH] = "signature-policy-identifier has another document's hash",
    };
    return words[found];
}
