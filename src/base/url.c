#include "base/url.h"
#include "base/ascii.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* A piece of the address, not NUL-terminated. */
struct span {
    const char *s;
    size_t len;
};

static bool is_host_char(char c)
{
    return ascii_is_alnum(c) || c == '.' || c == '-';
}

static bool is_v6_char(char c)
{
    return ascii_is_digit(c) || c == ':' || (ascii_lower(c) >= 'a' && ascii_lower(c) <= 'f');
}

/* Reads the host at *at and steps past it; false when there is none. */
static bool take_host(const char **at, struct span *host)
{
    const char *s = *at;
    bool v6 = *s == '[';
    size_t n = v6 ? 1 : 0;
    while (v6 ? is_v6_char(s[n]) : is_host_char(s[n]))
        n++;
    if (v6 && s[n] != ']')
        return false;
    n += v6 ? 1 : 0;
    *host = (struct span){s, n};
    *at = s + n;
    return n > (v6 ? 2 : 0) && s[0] != '.' && s[0] != '-';
}

/* ":port" or nothing. */
static bool take_port(const char **at)
{
    unsigned port = 0, digits = 0;
    if (**at != ':')
        return true;
    for ((*at)++; ascii_is_digit(**at) && digits < 6; (*at)++, digits++)
        port = port * 10 + (unsigned)(**at - '0');
    return digits > 0 && port > 0 && port <= 65535;
}

static bool is_path(const char *s)
{
    if (*s != '\0' && *s != '/')
        return false;
    for (; *s != '\0'; s++)
        if (*s <= ' ' || *s >= 0x7F || strchr("\\\"<>^`{|}@?#", *s) != NULL)
            return false;
    return true;
}

static bool read_url(const char *url, struct span *host)
{
    static const char scheme[] = "https://";
    if (!ascii_starts(url, scheme))
        return false;
    const char *at = url + sizeof scheme - 1;
    return take_host(&at, host) && take_port(&at) && is_path(at);
}

bool url_is_https(const char *url)
{
    struct span host;
    return read_url(url, &host);
}

/* One number of a dotted quad: 0 to 255, no leading zero (which some take for octal). */
static bool take_octet(const char **at, const char *end, unsigned *ret)
{
    const char *s = *at;
    unsigned n = 0;
    while (*at < end && ascii_is_digit(**at) && *at - s < 4)
        n = n * 10 + (unsigned)(*(*at)++ - '0');
    *ret = n;
    return *at > s && *at - s <= 3 && n <= 255 && (s[0] != '0' || *at - s == 1);
}

static bool is_loopback_quad(struct span host)
{
    const char *at = host.s, *end = host.s + host.len;
    for (int i = 0; i < 4; i++) {
        unsigned n;
        if (i > 0 && (at == end || *at++ != '.'))
            return false;
        if (!take_octet(&at, end, &n) || (i == 0 && n != 127))
            return false;
    }
    return at == end;
}

bool url_is_loopback(const char *url)
{
    struct span host;
    if (!read_url(url, &host))
        return false;
    return is_loopback_quad(host) || (host.len == 5 && memcmp(host.s, "[::1]", 5) == 0);
}
