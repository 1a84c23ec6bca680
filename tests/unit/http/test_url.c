#include "config.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>
#include "http/url.h"

static void test_form(void **state)
{
    struct buf form = BUF_INIT(256);

    (void)state;
    assert_int_equal(form_add(&form, "tridField", "10000000146"), OK);
    assert_int_equal(form_add(&form, "a b", "ş&=+%~-._\n"), OK);
    assert_string_equal((char *)form.data, "tridField=10000000146&a%20b=%C5%9F%26%3D%2B%25~-._%0A");
    buf_reset(&form);
    assert_int_equal(buf_str(&form, "https://a.test/x?"), OK);
    assert_int_equal(form_add(&form, "q", ""), OK);
    assert_string_equal((char *)form.data, "https://a.test/x?q=");
    buf_done(&form);
}

static void test_ceiling(void **state)
{
    struct buf form = BUF_INIT(8);

    (void)state;
    assert_int_equal(form_add(&form, "name", "value"), ERR_TOO_BIG);
    buf_done(&form);
}

static void test_lengths(void **state)
{
    char all[256];
    struct buf form = BUF_INIT(1024);

    (void)state;
    for (size_t i = 0; i < sizeof all; i++)
        all[i] = (char)i;
    assert_int_equal(url_encode(&form, all, sizeof all), OK);
    assert_int_equal(form.len, url_encoded_len(all, sizeof all));
    assert_int_equal(form.len, 66 + 3 * (256 - 66));
    buf_done(&form);
}

static void test_under(void **state)
{
    static const struct {
        const char *url, *base;
        bool under;
    } rows[] = {
        {"https://127.0.0.1:8443/Giris/gir?x", "https://127.0.0.1:8443", true},
        {"https://127.0.0.1:8443/Giris/gir?x", "https://127.0.0.1:8443/", true},
        {"https://127.0.0.1:8443", "https://127.0.0.1:8443", true},
        {"https://127.0.0.1:8443?x", "https://127.0.0.1:8443", true},
        {"https://127.0.0.1:84430/", "https://127.0.0.1:8443", false},
        {"https://127.0.0.1:8443@evil.test/", "https://127.0.0.1:8443", false},
        {"https://127.0.0.1.evil.test/", "https://127.0.0.1", false},
        {"https://127.0.0.1:8443#@evil.test/", "https://127.0.0.1:8443", false},
        {"https://127.0.0.1:8443\\@evil.test/", "https://127.0.0.1:8443", false},
        {"HTTPS://127.0.0.1:8443/", "https://127.0.0.1:8443", false},
        {"http://127.0.0.1:8443/", "https://127.0.0.1:8443", false},
        {"/Giris/gir", "https://127.0.0.1:8443", false},
        {"", "", false},
        {"https://a.test/", "/", false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_int_equal(url_is_under(rows[i].url, rows[i].base), rows[i].under);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_form),
        cmocka_unit_test(test_ceiling),
        cmocka_unit_test(test_lengths),
        cmocka_unit_test(test_under),
    };

    return cmocka_run_group_tests_name("http url", tests, NULL, NULL);
}
