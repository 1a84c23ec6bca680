/* The hostile service as a test's own child: raised in a fresh folder, told how to misbehave, gone with the test. */
#ifndef EONAY_TESTS_HOSTILE_RUN_H
#define EONAY_TESTS_HOSTILE_RUN_H

#include <stddef.h>
#include <sys/types.h>

struct hostile {
    char dir[64], url[64];
    char tls_ca[128], publisher_ca[128];
    pid_t pid;
};

/* Fails the running test when it cannot. */
void hostile_up(struct hostile *h);
void hostile_down(struct hostile *h); /* removes the folder too */
/* One line of misbehave.c's list, "none" for good behaviour. */
void hostile_do(const struct hostile *h, const char *how);
/* Writes a file below the folder; path gets its name. */
void hostile_write(const struct hostile *h, const char *name, const char *text, char *path, size_t path_len);

#endif
