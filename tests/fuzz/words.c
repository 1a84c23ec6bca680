/* Short words with a form of their own: addresses, times, identity numbers, decimal and hexadecimal numbers. */
#include "config.h"
#include <stdio.h>
#include <string.h>
#include "base/ascii.h"
#include "base/person.h"
#include "base/url.h"
#include "base/when.h"
#include "fuzz/fuzz.h"

static bool check_url(const char *s)
{
    bool https = url_is_https(s);
    HOLDS(https || !url_is_loopback(s));
    if (https)
        HOLDS(strncmp(s, "https://", 8) == 0 && strpbrk(s, " \\@?#\"<>") == NULL);
    return https;
}

static bool check_time(const char *s)
{
    char again[WHEN_RFC3339], shown[WHEN_SHOWN];
    int64_t utc = 0;
    if (!when_parse(s, &utc))
        return false;
    when_rfc3339(again, utc);
    HOLDS(strcmp(again, s) == 0);
    when_show(shown, utc);
    when_show(shown, when_months_before(utc, 2));
    return true;
}

static bool check_number(const char *s)
{
    char again[24];
    uint64_t n = 0;
    if (!ascii_u64(s, UINT64_MAX, &n))
        return false;
    snprintf(again, sizeof again, "%llu", (unsigned long long)n);
    HOLDS(strcmp(again, s + strspn(s, "0")) == 0 || (n == 0 && strspn(s, "0") == strlen(s)));
    return true;
}

static bool check_hex(const char *s)
{
    uint8_t bytes[32];
    char again[2 * sizeof bytes + 1];
    if (!ascii_unhex(bytes, sizeof bytes, s))
        return false;
    ascii_hex(again, bytes, sizeof bytes);
    HOLDS(ascii_casecmp(again, s) == 0);
    return true;
}

static bool check_tckn(const char *s)
{
    char mask[TCKN_LEN + 1];
    tckn_mask(mask, s);
    HOLDS(strlen(mask) == TCKN_LEN && strspn(mask + 3, "*") >= 6);
    bool valid = tckn_is_valid(s);
    HOLDS(!valid || (strlen(s) == TCKN_LEN && strspn(s, "0123456789") == TCKN_LEN && s[0] != '0'));
    return valid;
}

bool fuzz_words(const uint8_t *data, size_t len)
{
    char s[512];
    len = len < sizeof s ? len : sizeof s - 1;
    memcpy(s, data, len);
    s[len] = '\0';
    static bool (*const checks[])(const char *) = {check_url, check_time, check_number, check_hex, check_tckn};
    size_t forms = 0;
    for (size_t i = 0; i < sizeof checks / sizeof checks[0]; i++)
        forms += checks[i](s);
    return forms > 0;
}
