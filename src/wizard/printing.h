/* A page on its way through the configured command: no shell, the page on its standard input, nothing of ours open in
 * it, its words to nobody. What it says is its exit status. */
#ifndef EONAY_WIZARD_PRINTING_H
#define EONAY_WIZARD_PRINTING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include "base/conf.h"
#include "base/err.h"

#define PRINTING_MS 30000 /* for taking the page; a command that stays longer is ended */

struct printing {
    pid_t pid; /* 0: none runs */
    int fd;    /* for poll: readable once it is over; -1 */
    uint32_t job;
    uint64_t until_ms;
};
#define PRINTING_NONE                                                                                                  \
    {                                                                                                                  \
        .fd = -1                                                                                                       \
    }

/* `command` is its program with the whole path, then the arguments. One that still runs is ended first.
 * ERR_PRINT_FAILED when it cannot be started. */
enum err_code printing_start(
    struct printing *p, const struct conf_strings *command, const void *page, size_t len, uint64_t now_ms) MUST_CHECK;
/* True once it is over, or its time is and it was ended: *ret_code is OK, ERR_PRINT_FAILED or ERR_PRINT_SLOW. */
bool printing_is_over(struct printing *p, uint64_t now_ms, enum err_code *ret_code);
void printing_end(struct printing *p);

#endif
