#include "config.h"
#include "tools/verify.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <jansson.h>
#include "base/ascii.h"
#include "base/i18n.h"
#include "base/person.h"
#include "base/say.h"
#include "base/text.h"
#include "base/when.h"

static const struct verdict verdicts[] = {
    {OK, NULL, "TOTAL-PASSED", NULL,
        N_("The signature holds. Its time is the signer's own claim (there is no time stamp), and revocation was not "
           "checked.")},
    {ERR_REJ_SIG, "message-digest", "TOTAL-FAILED", "HASH_FAILURE", N_("The text was changed after it was signed.")},
    {ERR_REJ_SIG, NULL, "TOTAL-FAILED", "SIG_CRYPTO_FAILURE",
        N_("The signature is not one that this certificate's key made over this text.")},
    {ERR_REJ_TEXT, NULL, "TOTAL-FAILED", "HASH_FAILURE",
        N_("The signature holds, but for another text than the given one.")},
    {ERR_REJ_CHAIN, NULL, "INDETERMINATE", "NO_CERTIFICATE_CHAIN_FOUND",
        N_("The certificate was not issued by one of the given authorities.")},
    {ERR_REJ_EXPIRED, NULL, "INDETERMINATE", "OUT_OF_BOUNDS_NO_POE",
        N_("The certificate was not valid at the time of signing that is claimed.")},
    {ERR_REJ_NES, NULL, "INDETERMINATE", "CHAIN_CONSTRAINTS_FAILURE",
        N_("The certificate is not a person's qualified certificate (NES).")},
    {ERR_REJ_WEAK, NULL, "INDETERMINATE", "CRYPTO_CONSTRAINTS_FAILURE_NO_POE",
        N_("A key or digest in it is no longer considered safe.")},
    {ERR_REJ_FORM, NULL, "TOTAL-FAILED", "FORMAT_FAILURE",
        N_("The file is not a consent signature in the expected form.")},
    {ERR_INTERNAL, NULL, "INDETERMINATE", "CUSTOM", N_("The signature could not be examined.")},
};
#define VERDICTS (sizeof verdicts / sizeof verdicts[0])

const struct verdict *verdict_of(enum err_code code, const struct err *err)
{
    for (size_t i = 0; i < VERDICTS; i++)
        if (verdicts[i].code == code && (verdicts[i].rule == NULL || strcmp(verdicts[i].rule, err->detail) == 0))
            return &verdicts[i];
    return &verdicts[VERDICTS - 1];
}

/* What the file says, ready for both kinds of answer. */
struct lines {
    char tckn[TCKN_LEN + 1], digest[65], shown[WHEN_SHOWN], rfc3339[WHEN_RFC3339], algorithm[CADES_ALGORITHM_MAX];
};

static struct lines draw_up(const struct cades_facts *f)
{
    struct lines l = {.tckn = ""};
    uint8_t digest[32];
    consent_text_digest(f->text, f->text_len, digest);
    ascii_hex(l.digest, digest, sizeof digest);
    if (f->cert.tckn[0] != '\0')
        tckn_mask(l.tckn, f->cert.tckn);
    when_show(l.shown, f->signing_time);
    when_rfc3339(l.rfc3339, f->signing_time);
    cades_algorithm(f, l.algorithm);
    return l;
}

#define LABEL_COLUMNS 18
void verify_row(const char *label, const char *value)
{
    size_t width = text_width(label);
    int blanks = width < LABEL_COLUMNS ? (int)(LABEL_COLUMNS - width) : 0;
    say_fmt(stdout, "%s%*s", label, blanks, "");
    say_word(stdout, value[0] != '\0' ? value : "-");
    say_text(stdout, "\n");
}

static void put_table(const struct cades_facts *f)
{
    struct lines l = draw_up(f);
    char bytes[32];
    snprintf(bytes, sizeof bytes, tr_n("%lu byte", "%lu bytes", f->text_len), (unsigned long)f->text_len);
    verify_row(tr("Signer"), f->cert.owner);
    verify_row(tr("T.C. ID number"), l.tckn);
    verify_row(tr("Issuer"), f->cert.issuer);
    verify_row(tr("Text"), bytes);
    verify_row("SHA-256", l.digest);
    verify_row(tr("Signing time"), l.shown);
    verify_row("", tr("claimed by the signer, no time stamp"));
    verify_row(tr("Algorithm"), l.algorithm);
    verify_row(tr("Revocation"), tr("not checked"));
}

void finding_say(const struct finding *f)
{
    const struct verdict *v = f->verdict;
    say_text(stdout, v->indication);
    say_text(stdout, v->sub_indication != NULL ? ", " : "");
    say_line(stdout, v->sub_indication != NULL ? v->sub_indication : "");
    say_line(stdout, tr(v->said));
    if (v->code == ERR_REJ_NES)
        verify_row(tr("Reason"), tr(cert_reason_words(f->nes)));
    else if (v->code != OK)
        verify_row(tr("Detail"), f->err.detail);
    if (!f->readable)
        return;
    say_line(stdout, v->code != OK ? tr("What the file says, without proof:") : "");
    put_table(&f->facts);
}

static json_t *json_facts(const struct cades_facts *f)
{
    struct lines l = draw_up(f);
    return json_pack("{s:{s:s, s:s, s:s}, s:{s:I, s:s}, s:s, s:s, s:s, s:s}", "signer", "name", f->cert.owner,
        "tckn_masked", l.tckn, "issuer", f->cert.issuer, "text", "bytes", (json_int_t)f->text_len, "sha256", l.digest,
        "signing_time", l.rfc3339, "signing_time_proof", "claimed", "algorithm", l.algorithm, "revocation",
        "not-checked");
}

json_t *finding_json(const struct finding *f)
{
    const struct verdict *v = f->verdict;
    bool holds = v->code == OK;
    char detail[sizeof f->err.detail];
    text_clean(detail, sizeof detail, f->err.detail, strlen(f->err.detail));
    json_t *says = f->readable ? json_facts(&f->facts) : json_null();
    return json_pack("{s:b, s:s, s:s?, s:s?, s:s?, s:s, s:o}", "holds", holds, "indication", v->indication,
        "sub_indication", v->sub_indication, "code", holds ? NULL : note_of(f->err.code)->slug, "detail",
        holds ? NULL : detail, "format", "CAdES-B-B", "says", says);
}

void verify_put_json(json_t *steal)
{
    char *text = steal == NULL ? NULL : json_dumps(steal, JSON_INDENT(2) | JSON_ENSURE_ASCII);
    puts(text != NULL ? text : "{\"holds\": false}");
    free(text);
    json_decref(steal);
}

void finding_say_json(const struct finding *f)
{
    verify_put_json(finding_json(f));
}
