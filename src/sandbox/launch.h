/* Starting the two background programs of a sandbox and waiting until they answer. */
#ifndef EONAY_SANDBOX_LAUNCH_H
#define EONAY_SANDBOX_LAUNCH_H

#include "sandbox/box.h"

/* The stand-ins: `eonay-sandbox serve DIR`. */
enum err_code launch_serve(struct box *b, struct err *err) MUST_CHECK;
/* The service: `eonayd --config DIR/service.yaml`. ERR_WORKER_GONE with its last words when it ends at once. */
enum err_code launch_service(const struct box *b, struct err *err) MUST_CHECK;
/* Removes what they left below run/. */
void launch_forget(const struct box *b);

#endif
