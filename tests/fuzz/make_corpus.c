/* make_corpus FOLDER: makes the kept corpus anew (tests/fuzz/corpus and tests/fuzz/world), `make fuzz-corpus`.
 * Keys and times are new in every run, so the whole corpus is made together. Everything in it is synthetic. */
#include "config.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <openssl/cms.h>
#include <openssl/ocsp.h>
#include <openssl/x509v3.h>
#include "base/buf.h"
#include "fakes/pki_status.h"
#include "forge.h"
#include "fuzz/fuzz.h"
#include "fuzz/make_ledger.h"
#include "fuzz/make_stamps.h"
#include "fuzz/move.h"
#include "fuzz/seeds.h"
#include "fuzz/world.h"
#include "laws/walk.h"
#include "receipts.h"
#include "sign/cades.h"
#include "sign/revocation.h"
#include "wire/wire.h"

#define WALK_MAX 120 /* events */

#define MUST(x) must((x), #x, __LINE__)
static void must(bool holds, const char *what, int line)
{
    if (holds)
        return;
    fprintf(stderr, "make_corpus.c:%d: %s\n", line, what);
    exit(1);
}

static const char *top;
static struct pki pki;
static struct pki_identity person, other, twin, responder, publisher;
static STACK_OF(X509) *chain;

/* ---- files ---- */

static void make_folder(const char *path)
{
    MUST(mkdir(path, 0777) == 0 || errno == EEXIST);
}

static void keep(const char *folder, const char *name, const void *bytes, size_t len)
{
    char path[1024];
    struct buf b = BUF_INIT(FUZZ_INPUT_MAX);
    snprintf(path, sizeof path, "%s/%s", top, folder);
    make_folder(path);
    snprintf(path, sizeof path, "%s/%s/%s", top, folder, name);
    MUST(buf_add(&b, bytes, len) == OK && buf_write_file(&b, path, 0644, NULL) == OK);
    buf_done(&b);
}

static void keep_numbered(const char *folder, size_t n, const void *bytes, size_t len)
{
    char name[32];
    snprintf(name, sizeof name, "%02zu", n);
    keep(folder, name, bytes, len);
}

static void keep_cert(const char *folder, const char *name, X509 *x)
{
    unsigned char *der = NULL;
    int len = i2d_X509(x, &der);
    MUST(len > 0);
    keep(folder, name, der, (size_t)len);
    OPENSSL_free(der);
}

/* ---- the world ---- */

static void raise_world(void)
{
    pki_init(&pki);
    person = pki_issue(&pki, &(struct pki_spec){.name = "İPEK IŞIK",
                                 .tckn = WORLD_TCKN,
                                 .ocsp_url = "http://127.0.0.1:8080/ocsp",
                                 .crl_url = "http://127.0.0.1:8080/nes.crl"});
    other = pki_issue(&pki, &(struct pki_spec){.name = "DENİZ ÖZ", .tckn = "12345678950"});
    twin = pki_issue(&pki, &(struct pki_spec){.name = "İPEK IŞIK", .tckn = WORLD_TCKN, .twin = &person});
    responder = pki_issue(&pki, &(struct pki_spec){.name = "TEST OCSP", .flaws = PKI_OCSP});
    publisher = pki_issue(&pki, &(struct pki_spec){.name = "TEST Publisher", .flaws = PKI_PUBLISHER});
    chain = pki_chain(&pki);
}

static void end_world(void)
{
    struct pki_identity *all[] = {&person, &other, &twin, &responder, &publisher};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        pki_identity_done(all[i]);
    sk_X509_pop_free(chain, X509_free);
    pki_done(&pki);
}

static void keep_world(void)
{
    char path[1024], now[24];
    snprintf(path, sizeof path, "%s/world", top);
    make_folder(path);
    snprintf(path, sizeof path, "%s/world/ca.pem", top);
    pki_write_ca(&pki, path);
    keep_cert("world", "issuer.der", pki.issuer.cert);
    keep_cert("world", "person.der", person.cert);
    snprintf(now, sizeof now, "%lld", (long long)pki.now);
    keep("world", "now", now, strlen(now));
}

/* ---- one function a target ---- */

static void keep_forged(void)
{
    struct consent_claim claim = world_claim(pki.now);
    claim.signing_time = pki.now - 60;
    for (int flaw = 0; flaw < FORGE_FLAWS; flaw++) {
        struct buf der = BUF_INIT(FUZZ_INPUT_MAX);
        const struct pki_identity *second = flaw == FORGE_TWIN ? &twin : &other;
        struct forge f = {&claim, &person, second, chain, NID_sha256, (enum forge_flaw)flaw};
        if (flaw != FORGE_TOO_MANY_CERTS) { /* large, and soon found by repeating pieces */
            forge_make(&f, &der);
            keep_numbered("corpus/cades", (size_t)flaw, der.data, der.len);
        }
        buf_done(&der);
    }
}

static void keep_certs(void)
{
    static const enum pki_key keys[] = {PKI_P256, PKI_P384, PKI_RSA2048, PKI_RSA1024, PKI_P521, PKI_P256_EXPLICIT};
    size_t n = 0;
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++, n++) {
        struct pki_identity who =
            pki_issue(&pki, &(struct pki_spec){.name = "İPEK IŞIK", .tckn = WORLD_TCKN, .key = keys[i]});
        keep_cert("corpus/cert", (char[]){(char)('a' + n), '\0'}, who.cert);
        pki_identity_done(&who);
    }
    for (unsigned flaw = PKI_NO_ETSI; flaw <= PKI_DOUBLE_QC; flaw <<= 1, n++) {
        struct pki_identity who =
            pki_issue(&pki, &(struct pki_spec){.name = "\033[2JEVE", .tckn = WORLD_TCKN, .flaws = flaw});
        char name[16];
        snprintf(name, sizeof name, "flaw-%x", flaw);
        keep_cert("corpus/cert", name, who.cert);
        pki_identity_done(&who);
    }
    keep_cert("corpus/cert", "with-addresses", person.cert);
    keep_cert("corpus/cert", "issuer", pki.issuer.cert);
}

/* Good ones, then parts of two under a seal that holds. */
static void keep_receipts(void)
{
    struct pki_identity seal = pki_issue(&pki, &(struct pki_spec){.name = "TEST mühür", .flaws = PKI_SERVICE_SEAL});
    struct receipts r = {&person, &seal, chain, "2026-000042", WORLD_TEXT, pki.now, RECEIPT_LEDGER_NONE, true};
    struct buf one = BUF_INIT(FUZZ_INPUT_MAX), two = BUF_INIT(FUZZ_INPUT_MAX), mixed = BUF_INIT(FUZZ_INPUT_MAX);
    struct asice parts, others;
    for (unsigned state = RECEIPT_LEDGER_NONE; state <= RECEIPT_LEDGER_INSIDE; state++) {
        r.ledger = (enum receipt_ledger)state;
        buf_reset(&one);
        receipts_make(&r, &one);
        keep_numbered("corpus/asice", state, one.data, one.len);
    }
    r.number = "2026-000043";
    receipts_make(&r, &two);
    MUST(asice_read(one.data, one.len, &parts, NULL) == OK && asice_read(two.data, two.len, &others, NULL) == OK);
    parts.part[ASICE_PAGE] = others.part[ASICE_PAGE];
    receipts_seal(&parts, &seal, pki.now, &mixed);
    keep("corpus/asice", "mixed", mixed.data, mixed.len);
    buf_done(&one);
    buf_done(&two);
    buf_done(&mixed);
    pki_identity_done(&seal);
}

static struct pki_status good(void)
{
    return (struct pki_status){.by = &responder,
        .status = V_OCSP_CERTSTATUS_GOOD,
        .reason = -1,
        .revoked_at = pki.now - 7200,
        .this_update = pki.now - 60,
        .next_update = pki.now + 3600};
}

static void keep_ocsp(void)
{
    struct pki_status s[] = {good(), good(), good(), good(), good(), good(), good(), good()};
    s[1].status = s[2].status = V_OCSP_CERTSTATUS_REVOKED;
    s[2].reason = OCSP_REVOKED_STATUS_CERTIFICATEHOLD;
    s[3].by = &pki.issuer;
    s[4].without_nonce = true;
    s[5].other_nonce = true;
    s[6].other_certificate = true;
    s[7].next_update = 0;
    struct buf request = BUF_INIT(4096), later = BUF_INIT(4096);
    uint8_t nonce[OCSP_NONCE_LEN];
    MUST(ocsp_request(person.cert, pki.issuer.cert, &request, nonce) == OK);
    keep("world", "nonce", nonce, sizeof nonce);
    for (size_t i = 0; i < sizeof s / sizeof s[0]; i++) {
        struct buf der = BUF_INIT(FUZZ_INPUT_MAX);
        pki_ocsp_answer(&pki, &request, &s[i], &der);
        keep_numbered("corpus/ocsp", i, der.data, der.len);
        buf_done(&der);
    }
    pki_ocsp_try_later(&later);
    keep("corpus/ocsp", "try-later", later.data, later.len);
    buf_done(&later);
    buf_done(&request);
}

static void keep_crls(void)
{
    struct pki_status s[] = {good(), good(), good(), good(), good()};
    const X509 *revoked[] = {NULL, other.cert, person.cert, person.cert, person.cert};
    s[3].reason = CRL_REASON_CERTIFICATE_HOLD;
    s[4].critical = true;
    for (size_t i = 0; i < sizeof s / sizeof s[0]; i++) {
        struct buf der = BUF_INIT(FUZZ_INPUT_MAX);
        s[i].by = &pki.issuer;
        pki_crl(&pki, revoked[i], &s[i], &der);
        keep_numbered("corpus/crl", i, der.data, der.len);
        buf_done(&der);
    }
}

static void keep_download(const char *name, const struct pki_identity *by, unsigned flags)
{
    BIO *bio = BIO_new_mem_buf(WORLD_FILE, (int)strlen(WORLD_FILE));
    unsigned char *der = NULL;
    CMS_ContentInfo *cms = CMS_sign(NULL, NULL, NULL, bio, flags | CMS_BINARY | CMS_PARTIAL);
    MUST(CMS_add1_signer(cms, by->cert, by->key, EVP_sha256(), flags | CMS_BINARY) != NULL);
    MUST(CMS_add1_cert(cms, pki.issuer.cert) == 1 && CMS_final(cms, bio, NULL, flags | CMS_BINARY) == 1);
    int len = i2d_CMS_ContentInfo(cms, &der);
    MUST(len > 0);
    keep("corpus/download", name, der, (size_t)len);
    OPENSSL_free(der);
    CMS_ContentInfo_free(cms);
    BIO_free(bio);
}

static void keep_downloads(void)
{
    keep_download("good", &publisher, CMS_DETACHED);
    keep_download("attached", &publisher, 0);
    keep_download("without-attributes", &publisher, CMS_DETACHED | CMS_NOATTR);
    keep_download("by-a-citizen", &person, CMS_DETACHED);
}

/* Every field the message may carry, by trying them all. */
static void fill(struct wire_out *out)
{
    for (int field = 1; field < F_LAST; field++) {
        struct wire_out before = *out;
        wire_u64(out, (enum wire_field)field, 1);
        if (out->bad)
            *out = before;
        else
            continue;
        wire_bytes(out, (enum wire_field)field, "K7QM", 4);
        if (out->bad)
            *out = before;
    }
}

static void keep_frames(void)
{
    static const enum wire_type types[] = {
#define MESSAGE(id, number, sender, worker, must, may) M_##id,
#include "wire/messages.def"
#undef MESSAGE
    };
    static uint8_t frame[WIRE_MAX];
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        struct wire_out out;
        wire_begin(&out, frame, types[i], 7);
        fill(&out);
        MUST(!out.bad);
        keep("corpus/wire", wire_name(types[i]), frame, out.len);
    }
}

/* Walks of the laws' own dice that end with an accepted signature. */
static size_t walk(uint64_t seed, uint8_t out[FUZZ_INPUT_MAX])
{
    struct dice d = {seed};
    struct flow f = flow_init();
    struct event ev = walk_start(&d, 1000);
    uint64_t now_ms = 1000;
    size_t len = 0;
    while (len < WALK_MAX * MOVE_SIZE && !f.accepted) {
        struct effects fx;
        move_put(out + len, &ev, &f, now_ms);
        len += MOVE_SIZE;
        now_ms = ev.now_ms;
        f = flow_step(f, &ev, &fx);
        ev = walk_next(&d, &f, now_ms + 1 + dice_roll(&d, 3000));
    }
    return len;
}

static void keep_walks(void)
{
    static uint8_t bytes[FUZZ_INPUT_MAX];
    size_t kept = 0;
    for (uint64_t seed = 1; kept < 6 && seed < 100000; seed++) {
        size_t len = walk(seed, bytes);
        if (len < WALK_MAX * MOVE_SIZE && fuzz_flow(bytes, len))
            keep_numbered("corpus/flow", kept++, bytes, len);
    }
    MUST(kept == 6);
}

static void keep_seeds(void)
{
    const struct seed *s;
    for (size_t i = 0; (s = seed_at(i)) != NULL; i++) {
        char folder[64];
        snprintf(folder, sizeof folder, "corpus/%s", s->target);
        keep(folder, s->name, s->text, strlen(s->text));
    }
}

int main(int argc, char **argv)
{
    char path[1024];
    MUST(argc == 2);
    top = argv[1];
    snprintf(path, sizeof path, "%s/corpus", top);
    make_folder(path);
    raise_world();
    keep_world();
    keep_forged();
    keep_certs();
    keep_receipts();
    keep_ocsp();
    keep_crls();
    keep_downloads();
    keep_frames();
    keep_walks();
    keep_seeds();
    make_ledger(top, keep);
    make_stamps(keep);
    end_world();
    return 0;
}
