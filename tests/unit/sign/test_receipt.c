/* Receipts: what they say, that strangers can read them, and every way in which one is none. */
#include "config.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <spawn.h>
#include <sys/wait.h>
#include <cmocka.h>
#include <zlib.h>
#include "aged.h"
#include "base/ascii.h"
#include "fakes/pki.h"
#include "receipts.h"
#include "scratch.h"
#include "sign/receipt.h"

extern char **environ;

static const char text[] = "Kamu SM sistemleri: TEST metni, çğıİöşü.\nKABUL EDİYORUM.\n";
static struct pki pki, stranger;
static struct trust *trust;
static struct pki_identity person, other_person, seal, seal_rsa, seal_p384, company, old_seal, others_seal, unit,
    others_unit, responder;
static STACK_OF(X509) *chain;
static struct receipts mine, another;

static struct pki_identity issue(struct pki *by, const char *name, enum pki_key key, unsigned flaws)
{
    return pki_issue(by, &(struct pki_spec){.name = name, .tckn = "10000000146", .key = key, .flaws = flaws});
}

static int setup(void **state)
{
    (void)state;
    scratch_open();
    pki_init(&pki);
    pki_init(&stranger);
    pki_write_ca(&pki, scratch_path("ca.pem"));
    person = issue(&pki, "İPEK IŞIK ÖZ", PKI_P256, 0);
    other_person = issue(&pki, "DENİZ ÖZ", PKI_P256, 0);
    seal = issue(&pki, "TEST mühür", PKI_P256, PKI_SERVICE_SEAL);
    seal_rsa = issue(&pki, "TEST mühür", PKI_RSA2048, PKI_SERVICE_SEAL);
    seal_p384 = issue(&pki, "TEST mühür", PKI_P384, PKI_SERVICE_SEAL);
    company = issue(&pki, "TEST şirket", PKI_P256, PKI_SEAL);
    old_seal = issue(&pki, "TEST mühür", PKI_P256, PKI_SERVICE_SEAL | PKI_EXPIRED);
    others_seal = issue(&stranger, "TEST mühür", PKI_P256, PKI_SERVICE_SEAL);
    unit = issue(&pki, "TEST ZDHS", PKI_P256, PKI_TSA);
    others_unit = issue(&stranger, "TEST ZDHS", PKI_P256, PKI_TSA);
    responder = issue(&pki, "TEST OCSP", PKI_P256, PKI_OCSP);
    chain = pki_chain(&pki);
    mine = (struct receipts){&person, &seal, chain, "2026-000042", text, pki.now, RECEIPT_LEDGER_INSIDE, true};
    another = mine;
    another.person = &other_person;
    another.number = "2026-000043";
    another.text = "Başka bir metin.\n";
    return trust_load(scratch_path("ca.pem"), &trust, NULL) == OK ? 0 : -1;
}

static int teardown(void **state)
{
    struct pki_identity *all[] = {&person, &other_person, &seal, &seal_rsa, &seal_p384, &company, &old_seal,
        &others_seal, &unit, &others_unit, &responder};
    (void)state;
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        pki_identity_done(all[i]);
    sk_X509_pop_free(chain, X509_free);
    trust_free(&trust);
    pki_done(&pki);
    pki_done(&stranger);
    scratch_close();
    return 0;
}

/* Read and checked: the first thing that is wrong. */
static enum err_code judge(const uint8_t *bytes, size_t len, struct err *err)
{
    struct receipt r;
    enum err_code rc = receipt_read(bytes, len, &r, err);
    if (rc != OK)
        return rc;
    rc = receipt_check(&r, trust, err);
    receipt_done(&r);
    return rc;
}

static void expect(const struct buf *b, enum err_code due, const char *begins)
{
    struct err err = {OK, ""};
    enum err_code rc = judge(b->data, b->len, &err);
    if (rc != due || !ascii_starts(err.detail, begins))
        fail_msg("%s (%s) where %s (%s) was due", note_of(rc)->slug, err.detail, note_of(due)->slug, begins);
}

/* ---- good ones ---- */

static void every_seal_and_every_state_of_the_ledger_holds(void **state)
{
    const struct pki_identity *const seals[] = {&seal, &seal_rsa, &seal_p384};
    (void)state;
    for (size_t i = 0; i < 9; i++) {
        struct receipts some = mine;
        struct buf b = BUF_INIT(ASICE_MAX);
        some.seal = seals[i / 3];
        some.ledger = (enum receipt_ledger)(i % 3);
        receipts_make(&some, &b);
        expect(&b, OK, "");
        buf_done(&b);
    }
}

static void it_says_what_it_was_made_from(void **state)
{
    struct buf b = BUF_INIT(ASICE_MAX);
    struct receipt r;
    (void)state;
    receipts_make(&mine, &b);
    assert_int_equal(receipt_read(b.data, b.len, &r, NULL), OK);
    assert_string_equal(r.page.service, "test-service");
    assert_string_equal(r.page.number, "2026-000042");
    assert_int_equal(r.page.accepted, pki.now - 58);
    assert_int_equal(r.page.made, pki.now);
    assert_int_equal(r.page.signed_at, pki.now - 60);
    assert_true(r.page.test);
    assert_string_equal(r.page.signer, "İ*** I*** Ö***");
    assert_string_equal(r.page.tckn, "100******46");
    assert_int_equal(r.page.ledger, RECEIPT_LEDGER_INSIDE);
    assert_int_equal(r.page.index, 1);
    assert_int_equal(r.page.size, 2);
    assert_int_equal(X509_cmp(r.seal.sealer, seal.cert), 0);
    receipt_done(&r);
    buf_done(&b);
}

static void page_holds(const struct buf *b, const char *due)
{
    struct asice parts;
    struct buf page = BUF_INIT(RECEIPT_PAGE_MAX);
    assert_int_equal(asice_read(b->data, b->len, &parts, NULL), OK);
    assert_int_equal(buf_add(&page, parts.part[ASICE_PAGE].at, parts.part[ASICE_PAGE].len), OK);
    if (strstr((const char *)page.data, due) == NULL)
        fail_msg("\"%s\" is not in the page:\n%s", due, (const char *)page.data);
    buf_done(&page);
}

static void page_says_it_to_people(void **state)
{
    static const char *const due[] = {"E-ONAY MAKBUZU / E-ONAY RECEIPT\n", "*** TEST ***",
        "Makbuz No / Receipt number: 2026-000042\n",
        "Eşleşme kodu / Match code: ", "İmzalayan / Signer: İ*** I*** Ö***\n", "T.C. ID number: 100******46\n",
        "Düzey / Level: CAdES-B-B\n", "Kayıtlı / Entered: 2 / 2\n", "none; once added, a later receipt holds it",
        "eonay verify receipt.asice --ca"};
    struct buf b = BUF_INIT(ASICE_MAX), plain = BUF_INIT(ASICE_MAX);
    struct receipts some = mine;
    (void)state;
    receipts_make(&mine, &b);
    for (size_t i = 0; i < sizeof due / sizeof due[0]; i++)
        page_holds(&b, due[i]);
    some.ledger = RECEIPT_LEDGER_PROMISED;
    some.test = false;
    receipts_make(&some, &plain);
    page_holds(&plain, "Promised, complete in a later receipt\n");
    struct receipt r;
    assert_int_equal(receipt_read(plain.data, plain.len, &r, NULL), OK);
    assert_false(r.page.test);
    receipt_done(&r);
    buf_done(&b);
    buf_done(&plain);
}

/* What a page claims goes into JSON and onto the terminal. */
static void a_page_of_broken_letters_is_none(void **state)
{
    static const char label[] = "Hizmet / Service: ";
    struct buf b = BUF_INIT(ASICE_MAX), page = BUF_INIT(RECEIPT_PAGE_MAX);
    struct receipt r;
    (void)state;
    receipts_make(&mine, &b);
    assert_int_equal(receipt_read(b.data, b.len, &r, NULL), OK);
    assert_int_equal(buf_add(&page, r.parts.part[ASICE_PAGE].at, r.parts.part[ASICE_PAGE].len), OK);
    assert_true(receipt_page_read(page.data, page.len, &r.page));
    uint8_t *at = memmem(page.data, page.len, label, strlen(label));
    assert_non_null(at);
    at[strlen(label)] = 0xff;
    assert_false(receipt_page_read(page.data, page.len, &r.page));
    receipt_done(&r);
    buf_done(&page);
    buf_done(&b);
}

static void names_are_masked_whatever_they_are(void **state)
{
    static const char *const names[][2] = {
        {"AYŞE NUR YILMAZ", "A*** N*** Y***"}, {"", ""}, {"  Ö  ", "Ö***"}, {"ÇĞ", "Ç***"}, {"a b", "a*** b***"}};
    char out[RECEIPT_NAME], lots[RECEIPT_NAME];
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        receipt_mask_name(out, names[i][0]);
        assert_string_equal(out, names[i][1]);
    }
    for (size_t i = 0; i < sizeof lots - 1; i++)
        lots[i] = i % 2 ? ' ' : 'x';
    lots[sizeof lots - 1] = '\0';
    receipt_mask_name(out, lots);
    assert_true(strlen(out) > 150 && strlen(out) < sizeof out);
}

/* ---- what the evidence gains ---- */

struct growth {
    enum profile profile;
    enum level level;
    const char *format;
};

static void grow(const struct aging *a, enum level level, const struct buf *came_in, struct buf *ret)
{
    void (*const steps[])(const struct aging *, const struct buf *, struct buf *) = {
        NULL, aged_stamp, aged_prove, aged_archive};
    assert_int_equal(buf_add(ret, came_in->data, came_in->len), OK);
    for (int step = LEVEL_T; step <= (int)level; step++) {
        struct buf next = BUF_INIT(LEVELS_MAX);
        steps[step](a, ret, &next);
        assert_int_equal(buf_move(ret, &next), OK);
    }
}

static void grown(const struct growth *g)
{
    const struct aging a = {.pki = &pki,
        .trust = trust,
        .signer = &person,
        .unit = &unit,
        .responder = &responder,
        .profile = g->profile,
        .at = pki.now};
    struct buf came_in = BUF_INIT(CADES_MAX), kept = BUF_INIT(LEVELS_MAX), b = BUF_INIT(ASICE_MAX);
    struct buf others = BUF_INIT(CADES_MAX);
    char line[64];
    aged_sign(&a, &came_in);
    grow(&a, g->level, &came_in, &kept);
    receipts_make_of(&mine, &came_in, &kept, &b);
    expect(&b, OK, "");
    snprintf(line, sizeof line, "Düzey / Level: %s\n", g->format);
    page_holds(&b, line);
    page_holds(
        &b, g->level >= LEVEL_T ? "Zaman damgası / Time stamp: 2" : "none; once added, a later receipt holds it");
    struct kept k; /* the same evidence, said to have come in as another file */
    uint8_t digest[32];
    receipts_consent(&mine, &others);
    consent_text_digest(others.data, others.len, digest);
    assert_int_equal(kept_read(kept.data, kept.len, digest, &k, NULL), ERR_RECEIPT_MIXED);
    buf_done(&others);
    buf_done(&came_in);
    buf_done(&kept);
    buf_done(&b);
}

static void evidence_of_every_level_is_carried(void **state)
{
    static const struct growth all[] = {
        {PROFILE_BASELINE, LEVEL_B, "CAdES-B-B"},
        {PROFILE_BASELINE, LEVEL_T, "CAdES-B-T"},
        {PROFILE_BASELINE, LEVEL_LT, "CAdES-B-LT"},
        {PROFILE_BASELINE, LEVEL_LTA, "CAdES-B-LTA"},
        {PROFILE_P2, LEVEL_T, "CAdES-B-T"},
        {PROFILE_P3, LEVEL_LT, "CAdES-X-L"},
        {PROFILE_P4, LEVEL_LT, "CAdES-X-L"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        grown(&all[i]);
}

/* The stamp of another's signature, or of an authority that nobody vouches for. */
static void a_time_stamp_that_does_not_hold_is_told(void **state)
{
    struct trust *strangers = NULL;
    pki_write_ca(&stranger, scratch_path("strangers.pem"));
    assert_int_equal(trust_load(scratch_path("strangers.pem"), &strangers, NULL), OK);
    const struct aging a = {.pki = &pki, .trust = strangers, .signer = &person, .unit = &others_unit, .at = pki.now};
    struct buf came_in = BUF_INIT(CADES_MAX), kept = BUF_INIT(LEVELS_MAX), b = BUF_INIT(ASICE_MAX);
    (void)state;
    aged_sign(&a, &came_in);
    aged_stamp(&a, &came_in, &kept);
    receipts_make_of(&mine, &came_in, &kept, &b);
    expect(&b, ERR_REJ_STAMP, "signature: time-stamp");
    trust_free(&strangers);
    buf_done(&came_in);
    buf_done(&kept);
    buf_done(&b);
}

static int run_openssl(char *const argv[])
{
    pid_t pid;
    int status = -1;
    posix_spawn_file_actions_t quiet;
    assert_int_equal(posix_spawn_file_actions_init(&quiet), 0);
    assert_int_equal(posix_spawn_file_actions_addopen(&quiet, 2, scratch_path("stderr"), 0x241, 0600), 0);
    assert_int_equal(posix_spawnp(&pid, "openssl", &quiet, NULL, argv, environ), 0);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    posix_spawn_file_actions_destroy(&quiet);
    return status;
}

/* -purpose any: a service's seal has a purpose of its own. */
static void openssl_accepts(const struct pki_identity *by)
{
    struct receipts some = mine;
    struct buf b = BUF_INIT(ASICE_MAX), said = BUF_INIT(65536);
    struct asice parts;
    some.seal = by;
    receipts_make(&some, &b);
    assert_int_equal(asice_read(b.data, b.len, &parts, NULL), OK);
    scratch_write("manifest.xml", parts.part[ASICE_MANIFEST].at, parts.part[ASICE_MANIFEST].len);
    scratch_write("seal.p7s", parts.part[ASICE_SEAL].at, parts.part[ASICE_SEAL].len);
    char *files[] = {strdup(scratch_path("seal.p7s")), strdup(scratch_path("manifest.xml")),
        strdup(scratch_path("ca.pem")), strdup(scratch_path("content"))};
    char *const argv[] = {(char[]){"openssl"}, (char[]){"cms"}, (char[]){"-verify"}, (char[]){"-cades"},
        (char[]){"-binary"}, (char[]){"-purpose"}, (char[]){"any"}, (char[]){"-inform"}, (char[]){"DER"},
        (char[]){"-in"}, files[0], (char[]){"-content"}, files[1], (char[]){"-CAfile"}, files[2], (char[]){"-out"},
        files[3], NULL};
    int status = run_openssl(argv);
    assert_int_equal(buf_read_file(&said, scratch_path("stderr"), NULL), OK);
    if (status != 0 || strstr((char *)said.data, "CAdES Verification successful") == NULL)
        fail_msg("openssl cms -verify -cades: %s", (char *)said.data);
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++)
        free(files[i]);
    buf_done(&said);
    buf_done(&b);
}

static void openssl_accepts_the_seal(void **state)
{
    (void)state;
    openssl_accepts(&seal);
    openssl_accepts(&seal_rsa);
    openssl_accepts(&seal_p384);
}

/* ---- one changed byte ---- */

static void every_byte_counts(void **state)
{
    struct buf b = BUF_INIT(ASICE_MAX);
    (void)state;
    receipts_make(&mine, &b);
    for (size_t i = 0; i < b.len; i++) {
        uint8_t was = b.data[i];
        b.data[i] ^= (uint8_t)(1U << i % 8);
        if (judge(b.data, b.len, NULL) == OK)
            fail_msg("byte %zu does not count", i);
        b.data[i] = (uint8_t)~was;
        if (judge(b.data, b.len, NULL) == OK)
            fail_msg("byte %zu does not count", i);
        b.data[i] = was;
    }
    expect(&b, OK, "");
    buf_done(&b);
}

static void put_crc(uint8_t *at, const struct asice_view *v)
{
    uint32_t crc = (uint32_t)crc32(0, v->at, (uInt)v->len);
    for (size_t i = 0; i < 4; i++)
        at[i] = (uint8_t)(crc >> 8 * i);
}

/* The checksum before the part and the one in the directory: a forger would mend them, too. */
static void mend(struct buf *b, enum asice_part p, const struct asice_view *v)
{
    static const uint8_t central[] = {'P', 'K', 1, 2};
    size_t name_len = strlen(asice_name(p)), at = b->len;
    put_crc(b->data + (v->at - b->data) - name_len - 30 + 14, v);
    while (at-- > 0) /* from the end: no part is there any more */
        if (memcmp(b->data + at, central, 4) == 0 && memcmp(b->data + at + 46, asice_name(p), name_len) == 0)
            break;
    put_crc(b->data + at + 16, v);
}

static void no_checksum_helps(void **state)
{
    struct buf b = BUF_INIT(ASICE_MAX);
    struct asice parts, again;
    (void)state;
    receipts_make(&mine, &b);
    assert_int_equal(asice_read(b.data, b.len, &parts, NULL), OK);
    for (enum asice_part p = 0; p < ASICE_PARTS; p++) {
        const struct asice_view *v = &parts.part[p];
        uint8_t *bytes = b.data + (v->at - b.data);
        for (size_t i = 0; i < v->len; i++) {
            bytes[i] ^= (uint8_t)(1U << i % 8);
            mend(&b, p, v);
            assert_int_equal(asice_read(b.data, b.len, &again, NULL), OK);
            if (judge(b.data, b.len, NULL) == OK)
                fail_msg("byte %zu of %s does not count", i, asice_name(p));
            bytes[i] ^= (uint8_t)(1U << i % 8);
        }
        mend(&b, p, v);
    }
    expect(&b, OK, "");
    buf_done(&b);
}

static void every_byte_is_needed(void **state)
{
    struct buf b = BUF_INIT(ASICE_MAX);
    (void)state;
    receipts_make(&mine, &b);
    for (size_t len = 0; len < b.len; len += 1 + len / 64)
        assert_int_equal(judge(b.data, len, NULL), ERR_RECEIPT_FORM);
    buf_done(&b);
}

/* ---- parts of two transactions, under a seal that holds ---- */

static void parts_of_two_transactions_are_told(void **state)
{
    static const struct {
        enum asice_part from_other;
        enum err_code due;
        const char *begins;
    } mixes[] = {
        {ASICE_TEXT, ERR_RECEIPT_MIXED, "text:"},
        {ASICE_CONSENT, ERR_RECEIPT_MIXED, "consent:"},
        {ASICE_PAGE, ERR_RECEIPT_MIXED, "consent:"},
        {ASICE_LEDGER, ERR_RECEIPT_MIXED, "entry:"},
    };
    struct buf a = BUF_INIT(ASICE_MAX), b = BUF_INIT(ASICE_MAX);
    struct asice parts, others;
    (void)state;
    receipts_make(&mine, &a);
    receipts_make(&another, &b);
    assert_int_equal(asice_read(a.data, a.len, &parts, NULL), OK);
    assert_int_equal(asice_read(b.data, b.len, &others, NULL), OK);
    for (size_t i = 0; i < sizeof mixes / sizeof mixes[0]; i++) {
        struct asice mix = parts;
        struct buf mixed = BUF_INIT(ASICE_MAX);
        mix.part[mixes[i].from_other] = others.part[mixes[i].from_other];
        receipts_seal(&mix, &seal, pki.now, &mixed);
        expect(&mixed, mixes[i].due, mixes[i].begins);
        buf_done(&mixed);
    }
    buf_done(&a);
    buf_done(&b);
}

/* The same, by somebody without the seal. */
static void a_part_of_another_receipt_breaks_the_manifest(void **state)
{
    struct buf a = BUF_INIT(ASICE_MAX), b = BUF_INIT(ASICE_MAX);
    struct asice parts, others;
    (void)state;
    receipts_make(&mine, &a);
    receipts_make(&another, &b);
    assert_int_equal(asice_read(a.data, a.len, &parts, NULL), OK);
    assert_int_equal(asice_read(b.data, b.len, &others, NULL), OK);
    for (enum asice_part p = 0; p < ASICE_PARTS; p++) {
        struct asice mix = parts;
        struct buf mixed = BUF_INIT(ASICE_MAX);
        mix.part[p] = others.part[p];
        assert_int_equal(asice_write(&mix, &mixed, NULL), OK);
        expect(
            &mixed, p == ASICE_SEAL ? ERR_RECEIPT_SEAL : ERR_RECEIPT_CHANGED, p == ASICE_SEAL ? "seal:" : "manifest");
        buf_done(&mixed);
    }
    buf_done(&a);
    buf_done(&b);
}

/* ---- what a service that lies or errs could seal ---- */

/* The page with its first `from` replaced by `to`, sealed again. */
static void seal_page_with(const char *from, const char *to, struct buf *ret)
{
    struct buf b = BUF_INIT(ASICE_MAX), page = BUF_INIT(RECEIPT_PAGE_MAX), lie = BUF_INIT(RECEIPT_PAGE_MAX);
    struct asice parts;
    receipts_make(&mine, &b);
    assert_int_equal(asice_read(b.data, b.len, &parts, NULL), OK);
    assert_int_equal(buf_add(&page, parts.part[ASICE_PAGE].at, parts.part[ASICE_PAGE].len), OK);
    const char *whole = (const char *)page.data, *at = strstr(whole, from);
    assert_non_null(at);
    assert_int_equal(buf_add(&lie, whole, (size_t)(at - whole)), OK);
    assert_int_equal(buf_str(&lie, to), OK);
    assert_int_equal(buf_str(&lie, at + strlen(from)), OK);
    parts.part[ASICE_PAGE] = (struct asice_view){lie.data, lie.len};
    receipts_seal(&parts, &seal, pki.now, ret);
    buf_done(&b);
    buf_done(&page);
    buf_done(&lie);
}

static void a_page_cannot_lie(void **state)
{
    static const struct {
        const char *from, *to;
        enum err_code due;
        const char *begins;
    } lies[] = {
        {"Level: CAdES-B-B", "Level: CAdES-B-LT", ERR_RECEIPT_PAGE, "page:"},
        {"İ***", "Ş***", ERR_RECEIPT_PAGE, "page:"},
        {"100******46", "200******46", ERR_RECEIPT_PAGE, "page:"},
        {"Entered: 2 / 2", "Entered: 1 / 2", ERR_RECEIPT_PAGE, "page:"},
        {"HOW TO CHECK", "HOW TO CHEAT", ERR_RECEIPT_PAGE, "page:"},
        {"*** TEST *** This", "This", ERR_RECEIPT_PAGE, "page:"},
        {"E-ONAY MAKBUZU", "Hizmet / Service: x\nE-ONAY MAKBUZU", ERR_RECEIPT_PAGE, "page:"},
        {"Receipt number: ", "Number: ", ERR_RECEIPT_PAGE, "page: form"},
        {"2026-000042", "2026-000043", ERR_RECEIPT_MIXED, "entry:"},
        {"2026-000042", "2026-0000000000042", ERR_RECEIPT_PAGE, "page: form"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof lies / sizeof lies[0]; i++) {
        struct buf b = BUF_INIT(ASICE_MAX);
        seal_page_with(lies[i].from, lies[i].to, &b);
        expect(&b, lies[i].due, lies[i].begins);
        buf_done(&b);
    }
}

static void only_a_service_seals(void **state)
{
    const struct pki_identity *const by[] = {&company, &person, &others_seal, &old_seal};
    struct buf b = BUF_INIT(ASICE_MAX);
    struct asice parts;
    (void)state;
    receipts_make(&mine, &b);
    assert_int_equal(asice_read(b.data, b.len, &parts, NULL), OK);
    for (size_t i = 0; i < sizeof by / sizeof by[0]; i++) {
        struct buf sealed = BUF_INIT(ASICE_MAX);
        receipts_seal(&parts, by[i], pki.now, &sealed);
        expect(&sealed, ERR_RECEIPT_SEALER, "sealer:");
        buf_done(&sealed);
    }
    buf_done(&b);
}

/* The seal's own time is part of the page. */
static void a_seal_of_another_time_is_told(void **state)
{
    struct buf b = BUF_INIT(ASICE_MAX), later = BUF_INIT(ASICE_MAX);
    struct asice parts;
    (void)state;
    receipts_make(&mine, &b);
    assert_int_equal(asice_read(b.data, b.len, &parts, NULL), OK);
    receipts_seal(&parts, &seal, pki.now + 60, &later);
    expect(&later, ERR_RECEIPT_PAGE, "page:");
    buf_done(&b);
    buf_done(&later);
}

/* The last byte of an ECDSA signature: its form stays, the number is another. */
static void a_consent_that_does_not_hold_is_told(void **state)
{
    struct buf consent = BUF_INIT(CADES_MAX), b = BUF_INIT(ASICE_MAX);
    (void)state;
    receipts_consent(&mine, &consent);
    consent.data[consent.len - 1] ^= 1;
    receipts_make_of(&mine, &consent, NULL, &b);
    expect(&b, ERR_REJ_SIG, "signature: signature");
    buf_done(&consent);
    buf_done(&b);
}

static void a_ledger_that_does_not_vouch_is_told(void **state)
{
    struct buf consent = BUF_INIT(CADES_MAX), b = BUF_INIT(ASICE_MAX), broken = BUF_INIT(ASICE_MAX);
    struct receipts by_other = mine;
    struct asice parts;
    (void)state;
    by_other.seal = &others_seal;
    receipts_consent(&mine, &consent);
    receipts_make_of(&by_other, &consent, NULL, &b);
    assert_int_equal(asice_read(b.data, b.len, &parts, NULL), OK);
    receipts_seal(&parts, &seal, pki.now, &broken);
    expect(&broken, ERR_RECEIPT_LEDGER, "ledger:");
    parts.part[ASICE_LEDGER] = (struct asice_view){(const uint8_t *)"{}", 2};
    buf_reset(&broken);
    receipts_seal(&parts, &seal, pki.now, &broken);
    expect(&broken, ERR_RECEIPT_LEDGER, "ledger:");
    buf_done(&consent);
    buf_done(&b);
    buf_done(&broken);
}

static void nothing_is_made_of_parts_that_do_not_fit(void **state)
{
    struct buf consent = BUF_INIT(CADES_MAX), out = BUF_INIT(ASICE_MAX);
    struct sealer sealer = receipts_sealer(&seal);
    uint8_t received[32] = {0};
    struct receipt_order order = {.service = "test-service",
        .number = mine.number,
        .received = received,
        .text = {(const uint8_t *)text, sizeof text - 1},
        .sealer = &sealer,
        .now = pki.now};
    (void)state;
    receipts_consent(&mine, &consent);
    order.consent = (struct asice_view){consent.data, consent.len};
    assert_int_equal(receipt_make(&order, &out, NULL), ERR_RECEIPT_MIXED); /* not what came in */
    consent_text_digest(consent.data, consent.len, received);
    order.text.len--;
    assert_int_equal(receipt_make(&order, &out, NULL), ERR_RECEIPT_MIXED);
    order.text.len++;
    order.number = "2026-0000000000042";
    assert_int_equal(receipt_make(&order, &out, NULL), ERR_TOO_BIG);
    order.number = mine.number;
    order.consent.len--;
    assert_int_equal(receipt_make(&order, &out, NULL), ERR_REJ_FORM);
    order.consent.len++;
    assert_int_equal(receipt_make(&order, &out, NULL), OK);
    expect(&out, OK, "");
    buf_done(&consent);
    buf_done(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_seal_and_every_state_of_the_ledger_holds),
        cmocka_unit_test(it_says_what_it_was_made_from),
        cmocka_unit_test(page_says_it_to_people),
        cmocka_unit_test(a_page_of_broken_letters_is_none),
        cmocka_unit_test(names_are_masked_whatever_they_are),
        cmocka_unit_test(evidence_of_every_level_is_carried),
        cmocka_unit_test(a_time_stamp_that_does_not_hold_is_told),
        cmocka_unit_test(openssl_accepts_the_seal),
        cmocka_unit_test(every_byte_counts),
        cmocka_unit_test(no_checksum_helps),
        cmocka_unit_test(every_byte_is_needed),
        cmocka_unit_test(parts_of_two_transactions_are_told),
        cmocka_unit_test(a_part_of_another_receipt_breaks_the_manifest),
        cmocka_unit_test(a_page_cannot_lie),
        cmocka_unit_test(only_a_service_seals),
        cmocka_unit_test(a_seal_of_another_time_is_told),
        cmocka_unit_test(a_consent_that_does_not_hold_is_told),
        cmocka_unit_test(a_ledger_that_does_not_vouch_is_told),
        cmocka_unit_test(nothing_is_made_of_parts_that_do_not_fit),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
