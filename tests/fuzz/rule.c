/* A rule over object identifiers: read whole or refused at a byte of its own; one that was read holds for all of its
 * identifiers, for none of them it does not, and one identifier more never undoes it. */
#include "config.h"
#include <string.h>
#include "base/rule.h"
#include "fuzz/fuzz.h"

struct present {
    const struct rule *rule;
    uint32_t bits;
};

static bool is_there(const void *ctx, const char *oid)
{
    const struct present *p = ctx;
    for (uint32_t i = 0; i < p->rule->oid_count; i++)
        if (strcmp(p->rule->oids[i], oid) == 0 && (p->bits >> i & 1) != 0)
            return true;
    return false;
}

static bool holds_for(const struct rule *r, uint32_t bits)
{
    struct present p = {r, bits};
    return rule_holds(r, is_there, &p);
}

static void check_good(const struct rule *r)
{
    HOLDS(r->oid_count > 0 && r->oid_count <= RULE_OIDS && r->step_count == 2 * r->oid_count - 1);
    HOLDS(holds_for(r, UINT32_MAX) && !holds_for(r, 0));
    for (uint32_t bits = 1; bits != 0 && bits < UINT32_C(1) << r->oid_count; bits = bits * 3 + 1)
        for (uint32_t i = 0; i < r->oid_count; i++)
            HOLDS(!holds_for(r, bits) || holds_for(r, bits | UINT32_C(1) << i));
}

static void check_bracketed(const char *words, const struct rule *r)
{
    char wrapped[RULE_MAX + 3];
    struct rule again;
    struct rule_flaw flaw;
    size_t len = strlen(words);
    memcpy(wrapped + 1, words, len);
    wrapped[0] = '(';
    memcpy(wrapped + 1 + len, ")", 2);
    if (rule_parse(wrapped, &again, &flaw))
        HOLDS(again.step_count == r->step_count && memcmp(again.steps, r->steps, sizeof r->steps) == 0);
    else
        HOLDS(len + 2 > RULE_MAX || strstr(words, "(") != NULL); /* a ceiling */
}

bool fuzz_rule(const uint8_t *data, size_t len)
{
    char words[RULE_MAX + 64];
    struct rule r = {.oid_count = 77};
    struct rule_flaw flaw = {SIZE_MAX, NULL};
    len = len < sizeof words ? len : sizeof words - 1;
    memcpy(words, data, len);
    words[len] = '\0';
    bool good = rule_parse(words, &r, &flaw);
    if (good) {
        check_good(&r);
        check_bracketed(words, &r);
    } else {
        HOLDS(flaw.at <= strlen(words) && flaw.expected != NULL && r.oid_count == 77);
    }
    HOLDS(rule_has_flaw(words, &flaw.at, &flaw.expected) == !good);
    return good;
}
