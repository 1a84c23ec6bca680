/* What handlers share: who is asking, and the JSON that several of them answer with. */
#ifndef EONAY_SERVICE_ANSWERS_H
#define EONAY_SERVICE_ANSWERS_H

#include "service/portal.h"
#include "service/tell.h"

/* The problem document of an error, with the HTTP status that belongs to it. */
void answer_problem(struct httpd_answer *a, enum err_code code);
unsigned answer_status(enum err_code code);

/* The session of the request's bearer token. ERR_SESSION_OVER when there is none. */
enum err_code asker_login(struct portal *p, const struct httpd_request *q, struct login *ret) MUST_CHECK;
/* The same, and its person is signed in. */
enum err_code asker_person(struct portal *p, const struct httpd_request *q, struct person *ret) MUST_CHECK;
/* The consent request of the request's bearer token. ERR_NOT_OPEN when there is none. */
enum err_code asker_request(struct portal *p, const struct httpd_request *q, struct request *ret) MUST_CHECK;

/* 200 when accepted, 202 while being checked, 422 with its rule when it was refused in the end. */
void answer_consent(struct portal *p, struct httpd_answer *a, const struct consent *c);
/* As the API tells it. */
json_t *answer_json(struct portal *p, const struct consent *c);

#endif
