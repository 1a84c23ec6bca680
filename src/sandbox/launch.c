/* Starting the background programs. Each writes a file below run/ when it answers. */
#include "config.h"

#include "sandbox/launch.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "sandbox/parts.h"
#include "sandbox/process.h"
#include "sandbox/serve.h"

#define READY_MS 20000
#define EONAYD "eonayd"
#define EONAYD_URL EONAYD ".url" /* service.yaml's url_file */

static void inside_path(const struct box *b, char out[PATH_MAX], const char *folder, const char *file)
{
    char inside[64];
    snprintf(inside, sizeof inside, "%s/%s", folder, file);
    box_path(b, out, inside);
}

/* The last line of a log, as the reason why its program ended. */
static void add_last_words(const struct box *b, const char *log, struct err *err)
{
    char path[PATH_MAX];
    struct buf text = BUF_INIT(1u << 20);
    inside_path(b, path, "log", log);
    if (buf_read_file(&text, path, NULL) == OK && text.len > 0) {
        char *line = (char *)text.data;
        if (line[text.len - 1] == '\n')
            line[text.len - 1] = '\0';
        char *last = strrchr(line, '\n');
        err_set(err, err->code, "%.200s", last != NULL ? last + 1 : line);
    }
    buf_done(&text);
}

static enum err_code launch(
    const struct box *b, char *const argv[], const char *log, const char *ready, struct err *err)
{
    char path[PATH_MAX];
    pid_t pid = 0;
    inside_path(b, path, "run", ready);
    if (unlink(path) != 0 && errno != ENOENT)
        return err_set(err, ERR_FILE, "%s: %s", path, strerror(errno));
    enum err_code rc = process_start(b, argv, log, &pid, err);
    if (rc == OK)
        rc = process_await_file(b, pid, ready, READY_MS, err);
    if (rc == ERR_WORKER_GONE)
        add_last_words(b, log, err);
    return rc;
}

enum err_code launch_serve(struct box *b, struct err *err)
{
    char self[PATH_MAX], command[] = SERVE_COMMAND;
    ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
    if (n < 0)
        return err_set(err, ERR_FILE, "/proc/self/exe: %s", strerror(errno));
    self[n] = '\0';
    char *argv[] = {self, command, b->dir, NULL};
    return launch(b, argv, "eonay-sandbox.log", READY_FILE, err);
}

enum err_code launch_service(const struct box *b, struct err *err)
{
    char program[PATH_MAX], config[PATH_MAX], option[] = "--config";
    char *argv[] = {program, option, config, NULL};
    box_path(b, config, "service.yaml");
    enum err_code rc = part_find(program, EONAYD, err);
    return rc == OK ? launch(b, argv, EONAYD ".out", EONAYD_URL, err) : rc;
}

void launch_forget(const struct box *b)
{
    static const char *const files[] = {READY_FILE, EONAYD_URL, EONAYD ".pid"};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        char path[PATH_MAX];
        inside_path(b, path, "run", files[i]);
        (void)unlink(path);
    }
}
