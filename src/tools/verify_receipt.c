#include "config.h"
#include "tools/verify_receipt.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <jansson.h>
#include "base/ascii.h"
#include "base/i18n.h"
#include "base/match.h"
#include "base/say.h"
#include "base/text.h"
#include "base/when.h"

bool verify_is_receipt(const struct buf *file)
{
    return file->len >= 2 && memcmp(file->data, "PK", 2) == 0;
}

/* What a flaw of the receipt itself is called; that of the consent's signature is its own. */
static const struct {
    enum err_code code;
    const char *indication, *sub_indication; /* EN 319 102-1 §5.1.3 */
} verdicts[] = {
    {OK, "TOTAL-PASSED", NULL},
    {ERR_RECEIPT_FORM, "TOTAL-FAILED", "FORMAT_FAILURE"},
    {ERR_RECEIPT_CHANGED, "TOTAL-FAILED", "HASH_FAILURE"},
    {ERR_RECEIPT_SEAL, "TOTAL-FAILED", "SIG_CRYPTO_FAILURE"},
    {ERR_RECEIPT_SEALER, "INDETERMINATE", "CHAIN_CONSTRAINTS_FAILURE"},
    {ERR_RECEIPT_MIXED, "INDETERMINATE", "SIG_CONSTRAINTS_FAILURE"},
    {ERR_RECEIPT_PAGE, "INDETERMINATE", "SIG_CONSTRAINTS_FAILURE"},
    {ERR_RECEIPT_LEDGER, "INDETERMINATE", "SIG_CONSTRAINTS_FAILURE"},
};

struct words {
    const char *indication, *sub_indication;
    const char *said; /* msgid */
};

static const char *said_of(enum err_code code)
{
    return code == OK
               ? N_("The receipt holds: a service sealed it, and nothing in it has changed since. Revocation of the "
                    "seal's certificate was not checked.")
               : note_of(code)->said;
}

static struct words words_of(const struct receipt_finding *f)
{
    static const char inside[] = N_("The receipt is whole, but the signature in it does not hold.");
    for (size_t i = 0; i < sizeof verdicts / sizeof verdicts[0]; i++)
        if (verdicts[i].code == f->code)
            return (struct words){verdicts[i].indication, verdicts[i].sub_indication, said_of(f->code)};
    if (f->readable && f->consent.code != OK)
        return (struct words){finding_indication(&f->consent), finding_sub_indication(&f->consent), inside};
    if (f->code == ERR_REJ_FORM)
        return (struct words){"TOTAL-FAILED", "FORMAT_FAILURE", inside};
    return (struct words){"INDETERMINATE", "SIG_CONSTRAINTS_FAILURE", inside};
}

/* ---- words for people ---- */

static void put_ledger(const struct receipt_page *p)
{
    char place[64];
    snprintf(place, sizeof place, "%llu / %llu", (unsigned long long)p->index + 1, (unsigned long long)p->size);
    const char *const words[] = {
        [RECEIPT_LEDGER_NONE] = tr("none; once there, a later receipt holds it"),
        [RECEIPT_LEDGER_PROMISED] = tr("promised and signed; complete in a later receipt"),
        [RECEIPT_LEDGER_INSIDE] = place,
    };
    verify_row(tr("Ledger"), words[p->ledger]);
}

static void put_table(const struct receipt *r)
{
    const struct receipt_page *p = &r->page;
    struct cert_facts sealer;
    char shown[WHEN_SHOWN], match[MATCH_TEXT_LEN + 1];
    match_code(p->text, match);
    if (p->test)
        verify_row("TEST", tr("a test record without legal effect"));
    verify_row(tr("Receipt number"), p->number);
    verify_row(tr("Service"), p->service);
    when_show(shown, p->accepted);
    verify_row(tr("Received"), shown);
    when_show(shown, p->made);
    verify_row(tr("Receipt made"), shown);
    verify_row(tr("Sealed by"), cert_read(r->seal.sealer, &sealer) == OK ? sealer.owner : "");
    verify_row(tr("Match code"), match);
    put_ledger(p);
}

void receipt_finding_say(const struct receipt_finding *f, enum verify_depth depth)
{
    struct words w = words_of(f);
    say_text(stdout, w.indication);
    say_text(stdout, w.sub_indication != NULL ? ", " : "");
    say_line(stdout, w.sub_indication != NULL ? w.sub_indication : "");
    say_line(stdout, tr(w.said));
    if (f->code != OK && depth != DEPTH_SENTENCE)
        verify_row(tr("Detail"), f->err.detail);
    if (!f->readable || depth == DEPTH_SENTENCE)
        return;
    say_line(stdout, f->code != OK ? tr("What the file says, without proof:") : "");
    put_table(&f->receipt);
    say_text(stdout, "\n");
    say_line(stdout, tr("The signature in the receipt:"));
    finding_say(&f->consent, depth);
}

/* ---- JSON ---- */

static json_t *json_hex(const uint8_t digest[32])
{
    char hex[65];
    ascii_hex(hex, digest, 32);
    return json_string(hex);
}

static json_t *json_time(int64_t utc)
{
    char out[WHEN_RFC3339];
    when_rfc3339(out, utc);
    return json_string(out);
}

static json_t *json_ledger(const struct receipt *r)
{
    static const char *const states[] = {
        [RECEIPT_LEDGER_NONE] = "none", [RECEIPT_LEDGER_PROMISED] = "promised", [RECEIPT_LEDGER_INSIDE] = "entered"};
    json_t *j = json_pack("{s:s}", "state", states[r->page.ledger]);
    if (r->page.ledger == RECEIPT_LEDGER_INSIDE)
        json_object_update_new(
            j, json_pack("{s:I, s:I}", "index", (json_int_t)r->page.index, "size", (json_int_t)r->page.size));
    return j;
}

static json_t *json_says(const struct receipt *r)
{
    const struct receipt_page *p = &r->page;
    struct cert_facts sealer;
    char match[MATCH_TEXT_LEN + 1];
    match_code(p->text, match);
    return json_pack("{s:s, s:s, s:o, s:o, s:b, s:o, s:o, s:s, s:s, s:o}", "number", p->number, "service", p->service,
        "accepted_at", json_time(p->accepted), "made_at", json_time(p->made), "test", (int)p->test, "text_sha256",
        json_hex(p->text), "signature_sha256", json_hex(p->received), "match", match, "sealed_by",
        cert_read(r->seal.sealer, &sealer) == OK ? sealer.owner : "", "ledger", json_ledger(r));
}

void receipt_finding_say_json(const struct receipt_finding *f)
{
    struct words w = words_of(f);
    bool holds = f->code == OK;
    char detail[sizeof f->err.detail];
    text_clean(detail, sizeof detail, f->err.detail, strlen(f->err.detail));
    verify_put_json(json_pack("{s:b, s:s, s:s, s:s?, s:s?, s:s?, s:s, s:o, s:o}", "holds", (int)holds, "indication",
        w.indication, "format", "ASiC-E", "sub_indication", w.sub_indication, "code",
        holds ? NULL : note_of(f->code)->slug, "detail", holds ? NULL : detail, "seal_revocation", "not-checked",
        "says", f->readable ? json_says(&f->receipt) : json_null(), "consent",
        f->readable ? finding_json(&f->consent) : json_null()));
}
