#include "config.h"
#include "sign/cert.h"

#include <string.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/x509v3.h>
#include "base/person.h"
#include "base/text.h"
#include "sign/alg.h"
#include "sign/cert_key.h"
#include "sign/cert_parts.h"
#include "sign/der.h"

#define OID_TEXT 80 /* of a policy or purpose */

enum err_code cert_parse(const uint8_t *der, size_t len, X509 **ret)
{
    const uint8_t *at = der;
    if (len > CERT_MAX || !der_is_strict((struct der_view){der, len}))
        return ERR_REJ_FORM;
    X509 *x = d2i_X509(NULL, &at, (long)len);
    if (x == NULL || at != der + len) {
        X509_free(x);
        ERR_clear_error();
        return ERR_REJ_FORM;
    }
    *ret = x;
    return OK;
}

/* ---- names ---- */

/* Bytes of one character in a string type; 0: UTF-8, or no string at all. */
static size_t width_of(uint8_t tag)
{
    return tag == V_ASN1_BMPSTRING ? 2 : tag == V_ASN1_UNIVERSALSTRING ? 4 : tag == V_ASN1_UTF8STRING ? 0 : 1;
}

/* Every other string type is read as Latin-1, as the library does. */
static void clean_string(const struct der_item *value, char *out, size_t out_len)
{
    char utf8[1024];
    size_t width = width_of(value->tag), n = 0;
    if (width == 0) {
        text_clean(out, out_len, (const char *)value->body.at, value->body.len);
        return;
    }
    for (size_t i = 0; i + width <= value->body.len && n + 4 <= sizeof utf8; i += width) {
        uint32_t c = 0;
        for (size_t k = 0; k < width; k++)
            c = c << 8 | value->body.at[i + k];
        n += utf8_put(utf8 + n, c);
    }
    text_clean(out, out_len, utf8, n);
}

/* The last common name: the most specific one. */
static void read_name(const struct der_item *name, char *out, size_t out_len)
{
    struct der_item value;
    out[0] = '\0';
    if (cert_name_find(name, NID_commonName, true, &value, NULL) && value.tag != DER_BIT_STRING)
        clean_string(&value, out, out_len);
}

static void read_person(const struct der_item *subject, struct cert_facts *f)
{
    struct der_item value;
    unsigned n;
    char tckn[TCKN_LEN + 1] = "";
    if (!cert_name_find(subject, NID_serialNumber, false, &value, &n))
        return;
    f->two_serials = n > 1;
    if (f->two_serials || value.body.len != TCKN_LEN)
        return;
    memcpy(tckn, value.body.at, TCKN_LEN);
    if (tckn_is_valid(tckn))
        memcpy(f->tckn, tckn, sizeof tckn);
}

/* ---- key and signature ---- */

/* The algorithms that are ours by name; any other as the library judges it. */
static bool is_weak(const struct der_item *algorithm)
{
    int digest = NID_undef;
    bool is_rsa;
    if (alg_read_signature(algorithm, &digest, &is_rsa) != NID_undef && digest != NID_undef)
        return alg_digest_is_weak(digest);
    const uint8_t *at = algorithm->whole.at;
    X509_ALGOR *decoded = d2i_X509_ALGOR(NULL, &at, (long)algorithm->whole.len);
    bool weak = decoded == NULL || alg_is_weak(decoded);
    X509_ALGOR_free(decoded);
    return weak;
}

static EVP_PKEY *read_key(const struct cert_parts *p, struct cert_facts *f)
{
    EVP_PKEY *key = cert_key_make(&p->key, &f->key);
    f->key_bits = key != NULL ? EVP_PKEY_get_bits(key) : 0;
    f->signature_weak = is_weak(&p->algorithm);
    return key;
}

/* ---- what it is for ---- */

/* Bits of keyUsage, RFC 5280 §4.2.1.3, in the first octet of its BIT STRING. */
enum usage {
    USAGE_NON_REPUDIATION = 0x40,
    USAGE_KEY_ENCIPHERMENT = 0x20,
    USAGE_DATA_ENCIPHERMENT = 0x10,
    USAGE_CERT_SIGN = 0x04
};
#define NETSCAPE_ANY_CA 0x07

static uint8_t first_bits(const struct der_item *value)
{
    return value->tag == DER_BIT_STRING && value->body.len > 1 ? value->body.at[1] : 0;
}

/* Basic constraints say it; without them old ones are told by what they may do or, in v1, by standing for themselves.
 */
static bool is_ca(const struct cert_parts *p, uint8_t usage)
{
    const struct der_item *basic = &p->extension[CERT_EXT_BASIC];
    struct der_view rest = basic->body;
    struct der_item flag;
    bool limits = p->extension[CERT_EXT_USAGE].tag != 0;
    if (limits && (usage & USAGE_CERT_SIGN) == 0)
        return false;
    if (basic->tag != 0)
        return der_take(&rest, DER_BOOLEAN, &flag) && flag.body.at[0] != 0;
    if (p->v1 && der_same(p->subject.whole, p->issuer.whole))
        return true;
    return limits || (first_bits(&p->extension[CERT_EXT_NETSCAPE]) & NETSCAPE_ANY_CA) != 0;
}

static void read_usage(const struct cert_parts *p, struct cert_facts *f)
{
    uint8_t usage = first_bits(&p->extension[CERT_EXT_USAGE]);
    f->non_repudiation = (usage & USAGE_NON_REPUDIATION) != 0;
    f->key_encipherment = (usage & (USAGE_KEY_ENCIPHERMENT | USAGE_DATA_ENCIPHERMENT)) != 0;
    f->ca = is_ca(p, usage);
}

/* ---- statements, policies, purposes ---- */

/* One that is longer than any rule can name says nothing to us. */
static bool take_statement(struct cert_facts *f, const struct der_item *oid)
{
    if (f->statement_count == CERT_STATEMENTS)
        return false;
    if (der_oid_text(oid, f->statements[f->statement_count], RULE_OID))
        f->statement_count++;
    return true;
}

bool cert_has_statement(const struct cert_facts *f, const char *oid)
{
    for (size_t i = 0; i < f->statement_count; i++)
        if (strcmp(f->statements[i], oid) == 0)
            return true;
    return false;
}

/* A seal is qualified as well; what tells it apart is a further statement beside that of an NES. */
static bool is_seal(const struct cert_facts *f)
{
    static const char *const pairs[][2] = {
        {"2.16.792.1.61.0.1.5070.1.1", "2.16.792.1.61.0.1.5070.1.3"},
        {"2.16.792.1.61.0.1.5070.2.1", "2.16.792.1.61.0.1.5070.2.2"},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++)
        if (cert_has_statement(f, pairs[i][0]) && cert_has_statement(f, pairs[i][1]))
            return true;
    return false;
}

/* The qualified certificate statements (RFC 3739 §3.2.6) that the Turkish profile judges by. */
static bool read_statements(struct der_view list, struct cert_facts *f)
{
    struct der_item statement, oid;
    while (list.len > 0)
        if (!der_take(&list, DER_SEQUENCE, &statement) || !der_take(&statement.body, DER_OID, &oid) ||
            !take_statement(f, &oid))
            return false;
    f->seal = is_seal(f);
    return true;
}

static bool oid_is(const struct der_item *oid, const char *want)
{
    char text[OID_TEXT];
    return der_oid_text(oid, text, sizeof text) && strcmp(text, want) == 0;
}

/* UserNotice ::= SEQUENCE { noticeRef OPTIONAL, explicitText OPTIONAL }; an empty text gives no notice. */
static bool notice_says_something(struct der_view rest)
{
    struct der_item part;
    return der_next(&rest, &part) && (part.tag == DER_SEQUENCE || part.body.len > 0);
}

static bool notice_is_there(struct der_view qualifiers)
{
    struct der_item qualifier, type, value;
    while (der_next(&qualifiers, &qualifier))
        if (der_next(&qualifier.body, &type) && der_is_oid(&type, NID_id_qt_unotice) &&
            der_next(&qualifier.body, &value) && notice_says_something(value.body))
            return true;
    return false;
}

/* True when one of them is that of a fiscal seal. */
static bool read_policies(struct der_view list, struct cert_facts *f)
{
    struct der_item policy, type, qualifiers;
    bool fiscal = false;
    while (der_next(&list, &policy)) {
        if (!der_next(&policy.body, &type))
            continue;
        fiscal |= oid_is(&type, "2.16.792.1.2.1.1.5.7.4.1");
        if (der_next(&policy.body, &qualifiers))
            f->notice |= notice_is_there(qualifiers.body);
    }
    return fiscal;
}

static bool has_fiscal_purpose(struct der_view list)
{
    struct der_item purpose;
    while (der_next(&list, &purpose))
        if (oid_is(&purpose, "2.16.792.1.2.1.1.5.7.50.1"))
            return true;
    return false;
}

/* ---- all of it ---- */

static EVP_PKEY *read_all(const struct cert_parts *p, struct cert_facts *f)
{
    unsigned len = sizeof f->ref;
    if (EVP_Digest(p->file.at, p->file.len, f->ref, &len, EVP_sha256(), NULL) != 1 ||
        !read_statements(p->extension[CERT_EXT_STATEMENTS].body, f))
        return NULL;
    f->not_before = p->not_before;
    f->not_after = p->not_after;
    bool policy = read_policies(p->extension[CERT_EXT_POLICIES].body, f);
    f->mali_muhur = policy && has_fiscal_purpose(p->extension[CERT_EXT_PURPOSES].body);
    read_usage(p, f);
    read_name(&p->subject, f->owner, sizeof f->owner);
    read_name(&p->issuer, f->issuer, sizeof f->issuer);
    read_person(&p->subject, f);
    return read_key(p, f);
}

enum err_code cert_read_parts(const struct cert_parts *p, struct cert_facts *ret, EVP_PKEY **ret_key)
{
    struct cert_facts f = {0};
    EVP_PKEY *key = read_all(p, &f);
    ERR_clear_error();
    if (key == NULL)
        return ERR_REJ_FORM;
    *ret = f;
    if (ret_key != NULL)
        *ret_key = key;
    else
        EVP_PKEY_free(key);
    return OK;
}

enum err_code cert_read(X509 *x, struct cert_facts *ret)
{
    struct cert_parts p;
    unsigned char *der = NULL;
    int len = i2d_X509(x, &der);
    struct der_view file = {der, len > 0 ? (size_t)len : 0};
    enum err_code rc = ERR_REJ_FORM;
    if (der_is_strict(file) && cert_split(file, &p))
        rc = cert_read_parts(&p, ret, NULL);
    OPENSSL_free(der);
    return rc;
}
