#include "config.h"
#include "base/when.h"
#include "base/ascii.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#define ISTANBUL_S (3 * 3600)

uint64_t when_boot_ms(void)
{
    struct timespec t;
    if (clock_gettime(CLOCK_BOOTTIME, &t) != 0)
        return 0;
    return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

int64_t when_utc(void)
{
    return (int64_t)time(NULL);
}

/* Broken-down time of utc + offset; years 1000 to 9999 only, so that every form below has its fixed width. */
static bool split(struct tm *t, int64_t utc, int offset_s)
{
    static const int64_t first = -30610224000, last = 253402300799;
    if (utc < first || utc > last - offset_s)
        return false;
    time_t at = (time_t)(utc + offset_s);
    return gmtime_r(&at, t) != NULL;
}

void when_show(char out[WHEN_SHOWN], int64_t utc)
{
    struct tm t;
    if (!split(&t, utc, ISTANBUL_S) || strftime(out, WHEN_SHOWN, "%d.%m.%Y %H:%M:%S", &t) == 0)
        out[0] = '\0';
}

void when_show_day(char out[WHEN_SHOWN], int64_t utc)
{
    struct tm t;
    if (!split(&t, utc, ISTANBUL_S) || strftime(out, WHEN_SHOWN, "%d.%m.%Y", &t) == 0)
        out[0] = '\0';
}

void when_rfc3339(char out[WHEN_RFC3339], int64_t utc)
{
    struct tm t;
    if (!split(&t, utc, 0) || strftime(out, WHEN_RFC3339, "%Y-%m-%dT%H:%M:%SZ", &t) == 0)
        out[0] = '\0';
}

static int number(const char *s, size_t len)
{
    int n = 0;
    for (size_t i = 0; i < len; i++)
        n = n * 10 + (s[i] - '0');
    return n;
}

static bool has_shape(const char *s)
{
    static const char shape[] = "dddd-dd-ddTdd:dd:ddZ";
    for (size_t i = 0; i < sizeof shape; i++)
        if (shape[i] == 'd' ? !ascii_is_digit(s[i]) : s[i] != shape[i])
            return false;
    return true;
}

bool when_parse(const char *rfc3339, int64_t *ret_utc)
{
    if (!has_shape(rfc3339))
        return false;
    struct tm t = {
        .tm_year = number(rfc3339, 4) - 1900,
        .tm_mon = number(rfc3339 + 5, 2) - 1,
        .tm_mday = number(rfc3339 + 8, 2),
        .tm_hour = number(rfc3339 + 11, 2),
        .tm_min = number(rfc3339 + 14, 2),
        .tm_sec = number(rfc3339 + 17, 2),
    };
    int64_t utc = (int64_t)timegm(&t);
    char again[WHEN_RFC3339];
    when_rfc3339(again, utc); /* 30 February, 24:00 and the like come back as another moment */
    if (strcmp(again, rfc3339) != 0)
        return false;
    *ret_utc = utc;
    return true;
}

static int month_days(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return month == 1 && leap ? 29 : days[month];
}

int64_t when_months_before(int64_t utc, int n)
{
    struct tm t;
    if (!split(&t, utc, ISTANBUL_S))
        return utc;
    int months = (t.tm_year + 1900) * 12 + t.tm_mon - n;
    int year = months / 12, month = months % 12;
    if (months < 0)
        return utc;
    t.tm_year = year - 1900;
    t.tm_mon = month;
    if (t.tm_mday > month_days(year, month))
        t.tm_mday = month_days(year, month);
    return (int64_t)timegm(&t) - ISTANBUL_S;
}

bool when_ends_soon(int64_t now, int64_t end)
{
    return now <= end && now >= when_months_before(end, WHEN_RENEW_MONTHS);
}
