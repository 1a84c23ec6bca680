/* The content identifier, against a value computed elsewhere, and that every field of the claim counts. */
#include "config.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "base/ascii.h"
#include "sign/consent.h"

static const char text[] = "Kabul EDİYORUM.\n";

static struct consent_claim sample(void)
{
    return (struct consent_claim){"test-service", "K7QM3XPD9R4T", 1566893421, 1566893437, (const uint8_t *)text,
        sizeof text - 1, PROFILE_BASELINE};
}

static void test_vector(void **state)
{
    (void)state;
    uint8_t id[CONTENT_ID_LEN], digest[32];
    char hex[65];
    struct consent_claim claim = sample();
    assert_int_equal(consent_content_id(&claim, id), OK);
    ascii_hex(hex, id, sizeof id);
    assert_string_equal(hex, "0274a930f924966a14306d02545ecec2ee7ebaac8699eeea1fcc86ae3f7d21bb");
    consent_text_digest(claim.text, claim.text_len, digest);
    ascii_hex(hex, digest, sizeof digest);
    assert_string_equal(hex, "5daa2aadc9e39523e0551987775c51017882f81c91d041c7fddd4c490bd42ee4");
}

static void test_every_field_counts(void **state)
{
    (void)state;
    uint8_t id[CONTENT_ID_LEN], other[CONTENT_ID_LEN];
    struct consent_claim claim = sample(), changed[4];
    assert_int_equal(consent_content_id(&claim, id), OK);
    for (size_t i = 0; i < 4; i++)
        changed[i] = claim;
    changed[0].service = "test-servicf";
    changed[1].code = "K7QM3XPD9R4U";
    changed[2].created++;
    changed[3].text_len--;
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(consent_content_id(&changed[i], other), OK);
        assert_memory_not_equal(id, other, sizeof id);
    }
    claim.signing_time += 60; /* the signing time is an attribute of its own */
    assert_int_equal(consent_content_id(&claim, other), OK);
    assert_memory_equal(id, other, sizeof id);
}

static void test_no_claim(void **state)
{
    (void)state;
    static uint8_t long_text[CONSENT_TEXT_MAX + 1];
    uint8_t id[CONTENT_ID_LEN];
    struct consent_claim claim = sample();
    claim.service = "";
    assert_int_equal(consent_content_id(&claim, id), ERR_BAD_REQUEST);
    claim = sample();
    claim.code = "K7QM-3XPD-9R4T";
    assert_int_equal(consent_content_id(&claim, id), ERR_BAD_REQUEST);
    claim = sample();
    claim.text_len = 0;
    assert_int_equal(consent_content_id(&claim, id), ERR_BAD_REQUEST);
    claim.text = long_text;
    claim.text_len = sizeof long_text;
    assert_int_equal(consent_content_id(&claim, id), ERR_TOO_BIG);
    claim.text_len--;
    assert_int_equal(consent_content_id(&claim, id), OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_vector),
        cmocka_unit_test(test_every_field_counts),
        cmocka_unit_test(test_no_claim),
    };
    return cmocka_run_group_tests_name("consent", tests, NULL, NULL);
}
