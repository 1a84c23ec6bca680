#include "config.h"
#include "fake.h"

#include <fcntl.h>
#include <libgen.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#include "base/secret.h"

bool fake_open(struct fake *f, const char *name, int argc, char **argv)
{
    char config[256];
    if (argc < 3)
        return false;
    snprintf(config, sizeof config, "%s", argv[2]);
    snprintf(f->folder, sizeof f->folder, "%s", dirname(config));
    f->name = name;
    f->module = argc > 4 ? (size_t)(argv[4][0] - '0') : 0;
    fake_log(f, "START %d", (int)f->module);
    struct wire_out out;
    wire_begin(&out, f->frame, M_READY, 0);
    fake_send(f, &out);
    return true;
}

static void path_of(const struct fake *f, char out[600], const char *file)
{
    snprintf(out, 600, "%s/%s", f->folder, file);
}

bool fake_has(const struct fake *f, const char *file)
{
    char path[600];
    path_of(f, path, file);
    return access(path, F_OK) == 0;
}

bool fake_is(const struct fake *f, const char *word)
{
    char path[600], words[256] = "", file[32];
    snprintf(file, sizeof file, "%s.mode", f->name);
    path_of(f, path, file);
    FILE *in = fopen(path, "re");
    if (in == NULL)
        return false;
    bool read = fgets(words, sizeof words, in) != NULL;
    fclose(in);
    return read && strstr(words, word) != NULL;
}

bool fake_first(const struct fake *f, const char *what)
{
    char path[600];
    path_of(f, path, what);
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd >= 0)
        close(fd);
    return fd >= 0;
}

void fake_log(const struct fake *f, const char *fmt, ...)
{
    char path[600], file[32];
    va_list args;
    snprintf(file, sizeof file, "%s.log", f->name);
    path_of(f, path, file);
    FILE *out = fopen(path, "ae");
    if (out == NULL)
        return;
    va_start(args, fmt);
    vfprintf(out, fmt, args);
    va_end(args);
    fputc('\n', out);
    fclose(out);
}

void fake_send(const struct fake *f, const struct wire_out *out)
{
    if (wire_send(out, WIRE_FD, -1) != OK)
        fake_log(f, "CANNOT SEND");
}

void fake_fail(struct fake *f, uint32_t job, enum err_code err, uint64_t pin_flags)
{
    struct wire_out out;
    wire_begin(&out, f->frame, M_ERR, job);
    wire_u64(&out, F_ERROR, err);
    if (pin_flags != 0)
        wire_u64(&out, F_PIN_FLAGS, pin_flags);
    fake_send(f, &out);
}

void fake_ok(struct fake *f, uint32_t job)
{
    struct wire_out out;
    wire_begin(&out, f->frame, M_OK, job);
    fake_send(f, &out);
}

struct want {
    const char *word;
    bool same;
    size_t len;
};

static enum err_code compare(void *ctx, const char *bytes, size_t len)
{
    struct want *w = ctx;
    w->same = len == strlen(w->word) && memcmp(bytes, w->word, len) == 0;
    w->len = len;
    return OK;
}

bool fake_secret(const struct fake *f, uint32_t job, const char *want)
{
    struct secret *s = NULL;
    uint8_t header[WIRE_HEADER];
    struct want w = {.word = want};
    if (wire_expect_secret(WIRE_FD, job) == OK && secret_new(&s) == OK &&
        secret_recv(s, WIRE_FD, header, sizeof header) == OK)
        (void)!secret_use(s, compare, &w);
    secret_free(&s);
    fake_log(f, "SECRET %zu", w.len);
    return w.same;
}
