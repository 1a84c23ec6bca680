#include "config.h"
#include "fuzz/world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <openssl/objects.h>
#include "base/ascii.h"
#include "base/buf.h"
#include "fuzz/fuzz.h"
#include "sign/cert.h"

struct consent_claim world_claim(int64_t now)
{
    return (struct consent_claim){"test-service", "K7QM3XPD9R4T", now - 100, now, (const uint8_t *)WORLD_TEXT,
        sizeof WORLD_TEXT - 1, PROFILE_BASELINE};
}

static struct buf read_piece(const char *name)
{
    char path[1024];
    struct buf b = BUF_INIT(FUZZ_INPUT_MAX);
    struct err err = {OK, ""};
    snprintf(path, sizeof path, "%s/world/%s", FUZZ_DIR, name);
    if (buf_read_file(&b, path, &err) != OK)
        fprintf(stderr, "%s\n", err.detail);
    HOLDS(b.len > 0);
    return b;
}

static X509 *read_cert(const char *name)
{
    X509 *x = NULL;
    struct buf b = read_piece(name);
    HOLDS(cert_parse(b.data, b.len, &x) == OK);
    buf_done(&b);
    return x;
}

static int64_t read_now(const char *name)
{
    uint64_t now = 0;
    struct buf b = read_piece(name);
    HOLDS(ascii_u64((const char *)b.data, INT32_MAX, &now));
    buf_done(&b);
    return (int64_t)now;
}

static void read_nonce(uint8_t out[OCSP_NONCE_LEN])
{
    struct buf b = read_piece("nonce");
    HOLDS(b.len == OCSP_NONCE_LEN);
    memcpy(out, b.data, b.len);
    buf_done(&b);
}

static int make_file(void)
{
    int fd = memfd_create("published", MFD_CLOEXEC);
    HOLDS(fd >= 0 && write(fd, WORLD_FILE, strlen(WORLD_FILE)) == (ssize_t)strlen(WORLD_FILE));
    return fd;
}

static struct world the_world;

static void forget(void)
{
    trust_free(&the_world.trust);
    X509_free(the_world.issuer);
    X509_free(the_world.person);
    close(the_world.file);
}

const struct world *world_of_corpus(void)
{
    struct world *w = &the_world;
    if (w->trust != NULL)
        return w;
    char path[1024];
    snprintf(path, sizeof path, "%s/world/ca.pem", FUZZ_DIR);
    HOLDS(trust_load(path, &w->trust, NULL) == OK);
    w->issuer = read_cert("issuer.der");
    w->person = read_cert("person.der");
    w->now = read_now("now");
    read_nonce(w->nonce);
    w->claim = world_claim(w->now);
    w->file = make_file();
    atexit(forget);
    return w;
}

static struct stamp_world the_stamps;

static void forget_stamps(void)
{
    trust_free(&the_stamps.trust);
}

/* The imprint, and the nonce behind it. */
static void read_question(struct tst_question *ret)
{
    struct buf b = read_piece("stamp-question");
    HOLDS(b.len == 32 + TST_NONCE_LEN);
    *ret = (struct tst_question){.digest = NID_sha256, .imprint_len = 32};
    memcpy(ret->imprint, b.data, 32);
    memcpy(ret->nonce, b.data + 32, TST_NONCE_LEN);
    buf_done(&b);
}

const struct stamp_world *world_of_stamps(void)
{
    struct stamp_world *w = &the_stamps;
    if (w->trust != NULL)
        return w;
    char path[1024];
    snprintf(path, sizeof path, "%s/world/stamp-ca.pem", FUZZ_DIR);
    HOLDS(trust_load(path, &w->trust, NULL) == OK);
    w->now = read_now("stamp-now");
    read_question(&w->question);
    atexit(forget_stamps);
    return w;
}
