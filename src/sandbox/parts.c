/* Where the other parts lie. */
#include "config.h"

#include "sandbox/parts.h"

#include <stdio.h>
#include <unistd.h>
#include "base/place.h"

enum err_code part_find(char out[PATH_MAX], const char *name, struct err *err)
{
    static const char *const folders[] = {BIN_DIR, SBIN_DIR, PKGDATA_DIR, LOCALE_DIR "/.."};
    enum err_code rc = place_part(out, PATH_MAX, name);
    for (size_t i = 0; rc == OK && access(out, R_OK) != 0; i++) {
        if (i == sizeof folders / sizeof *folders)
            return err_set(err, ERR_FILE, "%s: not beside this program, nor installed", name);
        snprintf(out, PATH_MAX, "%s/%s", folders[i], name);
    }
    return rc;
}
