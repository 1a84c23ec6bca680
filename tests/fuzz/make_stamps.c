#include "config.h"
#include "fuzz/make_stamps.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <openssl/objects.h>
#include <openssl/pem.h>
#include "aged.h"
#include "fakes/pki_stamp.h"
#include "fuzz/world.h"
#include "sign/der.h"

#define MUST(x) must((x), #x, __LINE__)
static void must(bool holds, const char *what, int line)
{
    if (holds)
        return;
    fprintf(stderr, "make_stamps.c:%d: %s\n", line, what);
    exit(1);
}

typedef void keeper(const char *folder, const char *name, const void *bytes, size_t len);

struct stage {
    keeper *keep;
    struct pki pki;
    struct pki_identity person, unit, late_unit, responder;
    struct trust *trust;
    struct aging aging;
};

/* PEM as pki_write_ca has it, by way of a file of the moment. */
static void keep_ca(struct stage *s)
{
    char path[] = "/tmp/eonay-stamps-XXXXXX";
    int fd = mkstemp(path);
    struct buf pem = BUF_INIT(65536);
    MUST(fd >= 0 && close(fd) == 0);
    pki_write_ca(&s->pki, path);
    MUST(buf_read_file(&pem, path, NULL) == OK && trust_load(path, &s->trust, NULL) == OK && unlink(path) == 0);
    s->keep("world", "stamp-ca.pem", pem.data, pem.len);
    buf_done(&pem);
}

static void raise_stage(struct stage *s)
{
    char now[24];
    pki_init(&s->pki);
    s->person = pki_issue(&s->pki, &(struct pki_spec){.name = "İPEK IŞIK", .tckn = WORLD_TCKN});
    s->unit = pki_issue(&s->pki, &(struct pki_spec){.name = "TEST ZD", .flaws = PKI_TSA});
    s->late_unit = pki_issue(&s->pki, &(struct pki_spec){.name = "TEST ZD 2", .flaws = PKI_TSA, .key = PKI_P384});
    s->responder = pki_issue(&s->pki, &(struct pki_spec){.name = "TEST OCSP", .flaws = PKI_OCSP});
    keep_ca(s);
    snprintf(now, sizeof now, "%lld", (long long)s->pki.now);
    s->keep("world", "stamp-now", now, strlen(now));
    s->aging = (struct aging){.pki = &s->pki,
        .trust = s->trust,
        .signer = &s->person,
        .unit = &s->unit,
        .responder = &s->responder,
        .at = s->pki.now};
}

static void end_stage(struct stage *s)
{
    struct pki_identity *all[] = {&s->person, &s->unit, &s->late_unit, &s->responder};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        pki_identity_done(all[i]);
    trust_free(&s->trust);
    pki_done(&s->pki);
}

/* The token within an answer: what follows the status. */
static void keep_token(struct stage *s, const char *name, const struct buf *answer)
{
    struct der_view rest = {answer->data, answer->len};
    struct der_item whole, status, token;
    MUST(der_next(&rest, &whole) && der_next(&whole.body, &status) && der_next(&whole.body, &token));
    s->keep("corpus/tst", name, token.whole.at, token.whole.len);
}

static void keep_answers(struct stage *s)
{
    static const uint8_t imprint[32] = "thirty-two bytes of a digest ...";
    STACK_OF(X509) *chain = pki_chain(&s->pki);
    const struct {
        const char *answer, *token;
        struct pki_stamp by;
    } all[] = {
        {"answer", "token", {.by = &s->unit, .at = s->pki.now}},
        {"answer-chain", "token-chain", {.by = &s->unit, .at = s->pki.now, .chain = chain}},
        {"answer-fraction", "token-fraction", {.by = &s->late_unit, .at = s->pki.now, .micros = 250000}},
        {"answer-v1", "token-v1", {.by = &s->unit, .at = s->pki.now, .ess = EVP_sha1()}},
        {"answer-late", "token-late", {.by = &s->unit, .at = s->pki.now + 900}},
        {"answer-refused", NULL, {.by = &s->unit, .at = s->pki.now, .refuses = true}},
    };
    struct buf question = BUF_INIT(TST_QUESTION_MAX), kept = BUF_INIT(64);
    struct tst_question q;
    MUST(tst_ask(NID_sha256, imprint, sizeof imprint, &question, &q) == OK);
    MUST(buf_add(&kept, q.imprint, 32) == OK && buf_add(&kept, q.nonce, sizeof q.nonce) == OK);
    s->keep("world", "stamp-question", kept.data, kept.len);
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        struct buf answer = BUF_INIT(TST_MAX);
        pki_stamp_answer(&all[i].by, question.data, question.len, &answer);
        s->keep("corpus/tst", all[i].answer, answer.data, answer.len);
        if (all[i].token != NULL)
            keep_token(s, all[i].token, &answer);
        buf_done(&answer);
    }
    buf_done(&question);
    buf_done(&kept);
    sk_X509_pop_free(chain, X509_free);
}

static void keep_level(struct stage *s, const char *name, enum profile profile, enum level level)
{
    struct aging a = s->aging;
    struct buf der = BUF_INIT(LEVELS_MAX);
    a.profile = profile;
    aged_make(&a, level, &der);
    s->keep("corpus/levels", name, der.data, der.len);
    s->keep("corpus/cms", name, der.data, der.len);
    buf_done(&der);
}

static void keep_renewed(struct stage *s)
{
    struct aging a = s->aging;
    struct buf der = BUF_INIT(LEVELS_MAX), proven = BUF_INIT(LEVELS_MAX), renewed = BUF_INIT(LEVELS_MAX);
    aged_make(&a, LEVEL_LTA, &der);
    a.unit = &s->late_unit;
    a.at += 60;
    aged_prove(&a, &der, &proven);
    aged_archive(&a, &proven, &renewed);
    s->keep("corpus/levels", "renewed", renewed.data, renewed.len);
    s->keep("corpus/cms", "renewed", renewed.data, renewed.len);
    buf_done(&der);
    buf_done(&proven);
    buf_done(&renewed);
}

static void keep_refs_stamp(struct stage *s)
{
    struct aging a = s->aging;
    struct buf der = BUF_INIT(LEVELS_MAX), stamped = BUF_INIT(LEVELS_MAX);
    a.profile = PROFILE_P4;
    aged_make(&a, LEVEL_LT, &der);
    aged_stamp_refs(&a, &der, &stamped);
    s->keep("corpus/levels", "p4-refs-stamp", stamped.data, stamped.len);
    s->keep("corpus/cms", "p4-refs-stamp", stamped.data, stamped.len);
    buf_done(&der);
    buf_done(&stamped);
}

void make_stamps(keeper *keep)
{
    struct stage s = {.keep = keep};
    raise_stage(&s);
    keep_answers(&s);
    keep_level(&s, "b", PROFILE_BASELINE, LEVEL_B);
    keep_level(&s, "t", PROFILE_BASELINE, LEVEL_T);
    keep_level(&s, "lt", PROFILE_BASELINE, LEVEL_LT);
    keep_level(&s, "lta", PROFILE_BASELINE, LEVEL_LTA);
    keep_level(&s, "p2", PROFILE_P2, LEVEL_T);
    keep_level(&s, "p3", PROFILE_P3, LEVEL_LT);
    keep_level(&s, "p4-lta", PROFILE_P4, LEVEL_LTA);
    keep_renewed(&s);
    keep_refs_stamp(&s);
    end_stage(&s);
}
