/* The DER reader takes DER and nothing else; the writer writes what the reader takes. */
#include "config.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include <openssl/objects.h>
#include "base/ascii.h"
#include "sign/der.h"

static size_t unhex(const char *hex, uint8_t *out)
{
    size_t len = strlen(hex) / 2;
    assert_true(ascii_unhex(out, len, hex));
    return len;
}

static void test_strict(void **state)
{
    (void)state;
    static const struct {
        const char *hex;
        bool strict;
    } cases[] = {
        {"0500", true}, {"3000", true}, {"", false}, {"05", false}, {"050000", false}, /* trailing byte */
        {"0501", false},                                                               /* cut off */
        {"050100", false},                                                             /* NULL with a body */
        {"058100", false},                            /* length longer than it need be */
        {"0482", false},                              /* cut off within the length */
        {"04820100", false}, {"0484ffffffff", false}, /* far past the end */
        {"0485ffffffffff", false},                    /* more octets than any length has */
        {"048500000000ff", false}, {"06", false}, {"060181", false}, {"06032a8101", true}, /* an arc of two octets */
        {"060180", false}, {"170d31393038323730383130323158", false},                      /* no Z */
        {"170d3139303832373038313032205a", false},                                         /* a blank in it */
        {"180d3139303832373038313032315a", false},                                         /* two digits of a year */
        {"04820080", false},                                                        /* the same, two octets, cut off */
        {"308005000000", false},                                                    /* indefinite length */
        {"0000", false},                                                            /* end of contents */
        {"0101ff", true}, {"010101", false},                                        /* BOOLEAN that is neither */
        {"0200", false},                                                            /* INTEGER without octets */
        {"02020001", false},                                                        /* padded */
        {"0202ff80", false},                                                        /* padded negative */
        {"02020080", true}, {"0300", false}, {"030100", true}, {"030208ff", false}, /* nine unused bits */
        {"030201ff", false},                                                        /* unused bit set */
        {"03020780", true}, {"030101", false}, {"0600", false}, {"06022a03", true},
        {"06022a83", false},                                                             /* unfinished arc */
        {"06032a8003", false},                                                           /* padded arc */
        {"2403040100", false},                                                           /* constructed OCTET STRING */
        {"170d3139303832373038313032315a", true}, {"170b313930383237303831305a", false}, /* no seconds */
        {"180f32303530303130313030303030305a", true}, {"3106020101020102", true},
        {"3106020102020101", false},                                 /* SET OF out of order */
        {"1f8100", false},                                           /* high tag number */
        {"4100", false},                                             /* application class */
        {"a0020500", true}, {"a00105", false}, {"8003ffffff", true}, /* implicit: only its owner knows */
        {"0900", false},                                             /* REAL: not in our vocabulary */
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint8_t bytes[64];
        size_t len = unhex(cases[i].hex, bytes);
        if (der_is_strict((struct der_view){bytes, len}) != cases[i].strict)
            fail_msg("%s: expected %s", cases[i].hex, cases[i].strict ? "strict" : "refused");
    }
}

static void test_depth(void **state)
{
    (void)state;
    struct der_out out = DER_OUT_INIT(1024);
    for (int i = 0; i < 40; i++)
        der_wrap(&out, 0, DER_SEQUENCE);
    assert_true(der_is_strict((struct der_view){out.buf.data, out.buf.len}));
    der_wrap(&out, 0, DER_SEQUENCE);
    assert_false(der_is_strict((struct der_view){out.buf.data, out.buf.len}));
    der_out_done(&out);
}

static void test_lengths(void **state)
{
    (void)state;
    static const size_t lens[] = {0, 1, 127, 128, 255, 256, 65535, 65536};
    static uint8_t body[65536];
    for (size_t i = 0; i < sizeof lens / sizeof lens[0]; i++) {
        struct der_out out = DER_OUT_INIT(70000);
        struct der_item item;
        der_put(&out, DER_OCTET_STRING, body, lens[i]);
        der_wrap(&out, 0, DER_SEQUENCE);
        assert_int_equal(out.rc, OK);
        struct der_view rest = {out.buf.data, out.buf.len};
        assert_true(der_is_strict(rest));
        assert_true(der_take(&rest, DER_SEQUENCE, &item) && rest.len == 0);
        assert_true(der_take(&item.body, DER_OCTET_STRING, &item));
        assert_int_equal(item.body.len, lens[i]);
        der_out_done(&out);
    }
}

static void test_ceiling(void **state)
{
    (void)state;
    struct der_out out = DER_OUT_INIT(4);
    der_put(&out, DER_OCTET_STRING, "abc", 3);
    assert_int_equal(out.rc, ERR_TOO_BIG);
    der_put(&out, DER_NULL, NULL, 0);
    der_wrap(&out, 0, DER_SEQUENCE);
    der_sort(&out, 0);
    assert_int_equal(out.rc, ERR_TOO_BIG); /* the first failure stays */
    der_out_done(&out);
}

static void expect_written(const struct der_out *out, const char *hex)
{
    char made[256];
    assert_int_equal(out->rc, OK);
    assert_true(out->buf.len * 2 < sizeof made);
    ascii_hex(made, out->buf.data, out->buf.len);
    assert_string_equal(made, hex);
}

static void test_write(void **state)
{
    (void)state;
    struct der_out out = DER_OUT_INIT(1024);
    der_put_uint(&out, (const uint8_t[]){0, 0, 0x80}, 3);
    der_put_uint(&out, (const uint8_t[]){0, 0}, 2);
    der_put_uint(&out, (const uint8_t[]){0x7f, 0xff}, 2);
    der_put_oid(&out, NID_pkcs7_data);
    expect_written(&out, "02020080"
                         "020100"
                         "02027fff"
                         "06092a864886f70d010701");
    der_out_done(&out);
    der_put(&out, DER_INTEGER, "\x02", 1);
    der_put(&out, DER_NULL, NULL, 0);
    der_put(&out, DER_INTEGER, "\x01", 1);
    der_sort(&out, 0);
    der_wrap(&out, 0, DER_SET);
    expect_written(&out, "31080201010201020500");
    der_out_done(&out);
}

static void test_time(void **state)
{
    (void)state;
    static const struct {
        int64_t utc;
        const char *hex;
    } cases[] = {
        {1566893421, "170d3139303832373038313032315a"},
        {2524607999, "170d3439313233313233353935395a"},
        {2524608000, "180f32303530303130313030303030305a"},
        {0, "170d3730303130313030303030305a"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct der_out out = DER_OUT_INIT(64);
        struct der_item item;
        int64_t utc = -1;
        der_put_time(&out, cases[i].utc);
        expect_written(&out, cases[i].hex);
        struct der_view rest = {out.buf.data, out.buf.len};
        assert_true(der_next(&rest, &item) && der_time(&item, &utc));
        assert_int_equal(utc, cases[i].utc);
        der_out_done(&out);
    }
    static const char *const impossible[] = {"170d3236303233313030303030305a", "170d3236313330313030303030305a",
        "170d3236303130313234303030305a", "170d3236303130313030363030305a", "170d3236303130303030303030305a",
        "170d3236303130313030303036305a", "040d3236303130313030303030305a"};
    for (size_t i = 0; i < sizeof impossible / sizeof impossible[0]; i++) {
        uint8_t bytes[32];
        struct der_item item;
        int64_t utc;
        struct der_view rest = {bytes, unhex(impossible[i], bytes)};
        assert_true(der_next(&rest, &item));
        assert_false(der_time(&item, &utc));
    }
}

static void test_oid(void **state)
{
    (void)state;
    uint8_t bytes[64];
    char text[64];
    struct der_item item;
    struct der_view rest = {bytes, unhex("06092a864886f70d010702", bytes)};
    assert_true(der_next(&rest, &item));
    assert_true(der_is_oid(&item, NID_pkcs7_signed));
    assert_false(der_is_oid(&item, NID_pkcs7_data));
    assert_true(der_oid_text(&item, text, sizeof text));
    assert_string_equal(text, "1.2.840.113549.1.7.2");
    assert_false(der_oid_text(&item, text, 5));
}

/* The text of every arc, and no more room than there is. */
static void test_oid_arcs(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"060100", "0.0"},
        {"06014f", "1.39"},
        {"060150", "2.0"},
        {"06028837", "2.999"},
        {"06032a8100", "1.2.128"},
        {"060b2a81ffffffffffffffff7f", "1.2.18446744073709551615"},
        {"060b2a82808080808080808000", NULL}, /* one more */
        {"06022a80", NULL},
        {"06032a8001", NULL},
        {"0600", NULL},
        {"0402002a", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint8_t bytes[32];
        char out[64];
        struct der_item item;
        struct der_view rest = {bytes, unhex(cases[i][0], bytes)};
        assert_true(der_next(&rest, &item));
        assert_int_equal(der_oid_text(&item, out, sizeof out), cases[i][1] != NULL);
        if (cases[i][1] == NULL)
            continue;
        assert_string_equal(out, cases[i][1]);
        size_t room = strlen(cases[i][1]) + 1;
        assert_true(der_oid_text(&item, out, room));
        for (size_t less = 0; less < room; less++)
            assert_false(der_oid_text(&item, out, less));
    }
}

static void test_fits(void **state)
{
    (void)state;
    static const struct {
        enum der_tag type;
        const char *hex;
        bool fits;
    } cases[] = {
        {DER_INTEGER, "00", true},
        {DER_INTEGER, "0080", true},
        {DER_INTEGER, "0001", false},
        {DER_INTEGER, "", false},
        {DER_OID, "2a03", true},
        {DER_OID, "2a8003", false},
        {DER_BIT_STRING, "00", true},
        {DER_BIT_STRING, "08ff", false},
        {DER_NULL, "", true},
        {DER_NULL, "00", false},
        {DER_SEQUENCE, "", false}, /* not primitive */
        {DER_CONTEXT_0, "00", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint8_t bytes[8];
        struct der_view body = {bytes, unhex(cases[i].hex, bytes)};
        if (der_fits(cases[i].type, body) != cases[i].fits)
            fail_msg("case %zu", i);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_strict),
        cmocka_unit_test(test_depth),
        cmocka_unit_test(test_lengths),
        cmocka_unit_test(test_ceiling),
        cmocka_unit_test(test_write),
        cmocka_unit_test(test_time),
        cmocka_unit_test(test_oid),
        cmocka_unit_test(test_oid_arcs),
        cmocka_unit_test(test_fits),
    };
    return cmocka_run_group_tests_name("der", tests, NULL, NULL);
}
