/* What the background program holds while it runs, shared by its two servers. */
#ifndef EONAY_SANDBOX_WORLD_H
#define EONAY_SANDBOX_WORLD_H

#include "httpd/httpd.h"
#include "sandbox/box.h"
#include "sandbox/ca.h"
#include "sandbox/state.h"
#include "sandbox/tickets.h"

struct world {
    struct box box;
    struct ca ca;
    struct tickets *tickets;
};

/* The gateway's client, as registered: eonayd. Not a secret of anybody's, the whole folder is a test. */
#define GATEWAY_NAME "e-Devlet Kapısı (deneme)"
#define CLIENT_ID "e0a1f7c2-test-4b6e-9d1c-0e0a5a4db0c5"
#define CLIENT_SECRET "test-secret-of-the-sandbox"
#define CALLBACK "/v1/login/callback"

/* Reads the state as it is now and heeds the mood set for `who` ("ocsp", "crl", "tsa", "tsa2", "gateway"): waits when
 * it is late, answers 503 when it is away and 429 when the quota is used up. False: the answer is filled, the handler
 * is done. Else *ret is the caller's. */
bool world_enter(const struct world *w, const char *who, struct state *ret, struct httpd_answer *a);

extern const struct httpd_route gateway_routes[];
extern const size_t gateway_route_count;
extern const struct httpd_route status_routes[];
extern const size_t status_route_count;

#endif
