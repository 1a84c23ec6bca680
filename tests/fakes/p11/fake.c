#include "config.h"
#include "fakes/p11/fake.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <openssl/pem.h>

static void must(bool is, const char *what)
{
    if (is)
        return;
    fprintf(stderr, "fake: %s\n", what);
    abort();
}

const char *fake_module(void)
{
    static char path[512];
    const char *build = getenv("EONAY_BUILD");

    snprintf(path, sizeof path, "%s/tests/fakes/p11.so", build != NULL ? build : ".");
    return path;
}

void fake_open(struct fake *f, const char *dir)
{
    must(mkdir(dir, 0700) == 0 || errno == EEXIST, dir);
    snprintf(f->dir, sizeof f->dir, "%s", dir);
    f->ledger = p11_ledger_map(dir);
    must(f->ledger != NULL, "ledger");
}

void fake_close(struct fake *f)
{
    must(f->ledger->mistake[0] == '\0', f->ledger->mistake);
    p11_ledger_unmap(&f->ledger);
}

static FILE *file_open(const struct fake *f, const char *name)
{
    char path[600];
    FILE *file;

    snprintf(path, sizeof path, "%s/%s", f->dir, name);
    file = fopen(path, "we");
    must(file != NULL, path);
    return file;
}

void fake_put(const struct fake *f, const char *name, const struct pki_identity *who)
{
    FILE *file = file_open(f, name);

    must(PEM_write_X509(file, who->cert) == 1, name);
    must(PEM_write_PrivateKey(file, who->key, NULL, NULL, 0, NULL, NULL) == 1, name);
    must(fclose(file) == 0, name);
}

void fake_script(struct fake *f, const char *fmt, ...)
{
    char from[600], to[600];
    FILE *file = file_open(f, "script.new");
    va_list args;

    must(f->ledger->mistake[0] == '\0', f->ledger->mistake);
    va_start(args, fmt);
    must(vfprintf(file, fmt, args) >= 0, "script");
    va_end(args);
    must(fclose(file) == 0, "script");
    snprintf(from, sizeof from, "%s/script.new", f->dir);
    snprintf(to, sizeof to, "%s/script", f->dir);
    must(rename(from, to) == 0, to);
    __atomic_add_fetch(&f->ledger->edition, 1, __ATOMIC_RELEASE);
}

uint64_t fake_calls(const struct fake *f, enum p11_call call)
{
    return __atomic_load_n(&f->ledger->calls[call], __ATOMIC_RELAXED);
}

uint64_t fake_logins(const struct fake *f)
{
    return __atomic_load_n(&f->ledger->card_logins, __ATOMIC_RELAXED) +
           __atomic_load_n(&f->ledger->key_logins, __ATOMIC_RELAXED);
}

void fake_forget(struct fake *f)
{
    struct p11_ledger *l = f->ledger;

    memset(l->calls, 0, sizeof l->calls);
    memset(l->pins, 0, sizeof l->pins);
    l->card_logins = l->key_logins = l->init_args = l->signatures = 0;
}
