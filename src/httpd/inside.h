/* What the files of this room share. */
#ifndef EONAY_HTTPD_INSIDE_H
#define EONAY_HTTPD_INSIDE_H

#include <pthread.h>
#include <microhttpd.h>
#include "httpd/crew.h"
#include "httpd/httpd.h"
#include "httpd/watch.h"

enum request_state {
    REQUEST_READING,  /* the body is coming in */
    REQUEST_ANSWERED, /* the answer is filled, not yet queued */
};

struct httpd_request {
    struct httpd *server;
    struct MHD_Connection *connection;
    struct watch_slot *slot;
    const char *method, *path;       /* method: of the table when a route fits, else the client's word */
    const struct httpd_route *route; /* NULL: none fitted */
    enum request_state state;
    bool refused; /* the answer was decided by the header; the body is read and dropped */
    bool whole;   /* it came in whole */
    struct buf body;
    struct httpd_answer answer;
    uint64_t began_ms, arrived_ms;
    unsigned status;
};

/* The answer is on its way and has so many bytes: the connection is given the time for them. */
void server_answers(const struct httpd_request *q, uint64_t len);
unsigned server_strikes(const struct httpd_request *q, unsigned more);
void answer_init(struct httpd_answer *a);
void answer_done(struct httpd_answer *a);
/* Hands the answer over to the connection. */
enum MHD_Result answer_queue(struct httpd_request *q, bool close);

#endif
