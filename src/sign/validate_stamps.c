/* Time stamps, §5.4 and §5.5.4, and what a chain of archive time stamps proves about older ones, §5.6.2: each holds as
 * of the time when it is known to have existed. The newest has to hold now; what it covers existed at its time. */
#include "config.h"
#include "sign/validate_inside.h"

#include <stdio.h>
#include <string.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include "base/text.h"

static const struct {
    enum sub_indication sub;
    bool broken;
} faults[] = {
    [TST_HOLDS] = {SUB_NONE, false},
    [TST_FORM] = {SUB_FORMAT_FAILURE, true},
    [TST_IMPRINT] = {SUB_HASH_FAILURE, true},
    [TST_NONCE] = {SUB_FORMAT_FAILURE, true},
    [TST_TIME] = {SUB_TIMESTAMP_ORDER_FAILURE, false},
    [TST_STRENGTH] = {SUB_CRYPTO_CONSTRAINTS_FAILURE_NO_POE, false},
    [TST_CERTIFICATE] = {SUB_NO_SIGNING_CERTIFICATE_FOUND, true},
    [TST_DIGEST] = {SUB_HASH_FAILURE, true},
    [TST_SIGNATURE] = {SUB_SIG_CRYPTO_FAILURE, true},
    [TST_PURPOSE] = {SUB_CHAIN_CONSTRAINTS_FAILURE, false},
    [TST_CHAIN] = {SUB_NO_CERTIFICATE_CHAIN_FOUND, false},
    [TST_CHAIN_STRENGTH] = {SUB_CRYPTO_CONSTRAINTS_FAILURE_NO_POE, false},
    [TST_VALIDITY] = {SUB_OUT_OF_BOUNDS_NO_POE, false},
};

static const enum validation_block_kind kinds[] = {
    [STAMP_SIGNATURE] = BLOCK_SIGNATURE_STAMP, [STAMP_REFS] = BLOCK_REFS_STAMP, [STAMP_ARCHIVE] = BLOCK_ARCHIVE_STAMP};

static const struct trust *authorities(const struct room *r)
{
    return r->p->tsas != NULL ? r->p->tsas : r->p->trust;
}

static void refuse(struct stamp *s, enum sub_indication sub, bool broken, const char *detail)
{
    s->sub = sub;
    s->broken = broken;
    text_clean(s->detail, sizeof s->detail, detail, strlen(detail));
}

/* Over the content's octets, EN 319 122-1 §5.2.8. */
static enum err_code check_content_stamp(
    const struct room *r, const struct stamp *s, enum tst_fault *ret_fault, struct err *err)
{
    uint8_t imprint[EVP_MAX_MD_SIZE];
    unsigned len = 0;
    if (EVP_Digest(r->text.at, r->text.len, imprint, &len, EVP_get_digestbynid(s->facts->digest), NULL) != 1)
        return err_set(err, ERR_CRYPTO, "time stamp");
    return tst_check(s->facts, imprint, len, authorities(r), s->existed, ret_fault, err);
}

/* What is known against the authority's certificate. What is not known does not count against it, but is told. */
static void judge_unit(const struct room *r, struct stamp *s)
{
    STACK_OF(X509) *chain = NULL;
    if (trust_chain(authorities(r), s->facts->unit, r->certs, s->existed, &chain) != OK)
        return;
    for (int i = 0; i + 1 < sk_X509_num(chain) && s->sub == SUB_NONE; i++) {
        struct validation_status known =
            values_status(r, sk_X509_value(chain, i), sk_X509_value(chain, i + 1), s->existed);
        if (known.state == STATE_REVOKED || known.state == STATE_SUSPENDED)
            refuse(s, SUB_REVOKED_NO_POE, false, validation_state_slug(known.state));
        else if (i == 0 && known.state != STATE_GOOD)
            snprintf(s->detail, sizeof s->detail, "revocation %s", validation_state_slug(known.state));
    }
    sk_X509_pop_free(chain, X509_free);
}

static void judge(struct room *r, struct stamp *s)
{
    enum tst_fault fault = TST_FORM;
    struct err err = {OK, ""};
    enum err_code rc = s->in_file == NULL ? check_content_stamp(r, s, &fault, &err)
                                          : level_stamp_check(r->file.at, r->file.len, s->in_file, authorities(r),
                                                s->existed, &fault, &err);
    if (rc == ERR_NOMEM || rc == ERR_CRYPTO)
        r->fatal = rc;
    if (rc != OK)
        refuse(s, faults[fault].sub, faults[fault].broken, err.detail);
    else if (s->facts->time > s->existed + TST_SKEW_S)
        refuse(s, SUB_TIMESTAMP_ORDER_FAILURE, false, "later than it can have existed");
    else
        judge_unit(r, s);
}

static int64_t latest(const struct stamp *s)
{
    return s->facts->time + s->facts->accuracy_s;
}

/* What it covers was there then, whatever its authority says about its accuracy. */
static int64_t proves(const struct stamp *s)
{
    return latest(s) < s->existed ? latest(s) : s->existed;
}

static bool covers(const struct room *r, const struct stamp *archive, const struct stamp *s)
{
    return archive->kind == BLOCK_ARCHIVE_STAMP && archive->sub == SUB_NONE &&
           (s->in_file == NULL || level_archive_covers(r->file.at, r->file.len, archive->in_file, s->facts->token.data,
                                      s->facts->token.len));
}

/* The youngest first, so that every archive time stamp is judged before what it may cover. Of the same second the one
 * that stands later in the file. */
static void sort_stamps(struct room *r)
{
    for (size_t i = 1; i < r->stamp_count; i++)
        for (size_t j = i; j > 0 && r->stamps[j - 1].facts->time <= r->stamps[j].facts->time; j--) {
            struct stamp swap = r->stamps[j];
            r->stamps[j] = r->stamps[j - 1];
            r->stamps[j - 1] = swap;
        }
}

static void judge_all(struct room *r)
{
    for (size_t i = 0; i < r->stamp_count; i++) {
        struct stamp *s = &r->stamps[i];
        for (size_t j = 0; j < i; j++)
            if (covers(r, &r->stamps[j], s) && proves(&r->stamps[j]) < s->existed)
                s->existed = proves(&r->stamps[j]);
        judge(r, s);
    }
}

/* Nothing can be covered by what was there before it. Those of one second were sorted by their places. */
static void judge_order(struct room *r)
{
    for (size_t i = 0; i < r->stamp_count; i++) {
        const struct stamp *later = &r->stamps[i];
        for (size_t j = 0; j < i && later->sub == SUB_NONE; j++) {
            const struct stamp *s = &r->stamps[j];
            bool content_after = s->kind == BLOCK_CONTENT_STAMP && s->sub == SUB_NONE;
            if (s->facts->time - s->facts->accuracy_s > latest(later) && (content_after || covers(r, later, s)))
                room_fail(r, WHY_STAMP_ORDER, validation_rule_slug(WHY_STAMP_ORDER));
        }
    }
}

static void tell(struct room *r)
{
    for (size_t i = r->stamp_count; i > 0; i--) {
        const struct stamp *s = &r->stamps[i - 1];
        struct validation_block *b = room_block(r, s->kind);
        struct cert_facts unit;
        b->sub = s->sub;
        b->time = s->facts->time;
        snprintf(b->detail, sizeof b->detail, "%s", s->detail);
        if (cert_read(s->facts->unit, &unit) == OK)
            snprintf(b->name, sizeof b->name, "%s", unit.owner);
    }
}

/* Every time stamp but that over the content covers the signature. */
static void take_times(struct room *r)
{
    struct validation *v = r->v;
    for (size_t i = 0; i < r->stamp_count; i++) {
        const struct stamp *s = &r->stamps[i];
        if (s->sub != SUB_NONE)
            continue;
        if (s->kind == BLOCK_CONTENT_STAMP) {
            r->made_after = s->facts->time - s->facts->accuracy_s;
        } else if (!v->proven || proves(s) < v->best_time) {
            v->best_time = proves(s);
            v->proven = true;
        }
    }
}

static void add(
    struct room *r, enum validation_block_kind kind, const struct level_stamp *in_file, const struct tst_facts *facts)
{
    r->stamps[r->stamp_count++] =
        (struct stamp){.kind = kind, .in_file = in_file, .facts = facts, .existed = r->p->now};
}

static bool collect(struct room *r, struct err *err)
{
    struct der_item token;
    if (attribute_value(r->d.attributes.body, OID_CONTENT_STAMP, &token)) {
        if (tst_read(token.whole.at, token.whole.len, &r->content_stamp, err) != OK)
            return false;
        r->has_content_stamp = true;
        add(r, BLOCK_CONTENT_STAMP, NULL, &r->content_stamp);
    }
    if (!r->d.attached && r->d.unsigned_attributes.body.len == 0)
        return true;
    if (level_stamps_read(r->file.at, r->file.len, &r->in_file, err) != OK)
        return false;
    for (size_t i = 0; i < r->in_file.count; i++)
        add(r, kinds[r->in_file.of[i].kind], &r->in_file.of[i], &r->in_file.of[i].facts);
    return true;
}

void validate_stamps(struct room *r)
{
    struct validation *v = r->v;
    struct err err = {OK, ""};
    if (!collect(r, &err)) {
        room_fail(r, WHY_STAMP, err.detail);
        return;
    }
    sort_stamps(r);
    judge_all(r);
    tell(r);
    room_block(r, BLOCK_TIMES);
    take_times(r);
    judge_order(r);
    for (size_t i = 0; i < r->stamp_count; i++)
        if (r->stamps[i].broken)
            room_fail(r, WHY_STAMP, r->stamps[i].detail);
    if (v->has_signing_time && v->signing_time > v->best_time + TST_SKEW_S)
        room_fail(r, WHY_TIME, validation_rule_slug(WHY_TIME));
}
