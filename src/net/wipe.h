/* Memory that is zeroed when it is given back: in OpenSSL, libcurl and jansson, for the whole process. They keep copies
 * of what is sent (request, upload and record buffers), a password among them, and free them without wiping. */
#ifndef EONAY_NET_WIPE_H
#define EONAY_NET_WIPE_H

#include "base/err.h"

/* Before the first call into any of the three. ERR_INTERNAL when one of them has allocated already. */
enum err_code wipe_install(struct err *err) MUST_CHECK;

#endif
