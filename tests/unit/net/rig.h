/* The real eonay-net before a hostile service, driven over its socket as the interface would. */
#ifndef EONAY_TESTS_NET_RIG_H
#define EONAY_TESTS_NET_RIG_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include "fakes/hostile/run.h"
#include "wire/wire.h"

struct rig {
    struct hostile service;
    char config[160];
    const char *portal, *gateway; /* addresses put into the configuration; NULL: the service's; "": none */
    const char *trust;            /* beside the configuration; NULL: publisher-ca.pem */
    unsigned answer_ms;
    pid_t pid;
    int fd;
    uint32_t job;
    unsigned progress;      /* PROGRESS messages seen since the last question */
    uint64_t progress_done; /* the last one's */
    uint8_t in[WIRE_MAX], out[WIRE_MAX];
    struct wire_msg m; /* the last answer */
};

int rig_up(void **state);   /* cmocka group setup: raises the service */
int rig_down(void **state); /* ... and teardown */

enum wire_type rig_try(struct rig *r);          /* starts a worker; its first word */
void rig_start(struct rig *r);                  /* ... which has to be READY */
int rig_stop(struct rig *r);                    /* hangs up, waits; the exit status */
void rig_fresh(struct rig *r, const char *how); /* stops, tells the service how to behave, starts */

/* One question. The answer is in r->m, also returned; its job number has been checked, PROGRESS counted. */
enum wire_type rig_ask(struct rig *r, enum wire_type type);
enum wire_type rig_login(struct rig *r, const char *tckn, const char *password);
enum wire_type rig_open(struct rig *r, const char *code);
enum wire_type rig_submit(struct rig *r, const void *cms, size_t len);
enum wire_type rig_download(struct rig *r, int file);
/* The halves of the above. */
void rig_say(struct rig *r, const struct wire_out *out, int pass_fd);
enum wire_type rig_hear(struct rig *r);
void rig_begin(struct rig *r, struct wire_out *out, enum wire_type type); /* with a new job number */

/* ERR with this code and argument? Fails the test, naming both, otherwise. */
void rig_refused(struct rig *r, enum wire_type got, enum err_code code, uint64_t arg);
const char *rig_str(struct rig *r, enum wire_field field);

#define RIG_TCKN "10000000146"
/* The code the service issues. */
const char *rig_code(void);

#endif
