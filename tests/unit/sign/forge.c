#include "config.h"
#include "forge.h"

#include <stdlib.h>
#include <string.h>
#include <openssl/objects.h>
#include <openssl/x509v3.h>
#include "fakes/pki_stamp.h"
#include "sign/der.h"
#include "sign/policy.h"
#include "sign/tst.h"

#define MAX 60000

static bool is(const struct forge *f, enum forge_flaw flaw)
{
    return f->flaw == flaw;
}

static void more(struct der_out *out, const struct forge *f, enum forge_flaw flaw)
{
    if (is(f, flaw))
        der_put(out, DER_NULL, NULL, 0);
}

static void put_alg(struct der_out *out, int nid, bool null)
{
    size_t mark = der_mark(out);
    der_put_oid(out, nid);
    if (null)
        der_put(out, DER_NULL, NULL, 0);
    der_wrap(out, mark, DER_SEQUENCE);
}

static void put_hash(struct der_out *out, int nid, const void *bytes, size_t len)
{
    uint8_t hash[EVP_MAX_MD_SIZE];
    unsigned n;
    if (EVP_Digest(bytes, len, hash, &n, EVP_get_digestbynid(nid), NULL) != 1)
        abort();
    der_put(out, DER_OCTET_STRING, hash, n);
}

static void put_cert_hash(struct der_out *out, int nid, X509 *x)
{
    uint8_t hash[EVP_MAX_MD_SIZE];
    unsigned n;
    if (X509_digest(x, EVP_get_digestbynid(nid), hash, &n) != 1)
        abort();
    der_put(out, DER_OCTET_STRING, hash, n);
}

static void put_time(struct der_out *out, const struct forge *f)
{
    if (is(f, FORGE_GENERALIZED_TIME))
        der_put(out, DER_GENERALIZED_TIME, "20300101000000Z", 15);
    else if (is(f, FORGE_NO_DAY))
        der_put(out, DER_UTC_TIME, "260231000000Z", 13);
    else
        der_put_time(out, f->claim->signing_time);
}

static void put_issuer_serial(struct der_out *out, const struct forge *f, const X509_NAME *issuer)
{
    size_t whole = der_mark(out);
    der_put_asn1(out, issuer, ASN1_ITEM_rptr(X509_NAME));
    der_wrap(out, whole, DER_CONTEXT_4);
    more(out, f, FORGE_MORE_NAMES);
    der_wrap(out, whole, DER_SEQUENCE);
    der_put_asn1(out, X509_get0_serialNumber(f->signer->cert), ASN1_ITEM_rptr(ASN1_INTEGER));
    der_wrap(out, whole, DER_SEQUENCE);
}

static void put_ess_id(struct der_out *out, const struct forge *f)
{
    size_t mark = der_mark(out);
    X509 *named = is(f, FORGE_ESS_OTHER_CERT) || is(f, FORGE_SWAPPED) ? f->other->cert : f->signer->cert;
    int nid = is(f, FORGE_ESS_SHA1) || is(f, FORGE_ESS_V1) ? NID_sha1
              : is(f, FORGE_ESS_SHA256)                    ? NID_sha256
                                                           : f->digest;
    if ((nid != NID_sha256 || is(f, FORGE_ESS_DEFAULT_WRITTEN)) && !is(f, FORGE_ESS_V1))
        put_alg(out, nid, false);
    put_cert_hash(out, nid, named);
    put_issuer_serial(out, f,
        is(f, FORGE_ESS_OTHER_ISSUER) ? X509_get_subject_name(f->signer->cert) : X509_get_issuer_name(f->signer->cert));
    more(out, f, FORGE_MORE_ESS_ID);
    der_wrap(out, mark, DER_SEQUENCE);
}

static void put_ess(struct der_out *out, const struct forge *f)
{
    size_t mark = der_mark(out);
    put_ess_id(out, f);
    if (is(f, FORGE_ESS_TWO))
        put_ess_id(out, f);
    der_wrap(out, mark, DER_SEQUENCE);
    more(out, f, FORGE_MORE_ESS);
    der_wrap(out, mark, DER_SEQUENCE);
}

static void put_content_id(struct der_out *out, const struct forge *f)
{
    uint8_t id[CONTENT_ID_LEN];
    if (consent_content_id(f->claim, id) != OK)
        abort();
    der_put(out, DER_OCTET_STRING, id, is(f, FORGE_SHORT_CONTENT_ID) ? 20 : sizeof id);
}

void forge_stamp(const struct pki_stamp *by, const uint8_t imprint[32], struct buf *ret_token)
{
    struct buf question = BUF_INIT(TST_QUESTION_MAX), answer = BUF_INIT(TST_MAX);
    struct tst_question q;
    struct der_item whole, status, token;
    if (tst_ask(NID_sha256, imprint, 32, &question, &q) != OK)
        abort();
    pki_stamp_answer(by, question.data, question.len, &answer);
    struct der_view rest = {answer.data, answer.len};
    if (!der_take(&rest, DER_SEQUENCE, &whole) || !der_take(&whole.body, DER_SEQUENCE, &status) ||
        !der_take(&whole.body, DER_SEQUENCE, &token) || buf_add(ret_token, token.whole.at, token.whole.len) != OK)
        abort();
    buf_done(&question);
    buf_done(&answer);
}

static void put_content_stamp(struct der_out *out, const struct forge *f)
{
    struct buf token = BUF_INIT(TST_MAX);
    uint8_t imprint[32];
    consent_text_digest(f->claim->text, f->claim->text_len, imprint);
    forge_stamp(&(struct pki_stamp){.by = f->other, .at = f->claim->created}, imprint, &token);
    der_raw(out, token.data, token.len);
    buf_done(&token);
}

static void put_policy(struct der_out *out, const struct forge *f)
{
    size_t mark = der_mark(out);
    policy_put(out, PROFILE_P4, NID_sha256);
    if (out->rc != OK)
        abort();
    if (is(f, FORGE_POLICY_HASH))
        memcpy(memmem(out->buf.data + mark, out->buf.len - mark, "\x04\x20", 2), "\x04\x20other", 7);
    if (is(f, FORGE_POLICY_OTHER))
        out->buf.data[mark + 15] ^= 0x08;
}

static void put_value(struct der_out *out, const struct forge *f, int nid)
{
    if (nid == NID_pkcs9_contentType)
        der_put_oid(
            out, is(f, FORGE_OTHER_CONTENT_TYPE) || is(f, FORGE_AS_TOKEN) ? NID_id_smime_ct_TSTInfo : NID_pkcs7_data);
    else if (nid == NID_pkcs9_messageDigest && (is(f, FORGE_SHORT_DIGEST) || is(f, FORGE_DIGEST_IN_A_STRING)))
        der_put(out, is(f, FORGE_SHORT_DIGEST) ? DER_OCTET_STRING : V_ASN1_UTF8STRING, f->claim->text,
            is(f, FORGE_SHORT_DIGEST) ? 20 : 32);
    else if (nid == NID_pkcs9_messageDigest)
        put_hash(out, f->digest, is(f, FORGE_WRONG_DIGEST) ? (const void *)"?" : f->claim->text,
            is(f, FORGE_WRONG_DIGEST) ? 1
            : is(f, FORGE_EMPTY_TEXT) ? 0
                                      : f->claim->text_len);
    else if (nid == NID_pkcs9_signingTime)
        put_time(out, f);
    else if (nid == NID_id_smime_aa_contentIdentifier)
        put_content_id(out, f);
    else if (nid == NID_id_smime_aa_contentHint)
        der_put(out, DER_SEQUENCE, NULL, 0);
    else if (nid == NID_id_smime_aa_ets_sigPolicyId)
        put_policy(out, f);
    else if (nid == NID_id_smime_aa_ets_contentTimestamp)
        put_content_stamp(out, f);
    else
        put_ess(out, f);
}

static void put_attribute(struct der_out *out, const struct forge *f, int nid)
{
    size_t mark = der_mark(out);
    der_put_oid(out, nid);
    size_t values = der_mark(out);
    bool time = nid == NID_pkcs9_signingTime;
    if (!(time && is(f, FORGE_NO_VALUE)))
        put_value(out, f, nid);
    if (time && is(f, FORGE_TWO_VALUES))
        put_value(out, f, nid);
    der_wrap(out, values, DER_SET);
    if (time)
        more(out, f, FORGE_MORE_ATTRIBUTE);
    der_wrap(out, mark, DER_SEQUENCE);
}

static void put_attributes(struct der_out *out, const struct forge *f)
{
    const struct {
        int nid;
        enum forge_flaw without;
    } all[] = {
        {NID_pkcs9_contentType, FORGE_NO_CONTENT_TYPE},
        {NID_pkcs9_messageDigest, FORGE_NO_DIGEST},
        {NID_pkcs9_signingTime, FORGE_NO_TIME},
        {is(f, FORGE_ESS_V1) ? NID_id_smime_aa_signingCertificate : NID_id_smime_aa_signingCertificateV2, FORGE_NO_ESS},
        {NID_id_smime_aa_contentIdentifier, FORGE_NO_CONTENT_ID},
    };
    size_t mark = der_mark(out);
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        if (!is(f, all[i].without))
            put_attribute(out, f, all[i].nid);
    if (is(f, FORGE_ATTRIBUTE_TWICE))
        put_attribute(out, f, NID_pkcs9_signingTime);
    if (is(f, FORGE_FOREIGN_ATTRIBUTE))
        put_attribute(out, f, NID_id_smime_aa_contentHint);
    if (is(f, FORGE_POLICY) || is(f, FORGE_POLICY_HASH) || is(f, FORGE_POLICY_OTHER))
        put_attribute(out, f, NID_id_smime_aa_ets_sigPolicyId);
    if (is(f, FORGE_CONTENT_STAMP))
        put_attribute(out, f, NID_id_smime_aa_ets_contentTimestamp);
    der_sort(out, mark);
    if (!is(f, FORGE_UNSORTED_ATTRIBUTES))
        return;
    /* the first to the end */
    struct der_view rest = {out->buf.data + mark, out->buf.len - mark};
    struct der_item first;
    uint8_t copy[256];
    if (!der_next(&rest, &first) || first.whole.len > sizeof copy)
        abort();
    size_t n = first.whole.len;
    memcpy(copy, first.whole.at, n);
    memmove(out->buf.data + mark, out->buf.data + mark + n, rest.len);
    memcpy(out->buf.data + mark + rest.len, copy, n);
}

static void put_signature(struct der_out *out, const struct forge *f, const void *signed_bytes, size_t len)
{
    unsigned char sig[512];
    size_t n = sizeof sig;
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    EVP_PKEY *key = is(f, FORGE_OTHER_KEY) ? f->other->key : f->signer->key;
    if (ctx == NULL || EVP_DigestSignInit(ctx, NULL, EVP_get_digestbynid(f->digest), NULL, key) != 1 ||
        EVP_DigestSign(ctx, sig, &n, signed_bytes, len) != 1)
        abort();
    EVP_MD_CTX_free(ctx);
    der_put(out, DER_OCTET_STRING, sig, n);
}

static void put_signature_alg(struct der_out *out, const struct forge *f)
{
    int ecdsa = f->digest == NID_sha1     ? NID_ecdsa_with_SHA1
                : f->digest == NID_sha384 ? NID_ecdsa_with_SHA384
                : f->digest == NID_sha512 ? NID_ecdsa_with_SHA512
                                          : NID_ecdsa_with_SHA256;
    bool rsa = EVP_PKEY_is_a(f->signer->key, "RSA") == 1;
    if (is(f, FORGE_OTHER_SIGNATURE_ALG))
        put_alg(out, NID_ecdsa_with_SHA512, false);
    else
        put_alg(out, rsa ? NID_rsaEncryption : ecdsa, rsa);
}

static void put_sid(struct der_out *out, const struct forge *f)
{
    size_t mark = der_mark(out);
    if (is(f, FORGE_SIGNER_BY_KEY)) {
        const ASN1_OCTET_STRING *id = X509_get0_subject_key_id(f->signer->cert);
        der_put(out, 0x80, ASN1_STRING_get0_data(id), (size_t)ASN1_STRING_length(id));
        return;
    }
    der_put_asn1(out, X509_get_issuer_name(f->signer->cert), ASN1_ITEM_rptr(X509_NAME));
    der_put_asn1(out, X509_get0_serialNumber(f->signer->cert), ASN1_ITEM_rptr(ASN1_INTEGER));
    more(out, f, FORGE_MORE_SID);
    der_wrap(out, mark, DER_SEQUENCE);
}

static void put_small(struct der_out *out, uint8_t n)
{
    der_put_uint(out, &n, 1);
}

static void put_signer_info(struct der_out *out, const struct forge *f)
{
    struct der_out attributes = DER_OUT_INIT(MAX), to_sign = DER_OUT_INIT(MAX);
    put_attributes(&attributes, f);
    size_t mark = der_mark(out);
    put_small(out, is(f, FORGE_SIGNER_BY_KEY) || is(f, FORGE_SIGNER_VERSION_3) ? 3 : 1);
    put_sid(out, f);
    put_alg(out, is(f, FORGE_UNKNOWN_DIGEST) ? NID_md5 : is(f, FORGE_DIGESTS_DISAGREE) ? NID_sha512 : f->digest, false);
    if (is(f, FORGE_NO_SIGNED_ATTRIBUTES)) {
        der_raw(&to_sign, f->claim->text, f->claim->text_len);
    } else {
        der_put(out, DER_CONTEXT_0, attributes.buf.data, attributes.buf.len);
        der_put(&to_sign, DER_SET, attributes.buf.data, attributes.buf.len);
    }
    put_signature_alg(out, f);
    if (!is(f, FORGE_NO_SIGNATURE))
        put_signature(out, f, to_sign.buf.data, to_sign.buf.len);
    more(out, f, FORGE_MORE_SIGNER);
    if (is(f, FORGE_UNSIGNED_ATTRIBUTE)) {
        size_t unsigned_mark = der_mark(out);
        put_attribute(out, f, NID_id_smime_aa_contentHint);
        der_wrap(out, unsigned_mark, 0xa1);
    }
    der_wrap(out, mark, DER_SEQUENCE);
    if (attributes.rc != OK || to_sign.rc != OK)
        abort();
    der_out_done(&attributes);
    der_out_done(&to_sign);
}

static void put_cert(struct der_out *out, X509 *x)
{
    der_put_asn1(out, x, ASN1_ITEM_rptr(X509));
}

static void put_certs(struct der_out *out, const struct forge *f)
{
    size_t mark = der_mark(out);
    if (is(f, FORGE_NO_CERTS))
        return;
    put_cert(out, is(f, FORGE_SWAPPED) ? f->other->cert : f->signer->cert);
    if (is(f, FORGE_TWIN))
        put_cert(out, f->other->cert);
    if (is(f, FORGE_CERT_TWICE))
        put_cert(out, f->signer->cert);
    if (is(f, FORGE_BROKEN_CERT))
        der_put(out, DER_SEQUENCE, NULL, 0);
    for (int i = 0; i < 7 && is(f, FORGE_TOO_MANY_CERTS); i++) {
        EVP_PKEY *key = pki_make_key(PKI_P256);
        X509 *x = X509_dup(f->other->cert);
        if (x == NULL || X509_set_pubkey(x, key) != 1 || X509_sign(x, key, EVP_sha256()) <= 0)
            abort();
        put_cert(out, x);
        X509_free(x);
        EVP_PKEY_free(key);
    }
    for (int i = 0; i < sk_X509_num(f->chain); i++)
        put_cert(out, sk_X509_value(f->chain, i));
    der_sort(out, mark);
    if (is(f, FORGE_CERTS_UNSORTED)) {
        struct buf copy = BUF_INIT(MAX);
        struct der_view rest = {out->buf.data + mark, out->buf.len - mark};
        struct der_item first;
        if (!der_next(&rest, &first) || buf_add(&copy, rest.at, rest.len) != OK ||
            buf_add(&copy, first.whole.at, first.whole.len) != OK)
            abort();
        memcpy(out->buf.data + mark, copy.data, copy.len);
        buf_done(&copy);
    }
    der_wrap(out, mark, DER_CONTEXT_0);
}

static void put_content(struct der_out *out, const struct forge *f)
{
    size_t mark = der_mark(out);
    der_put_oid(out, is(f, FORGE_CONTENT_NOT_DATA) || is(f, FORGE_AS_TOKEN) ? NID_id_smime_ct_TSTInfo : NID_pkcs7_data);
    size_t content = der_mark(out);
    if (!is(f, FORGE_DETACHED)) {
        der_put(out, DER_OCTET_STRING, f->claim->text, is(f, FORGE_EMPTY_TEXT) ? 0 : f->claim->text_len);
        more(out, f, FORGE_MORE_OCTETS);
        der_wrap(out, content, DER_CONTEXT_0);
    }
    more(out, f, FORGE_MORE_CONTENT);
    der_wrap(out, mark, DER_SEQUENCE);
}

void forge_make(const struct forge *f, struct buf *ret_der)
{
    struct der_out out = DER_OUT_INIT(MAX);
    der_put_oid(&out, is(f, FORGE_NOT_SIGNED_DATA) ? NID_pkcs7_enveloped : NID_pkcs7_signed);
    size_t data = der_mark(&out);
    put_small(&out, is(f, FORGE_VERSION_5) ? 5 : is(f, FORGE_AS_TOKEN) ? 3 : 1);
    size_t digests = der_mark(&out);
    put_alg(&out, is(f, FORGE_UNKNOWN_DIGEST) ? NID_md5 : f->digest, false);
    if (is(f, FORGE_TWO_DIGESTS))
        put_alg(&out, NID_sha512, false);
    der_wrap(&out, digests, DER_SET);
    put_content(&out, f);
    put_certs(&out, f);
    if (is(f, FORGE_CRLS))
        der_put(&out, 0xa1, NULL, 0);
    size_t signers = der_mark(&out);
    if (!is(f, FORGE_NO_SIGNER))
        put_signer_info(&out, f);
    if (is(f, FORGE_TWO_SIGNERS))
        put_signer_info(&out, f);
    der_sort(&out, signers);
    der_wrap(&out, signers, DER_SET);
    more(&out, f, FORGE_MORE_SIGNED_DATA);
    der_wrap(&out, data, DER_SEQUENCE);
    more(&out, f, FORGE_MORE_EXPLICIT);
    der_wrap(&out, data, DER_CONTEXT_0);
    more(&out, f, FORGE_MORE_FILE);
    der_wrap(&out, 0, DER_SEQUENCE);
    if (out.rc != OK || buf_move(ret_der, &out.buf) != OK)
        abort();
    der_out_done(&out);
}
