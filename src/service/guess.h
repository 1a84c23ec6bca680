/* Who may try codes, and what a wrong one costs: shared by all that is opened by a code. */
#ifndef EONAY_SERVICE_GUESS_H
#define EONAY_SERVICE_GUESS_H

#include "service/portal.h"

/* A wrong code counts against its connection, its sender and everyone together. A sender who has used up his share
 * waits a second for each further guess. While everyone together is over the limit, only senders who were wrong less
 * than a few times of late are listened to: a kiosk never notices, and many senders who guess are held to that pace
 * each. Where senders cannot be told apart, only connections without a strike are: each guess then costs a new TLS
 * connection. */
bool guess_is_welcome(struct portal *p, const struct httpd_request *q);
/* Counts it, and answers with `code`. */
void guess_was_wrong(struct portal *p, struct httpd_request *q, struct httpd_answer *a, enum err_code code);

#endif
