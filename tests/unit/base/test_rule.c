#include "config.h"
#include "base/rule.h"
#include "unit.h"

#define ETSI "0.4.0.1862.1.1"
#define BTK "2.16.792.1.61.0.1.5070.1.1"
#define BTK_2 "2.16.792.1.61.0.1.5070.2.1"

static struct rule parsed(const char *words)
{
    struct rule r;
    struct rule_flaw flaw = {0, ""};
    if (!rule_parse(words, &r, &flaw))
        fail_msg("%s: at %zu: %s", words, flaw.at, flaw.expected);
    return r;
}

/* The identifiers there, each followed by a blank. */
static bool is_among(const void *ctx, const char *oid)
{
    const char *all = ctx;
    char wanted[RULE_OID + 2];
    snprintf(wanted, sizeof wanted, "%s ", oid);
    for (const char *at = all; (at = strstr(at, wanted)) != NULL; at++)
        if (at == all || at[-1] == ' ')
            return true;
    return false;
}

static bool holds(const char *words, const char *there)
{
    struct rule r = parsed(words);
    return rule_holds(&r, is_among, there);
}

static void an_nes_has_both_kinds_of_statement(void **state)
{
    (void)state;
    assert_true(holds(RULE_NES, ETSI " " BTK " "));
    assert_true(holds(RULE_NES, BTK_2 " 1.2.3 " ETSI " "));
    assert_true(holds(RULE_NES, ETSI " " BTK " " BTK_2 " "));
    assert_false(holds(RULE_NES, ETSI " "));
    assert_false(holds(RULE_NES, BTK " " BTK_2 " "));
    assert_false(holds(RULE_NES, "0.4.0.1862.1.12 " BTK " ")); /* no beginning of another */
    assert_false(holds(RULE_NES, ""));
}

static void and_binds_closer_than_or(void **state)
{
    (void)state;
    static const struct {
        const char *words, *there;
        bool holds;
    } cases[] = {
        {"1.2", "1.2 ", true},
        {"1.2", "1.3 ", false},
        {"1.2 OR 1.3 AND 1.4", "1.2 ", true},
        {"1.2 OR 1.3 AND 1.4", "1.3 ", false},
        {"1.2 OR 1.3 AND 1.4", "1.3 1.4 ", true},
        {"1.2 AND 1.3 OR 1.4", "1.4 ", true},
        {"(1.2 OR 1.3) AND 1.4", "1.2 ", false},
        {"(1.2 OR 1.3) AND 1.4", "1.3 1.4 ", true},
        {"1.2 AND 1.3 AND 1.4", "1.2 1.4 ", false},
        {"1.2 AND 1.2", "1.2 ", true},
        {" ( ( 1.2 )or( 1.3 and 1.4 ) ) ", "1.3 1.4 ", true},
        {"(1.2)AND(1.3)", "1.2 1.3 ", true},
        {"2.999.18446744073709551616", "2.999.18446744073709551616 ", true},
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        if (holds(cases[i].words, cases[i].there) != cases[i].holds)
            fail_msg("%s with %s", cases[i].words, cases[i].there);
}

static void a_flaw_is_told_with_its_place(void **state)
{
    (void)state;
    static const struct {
        const char *words;
        size_t at;
        const char *expected; /* its beginning */
    } cases[] = {
        {"", 0, "an object identifier"},
        {"   ", 3, "an object identifier"},
        {"AND", 0, "an object identifier"},
        {"1.2 AND", 7, "an object identifier"},
        {"1.2 AND OR 1.3", 8, "an object identifier"},
        {"1.2 1.3", 4, "AND, OR or the end"},
        {"1.2 ANDE 1.3", 4, "AND, OR or the end"},
        {"1.2 & 1.3", 4, "AND, OR or the end"},
        {"1.2)", 3, "AND, OR or the end"},
        {"(1.2", 4, "AND, OR or \")\""},
        {"(1.2 1.3)", 5, "AND, OR or \")\""},
        {"()", 1, "an object identifier"},
        {"NOT 1.2", 0, "an object identifier"},
        {"1", 0, "an object identifier"},
        {"1.", 0, "an object identifier"},
        {".1", 0, "an object identifier"},
        {"1..2", 0, "an object identifier"},
        {"1.02", 0, "an object identifier"}, /* would never match: identifiers are compared as they are written */
        {"3.2", 0, "an object identifier"},
        {"10.2", 0, "an object identifier"},
        {"1.40", 0, "an object identifier"},
        {"0.100", 0, "an object identifier"},
        {"1.2 OR 1.2x", 7, "an object identifier"},
        {"\t1.2", 0, "an object identifier"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct rule r = {.oid_count = 7};
        struct rule_flaw flaw = {99, ""};
        if (rule_parse(cases[i].words, &r, &flaw) || r.oid_count != 7)
            fail_msg("\"%s\" is taken", cases[i].words);
        if (flaw.at != cases[i].at || strncmp(flaw.expected, cases[i].expected, strlen(cases[i].expected)) != 0)
            fail_msg("\"%s\": %zu: %s", cases[i].words, flaw.at, flaw.expected);
    }
}

static void ceilings_hold(void **state)
{
    (void)state;
    char words[RULE_MAX + 2], oid[RULE_OID + 1] = "2.";
    struct rule r;
    struct rule_flaw flaw;
    assert_true(rule_parse("((((((((1.2))))))))", &r, &flaw));
    assert_false(rule_parse("(((((((((1.2)))))))))", &r, &flaw));
    assert_int_equal(flaw.at, RULE_DEPTH);
    assert_string_equal(flaw.expected, "no more than 8 brackets one in another");
    words[0] = '\0';
    for (size_t i = 0; i <= RULE_OIDS; i++) {
        snprintf(words + strlen(words), sizeof words - strlen(words), "%s1.%zu", i > 0 ? " OR " : "", i);
        assert_int_equal(rule_parse(words, &r, &flaw), i < RULE_OIDS);
    }
    assert_string_equal(flaw.expected, "no more than 16 object identifiers");
    memset(oid + 2, '1', RULE_OID - 3);
    assert_true(rule_parse(oid, &r, &flaw));
    assert_true(rule_holds(&r, is_among, strcat(strcpy(words, oid), " ")));
    oid[RULE_OID - 1] = '1';
    assert_false(rule_parse(oid, &r, &flaw));
    memset(words, ' ', sizeof words);
    memcpy(words, "1.2", 3);
    words[RULE_MAX] = '\0';
    assert_true(rule_parse(words, &r, &flaw));
    words[RULE_MAX] = ' ';
    words[RULE_MAX + 1] = '\0';
    assert_false(rule_parse(words, &r, &flaw));
    assert_int_equal(flaw.at, RULE_MAX);
}

UNIT_MAIN(cmocka_unit_test(an_nes_has_both_kinds_of_statement), cmocka_unit_test(and_binds_closer_than_or),
    cmocka_unit_test(a_flaw_is_told_with_its_place), cmocka_unit_test(ceilings_hold))
