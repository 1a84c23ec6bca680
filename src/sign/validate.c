/* The order of the steps, and the building blocks over the signature itself: §5.2.4, §5.2.7, §5.2.8. */
#include "config.h"
#include "sign/validate_inside.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include "sign/alg.h"
#include "sign/consent.h"

/* RFC 5652 §11.3: UTCTime through 2049, GeneralizedTime from then on. */
#define UTC_2050 INT64_C(2524608000)

struct validation_block *room_block(struct room *r, enum validation_block_kind kind)
{
    struct validation *v = r->v;
    if (v->block_count == VALIDATION_BLOCKS_MAX) /* cannot be: the time stamps have a ceiling */
        return &v->blocks[v->block_count - 1];
    struct validation_block *b = &v->blocks[v->block_count++];
    *b = (struct validation_block){.kind = kind};
    return b;
}

static struct validation_block *last_block(struct room *r, enum validation_block_kind kind)
{
    for (size_t i = r->v->block_count; i > 0; i--)
        if (r->v->blocks[i - 1].kind == kind)
            return &r->v->blocks[i - 1];
    return room_block(r, kind);
}

void room_fail(struct room *r, enum validation_rule rule, const char *detail)
{
    struct validation *v = r->v;
    struct validation_block *b = last_block(r, validation_rule_block(rule));
    if (b->sub == SUB_NONE) {
        b->sub = validation_rule_sub(rule);
        snprintf(b->detail, sizeof b->detail, "%s", detail);
    }
    if (v->rule != WHY_PASSED && v->rule < rule)
        return;
    v->rule = rule;
    snprintf(v->detail, sizeof v->detail, "%s", detail);
}

static void judge_policy(struct room *r)
{
    struct der_item value;
    enum policy_found found = POLICY_KNOWN;
    room_block(r, BLOCK_CONTEXT);
    r->v->profile = PROFILE_BASELINE;
    if (attribute_value(r->d.attributes.body, OID_SIGNATURE_POLICY, &value))
        found = policy_read(&value, &r->v->profile);
    if (found != POLICY_KNOWN)
        room_fail(r, found == POLICY_OTHER_HASH ? WHY_POLICY_HASH : WHY_POLICY, policy_words(found));
}

static bool digest_holds(const struct room *r)
{
    struct der_item want;
    uint8_t digest[EVP_MAX_MD_SIZE];
    unsigned len = 0;
    return attribute_value(r->d.attributes.body, OID_MESSAGE_DIGEST, &want) &&
           EVP_Digest(r->text.at, r->text.len, digest, &len, EVP_get_digestbynid(r->digest), NULL) == 1 &&
           der_same(want.body, (struct der_view){digest, len});
}

/* By the key of the one certificate that the signer identifier and signing-certificate-v2 name. */
static bool signature_holds(const struct room *r)
{
    return alg_verify_attributes(
        &r->d.signature_alg, r->digest, X509_get0_pubkey(r->signer), r->d.attributes.whole, r->d.signature.body);
}

static bool text_is(const struct room *r)
{
    return r->p->text == NULL || der_same(r->text, (struct der_view){r->p->text, r->p->text_len});
}

static void judge_text_and_signature(struct room *r)
{
    room_block(r, BLOCK_CRYPTO);
    if (r->text.at == NULL)
        room_fail(r, WHY_CONTENT, "the signed text is not in the file");
    else if (!digest_holds(r))
        room_fail(r, WHY_DIGEST, validation_rule_slug(WHY_DIGEST));
    if (!signature_holds(r))
        room_fail(r, WHY_SIGNATURE, validation_rule_slug(WHY_SIGNATURE));
    if (r->text.at != NULL && !text_is(r))
        room_fail(r, WHY_TEXT, validation_rule_slug(WHY_TEXT));
}

/* What a baseline signature must say under its signature, EN 319 122-1 §6.3, and what ours must. */
static const char *judge_content_type(struct room *r, const struct der_item *value)
{
    return der_same(value->whole, r->d.type.whole) ? NULL : "content-type is not the content's";
}

static const char *judge_signing_time(struct room *r, const struct der_item *value)
{
    int64_t *time = &r->v->signing_time;
    r->v->has_signing_time = der_time(value, time) && (value->tag == DER_GENERALIZED_TIME) == (*time >= UTC_2050);
    return r->v->has_signing_time ? NULL : "signing-time is no time";
}

static const char *judge_content_identifier(struct room *r, const struct der_item *value)
{
    bool fits = value->tag == DER_OCTET_STRING && value->body.len == CONTENT_ID_LEN;
    return !r->p->consent || fits ? NULL : "content-identifier is not ours";
}

static const struct {
    const char *oid, *missing;
    bool of_consents; /* of theirs alone */
    const char *(*judge)(struct room *, const struct der_item *value);
} attributes[] = {
    {OID_CONTENT_TYPE, "content-type is missing", false, judge_content_type},
    {OID_SIGNING_TIME, "signing-time is missing", false, judge_signing_time},
    {OID_SIGNING_CERTIFICATE_V2, "signing-certificate-v2 is missing", false, NULL},
    {OID_CONTENT_IDENTIFIER, "content-identifier is missing", true, judge_content_identifier},
};

static const char *judge_attribute(struct room *r, size_t i)
{
    struct der_item value;
    if (!attribute_value(r->d.attributes.body, attributes[i].oid, &value))
        return attributes[i].of_consents && !r->p->consent ? NULL : attributes[i].missing;
    return attributes[i].judge != NULL ? attributes[i].judge(r, &value) : NULL;
}

/* What else a consent may say under its signature: nothing that could change its meaning. */
static bool belongs(const struct attribute *a)
{
    static const char *const others[] = {OID_MESSAGE_DIGEST, OID_SIGNATURE_POLICY, OID_CONTENT_STAMP};
    char oid[RULE_OID];
    if (!der_oid_text(&a->type, oid, sizeof oid))
        return false;
    for (size_t i = 0; i < sizeof attributes / sizeof attributes[0]; i++)
        if (strcmp(oid, attributes[i].oid) == 0)
            return true;
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        if (strcmp(oid, others[i]) == 0)
            return true;
    return false;
}

static bool all_belong(const struct room *r)
{
    struct der_view rest = r->d.attributes.body;
    struct attribute a;
    while (attribute_next(&rest, &a))
        if (!belongs(&a))
            return false;
    return true;
}

static void judge_attributes(struct room *r)
{
    struct validation *v = r->v;
    room_block(r, BLOCK_ACCEPTANCE);
    if (r->p->consent && !all_belong(r))
        room_fail(r, WHY_ATTRIBUTES, "there is a signed attribute that does not belong");
    for (size_t i = 0; i < sizeof attributes / sizeof attributes[0]; i++) {
        const char *why = judge_attribute(r, i);
        if (why != NULL)
            room_fail(r, WHY_ATTRIBUTES, why);
    }
    if (r->p->profile != NULL && !policy_fits(v->profile, *r->p->profile))
        room_fail(r, WHY_PROFILE, "another profile's policy is named");
    if (!cert_is_strong(&v->cert) || alg_digest_is_weak(r->digest))
        room_fail(r, WHY_STRENGTH, validation_rule_slug(WHY_STRENGTH));
}

static void describe(struct room *r)
{
    struct validation *v = r->v;
    int digest;
    bool is_rsa;
    const struct alg *alg = alg_of(v->cert.key);
    char bits[16] = "";
    if (alg_read_signature(&r->d.signature_alg, &digest, &is_rsa) == NID_rsassaPss)
        alg = alg_pss();
    if (v->cert.key == CERT_KEY_RSA)
        snprintf(bits, sizeof bits, " %d", v->cert.key_bits);
    snprintf(
        v->algorithm, sizeof v->algorithm, "%s%s, %s", alg != NULL ? alg->name : "?", bits, alg_digest_name(r->digest));
    v->nes = cert_judge_nes(&v->cert, trust_nes(r->p->trust));
}

static void name_format(struct room *r)
{
    static const char *const formats[][2] = {
        [LEVEL_B] = {"CAdES-B-B", "CAdES-X-L"},
        [LEVEL_T] = {"CAdES-B-T", "CAdES-X-L"},
        [LEVEL_LT] = {"CAdES-B-LT", "CAdES-X-L"},
        [LEVEL_LTA] = {"CAdES-B-LTA", "CAdES-A"},
    };
    struct attribute a;
    bool x_long = attribute_find(r->d.unsigned_attributes.body, OID_REVOCATION_VALUES, &a);
    if (r->d.attached && level_of(r->file.at, r->file.len, &r->v->level, NULL, NULL) != OK)
        r->fatal = ERR_INTERNAL; /* it was split before */
    r->v->format = formats[r->v->level][x_long];
}

static void run(struct room *r)
{
    if (!validate_form(r))
        return;
    name_format(r);
    r->v->readable = true;
    r->v->text = r->text.at;
    r->v->text_len = r->text.len;
    if (!validate_signer(r))
        return;
    describe(r);
    judge_policy(r);
    judge_text_and_signature(r);
    judge_attributes(r);
    validate_stamps(r);
    validate_path(r);
}

static void room_done(struct room *r)
{
    evidence_done(&r->found);
    level_stamps_done(&r->in_file);
    if (r->has_content_stamp)
        tst_facts_done(&r->content_stamp);
    sk_X509_pop_free(r->certs, X509_free);
    free(r);
}

enum err_code validate(
    const uint8_t *der, size_t len, const struct validate_params *p, struct validation *ret, struct err *err)
{
    struct validation *v = calloc(1, sizeof *v);
    struct room *r = calloc(1, sizeof *r);
    enum err_code rc = ERR_NOMEM;
    if (v == NULL || r == NULL || (r->certs = sk_X509_new_null()) == NULL)
        goto out;
    *v = (struct validation){.judged_at = p->now, .best_time = p->now, .format = "", .profile = PROFILE_BASELINE};
    r->p = p;
    r->v = v;
    r->file = (struct der_view){der, len};
    r->made_after = INT64_MIN;
    run(r);
    v->sub = validation_rule_sub(v->rule);
    v->indication = sub_indication_of(v->sub);
    rc = r->fatal;
    if (rc == OK)
        *ret = *v;
out:
    if (r != NULL)
        room_done(r);
    free(v);
    ERR_clear_error();
    return rc == OK ? OK : err_set(err, rc, "validation");
}
