/* The receipt: whole and of this transaction, or nothing of it comes through. */
#include "config.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/fd.h"
#include "base/code.h"
#include "net/receipt.h"
#include "receipts.h"
#include "rig.h"

#define NUMBER "2026-000042"

static struct pki pki;
static struct pki_identity person, seal, company;
static STACK_OF(X509) *chain;
static struct receipts mine;
static struct buf good = BUF_INIT(ASICE_MAX);

static struct pki_identity issue(const char *name, unsigned flaws)
{
    return pki_issue(&pki, &(struct pki_spec){.name = name, .tckn = RIG_TCKN, .key = PKI_P256, .flaws = flaws});
}

static int set_up(void **state)
{
    char path[160];
    struct rig *r;

    if (rig_up(state) != 0)
        return -1;
    r = *state;
    pki_init(&pki);
    snprintf(path, sizeof path, "%s/ca.pem", r->service.dir);
    pki_write_ca(&pki, path);
    r->trust = "ca.pem";
    person = issue("İPEK IŞIK", 0);
    seal = issue("TEST mühür", PKI_SERVICE_SEAL);
    company = issue("TEST şirket", PKI_SEAL);
    chain = pki_chain(&pki);
    mine = (struct receipts){&person, &seal, chain, NUMBER, "TEST metni\n", pki.now, RECEIPT_LEDGER_INSIDE, true};
    receipts_make(&mine, &good);
    return 0;
}

static int tear_down(void **state)
{
    pki_identity_done(&person);
    pki_identity_done(&seal);
    pki_identity_done(&company);
    sk_X509_pop_free(chain, X509_free);
    pki_done(&pki);
    buf_done(&good);
    return rig_down(state);
}

/* The service's receipt from now on; NULL: it gives none. */
static void serve(struct rig *r, const struct buf *bytes)
{
    char path[160];

    snprintf(path, sizeof path, "%s/receipt.asice", r->service.dir);
    if (bytes == NULL)
        (void)unlink(path);
    else
        assert_int_equal(buf_write_file(bytes, path, 0600, NULL), OK);
}

static void log_in(struct rig *r)
{
    rig_fresh(r, "none");
    assert_int_equal(rig_ask(r, M_METHODS), M_METHODS_OK);
    assert_int_equal(rig_login(r, RIG_TCKN, "correct horse"), M_PERSON);
}

static int file_new(struct rig *r)
{
    char path[160];

    snprintf(path, sizeof path, "%s/got", r->service.dir);
    int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    return fd;
}

static enum wire_type fetch(struct rig *r, const char *number, int file)
{
    struct wire_out out;

    rig_begin(r, &out, M_RECEIPT);
    wire_str(&out, F_NUMBER, number);
    rig_say(r, &out, file);
    return rig_hear(r);
}

static off_t size_of(int fd)
{
    struct stat st;

    assert_int_equal(fstat(fd, &st), 0);
    return st.st_size;
}

static void a_good_one_comes_whole(void **state)
{
    struct rig *r = *state;
    uint8_t *got = malloc(good.len);

    log_in(r);
    serve(r, &good);
    int file = file_new(r);
    assert_int_equal(write(file, "something longer", 16), 16); /* what was there is no part of it */
    assert_int_equal(fetch(r, NUMBER, file), M_RECEIPT_OK);
    assert_int_equal(size_of(file), good.len);
    assert_int_equal(pread(file, got, good.len, 0), good.len);
    assert_memory_equal(got, good.data, good.len);
    assert_int_equal(wire_get_u64(&r->m, F_EARLY, 9), EARLY_STAMP);
    assert_non_null(memmem(r->m.val[F_PAGE].data, r->m.val[F_PAGE].len, NUMBER, strlen(NUMBER)));
    assert_int_equal(fetch(r, NUMBER, -1), M_RECEIPT_OK); /* to be shown */
    free(got);
    fd_close(&file);
}

static void what_it_lacks_is_told(void **state)
{
    struct rig *r = *state;
    struct receipts early = mine;
    struct buf b = BUF_INIT(ASICE_MAX);

    early.ledger = RECEIPT_LEDGER_PROMISED;
    receipts_make(&early, &b);
    log_in(r);
    serve(r, &b);
    assert_int_equal(fetch(r, NUMBER, -1), M_RECEIPT_OK);
    assert_int_equal(wire_get_u64(&r->m, F_EARLY, 9), EARLY_LEDGER | EARLY_STAMP);
    buf_done(&b);
}

static void nothing_else_is_passed_on(void **state)
{
    struct rig *r = *state;
    struct receipts by_company = mine;
    struct buf b = BUF_INIT(ASICE_MAX);
    int file = file_new(r);

    log_in(r);
    serve(r, &good);
    rig_refused(r, fetch(r, "2026-000043", file), ERR_RECEIPT_UNSOUND, 0); /* another transaction's */
    for (size_t at = 0; at < good.len; at += good.len / 17) {
        good.data[at] ^= 1;
        serve(r, &good);
        good.data[at] ^= 1;
        rig_refused(r, fetch(r, NUMBER, file), ERR_RECEIPT_UNSOUND, 0);
    }
    by_company.seal = &company; /* a seal, but no service's */
    receipts_make(&by_company, &b);
    serve(r, &b);
    rig_refused(r, fetch(r, NUMBER, file), ERR_RECEIPT_UNSOUND, 0);
    assert_int_equal(size_of(file), 0);
    buf_done(&b);
    fd_close(&file);
}

static void a_page_with_escapes_is_none(void **state)
{
    struct rig *r = *state;
    struct receipt good_one;
    struct buf b = BUF_INIT(ASICE_MAX);
    static const uint8_t page[] = "\x1b]52;c;QUJD\x07 2026-000042\n";

    assert_int_equal(receipt_read(good.data, good.len, &good_one, NULL), OK);
    struct asice parts = good_one.parts;
    parts.part[ASICE_PAGE] = (struct asice_view){page, sizeof page - 1};
    receipts_seal(&parts, &seal, pki.now, &b); /* by the service's own seal */
    log_in(r);
    serve(r, &b);
    rig_refused(r, fetch(r, NUMBER, -1), ERR_RECEIPT_UNSOUND, 0);
    receipt_done(&good_one);
    buf_done(&b);
}

static void what_the_service_says_instead(void **state)
{
    static const struct {
        const char *how;
        enum err_code due;
    } rows[] = {{"receipt-type", ERR_RECEIPT_UNSOUND}, {"receipt-html", ERR_RECEIPT_UNSOUND},
        {"receipt-empty", ERR_RECEIPT_UNSOUND}, {"receipt-endless", ERR_RECEIPT_UNSOUND},
        {"receipt-cut", ERR_UNREACHABLE}, {"receipt-silent", ERR_SLOW}, {"receipt-elsewhere", ERR_RECEIPT_UNSOUND},
        {"problem checking 409", ERR_RECEIPT_NOT_READY}, {"problem not-found 404", ERR_RECEIPT_NOT_READY},
        {"problem session-over 401", ERR_SESSION_OVER}, {"problem code-used 410", ERR_CODE_USED}};
    struct rig *r = *state;
    int file = file_new(r);

    log_in(r);
    serve(r, &good);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        hostile_do(&r->service, rows[i].how);
        rig_refused(r, fetch(r, NUMBER, file), rows[i].due, 0);
        assert_int_equal(size_of(file), 0);
    }
    hostile_do(&r->service, "none");
    serve(r, NULL);
    rig_refused(r, fetch(r, NUMBER, file), ERR_RECEIPT_OFF, 0);
    fd_close(&file);
}

static void without_a_session_there_is_none(void **state)
{
    struct rig *r = *state;

    rig_fresh(r, "none");
    rig_refused(r, fetch(r, NUMBER, -1), ERR_SESSION_OVER, 0);
    rig_refused(r, rig_ask(r, M_RECEIPT_CODE), ERR_SESSION_OVER, 0);
    serve(r, &good);
    assert_int_equal(rig_open(r, rig_code()), M_OPENED);
    assert_int_equal(fetch(r, NUMBER, -1), M_RECEIPT_OK); /* by the opening alone */
}

static void a_file_that_takes_nothing_is_told(void **state)
{
    struct rig *r = *state;
    int full = open("/dev/full", O_RDWR | O_CLOEXEC);

    log_in(r);
    serve(r, &good);
    assert_true(full >= 0);
    rig_refused(r, fetch(r, NUMBER, full), ERR_RECEIPT_NOWHERE, 0);
    fd_close(&full);
}

static void a_short_code_and_its_address(void **state)
{
    static const char *const bad[] = {
        "short-code-odd", "short-code-long", "short-code-http", "short-code-escape", "short-code-blank"};
    struct rig *r = *state;
    char code[CODE_LEN + 1];
    size_t symbols;

    log_in(r);
    assert_int_equal(rig_ask(r, M_RECEIPT_CODE), M_RECEIPT_CODE_OK);
    assert_int_equal(wire_get_u64(&r->m, F_LIFETIME_S, 0), 3600);
    assert_int_equal(code_read((const char *)r->m.val[F_CODE].data, r->m.val[F_CODE].len, code, &symbols), CODE_FITS);
    assert_non_null(strstr(rig_str(r, F_ADDRESS), code));
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        hostile_do(&r->service, bad[i]);
        rig_refused(r, rig_ask(r, M_RECEIPT_CODE), ERR_GARBLED, 0);
    }
    hostile_do(&r->service, "problem checking 409");
    rig_refused(r, rig_ask(r, M_RECEIPT_CODE), ERR_RECEIPT_NOT_READY, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_good_one_comes_whole),
        cmocka_unit_test(what_it_lacks_is_told),
        cmocka_unit_test(nothing_else_is_passed_on),
        cmocka_unit_test(a_page_with_escapes_is_none),
        cmocka_unit_test(what_the_service_says_instead),
        cmocka_unit_test(without_a_session_there_is_none),
        cmocka_unit_test(a_file_that_takes_nothing_is_told),
        cmocka_unit_test(a_short_code_and_its_address),
    };

    return cmocka_run_group_tests_name("receipt", tests, set_up, tear_down);
}
