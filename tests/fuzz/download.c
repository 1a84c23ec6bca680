/* The detached signature that comes with a published file. */
#include "config.h"
#include "fuzz/fuzz.h"
#include "fuzz/world.h"
#include "sign/download.h"

bool fuzz_download(const uint8_t *data, size_t len)
{
    const struct world *w = world_of_corpus();
    struct err err = {OK, ""};
    enum err_code rc = download_verify(w->file, data, len, w->trust, w->now, &err);
    HOLDS(rc == OK || rc == ERR_DOWNLOAD_BROKEN);
    HOLDS(rc == OK || err.detail[0] != '\0');
    return rc == OK;
}
