/* A sample of every level and algorithm, each through the openssl command: the signature with -cades at authentication
 * level 2, its time stamps one by one. One line a sample. */
#include "config.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <spawn.h>
#include <sys/wait.h>
#include <cmocka.h>
#include <openssl/objects.h>
#include "aged.h"
#include "scratch.h"

#define TCKN "10000000146"

extern char **environ;

static char in_path[512], ca_path[512], token_path[512], out_path[512];
static struct pki pki;
static struct trust *trust;
static struct pki_identity responder, units[2];

enum { RSA_2048, RSA_3072, RSA_4096, RSA_PSS, P_256, P_384, ALGORITHMS };
static const struct {
    const char *name;
    enum pki_key key;
    bool pss;
} algorithms[ALGORITHMS] = {
    {"RSA-2048", PKI_RSA2048, false},
    {"RSA-3072", PKI_RSA3072, false},
    {"RSA-4096", PKI_RSA4096, false},
    {"RSASSA-PSS", PKI_RSA2048, true},
    {"P-256", PKI_P256, false},
    {"P-384", PKI_P384, false},
};
static struct pki_identity people[ALGORITHMS];

static int setup(void **state)
{
    (void)state;
    scratch_open();
    pki_init(&pki);
    pki_write_ca(&pki, scratch_path("ca.pem"));
    responder = pki_issue(&pki, &(struct pki_spec){.name = "TEST OCSP", .flaws = PKI_OCSP});
    units[0] = pki_issue(&pki, &(struct pki_spec){.name = "TEST ZD", .key = PKI_RSA2048, .flaws = PKI_TSA});
    units[1] = pki_issue(&pki, &(struct pki_spec){.name = "TEST ZD 2", .key = PKI_P384, .flaws = PKI_TSA});
    for (int i = 0; i < ALGORITHMS; i++)
        people[i] = pki_issue(&pki, &(struct pki_spec){.name = "İPEK IŞIK",
                                        .tckn = TCKN,
                                        .key = algorithms[i].key,
                                        .same = i == RSA_PSS ? &people[RSA_2048] : NULL});
    snprintf(in_path, sizeof in_path, "%s", scratch_path("sample.p7s"));
    snprintf(ca_path, sizeof ca_path, "%s", scratch_path("ca.pem"));
    snprintf(token_path, sizeof token_path, "%s", scratch_path("token"));
    snprintf(out_path, sizeof out_path, "%s", scratch_path("content"));
    return trust_load(ca_path, &trust, NULL) == OK ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    for (int i = 0; i < ALGORITHMS; i++)
        pki_identity_done(&people[i]);
    pki_identity_done(&responder);
    pki_identity_done(&units[0]);
    pki_identity_done(&units[1]);
    trust_free(&trust);
    pki_done(&pki);
    scratch_close();
    return 0;
}

/* Both streams into one file; what it said is kept for the failure. */
static void run_openssl(char *const argv[], const char *good, const char *what)
{
    pid_t pid;
    int status = -1;
    posix_spawn_file_actions_t into;
    assert_int_equal(posix_spawn_file_actions_init(&into), 0);
    assert_int_equal(
        posix_spawn_file_actions_addopen(&into, 1, scratch_path("said"), 0x241 /* create, truncate */, 0600), 0);
    assert_int_equal(posix_spawn_file_actions_adddup2(&into, 1, 2), 0);
    assert_int_equal(posix_spawnp(&pid, "openssl", &into, NULL, argv, environ), 0);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    posix_spawn_file_actions_destroy(&into);
    struct buf said = BUF_INIT(65536);
    assert_int_equal(buf_read_file(&said, scratch_path("said"), NULL), OK);
    if (status != 0 || strstr((char *)said.data, good) == NULL)
        fail_msg("%s: openssl %s: %s", what, argv[1], (char *)said.data);
    buf_done(&said);
}

static void verify_signature(const struct buf *der, const char *what)
{
    char *const argv[] = {(char[]){"openssl"}, (char[]){"cms"}, (char[]){"-verify"}, (char[]){"-cades"},
        (char[]){"-auth_level"}, (char[]){"2"}, (char[]){"-inform"}, (char[]){"DER"}, (char[]){"-in"}, in_path,
        (char[]){"-CAfile"}, ca_path, (char[]){"-out"}, out_path, NULL};
    scratch_write("sample.p7s", der->data, der->len);
    run_openssl(argv, "CAdES Verification successful", what);
    struct consent_claim claim = aged_claim(&(struct aging){.pki = &pki});
    struct buf content = BUF_INIT(65536);
    assert_int_equal(buf_read_file(&content, out_path, NULL), OK);
    assert_int_equal(content.len, claim.text_len);
    assert_memory_equal(content.data, claim.text, claim.text_len);
    buf_done(&content);
}

/* The imprint is what the token says; that it is the file's own is level_stamp_check's to find. */
static void verify_stamp(const struct tst_facts *f, const char *what)
{
    char digest[2 * TST_IMPRINT_MAX + 1];
    for (size_t i = 0; i < f->imprint_len; i++)
        snprintf(digest + 2 * i, 3, "%02x", f->imprint[i]);
    char *const argv[] = {(char[]){"openssl"}, (char[]){"ts"}, (char[]){"-verify"}, (char[]){"-token_in"},
        (char[]){"-in"}, token_path, (char[]){"-digest"}, digest, (char[]){"-CAfile"}, ca_path, NULL};
    scratch_write("token", f->token.data, f->token.len);
    run_openssl(argv, "Verification: OK", what);
}

static size_t verify_stamps(const struct buf *der, const char *what)
{
    struct level_stamps stamps;
    struct err err = {OK, ""};
    assert_int_equal(level_stamps_read(der->data, der->len, &stamps, &err), OK);
    for (size_t i = 0; i < stamps.count; i++) {
        const struct level_stamp *s = &stamps.of[i];
        verify_stamp(&s->facts, what);
        if (level_stamp_check(der->data, der->len, s, trust, s->facts.time, NULL, &err) != OK)
            fail_msg("%s: stamp %zu: %s", what, i, err.detail);
    }
    size_t n = stamps.count;
    level_stamps_done(&stamps);
    return n;
}

static void sample(int algorithm, enum profile profile, enum level level, bool refs_stamp)
{
    static const char *const xl[] = {[PROFILE_P2] = "T", [PROFILE_P3] = "X-L", [PROFILE_P4] = "X-L"};
    struct aging a = {.pki = &pki,
        .trust = trust,
        .signer = &people[algorithm],
        .unit = &units[algorithm == P_384],
        .responder = &responder,
        .profile = profile,
        .pss = algorithms[algorithm].pss,
        .at = pki.now};
    struct buf der = BUF_INIT(LEVELS_MAX);
    enum level found;
    enum profile found_profile;
    char what[64];
    snprintf(what, sizeof what, "%s %s", algorithms[algorithm].name,
        profile == PROFILE_BASELINE ? level_name(level) : profile_name(profile));
    aged_make(&a, level, &der);
    if (refs_stamp) {
        struct buf stamped = BUF_INIT(LEVELS_MAX);
        aged_stamp_refs(&a, &der, &stamped);
        assert_int_equal(buf_move(&der, &stamped), OK);
    }
    assert_int_equal(level_of(der.data, der.len, &found, &found_profile, NULL), OK);
    assert_int_equal(found, level);
    assert_int_equal(found_profile, profile);
    verify_signature(&der, what);
    size_t stamps = verify_stamps(&der, what);
    assert_int_equal(stamps, (level >= LEVEL_T) + refs_stamp + (level == LEVEL_LTA));
    print_message("# %-11s %-8s %-5s %7zu bytes, %zu time stamps: cms -verify -cades, ts -verify\n",
        algorithms[algorithm].name, profile_name(profile),
        profile == PROFILE_BASELINE ? level_name(level) : xl[profile], der.len, stamps);
    buf_done(&der);
}

static void test_levels(void **state)
{
    (void)state;
    for (int algorithm = 0; algorithm < ALGORITHMS; algorithm++)
        for (int level = LEVEL_B; level <= LEVEL_LTA; level++)
            sample(algorithm, PROFILE_BASELINE, (enum level)level, false);
}

static void test_profiles(void **state)
{
    (void)state;
    for (int algorithm = 0; algorithm < ALGORITHMS; algorithm++) {
        sample(algorithm, PROFILE_P2, LEVEL_T, false);
        sample(algorithm, PROFILE_P3, LEVEL_LT, false);
        sample(algorithm, PROFILE_P4, LEVEL_LT, algorithm == RSA_2048 || algorithm == P_384);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_levels),
        cmocka_unit_test(test_profiles),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
