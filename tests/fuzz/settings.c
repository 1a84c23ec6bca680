/* A configuration file: read whole, or refused with its place and nothing kept. */
#include "config.h"
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include "base/settings.h"
#include "base/url.h"
#include "fuzz/fuzz.h"

/* settings_load wants a path: one file in memory, filled anew each time. */
static const char *as_file(const uint8_t *data, size_t len)
{
    static char path[64];
    static int fd = -1;
    if (fd < 0) {
        fd = memfd_create("settings", MFD_CLOEXEC);
        snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    }
    HOLDS(ftruncate(fd, 0) == 0 && pwrite(fd, data, len, 0) == (ssize_t)len);
    return path;
}

static void check_good(const struct settings *s)
{
    HOLDS(s->portal != NULL && url_is_https(s->portal));
    HOLDS(s->gateway == NULL || url_is_https(s->gateway));
    HOLDS(s->gateway != NULL || !settings_gateway_is_loopback(s));
    HOLDS(s->service != NULL && s->service[0] != '\0' && s->trust != NULL && s->tls_ca != NULL);
    for (size_t i = 0; i < s->known_texts.n; i++)
        HOLDS(strlen(s->known_texts.v[i]) == 64);
    for (size_t i = 0; i < s->modules.n; i++)
        HOLDS(settings_module_at(s, i)->path != NULL);
}

static void check_refused(const struct settings *s, const struct err *err)
{
    static const struct settings none;
    HOLDS(memcmp(s, &none, sizeof none) == 0);
    HOLDS(err->code != OK && strnlen(err->detail, sizeof err->detail) < sizeof err->detail);
    HOLDS(strstr(err->detail, "/proc/self/fd/") == err->detail);
}

bool fuzz_settings(const uint8_t *data, size_t len)
{
    struct settings s;
    struct err err = {OK, ""};
    bool good = settings_load(as_file(data, len), &s, &err) == OK;
    if (good)
        check_good(&s);
    else
        check_refused(&s, &err);
    settings_free(&s);
    return good;
}
