/* The background program: makes the authority, runs the gateway and the status servers until it is told to end. */
#ifndef EONAY_SANDBOX_SERVE_H
#define EONAY_SANDBOX_SERVE_H

#include "base/err.h"

/* Written when the servers answer; holds the pid. */
#define READY_FILE "eonay-sandbox.pid"

/* For a folder that `up` has prepared (box_renew, state.json with the settings). Fills in the addresses of state.json,
 * writes ca/ and run/eonay-sandbox.pid, and returns after SIGTERM or SIGINT. */
enum err_code serve(const char *dir, struct err *err) MUST_CHECK;

#endif
