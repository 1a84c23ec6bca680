#include "config.h"
#include "run.h"
#include <setjmp.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static const char *program(char *path, size_t len)
{
    const char *build = getenv("EONAY_BUILD");

    snprintf(path, len, "%s/tests/fakes/hostile-service", build != NULL ? build : ".");
    return path;
}

static pid_t start(const char *dir, int out)
{
    char path[4096];
    char *argv[] = {(char *)(uintptr_t)program(path, sizeof path), (char *)(uintptr_t)dir, NULL};
    posix_spawn_file_actions_t actions;
    pid_t pid;

    assert_int_equal(posix_spawn_file_actions_init(&actions), 0);
    assert_int_equal(posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO), 0);
    assert_int_equal(posix_spawn(&pid, argv[0], &actions, NULL, argv, environ), 0);
    posix_spawn_file_actions_destroy(&actions);
    return pid;
}

void hostile_up(struct hostile *h)
{
    int ends[2];
    FILE *said;

    strcpy(h->dir, "/tmp/eonay-hostile-XXXXXX");
    assert_non_null(mkdtemp(h->dir));
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    h->pid = start(h->dir, ends[1]);
    close(ends[1]);
    said = fdopen(ends[0], "r");
    assert_non_null(said);
    assert_int_equal(fscanf(said, "%63s", h->url), 1);
    fclose(said);
    snprintf(h->tls_ca, sizeof h->tls_ca, "%s/tls-ca.pem", h->dir);
    snprintf(h->publisher_ca, sizeof h->publisher_ca, "%s/publisher-ca.pem", h->dir);
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
    (void)st, (void)kind, (void)at;
    return remove(path);
}

void hostile_down(struct hostile *h)
{
    int status;

    kill(h->pid, SIGKILL);
    waitpid(h->pid, &status, 0);
    nftw(h->dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

void hostile_write(const struct hostile *h, const char *name, const char *text, char *path, size_t path_len)
{
    FILE *f;

    snprintf(path, path_len, "%s/%s", h->dir, name);
    f = fopen(path, "we");
    assert_non_null(f);
    assert_int_equal(fputs(text, f) < 0, 0);
    assert_int_equal(fclose(f), 0);
}

void hostile_do(const struct hostile *h, const char *how)
{
    char path[256];

    hostile_write(h, "misbehave", how, path, sizeof path);
}
