#include "config.h"
#include "made.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <openssl/ocsp.h>
#include <openssl/x509v3.h>
#include "fakes/pki_stamp.h"
#include "fakes/pki_status.h"
#include "scratch.h"
#include "sign/revocation.h"

#define TCKN "10000000146"
#define MUST(x)                                                                                                        \
    do {                                                                                                               \
        if (!(x)) {                                                                                                    \
            fprintf(stderr, "made.c:%d: %s\n", __LINE__, #x);                                                          \
            abort();                                                                                                   \
        }                                                                                                              \
    } while (0)

struct pki made_pki;
struct trust *made_trust, *made_others;
struct pki_identity made_twin;
static struct pki stranger, weak, below;
static struct pki_identity key, perfect, units[UNITS], responder, other_responder, to_check;

static const char text[] = "Kamu SM sistemleri: TEST metni, çğıİöşü.\nKABUL EDİYORUM.\n";

int64_t made_signed_at(void)
{
    return made_pki.now - MADE_AGO;
}

const uint8_t *made_text(size_t *ret_len)
{
    *ret_len = sizeof text - 1;
    return (const uint8_t *)text;
}

static struct pki_identity unit(struct pki *by, unsigned flaws)
{
    return pki_issue(by, &(struct pki_spec){.name = "TEST ZD", .flaws = PKI_TSA | flaws});
}

static struct pki_identity answerer(struct pki *by, unsigned flaws)
{
    return pki_issue(by, &(struct pki_spec){.name = "TEST OCSP", .flaws = PKI_OCSP | flaws});
}

/* An authority below ours that is none, or has a weak key. */
static void raise_below(struct pki *p, const struct pki_spec *spec)
{
    *p = made_pki;
    p->issuer = pki_issue(&made_pki, spec);
}

void made_open(void)
{
    scratch_open();
    pki_init(&made_pki);
    pki_init(&stranger);
    raise_below(&below, &(struct pki_spec){.name = "BAŞKA BİRİ", .tckn = TCKN, .flaws = PKI_NO_USAGE});
    raise_below(&weak, &(struct pki_spec){.name = "TEST RSA-1024", .key = PKI_RSA1024, .flaws = PKI_CA});
    pki_write_ca(&made_pki, scratch_path("ca.pem"));
    pki_write_ca(&stranger, scratch_path("other.pem"));
    MUST(trust_load(scratch_path("ca.pem"), &made_trust, NULL) == OK);
    MUST(trust_load(scratch_path("other.pem"), &made_others, NULL) == OK);
    key = pki_issue(&made_pki, &(struct pki_spec){.name = "KEY", .key = PKI_RSA2048});
    perfect = pki_issue(&made_pki, &(struct pki_spec){.name = "İPEK IŞIK", .tckn = TCKN, .same = &key});
    made_twin = pki_issue(&made_pki, &(struct pki_spec){.name = "İPEK IŞIK", .tckn = TCKN, .twin = &perfect});
    units[UNIT] = unit(&made_pki, 0);
    units[UNIT_ENDED] = unit(&made_pki, PKI_EXPIRED);
    units[UNIT_STRANGER] = unit(&stranger, 0);
    units[UNIT_PLAIN] = unit(&made_pki, PKI_TSA_PLAIN);
    units[UNIT_PERSON] = pki_issue(&made_pki, &(struct pki_spec){.name = "BAŞKA BİRİ", .tckn = TCKN});
    responder = answerer(&made_pki, 0);
    other_responder = answerer(&stranger, 0);
    to_check = answerer(&made_pki, PKI_TO_CHECK);
}

void made_close(void)
{
    struct pki_identity *all[] = {
        &key, &perfect, &made_twin, &responder, &other_responder, &to_check, &below.issuer, &weak.issuer};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        pki_identity_done(all[i]);
    for (int i = 0; i < UNITS; i++)
        pki_identity_done(&units[i]);
    trust_free(&made_trust);
    trust_free(&made_others);
    pki_done(&made_pki);
    pki_done(&stranger);
    scratch_close();
}

static struct pki *issuer_of(const struct recipe *r)
{
    struct pki *const issuers[] = {&made_pki, &stranger, &below, &weak};
    return issuers[r->issuer];
}

/* A certificate that need not be another is the same one, so that nothing but the flaw differs. */
static struct pki_identity signer_of(const struct recipe *r)
{
    struct pki_identity same = perfect;
    if (r->cert == 0 && !r->fresh_key && r->issuer == BY_OURS) {
        MUST(X509_up_ref(same.cert) == 1 && EVP_PKEY_up_ref(same.key) == 1);
        return same;
    }
    return pki_issue(issuer_of(r),
        &(struct pki_spec){
            .name = "İPEK IŞIK", .tckn = TCKN, .key = r->key, .flaws = r->cert, .same = r->fresh_key ? NULL : &key});
}

static const struct pki_identity *other_of(const struct recipe *r)
{
    return r->flaw == FORGE_CONTENT_STAMP ? &units[UNIT] : &made_twin;
}

static void sign(const struct recipe *r, const struct pki_identity *signer, struct buf *ret)
{
    int64_t at = made_signed_at();
    const struct consent_claim claim = {.service = "test-service",
        .code = "K7QM3XPD9R4T",
        .created = at + (r->created_at != 0 ? r->created_at : -40),
        .signing_time = at,
        .text = (const uint8_t *)text,
        .text_len = sizeof text - 1};
    STACK_OF(X509) *chain = pki_chain(issuer_of(r));
    forge_make(
        &(struct forge){&claim, signer, other_of(r), chain, r->digest != 0 ? r->digest : NID_sha256, r->flaw}, ret);
    sk_X509_pop_free(chain, X509_free);
}

static int64_t at_or(int64_t after, int64_t usual)
{
    return made_signed_at() + (after != 0 ? after : usual);
}

static void change(struct buf *file, struct buf *next)
{
    buf_done(file);
    file->max = LEVELS_MAX;
    MUST(buf_move(file, next) == OK);
}

/* OpenSSL stamps for nobody whose certificate is not made for it; the TSTInfo is signed anew then. */
static void token_of(enum made_unit by, int64_t at, const uint8_t imprint[32], struct buf *ret)
{
    bool itself = by != UNIT_PLAIN && by != UNIT_PERSON;
    forge_stamp(&(struct pki_stamp){.by = &units[itself ? by : UNIT], .at = at}, imprint, ret);
    if (itself)
        return;
    struct der_view info = made_split(ret).content.body;
    const struct consent_claim claim = {.service = "x",
        .code = "K7QM3XPD9R4T",
        .created = at,
        .signing_time = at,
        .text = info.at,
        .text_len = info.len};
    struct buf own = BUF_INIT(TST_MAX);
    forge_make(&(struct forge){&claim, &units[by], &units[by], NULL, NID_sha256, FORGE_AS_TOKEN}, &own);
    change(ret, &own);
}

static void stamp(const struct recipe *r, struct buf *file)
{
    uint8_t imprint[TST_IMPRINT_MAX];
    size_t len = 0;
    struct buf token = BUF_INIT(TST_MAX), next = BUF_INIT(LEVELS_MAX);
    MUST(level_stamp_imprint(file->data, file->len, NID_sha256, imprint, &len, NULL) == OK);
    token_of(r->unit, at_or(r->stamp_at, 30), imprint, &token);
    MUST(level_add_stamp(file->data, file->len, token.data, token.len, &next, NULL) == OK);
    if (r->stamp_of_other) {
        struct buf other = BUF_INIT(TST_MAX);
        imprint[0] ^= 1;
        token_of(r->unit, at_or(r->stamp_at, 30), imprint, &other);
        const uint8_t *at = memmem(next.data, next.len, token.data, token.len);
        made_replace(&next, (struct der_view){at, token.len}, (struct der_view){other.data, other.len});
        buf_done(&other);
    }
    buf_done(&token);
    change(file, &next);
}

static struct pki_status status_of(const struct recipe *r)
{
    const struct pki_identity *by[] = {[STATUS_OCSP] = &responder,
        [STATUS_OTHER_RESPONDER] = &other_responder,
        [STATUS_TO_CHECK] = &to_check,
        [STATUS_CRL] = &made_pki.issuer,
        [STATUS_BOTH] = &responder};
    return (struct pki_status){.by = by[r->by],
        .status = r->status,
        .reason = r->reason != 0 ? r->reason : -1,
        .revoked_at = at_or(r->revoked_at, 0),
        .this_update = at_or(r->this_update, 60),
        .next_update = at_or(r->next_update, HOUR),
        .other_certificate = r->of_other_cert};
}

static void keep(struct evidence *e, enum evidence_kind kind, struct buf *der)
{
    MUST(evidence_add(e, kind, der->data, der->len) == OK);
    buf_done(der);
}

static void ask(const struct recipe *r, X509 *x, struct evidence *ret)
{
    struct pki_status s = status_of(r);
    struct buf request = BUF_INIT(4096), answer = BUF_INIT(LEVELS_MAX);
    uint8_t nonce[OCSP_NONCE_LEN];
    MUST(ocsp_request(x, made_pki.issuer.cert, &request, nonce) == OK);
    pki_ocsp_answer(&made_pki, &request, &s, &answer);
    keep(ret, EVIDENCE_OCSP, &answer);
    buf_done(&request);
}

static void list(const struct recipe *r, X509 *x, struct evidence *ret)
{
    struct pki_status s = status_of(r);
    struct buf crl = BUF_INIT(LEVELS_MAX);
    s.by = &made_pki.issuer;
    pki_crl_of(&made_pki.issuer, s.status == V_OCSP_CERTSTATUS_REVOKED ? x : NULL, &s, &crl);
    keep(ret, EVIDENCE_CRL, &crl);
}

/* Of the issuing authority, by the root. */
static void list_issuer(const struct recipe *r, struct evidence *ret)
{
    const struct pki_status s = {.by = &made_pki.root,
        .reason = -1,
        .revoked_at = made_signed_at(),
        .this_update = made_signed_at() + 60,
        .next_update = at_or(r->next_update > 0 ? r->next_update : 0, HOUR)};
    struct buf crl = BUF_INIT(LEVELS_MAX);
    pki_crl_of(&made_pki.root, r->issuer_revoked ? made_pki.issuer.cert : NULL, &s, &crl);
    keep(ret, EVIDENCE_CRL, &crl);
}

static void prove(const struct recipe *r, X509 *x, struct buf *file, struct evidence *held)
{
    struct evidence values = EVIDENCE_INIT, *to = r->status_held ? held : &values;
    struct buf next = BUF_INIT(LEVELS_MAX);
    if (r->by != STATUS_CRL)
        ask(r, x, to);
    if (r->by == STATUS_CRL || r->by == STATUS_BOTH)
        list(r, x, to);
    list_issuer(r, to);
    if (!r->status_held) {
        MUST(level_add_values(file->data, file->len, PROFILE_BASELINE, &values, &next, NULL) == OK);
        change(file, &next);
    }
    evidence_done(&values);
}

static void archive(const struct recipe *r, struct buf *file)
{
    uint8_t imprint[TST_IMPRINT_MAX];
    size_t len = 0;
    struct buf token = BUF_INIT(TST_MAX), index = BUF_INIT(LEVEL_INDEX_MAX), next = BUF_INIT(LEVELS_MAX);
    MUST(level_archive_imprint(file->data, file->len, NID_sha256, imprint, &len, &index, NULL) == OK);
    token_of(r->archive_unit, at_or(r->archive_at, 90), imprint, &token);
    MUST(level_add_archive(file->data, file->len, &index, token.data, token.len, &next, NULL) == OK);
    buf_done(&token);
    buf_done(&index);
    change(file, &next);
}

void made_make(const struct recipe *r, struct buf *ret_der, struct evidence *held)
{
    struct pki_identity signer = signer_of(r);
    struct buf file = BUF_INIT(LEVELS_MAX);
    sign(r, &signer, &file);
    if (r->level >= LEVEL_T)
        stamp(r, &file);
    if (r->level >= LEVEL_LT || r->status_held)
        prove(r, signer.cert, &file, held);
    if (r->level >= LEVEL_LTA)
        archive(r, &file);
    MUST(buf_add(ret_der, file.data, file.len) == OK);
    buf_done(&file);
    pki_identity_done(&signer);
}

struct signed_data made_split(const struct buf *file)
{
    struct signed_data d;
    MUST(signed_data_split((struct der_view){file->data, file->len}, LEVELS_MAX, &d) == NULL);
    return d;
}

static void copy(struct der_out *out, struct der_view rest, struct der_view old, struct der_view by)
{
    struct der_item item;
    while (rest.len > 0) {
        MUST(der_next(&rest, &item));
        bool inside = old.at >= item.body.at && old.at + old.len <= item.body.at + item.body.len;
        if (item.whole.at == old.at && item.whole.len == old.len) {
            der_raw(out, by.at, by.len);
        } else if (!inside) {
            der_raw(out, item.whole.at, item.whole.len);
        } else {
            size_t mark = der_mark(out);
            copy(out, item.body, old, by);
            der_wrap(out, mark, item.tag);
        }
    }
}

void made_replace(struct buf *file, struct der_view old, struct der_view by)
{
    struct der_out out = DER_OUT_INIT(LEVELS_MAX);
    copy(&out, (struct der_view){file->data, file->len}, old, by);
    MUST(out.rc == OK);
    change(file, &out.buf);
    der_out_done(&out);
}
