/* What is told to people. */
#include "config.h"
#include "tools/verify.h"

#include <stdio.h>
#include <string.h>
#include "base/ascii.h"
#include "base/i18n.h"
#include "base/person.h"
#include "base/say.h"
#include "base/text.h"
#include "base/when.h"
#include "sign/consent.h"

#define LABEL_COLUMNS 26
#define VALUE_MAX 512

void verify_row(const char *label, const char *value)
{
    size_t width = text_width(label);
    int blanks = width < LABEL_COLUMNS ? (int)(LABEL_COLUMNS - width) : 0;
    say_fmt(stdout, "%s%*s", label, blanks, "");
    say_word(stdout, value[0] != '\0' ? value : "-");
    say_text(stdout, "\n");
}

/* What holds is told with what is known about its time and about revocation. */
static void say_passed(const struct validation *v)
{
    const char *time = v->proven ? tr("The signature holds, and a time stamp proves its time.")
                       : v->level == LEVEL_B
                           ? tr("The signature holds. Its time is the signer's own claim (there is no "
                                "time stamp).")
                           : tr("The signature holds. Its time is the signer's own claim (no time "
                                "stamp in it counts).");
    say_text(stdout, time);
    say_text(stdout, " ");
    say_line(stdout,
        v->revocation == STATE_GOOD ? tr("The certificate was not revoked then.") : tr("Revocation was not checked."));
}

static const char *said_of(const struct finding *f)
{
    if (f->v.rule == WHY_TEXT)
        return N_("The signature holds, but for another text than the given one.");
    return f->v.sub != SUB_NONE ? sub_indication_said(f->v.sub) : N_("The signature could not be examined.");
}

static void say_sentence(const struct finding *f)
{
    const char *sub = finding_sub_indication(f);
    say_text(stdout, finding_indication(f));
    say_text(stdout, sub != NULL ? ", " : "");
    say_line(stdout, sub != NULL ? sub : "");
    if (f->code == OK)
        say_passed(&f->v);
    else
        say_line(stdout, tr(said_of(f)));
}

static void put_time(const char *label, int64_t utc)
{
    char shown[WHEN_SHOWN];
    when_show(shown, utc);
    verify_row(label, shown);
}

static void put_signer(const struct validation *v)
{
    char tckn[TCKN_LEN + 1] = "";
    if (v->cert.tckn[0] != '\0')
        tckn_mask(tckn, v->cert.tckn);
    verify_row(tr("Signer"), v->cert.owner);
    verify_row(tr("T.C. ID number"), tckn);
    verify_row(tr("Issuer"), v->cert.issuer);
}

static void put_text(const struct validation *v)
{
    char bytes[32], hex[65];
    uint8_t digest[32];
    consent_text_digest(v->text, v->text_len, digest);
    ascii_hex(hex, digest, sizeof digest);
    snprintf(bytes, sizeof bytes, tr_n("%lu byte", "%lu bytes", v->text_len), (unsigned long)v->text_len);
    verify_row(tr("Text"), bytes);
    verify_row("SHA-256", hex);
}

static void put_times(const struct validation *v)
{
    if (v->has_signing_time)
        put_time(tr("Signing time"), v->signing_time);
    if (v->proven)
        put_time(tr("Proven time"), v->best_time);
    else
        verify_row("", v->level == LEVEL_B ? tr("claimed by the signer, no time stamp")
                                           : tr("claimed by the signer, no time stamp counts"));
}

static void put_table(const struct validation *v)
{
    if (v->has_cert)
        put_signer(v);
    if (v->text != NULL)
        put_text(v);
    put_times(v);
    if (v->has_cert)
        verify_row(tr("Algorithm"), v->algorithm);
    verify_row(tr("Level"), v->format);
    if (policy_is_named(v->profile))
        verify_row(tr("Signature policy"), profile_name(v->profile));
    verify_row(tr("Revocation"), tr(validation_state_words(v->revocation)));
}

/* ---- the evidence ---- */

static void add(char out[VALUE_MAX], const char *before, const char *words)
{
    size_t len = strlen(out);
    snprintf(out + len, VALUE_MAX - len, "%s%s", before, words);
}

static void add_time(char out[VALUE_MAX], int64_t utc)
{
    char shown[WHEN_SHOWN];
    when_show(shown, utc);
    add(out, ", ", shown);
}

/* Nothing refused it, which is not yet that something vouched for it. */
static const char *block_words(const struct validation *v, const struct validation_block *b)
{
    if (b->sub != SUB_NONE)
        return sub_indication_word(b->sub);
    return b->kind == BLOCK_FRESHNESS && v->revocation != STATE_GOOD ? tr(validation_state_words(v->revocation))
                                                                     : tr("holds");
}

static void put_block(const struct validation *v, const struct validation_block *b)
{
    char value[VALUE_MAX] = "";
    add(value, "", block_words(v, b));
    if (b->detail[0] != '\0')
        add(value, ": ", b->detail);
    if (b->time != 0)
        add_time(value, b->time);
    if (b->name[0] != '\0')
        add(value, ", ", b->name);
    verify_row(tr(validation_block_words(b->kind)), value);
}

static void put_status(const struct validation_status *s)
{
    char value[VALUE_MAX] = "";
    add(value, "", s->name);
    add(value, ": ", tr(validation_state_words(s->state)));
    if (s->revoked_at != 0)
        add_time(value, s->revoked_at);
    if (s->source[0] != '\0') {
        add(value, " (", s->source);
        add_time(value, s->this_update);
        add(value, "", ")");
    }
    verify_row("", value);
}

static void put_evidence(const struct validation *v)
{
    say_text(stdout, "\n");
    put_time(tr("Judged at"), v->judged_at);
    for (size_t i = 0; i < v->block_count; i++)
        put_block(v, &v->blocks[i]);
    for (size_t i = 0; i < v->status_count; i++)
        put_status(&v->statuses[i]);
}

void finding_say(const struct finding *f, enum verify_depth depth)
{
    const struct validation *v = &f->v;
    say_sentence(f);
    if (depth == DEPTH_SENTENCE)
        return;
    if (v->rule == WHY_NES)
        verify_row(tr("Reason"), tr(cert_reason_words(v->nes)));
    else if (f->code != OK)
        verify_row(tr("Detail"), f->err.detail);
    if (v->readable) {
        say_line(stdout, f->code != OK ? tr("What the file says, without proof:") : "");
        put_table(v);
    }
    if (depth == DEPTH_FULL && v->block_count > 0)
        put_evidence(v);
}
