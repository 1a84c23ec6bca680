#include "config.h"
#include "fakes/library.h"

#include <string.h>
#include <openssl/cms.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509v3.h>
#include "base/person.h"
#include "base/text.h"
#include "sign/der.h"

#define OID_TEXT 80 /* of a policy or purpose */

/* ---- certificates ---- */

/* The last value of a name's attribute: the most specific one. */
static void read_name(const X509_NAME *name, int nid, char *out, size_t out_len)
{
    unsigned char *utf8 = NULL;
    int at = -1, last = -1, len = -1;
    out[0] = '\0';
    while ((at = X509_NAME_get_index_by_NID(name, nid, at)) >= 0)
        last = at;
    if (last >= 0)
        len = ASN1_STRING_to_UTF8(&utf8, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, last)));
    if (len > 0)
        text_clean(out, out_len, (const char *)utf8, (size_t)len);
    OPENSSL_free(utf8);
}

static void read_person(const X509_NAME *subject, struct cert_facts *f)
{
    int at = X509_NAME_get_index_by_NID(subject, NID_serialNumber, -1);
    if (at < 0)
        return;
    f->two_serials = X509_NAME_get_index_by_NID(subject, NID_serialNumber, at) >= 0;
    const ASN1_STRING *value = X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at));
    char tckn[TCKN_LEN + 1] = "";
    if (f->two_serials || ASN1_STRING_length(value) != TCKN_LEN)
        return;
    memcpy(tckn, ASN1_STRING_get0_data(value), TCKN_LEN);
    if (tckn_is_valid(tckn))
        memcpy(f->tckn, tckn, sizeof tckn);
}

/* Named curves only: explicit parameters could describe any group. */
static enum cert_key key_of(X509 *x)
{
    ASN1_OBJECT *algorithm = NULL;
    X509_ALGOR *whole = NULL;
    const ASN1_OBJECT *oid;
    const void *value;
    int type;
    if (X509_PUBKEY_get0_param(&algorithm, NULL, NULL, &whole, X509_get_X509_PUBKEY(x)) != 1)
        return CERT_KEY_OTHER;
    if (OBJ_obj2nid(algorithm) == NID_rsaEncryption)
        return CERT_KEY_RSA;
    X509_ALGOR_get0(&oid, &type, &value, whole);
    if (OBJ_obj2nid(oid) != NID_X9_62_id_ecPublicKey || type != V_ASN1_OBJECT)
        return CERT_KEY_OTHER;
    int curve = OBJ_obj2nid(value);
    return curve == NID_X9_62_prime256v1 ? CERT_KEY_P256 : curve == NID_secp384r1 ? CERT_KEY_P384 : CERT_KEY_OTHER;
}

static bool read_key(X509 *x, struct cert_facts *f)
{
    int security_bits = 0;
    const EVP_PKEY *key = X509_get0_pubkey(x);
    if (key == NULL)
        return false;
    f->key = key_of(x);
    f->key_bits = EVP_PKEY_get_bits(key);
    f->signature_weak = X509_get_signature_info(x, NULL, NULL, &security_bits, NULL) != 1 || security_bits < 112;
    return true;
}

static bool read_usage(X509 *x, struct cert_facts *f)
{
    uint32_t flags = X509_get_extension_flags(x);
    uint32_t usage = (flags & EXFLAG_KUSAGE) != 0 ? X509_get_key_usage(x) : 0;
    f->non_repudiation = (usage & KU_NON_REPUDIATION) != 0;
    f->key_encipherment = (usage & (KU_KEY_ENCIPHERMENT | KU_DATA_ENCIPHERMENT)) != 0;
    f->ca = X509_check_ca(x) != 0;
    return (flags & EXFLAG_INVALID) == 0;
}

/* One that is longer than any rule can name says nothing to us. */
static bool take_statement(struct cert_facts *f, const struct der_item *oid)
{
    if (f->statement_count == CERT_STATEMENTS)
        return false;
    if (der_oid_text(oid, f->statements[f->statement_count], RULE_OID))
        f->statement_count++;
    return true;
}

/* The qualified certificate statements (RFC 3739 §3.2.6) that the Turkish profile judges by. */
static bool read_statements(struct der_view der, struct cert_facts *f)
{
    struct der_item list, statement, oid;
    if (!der_is_strict(der) || !der_take(&der, DER_SEQUENCE, &list))
        return false;
    while (list.body.len > 0)
        if (!der_take(&list.body, DER_SEQUENCE, &statement) || !der_take(&statement.body, DER_OID, &oid) ||
            !take_statement(f, &oid))
            return false;
    return true;
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

static bool read_qc(X509 *x, struct cert_facts *f)
{
    int at = X509_get_ext_by_NID(x, NID_qcStatements, -1);
    if (at < 0)
        return true;
    const ASN1_OCTET_STRING *value = X509_EXTENSION_get_data(X509_get_ext(x, at));
    struct der_view der = {ASN1_STRING_get0_data(value), (size_t)ASN1_STRING_length(value)};
    if (X509_get_ext_by_NID(x, NID_qcStatements, at) >= 0 || !read_statements(der, f))
        return false;
    f->seal = is_seal(f);
    return true;
}

static bool oid_is(const ASN1_OBJECT *object, const char *oid)
{
    char text[OID_TEXT];
    int n = OBJ_obj2txt(text, sizeof text, object, 1);
    return n > 0 && (size_t)n < sizeof text && strcmp(text, oid) == 0;
}

static bool notice_is_there(const POLICYINFO *policy)
{
    for (int i = 0; i < sk_POLICYQUALINFO_num(policy->qualifiers); i++) {
        const POLICYQUALINFO *q = sk_POLICYQUALINFO_value(policy->qualifiers, i);
        const USERNOTICE *notice = OBJ_obj2nid(q->pqualid) == NID_id_qt_unotice ? q->d.usernotice : NULL;
        if (notice != NULL && (notice->noticeref != NULL || ASN1_STRING_length(notice->exptext) > 0))
            return true;
    }
    return false;
}

/* An extension that is absent gives *ret NULL; one that is broken or doubled is false. */
static bool extension(const X509 *x, int nid, void **ret)
{
    int critical;
    *ret = X509_get_ext_d2i(x, nid, &critical, NULL);
    return *ret != NULL || critical == -1;
}

static bool read_policies(X509 *x, struct cert_facts *f, bool *fiscal_policy)
{
    void *value;
    if (!extension(x, NID_certificate_policies, &value))
        return false;
    CERTIFICATEPOLICIES *policies = value;
    for (int i = 0; i < sk_POLICYINFO_num(policies); i++) {
        const POLICYINFO *policy = sk_POLICYINFO_value(policies, i);
        f->notice |= notice_is_there(policy);
        *fiscal_policy |= oid_is(policy->policyid, "2.16.792.1.2.1.1.5.7.4.1");
    }
    CERTIFICATEPOLICIES_free(policies);
    return true;
}

static bool read_purposes(X509 *x, bool *fiscal_purpose)
{
    void *value;
    if (!extension(x, NID_ext_key_usage, &value))
        return false;
    EXTENDED_KEY_USAGE *purposes = value;
    for (int i = 0; i < sk_ASN1_OBJECT_num(purposes); i++)
        *fiscal_purpose |= oid_is(sk_ASN1_OBJECT_value(purposes, i), "2.16.792.1.2.1.1.5.7.50.1");
    EXTENDED_KEY_USAGE_free(purposes);
    return true;
}

static bool read_all(X509 *x, struct cert_facts *f)
{
    unsigned len = sizeof f->ref;
    bool policy = false, purpose = false;
    bool whole = X509_digest(x, EVP_sha256(), f->ref, &len) == 1 &&
                 der_asn1_time(X509_get0_notBefore(x), &f->not_before) &&
                 der_asn1_time(X509_get0_notAfter(x), &f->not_after) && read_key(x, f) && read_usage(x, f) &&
                 read_qc(x, f) && read_policies(x, f, &policy) && read_purposes(x, &purpose);
    f->mali_muhur = policy && purpose;
    read_name(X509_get_subject_name(x), NID_commonName, f->owner, sizeof f->owner);
    read_name(X509_get_issuer_name(x), NID_commonName, f->issuer, sizeof f->issuer);
    read_person(X509_get_subject_name(x), f);
    return whole;
}

bool library_cert(X509 *x, struct cert_facts *ret)
{
    struct cert_facts f = {0};
    bool whole = read_all(x, &f);
    ERR_clear_error();
    if (whole)
        *ret = f;
    return whole;
}

/* One that says nothing about itself (v1) is no NES, whatever else it may be. */
static bool is_bare(const struct cert_facts *f)
{
    return f->statement_count == 0 && !f->notice && !f->non_repudiation;
}

bool library_agrees(const struct cert_facts *own, const struct cert_facts *theirs)
{
    struct cert_facts same = *theirs;
    same.signature_weak |= own->signature_weak;
    if (is_bare(own))
        same.ca &= own->ca;
    return memcmp(own, &same, sizeof same) == 0;
}

/* ---- signatures ---- */

static bool text_is(CMS_ContentInfo *cms, const struct cades_facts *f)
{
    ASN1_OCTET_STRING **content = CMS_get0_content(cms);
    return content != NULL && *content != NULL && (size_t)ASN1_STRING_length(*content) == f->text_len &&
           memcmp(ASN1_STRING_get0_data(*content), f->text, f->text_len) == 0;
}

static bool verify(CMS_ContentInfo *cms, X509 *signer)
{
    STACK_OF(X509) *alone = sk_X509_new_null();
    bool holds = alone != NULL && sk_X509_push(alone, signer) > 0 &&
                 CMS_verify(cms, alone, NULL, NULL, NULL, CMS_BINARY | CMS_NOINTERN | CMS_NO_SIGNER_CERT_VERIFY) == 1;
    sk_X509_free(alone);
    return holds;
}

bool library_verifies(const uint8_t *der, size_t len, const struct cades_facts *f)
{
    const uint8_t *p = der, *at = f->signer.file.at;
    CMS_ContentInfo *cms = d2i_CMS_ContentInfo(NULL, &p, (long)len);
    X509 *signer = d2i_X509(NULL, &at, (long)f->signer.file.len);
    bool holds = cms != NULL && p == der + len && signer != NULL && text_is(cms, f) && verify(cms, signer);
    X509_free(signer);
    CMS_ContentInfo_free(cms);
    ERR_clear_error();
    return holds;
}

bool library_trusts(const struct cades_facts *f, const struct trust *trust, int64_t at)
{
    return cades_chain(f, trust, at, NULL) == OK;
}
