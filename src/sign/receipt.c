#include "config.h"
#include "sign/receipt.h"

#include <stdio.h>
#include <string.h>
#include <openssl/err.h>
#include "base/ascii.h"
#include "base/text.h"

#define SERIAL_BYTES ((RECEIPT_SERIAL - 1) / 2)

/* ---- what the parts show ---- */

/* As everybody shows it: the number, without the octet that only says that it is positive. */
static bool read_serial(const struct der_item *serial, char out[RECEIPT_SERIAL])
{
    struct der_view v = serial->body;
    bool positive = v.len > 0 && v.at[0] < 0x80;
    if (positive && v.at[0] == 0) {
        v.at++;
        v.len--;
    }
    if (!positive || v.len == 0 || v.len > SERIAL_BYTES)
        return false;
    ascii_hex(out, v.at, v.len);
    return true;
}

static enum err_code page_of_consent(struct receipt_page *p, const struct kept *e, struct err *err)
{
    const struct cades_facts *f = &e->facts;
    consent_text_digest(f->text, f->text_len, p->text);
    receipt_mask_name(p->signer, f->cert.owner);
    tckn_mask(p->tckn, f->cert.tckn);
    text_clean(p->issuer, sizeof p->issuer, f->cert.issuer, strlen(f->cert.issuer));
    p->signed_at = f->signing_time;
    cades_algorithm(f, p->algorithm);
    p->format = e->format;
    p->stamped_at = e->stamped_at;
    return read_serial(&f->signer.serial, p->serial) ? OK : err_set(err, ERR_REJ_FORM, "consent: serial number");
}

/* ---- reading, rule by rule ---- */

static enum err_code read_container(const uint8_t *bytes, size_t len, struct receipt *r, struct err *err)
{
    enum err_code rc = asice_read(bytes, len, &r->parts, err);
    return rc == OK ? asice_is_whole(&r->parts, err) : rc;
}

static enum err_code read_seal(struct receipt *r, struct err *err)
{
    const struct asice_view *seal = &r->parts.part[ASICE_SEAL], *over = &r->parts.part[ASICE_MANIFEST];
    enum err_code rc = seal_cms_read(seal->at, seal->len, over->at, over->len, &r->seal, err);
    r->page.made = r->seal.time;
    return rc;
}

static enum err_code read_consent(struct receipt *r, struct err *err)
{
    const struct asice_view *v = &r->parts.part[ASICE_CONSENT];
    struct err why = {OK, ""};
    enum err_code rc = kept_read(v->at, v->len, r->page.received, &r->consent, &why);
    return rc == OK ? page_of_consent(&r->page, &r->consent, err) : err_set(err, rc, "consent: %.200s", why.detail);
}

static enum err_code read_text(struct receipt *r, struct err *err)
{
    const struct asice_view *v = &r->parts.part[ASICE_TEXT];
    const struct cades_facts *f = &r->consent.facts;
    bool same = v->len == f->text_len && memcmp(v->at, f->text, v->len) == 0;
    return same ? OK : err_set(err, ERR_RECEIPT_MIXED, "text: not the one that was signed");
}

static enum err_code read_ledger(struct receipt *r, struct err *err)
{
    const struct asice_view *v = &r->parts.part[ASICE_LEDGER];
    struct err why = {OK, ""};
    if (v->at == NULL)
        return OK;
    enum err_code rc = ledger_proof_read(v->at, v->len, &r->ledger, &why);
    if (rc != OK)
        return err_set(err, rc == ERR_NOMEM ? rc : ERR_RECEIPT_LEDGER, "ledger: %.200s", why.detail);
    r->page.ledger = r->ledger.sealed ? RECEIPT_LEDGER_INSIDE : RECEIPT_LEDGER_PROMISED;
    r->page.index = r->ledger.index;
    r->page.size = r->ledger.head.size;
    return OK;
}

static bool is_page(const struct receipt_page *p, const struct asice_view *v)
{
    struct buf due = BUF_INIT(RECEIPT_PAGE_MAX);
    bool same = receipt_page_make(p, &due) == OK && due.len == v->len && memcmp(due.data, v->at, due.len) == 0;
    buf_done(&due);
    return same;
}

/* What the service alone knows. */
static enum err_code read_claims(struct receipt *r, struct err *err)
{
    const struct asice_view *v = &r->parts.part[ASICE_PAGE];
    return receipt_page_read(v->at, v->len, &r->page) ? OK : err_set(err, ERR_RECEIPT_PAGE, "page: form");
}

static enum err_code read_page(struct receipt *r, struct err *err)
{
    bool same = is_page(&r->page, &r->parts.part[ASICE_PAGE]);
    return same ? OK : err_set(err, ERR_RECEIPT_PAGE, "page: says something else than the parts");
}

/* What the ledger must hold of this transaction. */
static struct ledger_record record_of(const struct receipt_page *p)
{
    struct ledger_record record = {.accepted = p->accepted};
    memcpy(record.number, p->number, sizeof p->number);
    memcpy(record.text, p->text, sizeof record.text);
    memcpy(record.signature, p->received, sizeof record.signature);
    return record;
}

static enum err_code read_entry(struct receipt *r, struct err *err)
{
    const struct ledger_record due = record_of(&r->page), *is = &r->ledger.record;
    bool same =
        r->page.ledger == RECEIPT_LEDGER_NONE || (strcmp(is->number, due.number) == 0 && is->accepted == due.accepted &&
                                                     memcmp(is->text, due.text, sizeof due.text) == 0 &&
                                                     memcmp(is->signature, due.signature, sizeof due.signature) == 0);
    return same ? OK : err_set(err, ERR_RECEIPT_MIXED, "entry: of another transaction");
}

static enum err_code (*const rules[])(struct receipt *, struct err *) = {
    read_seal, read_claims, read_consent, read_text, read_ledger, read_page, read_entry};

enum err_code receipt_read(const uint8_t *bytes, size_t len, struct receipt *ret, struct err *err)
{
    struct receipt r = {.page = {.ledger = RECEIPT_LEDGER_NONE}};
    enum err_code rc = read_container(bytes, len, &r, err);
    for (size_t i = 0; i < sizeof rules / sizeof rules[0] && rc == OK; i++)
        rc = rules[i](&r, err);
    ERR_clear_error();
    if (rc == OK)
        *ret = r;
    else
        receipt_done(&r);
    return rc;
}

/* ---- what needs the authorities ---- */

/* Another's word in the words of a receipt: `name` begins the detail. */
static enum err_code rename_error(
    enum err_code rc, enum err_code to, const char *name, const struct err *why, struct err *err)
{
    if (rc == OK)
        return OK;
    return err_set(err, rc == ERR_NOMEM || rc == ERR_CRYPTO ? rc : to, "%s: %.200s", name, why->detail);
}

static enum err_code check_sealer(const struct receipt *r, const struct trust *trust, struct err *err)
{
    struct err why = {OK, ""};
    enum err_code rc = seal_check(r->seal.sealer, NULL, trust, r->seal.time, &why);
    return rename_error(rc, ERR_RECEIPT_SEALER, "sealer", &why, err);
}

static enum err_code check_ledger(const struct receipt *r, const struct trust *trust, struct err *err)
{
    struct err why = {OK, ""};
    struct ledger_record record = record_of(&r->page);
    if (r->page.ledger == RECEIPT_LEDGER_NONE)
        return OK;
    return rename_error(ledger_proof_check(&r->ledger, &record, trust, &why), ERR_RECEIPT_LEDGER, "ledger", &why, err);
}

static enum err_code check_signature(const struct receipt *r, const struct trust *trust, struct err *err)
{
    struct err why = {OK, ""};
    enum err_code rc = kept_check(&r->consent, trust, r->seal.time, &why);
    return rename_error(rc, rc, "signature", &why, err);
}

enum err_code receipt_check(const struct receipt *r, const struct trust *trust, struct err *err)
{
    enum err_code rc = check_sealer(r, trust, err);
    if (rc == OK)
        rc = check_ledger(r, trust, err);
    return rc == OK ? check_signature(r, trust, err) : rc;
}

void receipt_done(struct receipt *r)
{
    seal_cms_done(&r->seal);
    kept_done(&r->consent);
    ledger_proof_done(&r->ledger);
}

/* ---- making ---- */

/* Everything of one receipt while it is made. */
struct making {
    const struct receipt_order *order;
    struct receipt receipt;
    struct buf page, manifest, seal;
};

static enum err_code take_order(struct making *m)
{
    const struct receipt_order *o = m->order;
    struct receipt_page *p = &m->receipt.page;
    struct asice_view *part = m->receipt.parts.part;
    int service = snprintf(p->service, sizeof p->service, "%s", o->service);
    int number = snprintf(p->number, sizeof p->number, "%s", o->number);
    p->accepted = o->accepted;
    p->made = o->now;
    p->test = o->test;
    memcpy(p->received, o->received, sizeof p->received);
    part[ASICE_TEXT] = o->text;
    part[ASICE_CONSENT] = o->consent;
    part[ASICE_LEDGER] = o->ledger;
    return service < (int)sizeof p->service && number < (int)sizeof p->number ? OK : ERR_TOO_BIG;
}

static struct asice_view view_of(const struct buf *b)
{
    return (struct asice_view){b->data, b->len};
}

static enum err_code make_page(struct making *m, struct err *err)
{
    enum err_code rc = read_consent(&m->receipt, err);
    if (rc == OK)
        rc = read_ledger(&m->receipt, err);
    if (rc == OK && (rc = receipt_page_make(&m->receipt.page, &m->page)) != OK)
        err_set(err, rc, "page");
    m->receipt.parts.part[ASICE_PAGE] = view_of(&m->page);
    return rc;
}

static enum err_code seal_parts(struct making *m, struct err *err)
{
    struct asice *parts = &m->receipt.parts;
    enum err_code rc = asice_manifest(parts, &m->manifest);
    if (rc != OK)
        return err_set(err, rc, "manifest");
    parts->part[ASICE_MANIFEST] = view_of(&m->manifest);
    rc = seal_cms_make(m->order->sealer, m->manifest.data, m->manifest.len, m->order->now, &m->seal, err);
    parts->part[ASICE_SEAL] = view_of(&m->seal);
    return rc;
}

/* As anyone else would read it. */
static enum err_code read_again(const struct buf *b, struct err *err)
{
    struct receipt r;
    enum err_code rc = receipt_read(b->data, b->len, &r, err);
    if (rc == OK)
        receipt_done(&r);
    return rc;
}

enum err_code receipt_make(const struct receipt_order *o, struct buf *ret, struct err *err)
{
    struct making m = {.order = o,
        .page = BUF_INIT(RECEIPT_PAGE_MAX),
        .manifest = BUF_INIT(ASICE_MANIFEST_MAX),
        .seal = BUF_INIT(SEAL_CMS_MAX)};
    struct buf whole = BUF_INIT(ASICE_MAX);
    enum err_code rc = take_order(&m);
    if (rc != OK)
        err_set(err, rc, "order");
    if (rc == OK)
        rc = make_page(&m, err);
    if (rc == OK)
        rc = seal_parts(&m, err);
    if (rc == OK)
        rc = asice_write(&m.receipt.parts, &whole, err);
    if (rc == OK)
        rc = read_again(&whole, err);
    if (rc == OK)
        rc = buf_move(ret, &whole);
    receipt_done(&m.receipt);
    buf_done(&m.page);
    buf_done(&m.manifest);
    buf_done(&m.seal);
    buf_done(&whole);
    ERR_clear_error();
    return rc;
}
