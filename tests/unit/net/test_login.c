/* The login with a password: the ways it can end, where it may go, and that nothing of it stays behind. */
#include "config.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/secret.h"
#include "rig.h"

#define CANARY "Kanarya7Sarkisi9Parola"

static void begin(struct rig *r, const char *how)
{
    rig_fresh(r, "none");
    assert_int_equal(rig_ask(r, M_METHODS), M_METHODS_OK);
    hostile_do(&r->service, how);
}

static void test_wrong_then_right(void **state)
{
    struct rig *r = *state;

    begin(r, "none");
    rig_refused(r, rig_login(r, RIG_TCKN, "wrong"), ERR_LOGIN_REFUSED, 0);
    rig_refused(r, rig_login(r, RIG_TCKN, "locked"), ERR_LOGIN_LOCKED, 90);
    rig_refused(r, rig_login(r, "10000000147", "right"), ERR_TCKN_FORM, 0);
    rig_refused(r, rig_login(r, RIG_TCKN, ""), ERR_LOGIN_EMPTY, 0);
    assert_int_equal(rig_login(r, RIG_TCKN, "sağ & doğru=+%"), M_PERSON);
}

static void test_hostile(void **state)
{
    static const struct {
        const char *how;
        enum err_code code;
    } rows[] = {
        {"callback-elsewhere", ERR_GARBLED},
        {"gateway-page-elsewhere", ERR_GARBLED},
        {"gateway-html", ERR_GARBLED},
        {"methods-type", ERR_GARBLED},
        {"login-pending", ERR_GARBLED},
        {"login-refused", ERR_LOGIN_CANCELLED},
        {"cut-gate", ERR_GATEWAY_AWAY},
        {"endless-body", ERR_TOO_BIG},
        {"problem internal 503", ERR_GATEWAY_AWAY},
        {"problem bad-request 400", ERR_GARBLED},
    };
    struct rig *r = *state;

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        print_message("# %s\n", rows[i].how);
        begin(r, rows[i].how);
        rig_refused(r, rig_login(r, RIG_TCKN, "correct horse"), rows[i].code, 0);
    }
}

static void test_gateway_silent(void **state)
{
    struct rig *r = *state;

    r->answer_ms = 500;
    begin(r, "silent-gate");
    rig_refused(r, rig_login(r, RIG_TCKN, "correct horse"), ERR_GATEWAY_AWAY, 0);
    r->answer_ms = 5000;
}

static void test_methods(void **state)
{
    struct rig *r = *state;

    begin(r, "methods-odd");
    assert_int_equal(rig_ask(r, M_METHODS), M_METHODS_OK);
    assert_int_equal(wire_get_u64(&r->m, F_METHODS, 0), 1); /* what is not known is not offered */
    hostile_do(&r->service, "gateway-html");
    assert_int_equal(rig_ask(r, M_METHODS), M_METHODS_OK);
    assert_int_equal(wire_get_u64(&r->m, F_METHODS, 9), 0);
    assert_int_equal(wire_get_u64(&r->m, F_PANEL, 9), 0);
    hostile_do(&r->service, "methods-type");
    rig_refused(r, rig_ask(r, M_METHODS), ERR_GARBLED, 0);
    hostile_do(&r->service, "gateway-page-elsewhere");
    rig_refused(r, rig_ask(r, M_METHODS), ERR_GARBLED, 0);
}

/* No panel, nobody asked and no password posted when the gateway is not the configured loopback literal. */
static void no_panel(struct rig *r, const char *gateway, const char *how)
{
    r->gateway = gateway;
    rig_fresh(r, how);
    assert_int_equal(rig_ask(r, M_METHODS), M_METHODS_OK);
    assert_int_equal(wire_get_u64(&r->m, F_PANEL, 9), 0);
    rig_refused(r, rig_login(r, RIG_TCKN, "correct horse"), ERR_METHOD_NOT_HERE, 0);
    r->gateway = NULL;
}

static void test_no_panel(void **state)
{
    struct rig *r = *state;
    char name[96];

    snprintf(name, sizeof name, "https://localhost%s", strrchr(r->service.url, ':'));
    no_panel(r, name, "none");
    no_panel(r, "", "none");
    no_panel(r, "https://127.0.0.1:1", "none");
    no_panel(r, NULL, "gateway-elsewhere");
    no_panel(r, NULL, "gateway-longer");
}

/* ---- the canary ---- */

/* Occurrences of the canary in the pages of a process that can be written. */
static unsigned count_in_memory(pid_t pid, const char *needle)
{
    char path[64], line[512];
    unsigned found = 0;
    FILE *maps;
    int mem;

    snprintf(path, sizeof path, "/proc/%d/maps", (int)pid);
    maps = fopen(path, "re");
    snprintf(path, sizeof path, "/proc/%d/mem", (int)pid);
    mem = open(path, O_RDONLY | O_CLOEXEC);
    assert_true(maps != NULL && mem >= 0);
    while (fgets(line, sizeof line, maps) != NULL) {
        uint64_t from, to;
        char *bytes;
        ssize_t n;

        if (sscanf(line, "%" SCNx64 "-%" SCNx64 " rw", &from, &to) != 2 || to - from > (64u << 20))
            continue;
        bytes = malloc(to - from);
        assert_non_null(bytes);
        n = pread(mem, bytes, to - from, (off_t)from);
        for (char *at = bytes; n > 0 && (at = memmem(at, (size_t)(bytes + n - at), needle, strlen(needle))) != NULL;
             at++)
            found++;
        free(bytes);
    }
    fclose(maps);
    close(mem);
    return found;
}

static unsigned canaries(const struct rig *r)
{
    /* Two halves, so that a piece of it would be found as well. */
    return count_in_memory(r->pid, "Kanarya7Sar") + count_in_memory(r->pid, "kisi9Parola");
}

static void test_canary_after_answer(void **state)
{
    if (geteuid() != 0)
        return; /* only root may look into another process */

    static const struct {
        const char *how, *more;
        enum wire_type answer;
    } rows[] = {
        {"none", "", M_PERSON},
        {"none", "wrong", M_ERR},
        {"callback-elsewhere", "", M_ERR},
        {"cut-gate", "", M_ERR},
        {"tls-ca", "", M_ERR},
    };
    struct rig *r = *state;

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char password[64];

        snprintf(password, sizeof password, "%s" CANARY, rows[i].more);
        begin(r, rows[i].how);
        print_message("# %s %s\n", rows[i].how, rows[i].more);
        assert_int_equal(rig_login(r, RIG_TCKN, password), rows[i].answer);
        assert_int_equal(canaries(r), 0);
    }
}

/* While the gateway has not answered the password is there: the proof that the search would find it. */
static void test_canary_while_posting(void **state)
{
    if (geteuid() != 0)
        return; /* only root may look into another process */

    struct rig *r = *state;
    uint8_t header[WIRE_HEADER];
    struct secret *secret;
    struct wire_out out;
    unsigned seen = 0;

    begin(r, "silent-gate");
    assert_int_equal(secret_new(&secret), OK);
    for (const char *c = CANARY; *c != '\0'; c++)
        assert_true(secret_push(secret, c, 1));
    rig_begin(r, &out, M_LOGIN);
    wire_str(&out, F_TCKN, RIG_TCKN);
    rig_say(r, &out, -1);
    wire_secret_header(header, r->job);
    assert_int_equal(secret_send(secret, r->fd, header, sizeof header), OK);
    secret_free(&secret);
    for (int i = 0; i < 100000 && seen == 0; i++)
        seen = canaries(r);
    assert_true(seen > 0);
    wire_begin(&out, r->out, M_CANCEL, r->job);
    rig_say(r, &out, -1);
    rig_refused(r, rig_hear(r), ERR_CANCELLED, 0);
    assert_int_equal(canaries(r), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_wrong_then_right),
        cmocka_unit_test(test_hostile),
        cmocka_unit_test(test_gateway_silent),
        cmocka_unit_test(test_methods),
        cmocka_unit_test(test_no_panel),
        cmocka_unit_test(test_canary_after_answer),
        cmocka_unit_test(test_canary_while_posting),
    };

    return cmocka_run_group_tests_name("net login", tests, rig_up, rig_down);
}
