/* The folder of one sandbox: which names lie in it, who may touch it now, and how it is emptied again.
 *
 *   wizard.yaml service.yaml env   for the person at the desk and the scripts
 *   state.json                     addresses and settings (state.h)
 *   clock                          seconds the clocks of the sandbox and the service are ahead, one decimal number
 *   ca/  people/  cards/           authority and register, persons, one folder per card
 *   service/  log/  run/           the service's store, what the background programs wrote, their pids
 *   application/  downloads/       the archive people can download, and where the wizard puts it
 *   .eonay-sandbox                 marks the folder as ours
 */
#ifndef EONAY_SANDBOX_BOX_H
#define EONAY_SANDBOX_BOX_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include "base/buf.h"
#include "base/err.h"

struct box {
    char dir[PATH_MAX]; /* absolute, without symbolic links */
    int lock_fd;        /* -1: not locked */
};

/* The sandbox at `dir`. ERR_NOT_FOUND when no sandbox is there. */
enum err_code box_open(const char *dir, struct box *ret, struct err *err) MUST_CHECK;
/* For a new sandbox: the folder, made (0700) if need be, and locked. */
enum err_code box_claim(const char *dir, struct box *ret, struct err *err) MUST_CHECK;
/* Empties it of an earlier sandbox and makes the folders of a new one. What is not ours stays; a file of somebody else
 * under one of our names is an error. */
enum err_code box_renew(const struct box *b, struct err *err) MUST_CHECK;
/* One command at a time changes a sandbox; waits for the other one to end. */
enum err_code box_lock(struct box *b, struct err *err) MUST_CHECK;
void box_done(struct box *b);

/* DIR/name. The folder's length is checked by box_open, so that every name of ours fits. */
void box_path(const struct box *b, char out[PATH_MAX], const char *name);
/* A text into DIR/name, 0600, whole or not at all. */
enum err_code box_write(const struct box *b, const char *name, const struct buf *text, struct err *err) MUST_CHECK;

/* Seconds since 1970 by the sandbox's clock. */
int64_t box_now(const struct box *b);
enum err_code box_clock_move(const struct box *b, int64_t seconds, struct err *err) MUST_CHECK;

#endif
