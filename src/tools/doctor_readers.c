/* What the card reader service says, by way of eonay-readers, and which readers the kernel sees. */
#include "config.h"
#include "tools/doctor.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "base/ascii.h"
#include "base/buf.h"
#include "base/fd.h"
#include "base/place.h"
#include "base/text.h"
#include "base/when.h"

#define SAID_MAX 16384
#define CSOCK_WORD "PCSCLITE_CSOCK_NAME="
#define USB_CLASS "0b" /* smart card readers: bInterfaceClass */

/* ---- the program ---- */

/* The socket that the drivers are told to use is the one that counts. */
static char *socket_word(const struct settings *s)
{
    for (size_t i = 0; i < s->modules.n; i++) {
        const struct settings_module *m = settings_module_at(s, i);

        for (size_t k = 0; k < m->environment.n; k++)
            if (strncmp(m->environment.v[k], CSOCK_WORD, sizeof CSOCK_WORD - 1) == 0)
                return m->environment.v[k];
    }
    return NULL;
}

static pid_t program_start(const struct settings *s, int out)
{
    char program[PATH_MAX], name[] = "eonay-readers", path[] = "PATH=/usr/bin:/bin", own[24];
    char *argv[] = {name, own, NULL}, *envp[] = {path, socket_word(s), NULL};
    posix_spawn_file_actions_t files;
    pid_t pid = 0;

    if (place_part(program, sizeof program, name) != OK)
        return 0;
    snprintf(own, sizeof own, "%ld", (long)getpid());
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&files, out, STDOUT_FILENO);
    posix_spawn_file_actions_addopen(&files, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addclosefrom_np(&files, STDERR_FILENO + 1);
    if (posix_spawn(&pid, program, &files, NULL, argv, envp) != 0)
        pid = 0;
    posix_spawn_file_actions_destroy(&files);
    return pid;
}

/* Until it ends or its time is over; what was said by then stays. */
static void read_said(int from, uint64_t patience_ms, struct buf *said)
{
    uint64_t until_ms = when_boot_ms() + patience_ms;
    char some[1024];

    for (uint64_t now_ms; (now_ms = when_boot_ms()) < until_ms;) {
        struct pollfd p = {.fd = from, .events = POLLIN};
        int ready = poll(&p, 1, (int)(until_ms - now_ms));
        ssize_t n = ready > 0 ? read(from, some, sizeof some) : 0;

        if (ready > 0 && (n == 0 || (n < 0 && errno != EINTR)))
            return;
        if (n > 0 && buf_add(said, some, (size_t)n) != OK)
            return;
    }
}

static void program_end(pid_t pid)
{
    kill(pid, SIGKILL); /* one that has ended does not mind */
    while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
        continue;
}

/* ---- its lines ---- */

static bool take_code(const char *line, const char *word, uint32_t *ret, const char **ret_rest)
{
    uint8_t code[4];
    char hex[9];
    size_t len = strlen(word);

    if (strncmp(line, word, len) != 0 || line[len] != ' ' || strlen(line + len + 1) < 8)
        return false;
    memcpy(hex, line + len + 1, 8);
    hex[8] = '\0';
    if (!ascii_unhex(code, sizeof code, hex))
        return false;
    *ret = (uint32_t)code[0] << 24 | (uint32_t)code[1] << 16 | (uint32_t)code[2] << 8 | code[3];
    *ret_rest = line + len + 9;
    return true;
}

static void take_reader(struct doctor_pcsc *p, const char *line)
{
    bool present = ascii_starts(line, "reader present ");
    struct doctor_reader r = {.present = present};
    const char *rest;

    if (p->n < DOCTOR_READERS && take_code(line, present ? "reader present" : "reader empty", &r.powered, &rest)) {
        text_clean(r.name, sizeof r.name, rest + (rest[0] == ' '), strlen(rest + (rest[0] == ' ')));
        p->v[p->n++] = r;
    }
}

static void take_line(struct doctor_pcsc *p, const char *line)
{
    const char *rest;

    if (take_code(line, "context", &p->context, &rest))
        p->entered = true;
    else if (ascii_starts(line, "reader "))
        take_reader(p, line);
    else if (strcmp(line, "end") == 0)
        p->finished = true;
    else
        (void)take_code(line, "list", &p->list, &rest);
}

static void take_said(struct doctor_pcsc *p, struct buf *said)
{
    if (said->data == NULL)
        return;
    for (char *rest = (char *)said->data, *line; (line = strsep(&rest, "\n")) != NULL;)
        take_line(p, line);
}

/* ---- the kernel ---- */

static bool is_reader(const char *folder, const char *name)
{
    char path[PATH_MAX];
    struct buf class = BUF_INIT(4096);
    bool is = snprintf(path, sizeof path, "%s/%s/bInterfaceClass", folder, name) < (int)sizeof path &&
              buf_read_file(&class, path, NULL) == OK && class.len >= 2 && memcmp(class.data, USB_CLASS, 2) == 0;

    buf_done(&class);
    return is;
}

static size_t count_usb(const char *folder)
{
    DIR *dir = opendir(folder);
    size_t n = 0;

    for (struct dirent *e; dir != NULL && (e = readdir(dir)) != NULL;)
        n += e->d_name[0] != '.' && is_reader(folder, e->d_name);
    if (dir != NULL)
        closedir(dir);
    return n;
}

void doctor_look_readers(struct doctor *d)
{
    struct buf said = BUF_INIT(SAID_MAX);
    int ends[2];

    d->pcsc.usb = count_usb(d->usb_dir);
    if (pipe2(ends, O_CLOEXEC) != 0)
        return;
    pid_t pid = program_start(d->settings, ends[1]);
    fd_close(&ends[1]);
    if (pid > 0) {
        read_said(ends[0], d->settings->hang_ms, &said);
        program_end(pid);
    }
    fd_close(&ends[0]);
    take_said(&d->pcsc, &said);
    buf_done(&said);
}
