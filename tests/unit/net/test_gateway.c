/* The rule of the password: only for a gateway of the wizard's own configuration that is a loopback literal. */
#include "config.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>
#include "net/gateway.h"

static bool takes(const char *gateway, const char *authorize_url)
{
    struct settings s = {.gateway = (char *)(uintptr_t)gateway};

    return gateway_takes_password(&s, authorize_url);
}

static void test_rule(void **state)
{
    static const struct {
        const char *gateway, *url;
        bool takes;
    } rows[] = {
        {"https://127.0.0.1:8443", "https://127.0.0.1:8443/OAuth2AuthorizationServer/x", true},
        {"https://127.9.8.7:8443", "https://127.9.8.7:8443/x", true},
        {"https://[::1]:8443", "https://[::1]:8443/x", true},
        {"https://127.0.0.1:8443/", "https://127.0.0.1:8443/x", true},
        /* the portal names another place than the configuration */
        {"https://127.0.0.1:8443", "https://127.0.0.1:8444/x", false},
        {"https://127.0.0.1:8443", "https://127.0.0.1:84430/x", false},
        {"https://127.0.0.1:8443", "https://127.0.0.2:8443/x", false},
        {"https://127.0.0.1:8443", "https://giris.turkiye.gov.tr/x", false},
        {"https://127.0.0.1:8443", "https://127.0.0.1:8443@giris.turkiye.gov.tr/x", false},
        {"https://127.0.0.1:8443", "https://127.0.0.1:8443.turkiye.gov.tr/x", false},
        {"https://127.0.0.1:8443", "http://127.0.0.1:8443/x", false},
        {"https://127.0.0.1:8443", "", false},
        /* the configured place is no loopback literal */
        {"https://giris.turkiye.gov.tr", "https://giris.turkiye.gov.tr/x", false},
        {"https://localhost:8443", "https://localhost:8443/x", false},
        {"https://127.1:8443", "https://127.1:8443/x", false},
        {"https://127.0.0.1.turkiye.gov.tr", "https://127.0.0.1.turkiye.gov.tr/x", false},
        {"https://128.0.0.1:8443", "https://128.0.0.1:8443/x", false},
        {"https://0.0.0.0:8443", "https://0.0.0.0:8443/x", false},
        {"https://2130706433", "https://2130706433/x", false},
        {"https://0x7f.0.0.1", "https://0x7f.0.0.1/x", false},
        {"https://0177.0.0.1", "https://0177.0.0.1/x", false},
        {"https://[::ffff:127.0.0.1]", "https://[::ffff:127.0.0.1]/x", false},
        {NULL, "https://127.0.0.1:8443/x", false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (takes(rows[i].gateway, rows[i].url) != rows[i].takes)
            fail_msg("%s %s", rows[i].gateway, rows[i].url);
}

/* The rule is asked again where the form is posted, and the password is gone in either case. */
static void test_enter_asks_again(void **state)
{
    struct settings s = {.gateway = (char *)(uintptr_t) "https://localhost:1"};
    struct secret *secret;
    struct gateway_form form = {.authorize_url = "https://localhost:1/x", .tckn = "10000000146"};
    char location[PORTAL_URL];
    uint64_t wait_s;

    (void)state;
    assert_int_equal(secret_new(&secret), OK);
    assert_true(secret_push(secret, "p", 1));
    form.password = secret;
    assert_int_equal(gateway_enter(&s, NULL, &form, location, &wait_s, NULL), ERR_METHOD_NOT_HERE);
    assert_int_equal(secret_len(secret), 0);
    secret_free(&secret);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_rule), cmocka_unit_test(test_enter_asks_again)};

    return cmocka_run_group_tests_name("net gateway", tests, NULL, NULL);
}
