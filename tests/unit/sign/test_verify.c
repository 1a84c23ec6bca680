/* eonay-verify as people run it: what it says, in both languages and as JSON, and its exit status. */
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
#include <sysexits.h>
#include <cmocka.h>
#include <jansson.h>
#include <openssl/objects.h>
#include "base/rule.h"
#include "aged.h"
#include "base/when.h"
#include "fakes/pki.h"
#include "forge.h"
#include "receipts.h"
#include "scratch.h"
#include "sign/der.h"
#include "sign/validate.h"

#define TCKN "10000000146"
#define ARGS_MAX 12

static const char text[] = "KABUL EDİYORUM.";
static struct pki pki, stranger;
static struct pki_identity who;
static struct consent_claim claim;
static STACK_OF(X509) *chain;

static void write_signature(const char *name, const struct pki_identity *by, enum forge_flaw flaw)
{
    struct buf der = BUF_INIT(65536);
    forge_make(&(struct forge){&claim, by, &who, chain, NID_sha256, flaw}, &der);
    scratch_write(name, der.data, der.len);
    buf_done(&der);
}

static void write_signature_of(const char *name, const char *owner, unsigned flaws)
{
    struct pki_identity x = pki_issue(&pki, &(struct pki_spec){.name = owner, .tckn = TCKN, .flaws = flaws});
    write_signature(name, &x, FORGE_NONE);
    pki_identity_done(&x);
}

static int setup(void **state)
{
    (void)state;
    scratch_open();
    pki_init(&pki);
    pki_init(&stranger);
    pki_write_ca(&pki, scratch_path("ca.pem"));
    pki_write_ca(&stranger, scratch_path("other-ca.pem"));
    who = pki_issue(&pki, &(struct pki_spec){.name = "İPEK IŞIK", .tckn = TCKN});
    chain = pki_chain(&pki);
    claim = (struct consent_claim){"test-service", "K7QM3XPD9R4T", pki.now - 100, pki.now - 60, (const uint8_t *)text,
        sizeof text - 1, PROFILE_BASELINE};
    scratch_write("text.txt", text, sizeof text - 1);
    scratch_write("other.txt", text, sizeof text - 2);
    scratch_write("empty", "", 0);
    write_signature("good.p7s", &who, FORGE_NONE);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    sk_X509_pop_free(chain, X509_free);
    pki_identity_done(&who);
    pki_done(&pki);
    pki_done(&stranger);
    scratch_close();
    return 0;
}

static char out[65536];

/* Runs the program under a locale, "@name" being a file of ours; what it prints is left in `out`. */
static int run(const char *locale, const char *const *args)
{
    char program[4096], lc_all[64];
    char *argv[ARGS_MAX + 2] = {program}, *environment[] = {lc_all, NULL, NULL};
    const char *build = getenv("EONAY_BUILD"), *asan = getenv("ASAN_OPTIONS");
    char asan_line[512];
    pid_t pid;
    int status = -1, n = 1;
    posix_spawn_file_actions_t to;
    snprintf(program, sizeof program, "%s/eonay-verify", build != NULL ? build : ".");
    snprintf(lc_all, sizeof lc_all, "LC_ALL=%s", locale);
    snprintf(asan_line, sizeof asan_line, "ASAN_OPTIONS=%s", asan != NULL ? asan : "");
    environment[1] = asan_line;
    for (; args[n - 1] != NULL; n++)
        argv[n] = strdup(args[n - 1][0] == '@' ? scratch_path(args[n - 1] + 1) : args[n - 1]);
    assert_int_equal(posix_spawn_file_actions_init(&to), 0);
    assert_int_equal(posix_spawn_file_actions_addopen(&to, 1, scratch_path("out"), 0x241, 0600), 0);
    assert_int_equal(posix_spawn_file_actions_adddup2(&to, 1, 2), 0);
    assert_int_equal(posix_spawn(&pid, program, &to, NULL, argv, environment), 0);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    posix_spawn_file_actions_destroy(&to);
    while (--n > 0)
        free(argv[n]);
    struct buf said = BUF_INIT(sizeof out - 1);
    assert_int_equal(buf_read_file(&said, scratch_path("out"), NULL), OK);
    memcpy(out, said.data, said.len + 1);
    buf_done(&said);
    assert_null(strstr(out, TCKN)); /* never whole, whatever was asked */
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}
#define RUN(locale, ...) run(locale, (const char *const[]){__VA_ARGS__, NULL})

static void expect_said(const char *words)
{
    if (strstr(out, words) == NULL)
        fail_msg("\"%s\" is not in:\n%s", words, out);
}

static void test_turkish(void **state)
{
    (void)state;
    static const char *const words[] = {"TOTAL-PASSED\n", "İmza geçerli.", "zaman damgası yok", "sorulmadı",
        "İPEK IŞIK", "100******46", "TEST NES Hizmeti", "16 bayt", "ECDSA P-256, SHA-256", "İmzalama Tarihi"};
    assert_int_equal(RUN("C.UTF-8", "@good.p7s", "--ca", "@ca.pem"), EX_OK);
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        expect_said(words[i]);
}

static void test_english(void **state)
{
    (void)state;
    assert_int_equal(RUN("C.UTF-8", "--lang", "en", "--ca", "@ca.pem", "@good.p7s"), EX_OK);
    expect_said("The signature holds.");
    expect_said("16 bytes");
    assert_int_equal(RUN("en_US.UTF-8", "--ca", "@ca.pem", "@good.p7s"), EX_OK);
    expect_said("Revocation was not checked.");
    assert_int_equal(RUN("en_US.UTF-8", "--ca", "@ca.pem", "@good.p7s", "--lang", "tr"), EX_OK);
    expect_said("İmza geçerli.");
}

static void test_ascii(void **state)
{
    (void)state;
    assert_int_equal(RUN("C", "@good.p7s", "--ca", "@ca.pem"), EX_OK);
    expect_said("IPEK ISIK");
    for (const char *c = out; *c != '\0'; c++)
        assert_true(*c == '\n' || (*c >= ' ' && *c <= '~'));
}

static void test_text(void **state)
{
    (void)state;
    assert_int_equal(RUN("C.UTF-8", "@good.p7s", "--ca", "@ca.pem", "--text", "@text.txt"), EX_OK);
    assert_int_equal(RUN("C.UTF-8", "@good.p7s", "--ca", "@ca.pem", "--text", "@other.txt"), EX_DATAERR);
    expect_said("TOTAL-FAILED, HASH_FAILURE");
    expect_said("başka bir metne ait");
    assert_int_equal(RUN("C.UTF-8", "@good.p7s", "--ca", "@ca.pem", "--text", "@empty"), EX_DATAERR);
}

/* What is longer than any text is none that was signed, whatever that one is. */
static void test_text_too_long(void **state)
{
    (void)state;
    static const char *const texts[] = {"?", "\n"};
    struct consent_claim before = claim;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        claim.text = (const uint8_t *)texts[i];
        claim.text_len = 1;
        write_signature("short.p7s", &who, FORGE_NONE);
        assert_int_equal(RUN("C.UTF-8", "@short.p7s", "--ca", "@ca.pem"), EX_OK);
        assert_int_equal(RUN("C.UTF-8", "@short.p7s", "--ca", "@ca.pem", "--text", "/dev/zero"), EX_DATAERR);
        expect_said("TOTAL-FAILED, HASH_FAILURE");
    }
    claim = before;
}

static void test_refusals(void **state)
{
    (void)state;
    static const struct {
        const char *owner;
        unsigned flaws;
        enum forge_flaw flaw;
        const char *ca, *indication, *words;
    } cases[] = {
        {NULL, 0, FORGE_WRONG_DIGEST, "@ca.pem", "TOTAL-FAILED, HASH_FAILURE", "değiştirilmiş"},
        {NULL, 0, FORGE_TWO_SIGNERS, "@ca.pem", "TOTAL-FAILED, FORMAT_FAILURE", "biçimde"},
        {NULL, 0, FORGE_NONE, "@other-ca.pem", "INDETERMINATE, NO_CERTIFICATE_CHAIN_FOUND", "makamlarından"},
        {"A", PKI_EXPIRED, FORGE_NONE, "@ca.pem", "INDETERMINATE, OUT_OF_BOUNDS_NO_POE", "şu anda geçerli değil"},
        {"A", PKI_SEAL, FORGE_NONE, "@ca.pem", "INDETERMINATE, CHAIN_CONSTRAINTS_FAILURE", "kurum mührü"},
        {"A", PKI_SHA1, FORGE_NONE, "@ca.pem", "INDETERMINATE, CRYPTO_CONSTRAINTS_FAILURE_NO_POE",
            "güvenli sayılmıyor"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        if (cases[i].owner != NULL)
            write_signature_of("bad.p7s", cases[i].owner, cases[i].flaws);
        else
            write_signature("bad.p7s", &who, cases[i].flaw);
        assert_int_equal(RUN("C.UTF-8", "@bad.p7s", "--ca", cases[i].ca), EX_DATAERR);
        expect_said(cases[i].indication);
        expect_said(cases[i].words);
    }
}

/* The wizard and the service can have another rule in their settings. */
static void test_nes_rule(void **state)
{
    (void)state;
    static const char etsi_alone[] = "0.4.0.1862.1.1", more[] = "0.4.0.1862.1.1 and 1.2.3";
    write_signature_of("foreign.p7s", "A", PKI_NO_BTK);
    assert_int_equal(RUN("C.UTF-8", "@foreign.p7s", "--ca", "@ca.pem"), EX_DATAERR);
    expect_said("CHAIN_CONSTRAINTS_FAILURE");
    assert_int_equal(RUN("C.UTF-8", "@foreign.p7s", "--ca", "@ca.pem", "--nes-rule", etsi_alone), EX_OK);
    assert_int_equal(RUN("C.UTF-8", "@good.p7s", "--ca", "@ca.pem", "--nes-rule", RULE_NES), EX_OK);
    assert_int_equal(RUN("C.UTF-8", "@good.p7s", "--ca", "@ca.pem", "--nes-rule", more), EX_DATAERR);
    expect_said("CHAIN_CONSTRAINTS_FAILURE");
    assert_int_equal(RUN("C.UTF-8", "--nes-rule", etsi_alone, "@foreign.p7s", "--ca", "@ca.pem", "--json"), EX_OK);
    expect_said("TOTAL-PASSED");
}

static void test_bad_nes_rule(void **state)
{
    (void)state;
    assert_int_equal(RUN("C.UTF-8", "@good.p7s", "--ca", "@ca.pem", "--nes-rule", "(1.2.3 OR"), EX_USAGE);
    expect_said(
        "eonay verify: 10: \"--nes-rule\": burada beklenen: 0.4.0.1862.1.1 gibi bir nesne belirteci veya \"(\".");
    assert_int_equal(
        RUN("C.UTF-8", "--lang", "en", "@good.p7s", "--ca", "@ca.pem", "--nes-rule", "(1.2.3 OR"), EX_USAGE);
    expect_said(
        "eonay verify: 10: \"--nes-rule\": expected here: an object identifier such as 0.4.0.1862.1.1, or \"(\".");
    assert_int_equal(RUN("C.UTF-8", "@good.p7s", "--ca", "@ca.pem", "--nes-rule", ""), EX_USAGE);
    assert_int_equal(RUN("C.UTF-8", "@good.p7s", "--ca", "@none", "--nes-rule", "x"), EX_USAGE); /* the line first */
    assert_int_equal(RUN("C.UTF-8", "@good.p7s", "--ca", "@ca.pem", "--nes-rule"), EX_USAGE);
}

static void test_forged_key(void **state)
{
    (void)state;
    struct pki_identity thief = pki_issue(&pki, &(struct pki_spec){.name = "B", .tckn = "12345678950"});
    struct pki_identity mixed = {who.cert, thief.key};
    write_signature("bad.p7s", &mixed, FORGE_NONE);
    assert_int_equal(RUN("C.UTF-8", "@bad.p7s", "--ca", "@ca.pem"), EX_DATAERR);
    expect_said("TOTAL-FAILED, SIG_CRYPTO_FAILURE");
    expect_said("kanıtlanmamış");
    pki_identity_done(&thief);
}

static void test_other_files(void **state)
{
    (void)state;
    static const char *const files[] = {"@empty", "@text.txt", "@ca.pem", "/dev/zero"};
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        assert_int_equal(RUN("C.UTF-8", files[i], "--ca", "@ca.pem"), EX_DATAERR);
        expect_said("TOTAL-FAILED, FORMAT_FAILURE");
    }
    assert_int_equal(RUN("C.UTF-8", "@none", "--ca", "@ca.pem"), EX_NOINPUT);
    assert_int_equal(RUN("C.UTF-8", "@good.p7s", "--ca", "@none"), EX_NOINPUT);
    assert_int_equal(RUN("C.UTF-8", "@good.p7s", "--ca", "@text.txt"), EX_CONFIG);
    assert_int_equal(RUN("C.UTF-8", "@good.p7s", "--ca", "@ca.pem", "--text", "@none"), EX_NOINPUT);
}

/* What the rules allow is read to its end: here an OCTET STRING, well formed and as long as a signature may be. */
static void test_longest_file(void **state)
{
    (void)state;
    uint8_t *file = calloc(1, VALIDATE_MAX);
    size_t body = VALIDATE_MAX - 5;
    assert_non_null(file);
    memcpy(
        file, (const uint8_t[]){DER_OCTET_STRING, 0x83, (uint8_t)(body >> 16), (uint8_t)(body >> 8), (uint8_t)body}, 5);
    scratch_write("long", file, VALIDATE_MAX);
    free(file);
    assert_int_equal(RUN("C.UTF-8", "@long", "--ca", "@ca.pem"), EX_DATAERR);
    expect_said("the file is not a CMS signature");
}

static void test_usage(void **state)
{
    (void)state;
    assert_int_equal(RUN("C.UTF-8", "@good.p7s"), EX_USAGE);
    assert_int_equal(RUN("C.UTF-8", "--ca", "@ca.pem"), EX_USAGE);
    assert_int_equal(RUN("C.UTF-8", "@good.p7s", "@good.p7s", "--ca", "@ca.pem"), EX_USAGE);
    assert_int_equal(RUN("C.UTF-8", "@good.p7s", "--ca", "@ca.pem", "--lang", "de"), EX_USAGE);
    assert_int_equal(RUN("C.UTF-8", "@good.p7s", "--ca", "@ca.pem", "--no-such"), EX_USAGE);
    assert_int_equal(RUN("C.UTF-8", "--help"), EX_OK);
    expect_said("Kullanım: eonay verify");
}

static void test_terminal_is_safe(void **state)
{
    (void)state;
    write_signature_of("odd.p7s", "\033]0;EVE\a", 0);
    assert_int_equal(RUN("C.UTF-8", "@odd.p7s", "--ca", "@ca.pem"), EX_OK);
    assert_null(strchr(out, '\033'));
    assert_null(strchr(out, '\a'));
    assert_int_equal(RUN("C.UTF-8", "@odd.p7s", "--ca", "@ca.pem", "--json"), EX_OK);
    assert_null(strchr(out, '\033'));
}

static const char *member(json_t *object, const char *name)
{
    return json_string_value(json_object_get(object, name));
}

static void test_json(void **state)
{
    (void)state;
    assert_int_equal(RUN("C.UTF-8", "@good.p7s", "--ca", "@ca.pem", "--json"), EX_OK);
    json_t *answer = json_loads(out, 0, NULL), *says = json_object_get(answer, "says");
    assert_true(json_is_true(json_object_get(answer, "holds")));
    assert_string_equal(member(answer, "indication"), "TOTAL-PASSED");
    assert_true(json_is_null(json_object_get(answer, "sub_indication")));
    assert_string_equal(member(json_object_get(says, "signer"), "name"), "İPEK IŞIK");
    assert_string_equal(member(json_object_get(says, "signer"), "tckn_masked"), "100******46");
    assert_int_equal(json_integer_value(json_object_get(json_object_get(says, "text"), "bytes")), sizeof text - 1);
    assert_string_equal(member(says, "signing_time_proof"), "claimed");
    assert_string_equal(member(says, "revocation"), "not-checked");
    assert_string_equal(member(says, "algorithm"), "ECDSA P-256, SHA-256");
    json_decref(answer);
    assert_int_equal(RUN("C.UTF-8", "@text.txt", "--ca", "@ca.pem", "--json"), EX_DATAERR);
    answer = json_loads(out, 0, NULL);
    assert_true(json_is_false(json_object_get(answer, "holds")));
    assert_string_equal(member(answer, "sub_indication"), "FORMAT_FAILURE");
    assert_string_equal(member(answer, "code"), "rej-form");
    assert_string_equal(member(answer, "detail"), "the file is not DER");
    assert_true(json_is_null(json_object_get(answer, "says")));
    json_decref(answer);
}

/* A file of every level, with the same signer and a day on which the certificate has ended. */
static void write_level(const char *name, enum level level, enum profile profile)
{
    struct trust *trust = NULL;
    struct pki_identity brief =
        pki_issue(&pki, &(struct pki_spec){.name = "İPEK IŞIK", .tckn = TCKN, .not_after = pki.now + 86400});
    struct pki_identity unit = pki_issue(&pki, &(struct pki_spec){.name = "TEST ZD\033[2J", .flaws = PKI_TSA});
    struct pki_identity responder = pki_issue(&pki, &(struct pki_spec){.name = "TEST OCSP", .flaws = PKI_OCSP});
    struct buf der = BUF_INIT(LEVELS_MAX);
    assert_int_equal(trust_load(scratch_path("ca.pem"), &trust, NULL), OK);
    const struct aging a = {.pki = &pki,
        .trust = trust,
        .signer = &brief,
        .unit = &unit,
        .responder = &responder,
        .profile = profile,
        .at = pki.now};
    aged_make(&a, level, &der);
    scratch_write(name, der.data, der.len);
    buf_done(&der);
    trust_free(&trust);
    pki_identity_done(&brief);
    pki_identity_done(&unit);
    pki_identity_done(&responder);
}

static size_t lines_said(void)
{
    size_t n = 0;
    for (const char *c = out; *c != '\0'; c++)
        n += *c == '\n';
    return n;
}

static void test_depths(void **state)
{
    (void)state;
    write_level("lta.p7s", LEVEL_LTA, PROFILE_BASELINE);
    assert_int_equal(RUN("C.UTF-8", "@lta.p7s", "--ca", "@ca.pem", "--depth", "sentence"), EX_OK);
    assert_string_equal(out,
        "TOTAL-PASSED\nİmza geçerli; zamanını bir zaman damgası kanıtlıyor. Sertifika o sırada iptal edilmiş "
        "değildi.\n");
    assert_int_equal(RUN("C.UTF-8", "@lta.p7s", "--ca", "@ca.pem"), EX_OK);
    size_t table = lines_said();
    expect_said("Kanıtlanan Tarih");
    expect_said("CAdES-B-LTA");
    expect_said("iptal edilmemiş");
    assert_null(strstr(out, "TEST ZD"));
    assert_int_equal(RUN("C.UTF-8", "@lta.p7s", "--ca", "@ca.pem", "--depth", "table"), EX_OK);
    assert_int_equal(lines_said(), table);
    assert_int_equal(RUN("C.UTF-8", "@lta.p7s", "--ca", "@ca.pem", "--depth", "full"), EX_OK);
    assert_true(lines_said() > table + 10);
    expect_said("Arşiv zaman damgası");
    expect_said("TEST ZD?[2J");
    expect_said("TEST NES Hizmeti: iptal edilmemiş (CRL, ");
    assert_null(strchr(out, '\033'));
    assert_int_equal(RUN("C.UTF-8", "@lta.p7s", "--ca", "@ca.pem", "--depth", "full", "--lang", "en"), EX_OK);
    expect_said("Archive time stamp        holds, ");
    expect_said("The signature holds, and a time stamp proves its time. The certificate was not revoked then.");
    assert_int_equal(RUN("C.UTF-8", "@lta.p7s", "--ca", "@ca.pem", "--depth", "deep"), EX_USAGE);
}

static void test_full_refusal(void **state)
{
    (void)state;
    write_signature("bad.p7s", &who, FORGE_WRONG_DIGEST);
    assert_int_equal(RUN("C.UTF-8", "--lang", "en", "@bad.p7s", "--ca", "@ca.pem", "--depth", "full"), EX_DATAERR);
    expect_said("Form                      holds\n");
    expect_said("Text and signature        HASH_FAILURE: message-digest\n");
    assert_int_equal(RUN("C.UTF-8", "--lang", "en", "@bad.p7s", "--ca", "@ca.pem", "--depth", "sentence"), EX_DATAERR);
    assert_string_equal(out, "TOTAL-FAILED, HASH_FAILURE\nThe text was changed after it was signed.\n");
    assert_int_equal(RUN("C.UTF-8", "--lang", "en", "@text.txt", "--ca", "@ca.pem", "--depth", "full"), EX_DATAERR);
    expect_said("Form                      FORMAT_FAILURE: the file is not DER\n");
}

static void test_at(void **state)
{
    (void)state;
    char later[WHEN_RFC3339];
    write_level("b.p7s", LEVEL_B, PROFILE_BASELINE);
    write_level("t.p7s", LEVEL_T, PROFILE_P2);
    when_rfc3339(later, pki.now + 2 * 86400);
    assert_int_equal(RUN("C.UTF-8", "@b.p7s", "--ca", "@ca.pem"), EX_OK);
    assert_int_equal(RUN("C.UTF-8", "@b.p7s", "--ca", "@ca.pem", "--at", later), EX_DATAERR);
    expect_said("INDETERMINATE, OUT_OF_BOUNDS_NO_POE");
    assert_int_equal(RUN("C.UTF-8", "@t.p7s", "--ca", "@ca.pem", "--at", later, "--lang", "en"), EX_OK);
    expect_said("a time stamp proves its time. Revocation was not checked.");
    expect_said("Signature policy          P2\n");
    assert_int_equal(RUN("C.UTF-8", "@t.p7s", "--ca", "@ca.pem", "--at", "tomorrow"), EX_USAGE);
    assert_int_equal(RUN("C.UTF-8", "@t.p7s", "--ca", "@ca.pem", "--at", ""), EX_USAGE);
}

/* A receipt is judged as of its seal, which nobody can have made later than the second that is asked about. */
static void test_receipt_at(void **state)
{
    (void)state;
    char when[WHEN_RFC3339];
    struct pki_identity seal = pki_issue(&pki, &(struct pki_spec){.name = "TEST MÜHÜR", .flaws = PKI_SERVICE_SEAL});
    struct buf receipt = BUF_INIT(ASICE_MAX);
    receipts_make(&(struct receipts){.person = &who,
                      .seal = &seal,
                      .chain = chain,
                      .number = "K7QM-3XPD-9R4T",
                      .text = text,
                      .now = pki.now,
                      .ledger = RECEIPT_LEDGER_INSIDE},
        &receipt);
    scratch_write("receipt.asice", receipt.data, receipt.len);
    when_rfc3339(when, pki.now + 86400);
    assert_int_equal(RUN("C.UTF-8", "@receipt.asice", "--ca", "@ca.pem"), EX_OK);
    assert_int_equal(RUN("C.UTF-8", "@receipt.asice", "--ca", "@ca.pem", "--at", when), EX_OK);
    when_rfc3339(when, pki.now - 86400);
    assert_int_equal(RUN("C.UTF-8", "@receipt.asice", "--ca", "@ca.pem", "--at", when), EX_DATAERR);
    expect_said("INDETERMINATE, CHAIN_CONSTRAINTS_FAILURE");
    expect_said("sealer: a second that has not come");
    assert_int_equal(RUN("C.UTF-8", "@receipt.asice", "--ca", "@ca.pem", "--json", "--at", when), EX_DATAERR);
    expect_said("\"holds\": false");
    buf_done(&receipt);
    pki_identity_done(&seal);
}

static void test_json_full(void **state)
{
    (void)state;
    char now[WHEN_RFC3339];
    write_level("xl.p7s", LEVEL_LT, PROFILE_P4);
    when_rfc3339(now, pki.now + 86400);
    assert_int_equal(RUN("C.UTF-8", "@xl.p7s", "--ca", "@ca.pem", "--json", "--depth", "sentence", "--at", now), EX_OK);
    json_t *answer = json_loads(out, 0, NULL), *says = json_object_get(answer, "says");
    assert_string_equal(member(answer, "format"), "CAdES-X-L");
    assert_string_equal(member(answer, "rule"), "passed");
    assert_string_equal(member(answer, "judged_at"), now);
    assert_string_equal(member(says, "signing_time_proof"), "time-stamp");
    when_rfc3339(now, pki.now + 2); /* with the authority's accuracy */
    assert_string_equal(member(says, "proven_time"), now);
    assert_string_equal(member(says, "revocation"), "good");
    assert_string_equal(member(says, "policy"), "P4");
    json_t *stamp = json_array_get(json_object_get(answer, "blocks"), 5);
    assert_string_equal(member(stamp, "block"), "signature-time-stamp");
    assert_string_equal(member(stamp, "result"), "PASSED");
    assert_true(json_is_null(json_object_get(stamp, "sub_indication")));
    assert_string_equal(member(stamp, "authority"), "TEST ZD?[2J");
    json_t *status = json_array_get(json_object_get(answer, "revocation"), 0);
    assert_string_equal(member(status, "certificate"), "İPEK IŞIK");
    assert_string_equal(member(status, "state"), "good");
    assert_string_equal(member(status, "source"), "OCSP");
    json_decref(answer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_turkish),
        cmocka_unit_test(test_english),
        cmocka_unit_test(test_ascii),
        cmocka_unit_test(test_text),
        cmocka_unit_test(test_text_too_long),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_nes_rule),
        cmocka_unit_test(test_bad_nes_rule),
        cmocka_unit_test(test_forged_key),
        cmocka_unit_test(test_other_files),
        cmocka_unit_test(test_longest_file),
        cmocka_unit_test(test_usage),
        cmocka_unit_test(test_terminal_is_safe),
        cmocka_unit_test(test_json),
        cmocka_unit_test(test_depths),
        cmocka_unit_test(test_full_refusal),
        cmocka_unit_test(test_at),
        cmocka_unit_test(test_receipt_at),
        cmocka_unit_test(test_json_full),
    };
    return cmocka_run_group_tests_name("verify", tests, setup, teardown);
}
