#include "config.h"
#include "base/place.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static bool is_marked(const char *folder)
{
    static const char *const stamps[] = {".eonay-build", ".eonay-portable"};
    for (size_t i = 0; i < sizeof stamps / sizeof stamps[0]; i++) {
        char path[PATH_MAX + 32];
        snprintf(path, sizeof path, "%s/%s", folder, stamps[i]);
        if (access(path, F_OK) == 0)
            return true;
    }
    return false;
}

/* The program's own folder when our parts lie beside it; false: they are installed. */
static bool own_folder(char out[PATH_MAX])
{
    ssize_t n = readlink("/proc/self/exe", out, PATH_MAX - 1);
    if (n <= 0)
        return false;
    out[n] = '\0';
    char *slash = strrchr(out, '/');
    if (slash == NULL)
        return false;
    *slash = '\0';
    return is_marked(out);
}

static enum err_code join(char *out, size_t out_len, const char *name, const char *installed, bool with_name)
{
    char own[PATH_MAX];
    int n;
    if (own_folder(own))
        n = snprintf(out, out_len, "%s/%s", own, name);
    else
        n = snprintf(out, out_len, with_name ? "%s/%s" : "%s", installed, name);
    return n < 0 || (size_t)n >= out_len ? ERR_TOO_BIG : OK;
}

enum err_code place_part(char *out, size_t out_len, const char *name)
{
    return join(out, out_len, name, LIBEXEC_DIR, true);
}

enum err_code place_config(char *out, size_t out_len)
{
    static const char installed[] = CONF_DIR "/wizard.yaml";
    if (place_part(out, out_len, "wizard.yaml") == OK && access(out, R_OK) == 0)
        return OK;
    if (sizeof installed > out_len)
        return ERR_TOO_BIG;
    memcpy(out, installed, sizeof installed);
    return OK;
}

enum err_code place_locale(char *out, size_t out_len)
{
    return join(out, out_len, "locale", LOCALE_DIR, false);
}
