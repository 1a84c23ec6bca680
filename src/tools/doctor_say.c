#include "config.h"
#include "tools/doctor_say.h"

#include <stdio.h>
#include <string.h>
#include "base/i18n.h"
#include "base/say.h"
#include "base/text.h"
#include "base/when.h"
#include "wire/wire.h"

#define NAME_COLUMNS 22

/* clang-format off */
static const char *const state_words[LINK_STATES] = {
    [LINK_UNJUDGED] = N_("not reached"),
    [LINK_OK] = N_("in order"),
    [LINK_SKIPPED] = N_("not needed"),
    [LINK_BROKEN] = N_("broken"),
    [LINK_UNKNOWN] = N_("could not be judged"),
};
/* clang-format on */

void doctor_words(const char *msgid, uint64_t arg, char *out, size_t out_len)
{
    out[0] = '\0';
    if (msgid[0] != '\0')
        i18n_fill(out, out_len, tr(msgid), (unsigned long)arg);
}

const char *doctor_state_words(enum link_state s)
{
    return tr(state_words[s]);
}

void doctor_say_link(void *ctx, enum chain_link l, const struct link_found *f)
{
    const char *name = tr(chain_name(l));

    size_t width = text_width(name);

    (void)ctx;
    say_fmt(stdout, "%s%*s%s", name, width < NAME_COLUMNS ? (int)(NAME_COLUMNS - width) : 0, "",
        doctor_state_words(f->state));
    if (f->state == LINK_OK && f->detail[0] != '\0') {
        say_text(stdout, "  ");
        say_word(stdout, f->detail);
    }
    say_text(stdout, "\n");
    (void)fflush(stdout); /* the next one may take its time */
}

static const struct link_found *found_at(const struct doctor *d, enum chain_link l)
{
    static const struct link_found none = {.state = LINK_OK};

    return l < LINK_COUNT ? &d->links[l] : &none;
}

static void say_row(const char *label, const char *words)
{
    if (words[0] == '\0')
        return;
    say_text(stdout, label);
    say_text(stdout, label[0] != '\0' ? ": " : "");
    say_word(stdout, words);
    say_text(stdout, "\n");
}

void doctor_say_verdict(const struct doctor *d)
{
    enum chain_link l;
    const struct note *note = note_of(doctor_verdict(d, &l));
    const struct link_found *f = found_at(d, l);
    char words[512];

    say_text(stdout, "\n");
    doctor_words(note->said, f->arg, words, sizeof words);
    say_row("", words);
    doctor_words(note->advice, f->arg, words, sizeof words);
    say_row("", words);
    snprintf(words, sizeof words, "%s (%d)", note->slug, note->code);
    say_row(tr("Code"), words);
    say_row(tr("Detail"), f->detail);
}

/* ---- JSON ---- */

static json_t *json_link(enum chain_link l, const struct link_found *f)
{
    bool broken = f->state == LINK_BROKEN;

    return json_pack("{s:s, s:s, s:s?, s:o, s:s}", "link", chain_slug(l), "state", chain_state_slug(f->state), "code",
        broken ? note_of(f->code)->slug : NULL, "number", broken ? json_integer(f->code) : json_null(), "detail",
        f->detail);
}

static json_t *json_links(const struct doctor *d)
{
    json_t *all = json_array();

    for (enum chain_link l = 0; l < LINK_COUNT; l++)
        (void)json_array_append_new(all, json_link(l, &d->links[l]));
    return all;
}

static json_t *json_told(const struct doctor *d, enum chain_link l, const struct note *note, const struct link_found *f)
{
    char said[512], advice[512], time[WHEN_RFC3339];

    doctor_words(note->said, f->arg, said, sizeof said);
    doctor_words(note->advice, f->arg, advice, sizeof advice);
    when_rfc3339(time, when_utc());
    return json_pack("{s:b, s:s?, s:s, s:i, s:s, s:s, s:s, s:s, s:s, s:o}", "whole", note->code == ERR_DR_WHOLE, "link",
        l < LINK_COUNT ? chain_slug(l) : NULL, "code", note->slug, "number", (int)note->code, "said", said, "advice",
        advice, "detail", f->detail, "version", PACKAGE_VERSION, "time", time, "links", json_links(d));
}

json_t *doctor_json(const struct doctor *d)
{
    enum chain_link l;
    const struct note *note = note_of(doctor_verdict(d, &l));

    return json_told(d, l, note, found_at(d, l));
}

json_t *doctor_json_settings(const struct err *err)
{
    static const struct doctor nothing;
    struct link_found f = {.state = LINK_BROKEN, .code = err->code};

    text_clean(f.detail, sizeof f.detail, err->detail, strlen(err->detail));
    return json_told(&nothing, LINK_COUNT, note_of(err->code), &f);
}

/* ---- the wizard ---- */

static void put_found(struct wire_out *out, enum err_code code, const struct link_found *f)
{
    if (code != OK)
        wire_u64(out, F_ERROR, code);
    if (f->arg != 0)
        wire_u64(out, F_ARG, f->arg);
    if (f->detail[0] != '\0')
        wire_str(out, F_DETAIL, f->detail);
}

void doctor_tell_link(void *ctx, enum chain_link l, const struct link_found *f)
{
    struct wire_out out;

    wire_begin(&out, ctx, M_LINK, 0);
    wire_u64(&out, F_LINK, l);
    wire_u64(&out, F_STATE, f->state);
    put_found(&out, f->state == LINK_BROKEN ? f->code : OK, f);
    (void)!wire_send(&out, WIRE_FD, -1); /* nobody may be left to hear it */
}

void doctor_tell_verdict(uint8_t *frame, const struct doctor *d)
{
    enum chain_link l;
    enum err_code code = doctor_verdict(d, &l);
    struct wire_out out;

    wire_begin(&out, frame, M_VERDICT, 0);
    put_found(&out, code, found_at(d, l));
    (void)!wire_send(&out, WIRE_FD, -1);
}
