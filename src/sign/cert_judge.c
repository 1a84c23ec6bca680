#include "config.h"
#include "sign/cert.h"

#include <string.h>
#include "base/i18n.h"
#include "base/person.h"

static const struct {
    const char *slug, *words;
} reasons[REASON_COUNT] = {
#define X(id, slug, words) {slug, words},
    CERT_REASONS(X)
#undef X
};

const char *cert_reason_slug(enum cert_reason r)
{
    return (unsigned)r < REASON_COUNT ? reasons[r].slug : reasons[REASON_UNREADABLE].slug;
}

const char *cert_reason_words(enum cert_reason r)
{
    return (unsigned)r < REASON_COUNT ? reasons[r].words : reasons[REASON_UNREADABLE].words;
}

static bool is_encryption(const struct cert_facts *f)
{
    return f->key_encipherment;
}

static bool is_fiscal(const struct cert_facts *f)
{
    return f->mali_muhur;
}

static bool is_seal(const struct cert_facts *f)
{
    return f->seal;
}

static bool is_ca(const struct cert_facts *f)
{
    return f->ca;
}

static bool lacks_notice(const struct cert_facts *f)
{
    return !f->notice;
}

static bool lacks_usage(const struct cert_facts *f)
{
    return !f->non_repudiation;
}

/* What a certificate is, before what it lacks: a fiscal seal is told apart from a certificate that merely is no NES. */
static const struct {
    enum cert_reason reason;
    bool (*applies)(const struct cert_facts *);
} nes_rules[] = {
    {REASON_CA, is_ca},
    {REASON_MALI_MUHUR, is_fiscal},
    {REASON_SEAL, is_seal},
    {REASON_ENCRYPTION, is_encryption},
    {REASON_NO_QC, NULL}, /* the rule's */
    {REASON_NO_NOTICE, lacks_notice},
    {REASON_WRONG_USAGE, lacks_usage},
};

static bool has(const void *facts, const char *oid)
{
    return cert_has_statement(facts, oid);
}

enum cert_reason cert_judge_nes(const struct cert_facts *f, const struct rule *nes)
{
    for (size_t i = 0; i < sizeof nes_rules / sizeof nes_rules[0]; i++)
        if (nes_rules[i].applies != NULL ? nes_rules[i].applies(f) : !rule_holds(nes, has, f))
            return nes_rules[i].reason;
    return REASON_USABLE;
}

enum cert_purpose cert_purpose(const struct cert_facts *f, const struct rule *nes)
{
    static const enum cert_purpose purposes[REASON_COUNT] = {[REASON_USABLE] = PURPOSE_NES,
        [REASON_CA] = PURPOSE_CA,
        [REASON_MALI_MUHUR] = PURPOSE_MALI_MUHUR,
        [REASON_SEAL] = PURPOSE_SEAL,
        [REASON_ENCRYPTION] = PURPOSE_ENCRYPTION};
    enum cert_purpose p = purposes[cert_judge_nes(f, nes)];
    if (p == PURPOSE_UNKNOWN)
        p = f->non_repudiation ? PURPOSE_SIGNATURE : PURPOSE_OTHER;
    return p;
}

bool cert_is_strong(const struct cert_facts *f)
{
    bool key = f->key == CERT_KEY_P256 || f->key == CERT_KEY_P384 || (f->key == CERT_KEY_RSA && f->key_bits >= 2048);
    return key && !f->signature_weak;
}

static enum cert_reason judge_person(const struct cert_facts *f, const char *mask)
{
    char own[TCKN_LEN + 1];
    if (f->tckn[0] == '\0')
        return REASON_NO_TCKN;
    tckn_mask(own, f->tckn);
    return mask != NULL && strcmp(own, mask) != 0 ? REASON_OTHER_TCKN : REASON_USABLE;
}

enum cert_reason cert_judge(
    const struct cert_facts *f, const struct rule *nes, int64_t now, const char *mask, int64_t *ret_at)
{
    *ret_at = now > f->not_after ? f->not_after : now < f->not_before ? f->not_before : 0;
    if (now > f->not_after)
        return REASON_EXPIRED;
    if (now < f->not_before)
        return REASON_NOT_YET_VALID;
    enum cert_reason r = cert_judge_nes(f, nes);
    if (r == REASON_USABLE)
        r = judge_person(f, mask);
    if (r == REASON_USABLE && !cert_is_strong(f))
        r = REASON_WEAK_KEY;
    return r;
}
