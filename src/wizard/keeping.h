/* A receipt on its way into a file: it has no name until it is whole and on the disk, and then it takes the name of
 * nothing that is there. */
#ifndef EONAY_WIZARD_KEEPING_H
#define EONAY_WIZARD_KEEPING_H

#include <stdbool.h>
#include <stdint.h>
#include "base/err.h"
#include "wizard/saving.h"

struct keeping {
    int fd; /* -1: nothing is being kept */
    uint32_t job;
    char path[SAVING_PATH]; /* the name it is to have */
    char temp[SAVING_PATH]; /* the one it has until then; "": none */
};
#define KEEPING_NONE                                                                                                   \
    {                                                                                                                  \
        .fd = -1                                                                                                       \
    }

/* What was typed as a whole path: one that is relative is taken from `folder`; the name of a folder, or nothing, gets
 * `name` behind it. `alone`: only the last part of it counts, as a name in `folder` itself, whatever lies there
 * (kiosk). ERR_RECEIPT_NAME when it is too long. */
enum err_code keeping_path(
    const char *folder, const char *typed, const char *name, bool alone, char out[SAVING_PATH]) MUST_CHECK;
/* An empty file in that path's folder, 0600, for reading and writing. ERR_RECEIPT_FOLDER, ERR_RECEIPT_DENIED,
 * ERR_RECEIPT_FULL, ERR_RECEIPT_NOWHERE. What was being kept before is dropped. */
enum err_code keeping_open(struct keeping *k, const char *path) MUST_CHECK;
/* To the disk, then under its name; where that is taken, with a number: "receipt-2.asice". Errors as of keeping_open;
 * nothing remains then. */
enum err_code keeping_end(struct keeping *k, char ret_path[SAVING_PATH]) MUST_CHECK;
void keeping_drop(struct keeping *k);

#endif
