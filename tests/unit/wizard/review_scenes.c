/* Every screen with the longest of everything that a worker may tell: nothing is left out, least of all of the text. */
#include "config.h"
#include "unit/base/unit.h"
#include "base/i18n.h"
#include "sign/cert.h"
#include "ui/screen.h"

#define CERTS CERTS_MAX

static struct facts facts;
static struct form form;
static struct view view;
static char text[16384 + 1];

static void fill(char *out, size_t size)
{
    memset(out, 'W', size - 1);
    out[size - 1] = '\0';
}

static void fill_facts(void)
{
    fill(text, sizeof text);
    fill(facts.person_name, sizeof facts.person_name);
    fill(facts.person_mask, sizeof facts.person_mask);
    fill(facts.consent_number, sizeof facts.consent_number);
    fill(facts.code, sizeof facts.code);
    fill(facts.digest, sizeof facts.digest);
    fill(facts.reader, sizeof facts.reader);
    fill(facts.module_detail, sizeof facts.module_detail);
    fill(facts.file, sizeof facts.file);
    fill(facts.path, sizeof facts.path);
    fill(facts.help_line, sizeof facts.help_line);
    facts.text = text;
    facts.text_len = sizeof text - 1;
    facts.created = facts.signing_time = facts.consent_at = 1500000000;
    facts.size = facts.done = UINT64_MAX;
    facts.test = facts.ssh = true;
    facts.window_s = facts.extensions = 86400;
    fill(form.tckn, sizeof form.tckn);
    fill(form.code, sizeof form.code);
    form.password_chars = form.pin_chars = 255;
    facts.cert_count = CERTS;
    for (size_t i = 0; i < CERTS; i++) {
        struct cert_row *r = &facts.certs[i];
        fill(r->owner, sizeof r->owner);
        fill(r->mask, sizeof r->mask);
        fill(r->issuer, sizeof r->issuer);
        fill(r->reader, sizeof r->reader);
        fill(r->card, sizeof r->card);
        r->not_before = r->not_after = r->reason_at = 1500000000;
        r->purpose = (uint8_t)(i % PURPOSE_COUNT);
        r->reason = i < CERTS / 2 ? 0 : (uint8_t)(i % REASON_COUNT);
    }
}

static struct flow flow_at(enum flow_state state, enum flow_look look)
{
    struct flow f = flow_init();
    f.state = state;
    f.under = ST_SIGN;
    f.look = look;
    f.certs = CERTS;
    f.usable = CERTS / 2;
    f.chosen = f.readers = f.cards = 1;
    f.sign_deadline_ms = 240000;
    f.text_known = true;
    f.logged_in = true;
    f.download = 101;
    return f;
}

static const char *document(void)
{
    for (size_t i = 0; i < view.count; i++)
        if (view.items[i].role == ROLE_DOCUMENT)
            return view.items[i].value;
    return NULL;
}

static void look_at(enum flow_state state, enum flow_look look, bool plain)
{
    struct flow f = flow_at(state, look);
    struct scene s = {.flow = &f, .facts = &facts, .form = &form, .now_ms = 1, .plain = plain};
    const struct screen *screen = screen_of(state);
    if (screen == NULL)
        return;
    view_compose(&view, screen, &s);
    if (view.clipped != 0)
        fail_msg("%s: %zu things do not fit", flow_state_name(state), view.clipped);
    if (state == ST_SIGN)
        assert_string_equal(document(), text);
}

static void nothing_is_left_out(void **state)
{
    (void)state;
    fill_facts();
    for (int lang = LANG_TR; lang <= LANG_EN; lang++) {
        i18n_set((enum lang)lang);
        for (int look = 0; look < LOOK_COUNT; look++)
            for (int at = 0; at < ST_COUNT; at++) {
                look_at((enum flow_state)at, (enum flow_look)look, false);
                look_at((enum flow_state)at, (enum flow_look)look, true);
            }
    }
}

UNIT_MAIN(cmocka_unit_test(nothing_is_left_out))
