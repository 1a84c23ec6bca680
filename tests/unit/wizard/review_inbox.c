#include "config.h"
#include "review_rig.h"

#include <sha2.h>

#include "base/match.h"

static char loopback[] = "https://127.0.0.1:8443", elsewhere[] = "https://giris.example";
static const char text[] = "Onay veriyorum.\n";
/* sha256sum of it */
static char text_digest[] = "5504514c062771968f98b0da689fdbc162dbfe01ef55de0e950a167ff6fb56ea";

static void begin(struct rig *r, struct wire_out *out, enum wire_type type, uint32_t job)
{
    wire_begin(out, r->frame, type, job);
}

static void waits_for(struct rig *r, enum effect_kind what, uint32_t job)
{
    r->w.flow.net_what = what;
    r->w.flow.net_job = job;
}

static void say_opened(struct rig *r, uint32_t job, const char *what, uint64_t created, uint64_t server_time)
{
    struct wire_out out;
    begin(r, &out, M_OPENED, job);
    wire_bytes(&out, F_TEXT, what, strlen(what));
    wire_u64(&out, F_CREATED, created);
    wire_u64(&out, F_SERVER_TIME, server_time);
    wire_u64(&out, F_WINDOW_S, 240);
    wire_str(&out, F_NAME, "İPEK IŞIK");
    wire_str(&out, F_MASK, "100******46");
    rig_say_net(r, &out);
}

static void open_text(struct rig *r, const char *what)
{
    waits_for(r, FX_OPEN, 7);
    say_opened(r, 7, what, 1500000000, 1500000060);
}

static void assert_lost(struct rig *r, const struct worker *worker)
{
    struct event ev = rig_event(r);
    assert_int_equal(worker->fd, -1);
    assert_int_equal(ev.kind, worker->kind == WIRE_NET ? EV_NET_GONE : EV_TOKEN_GONE);
    assert_int_equal(r->w.queued, 0);
}

/* Before the text is shown: what is known of the cards is judged for whose code it is. */
static void the_cards_are_judged_for_the_person_first(void **state)
{
    (void)state;
    struct rig *r = rig_new(1);
    rig_say_cards(r, 0, "A");
    r->w.queued = 0;
    open_text(r, text);
    assert_int_equal(rig_event(r).kind, EV_CARDS);
    assert_int_equal(rig_event(r).kind, EV_OPENED);
    rig_free(r);
}

static void an_opened_text_is_kept(void **state)
{
    (void)state;
    struct rig *r = rig_new(1);
    open_text(r, text);
    struct event ev = rig_event(r);
    assert_int_equal(ev.kind, EV_OPENED);
    assert_int_equal(ev.value, 240);
    assert_string_equal(r->w.facts.text, text);
    assert_int_equal(r->w.facts.created, 1500000000);
    assert_string_equal(r->w.facts.person_name, "İPEK IŞIK");
    assert_int_equal(ev.flags & (FLAG_SAME_TEXT | FLAG_KNOWN_TEXT), 0);
    open_text(r, text);
    assert_int_equal(rig_event(r).flags & FLAG_SAME_TEXT, FLAG_SAME_TEXT);
    open_text(r, "Onay vermiyorum.\n");
    assert_int_equal(rig_event(r).flags & FLAG_SAME_TEXT, 0);
    rig_free(r);
}

static void a_text_is_known_by_its_digest(void **state)
{
    (void)state;
    struct rig *r = rig_new(0);
    r->w.settings.known_texts.v = calloc(2, sizeof(char *));
    r->w.settings.known_texts.v[0] = text_digest;
    r->w.settings.known_texts.n = 1;
    open_text(r, text);
    assert_string_equal(r->w.facts.digest, text_digest);
    assert_int_equal(rig_event(r).flags & FLAG_KNOWN_TEXT, FLAG_KNOWN_TEXT);
    open_text(r, "Onay veriyorum!\n");
    assert_int_equal(rig_event(r).flags & FLAG_KNOWN_TEXT, 0);
    rig_free(r);
}

static void an_old_job_changes_nothing(void **state)
{
    (void)state;
    struct rig *r = rig_new(0);
    waits_for(r, FX_OPEN, 8);
    say_opened(r, 7, text, 1500000000, 1500000060);
    waits_for(r, FX_NONE, 0);
    say_opened(r, 0, text, 1500000000, 1500000060);
    assert_int_equal(r->w.queued, 0);
    assert_string_equal(r->w.facts.text, "");
    assert_string_equal(r->w.facts.person_name, "");
    assert_int_equal(r->w.server_time, 0);
    assert_true(r->w.net.fd >= 0); /* late, not wrong */
    rig_free(r);
}

/* The number of a job under way does not open the door for every answer: while a signature is prepared, no other text
 * comes under it. */
static void an_answer_fits_its_job(void **state)
{
    (void)state;
    static const enum effect_kind others[] = {
        FX_METHODS, FX_LOGIN, FX_REQUEST, FX_EXTEND, FX_SUBMIT, FX_STATUS, FX_DOWNLOAD, FX_LOGOUT};
    for (size_t i = 0; i < COUNT(others); i++) {
        struct rig *r = rig_new(0);
        open_text(r, text);
        (void)rig_event(r);
        waits_for(r, others[i], 9);
        say_opened(r, 9, "Borç senedi.\n", 1500000001, 1500000061);
        assert_string_equal(r->w.facts.text, text);
        assert_memory_equal(r->w.text.data, text, sizeof text);
        assert_int_equal(r->w.facts.created, 1500000000);
        assert_lost(r, &r->w.net);
        rig_free(r);
    }
}

static void no_code_comes_by_another_job(void **state)
{
    (void)state;
    struct rig *r = rig_new(0);
    struct wire_out out;
    strcpy(r->w.facts.code, "K7QM3XPD9R4T");
    waits_for(r, FX_EXTEND, 9);
    begin(r, &out, M_REQUEST_OK, 9);
    wire_str(&out, F_CODE, "AAAAAAAAAAAA");
    wire_u64(&out, F_LIFETIME_S, 900);
    rig_say_net(r, &out);
    assert_string_equal(r->w.facts.code, "K7QM3XPD9R4T");
    assert_lost(r, &r->w.net);
    rig_free(r);
}

static void say_match(struct rig *r, size_t module, uint32_t job, const char *match)
{
    struct wire_out out;
    wire_begin(&out, r->frame, M_MATCH, job);
    wire_str(&out, F_MATCH, match);
    rig_say(r, &r->w.tokens[module], r->token[module], &out);
}

/* One that read another text than we showed is not heard again; an answer about an earlier text is let pass. */
static void a_match_code_is_of_the_text_that_is_shown(void **state)
{
    (void)state;
    uint8_t sum[SHA256_DIGEST_LENGTH];
    char grouped[MATCH_TEXT_LEN + 1], plain[MATCH_LEN + 1];
    SHA2_CTX sha;
    SHA256Init(&sha);
    SHA256Update(&sha, (const uint8_t *)text, strlen(text));
    SHA256Final(sum, &sha);
    match_code(sum, grouped);
    match_plain(grouped, plain);
    struct rig *r = rig_new(2);
    say_match(r, 0, 0, plain); /* of nothing */
    assert_string_equal(r->w.facts.match, "");
    open_text(r, text);
    say_match(r, 0, 6, "5YGJRXC1");
    assert_string_equal(r->w.facts.match, "");
    assert_int_not_equal(r->w.tokens[0].fd, -1);
    say_match(r, 0, 7, plain);
    assert_string_equal(r->w.facts.match, grouped);
    say_match(r, 1, 7, "5YGJRXC1");
    assert_string_equal(r->w.facts.match, grouped);
    assert_int_equal(r->w.tokens[1].fd, -1);
    open_text(r, "a\tb");
    assert_string_equal(r->w.facts.match, "");
    rig_free(r);
}

static void a_text_that_may_not_be_shown_is_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {"a\033[2Jb", "a\tb", "a\rb",
        "a\xe2\x80\xae"
        "b",
        "a\xc2\x9b"
        "b",
        "a\xff", "\xcc\x81"};
    for (size_t i = 0; i < COUNT(bad); i++) {
        struct rig *r = rig_new(0);
        open_text(r, text);
        (void)rig_event(r);
        open_text(r, bad[i]);
        struct event ev = rig_event(r);
        assert_int_equal(ev.kind, EV_FAILED);
        assert_int_equal(ev.err, ERR_TEXT_UNSAFE);
        assert_int_equal(r->w.text.len, 0); /* nor is the one before left to be signed */
        assert_string_equal(r->w.facts.text, "");
        assert_int_equal(r->w.facts.text_len, 0);
        rig_free(r);
    }
}

static void times_are_within_reason(void **state)
{
    (void)state;
    static const uint64_t bad[] = {UINT64_C(253402300800), INT64_MAX, UINT64_MAX};
    for (size_t i = 0; i < COUNT(bad); i++)
        for (int field = 0; field < 2; field++) {
            struct rig *r = rig_new(0);
            waits_for(r, FX_OPEN, 7);
            say_opened(r, 7, text, field == 0 ? bad[i] : 1500000000, field == 1 ? bad[i] : 1500000060);
            assert_int_equal(r->w.server_time, 0);
            assert_lost(r, &r->w.net);
            rig_free(r);
        }
}

static void names_are_clean(void **state)
{
    (void)state;
    struct rig *r = rig_new(0);
    struct wire_out out;
    waits_for(r, FX_LOGIN, 3);
    begin(r, &out, M_PERSON, 3);
    wire_str(&out, F_NAME,
        "A\033]0;x\007\xe2\x80\xae"
        "B\n");
    wire_str(&out, F_MASK, "1\033[2J*****");
    wire_u64(&out, F_CONSENTED, 1);
    wire_str(&out, F_NUMBER, "2026\033[H1");
    rig_say_net(r, &out);
    assert_int_equal(rig_event(r).kind, EV_PERSON);
    assert_string_equal(r->w.facts.person_name, "A?]0;x??B?");
    assert_string_equal(r->w.facts.person_mask, "1?[2J*****");
    assert_string_equal(r->w.facts.consent_number, "2026?[H1");
    rig_free(r);
}

static void the_details_of_an_error_are_clean(void **state)
{
    (void)state;
    struct rig *r = rig_new(0);
    struct wire_out out;
    waits_for(r, FX_LOGIN, 3);
    begin(r, &out, M_ERR, 3);
    wire_u64(&out, F_ERROR, 9999); /* no note of ours */
    wire_u64(&out, F_ARG, UINT64_MAX);
    wire_str(&out, F_DETAIL, "\033c\xc2\x85");
    rig_say_net(r, &out);
    struct event ev = rig_event(r);
    assert_int_equal(ev.err, ERR_INTERNAL);
    assert_int_equal(ev.arg, UINT32_MAX);
    assert_string_equal(r->w.facts.module_detail, "?c?");
    rig_free(r);
}

/* Who hangs at another desk's card hangs on the link to it. */
static void a_silent_link_is_no_silent_card(void **state)
{
    (void)state;
    char *variable[] = {(char[]){"P11_KIT_SERVER_ADDRESS=unix:path=/x"}};
    struct settings_module here = {.path = (char[]){"/m.so"}},
                           there = {.path = here.path, .environment = {variable, 1}};
    struct rig *r = rig_new(1);
    r->w.settings.modules = (struct conf_maps){&here, 1};
    inbox_lose_silent(&r->w, &r->w.tokens[0]);
    r->w.settings.modules = (struct conf_maps){&there, 1};
    inbox_lose_silent(&r->w, &r->w.tokens[0]);
    assert_int_equal(r->w.queued, 2);
    assert_int_equal(r->w.queue[0].err, ERR_CARD_SILENT);
    assert_int_equal(r->w.queue[1].err, ERR_FORWARD_DEAD);
    rig_free(r);
}

/* It belongs to no job, and changes nothing but the help page. */
static void a_last_word_is_kept_for_the_help_page(void **state)
{
    (void)state;
    struct rig *r = rig_new(1);
    struct wire_out out;
    begin(r, &out, M_ERR, 0);
    wire_u64(&out, F_ERROR, ERR_FILE);
    wire_str(&out, F_DETAIL, "ca.pem: \033[31mno such file");
    rig_say(r, &r->w.tokens[0], r->token[0], &out);
    assert_int_equal(r->w.queued, 0);
    assert_string_equal(r->w.facts.module_detail, "ca.pem: ?[31mno such file");
    rig_free(r);
}

static uint32_t panel_for(char *gateway, uint64_t said)
{
    struct rig *r = rig_new(0);
    struct wire_out out;
    r->w.settings.gateway = gateway;
    waits_for(r, FX_METHODS, 2);
    begin(r, &out, M_METHODS_OK, 2);
    wire_u64(&out, F_METHODS, 31);
    wire_u64(&out, F_PANEL, said);
    rig_say_net(r, &out);
    uint32_t flags = rig_event(r).flags;
    rig_free(r);
    return flags & FLAG_PANEL;
}

/* A net worker turned against us cannot make the panel ask for a real password. */
static void a_password_is_for_a_gateway_on_this_machine(void **state)
{
    (void)state;
    static char named[] = "https://localhost:8443", like[] = "https://127.0.0.1.example";
    assert_int_equal(panel_for(loopback, 1), FLAG_PANEL);
    assert_int_equal(panel_for(loopback, 0), 0);
    assert_int_equal(panel_for(elsewhere, 1), 0);
    assert_int_equal(panel_for(named, 1), 0);
    assert_int_equal(panel_for(like, 1), 0);
    assert_int_equal(panel_for(NULL, 1), 0);
}

static void say_signed(struct rig *r, size_t module, uint32_t job)
{
    struct wire_out out;
    begin(r, &out, M_SIGNED, job);
    wire_bytes(&out, F_CMS, "cms", 3);
    rig_say(r, &r->w.tokens[module], r->token[module], &out);
}

static void a_signature_comes_from_the_worker_that_was_asked(void **state)
{
    (void)state;
    struct rig *r = rig_new(2);
    r->w.flow.token_job = 5;
    r->w.flow.token_what = FX_SIGN;
    r->w.signer = 1;
    say_signed(r, 0, 5);
    assert_int_equal(r->w.queued, 0);
    assert_int_equal(r->w.cms.len, 0);
    say_signed(r, 1, 4);
    assert_int_equal(r->w.queued, 0);
    say_signed(r, 1, 5);
    assert_int_equal(rig_event(r).kind, EV_SIGNED);
    assert_memory_equal(r->w.cms.data, "cms", 3);
    rig_free(r);
}

static void who_speaks_out_of_turn_is_lost(void **state)
{
    (void)state;
    static uint8_t huge[WIRE_MAX + 1];
    static const uint8_t bad[][8] = {
        {0}, {19, 0, 1, 0, 5, 0, 0, 0}, {32, 0, 0, 0, 0, 0, 0, 0}, {4, 0, 0, 0, 5, 0, 0, 0}, {19, 0, 0, 0, 5, 0, 0, 0}};
    for (size_t i = 0; i <= COUNT(bad) + 1; i++) {
        struct rig *r = rig_new(0);
        waits_for(r, FX_LOGIN, 5);
        if (i < COUNT(bad))
            assert_int_equal(send(r->net, bad[i], sizeof bad[i], 0), sizeof bad[i]);
        else if (i == COUNT(bad))
            assert_int_equal(send(r->net, huge, sizeof huge, 0), sizeof huge);
        else
            assert_int_equal(shutdown(r->net, SHUT_WR), 0);
        inbox_read(&r->w, &r->w.net, NOW_MS);
        assert_lost(r, &r->w.net);
        rig_free(r);
    }
}

static void descriptors_that_come_along_are_closed(void **state)
{
    (void)state;
    struct rig *r = rig_new(0);
    struct wire_out out;
    size_t before = rig_open_fds();
    for (int i = 0; i < 20; i++) {
        begin(r, &out, M_READY, 0);
        assert_int_equal(wire_send(&out, r->net, STDOUT_FILENO), OK);
        inbox_read(&r->w, &r->w.net, NOW_MS);
        assert_int_equal(rig_event(r).kind, EV_NET_UP);
    }
    assert_int_equal(rig_open_fds(), before);
    rig_free(r);
}

static void nothing_heard_stays_in_the_frame(void **state)
{
    (void)state;
    static const uint8_t empty[WIRE_MAX];
    struct rig *r = rig_new(0);
    open_text(r, text);
    assert_memory_equal(r->w.in_frame, empty, sizeof empty);
    rig_free(r);
}

static void only_who_starts_is_told_the_holder(void **state)
{
    (void)state;
    struct rig *r = rig_new(2);
    struct wire_out out;
    struct wire_msg m;
    open_text(r, text);
    assert_true(rig_hear(r, r->token[0], WIRE_TOKEN, &m));
    assert_int_equal(m.type, M_TEXT);
    assert_memory_equal(m.val[F_TEXT].data, text, strlen(text));
    assert_true(rig_hear(r, r->token[0], WIRE_TOKEN, &m));
    assert_int_equal(m.type, M_HOLDER);
    assert_true(rig_hear(r, r->token[1], WIRE_TOKEN, &m));
    assert_true(rig_hear(r, r->token[1], WIRE_TOKEN, &m));
    assert_memory_equal(m.val[F_MASK].data, "100******46", 11);
    begin(r, &out, M_READY, 0);
    rig_say(r, &r->w.tokens[1], r->token[1], &out);
    assert_false(rig_hear(r, r->token[0], WIRE_TOKEN, &m));
    assert_true(rig_hear(r, r->token[1], WIRE_TOKEN, &m));
    assert_int_equal(m.type, M_TEXT);
    assert_true(rig_hear(r, r->token[1], WIRE_TOKEN, &m));
    assert_int_equal(m.type, M_HOLDER);
    rig_free(r);
}

static void a_change_is_answered_by_ok_alone(void **state)
{
    (void)state;
    struct rig *r = rig_new(1);
    struct wire_out out;
    r->w.flow.token_job = 5;
    r->w.flow.token_what = FX_CHANGE_PIN;
    begin(r, &out, M_ERR, 5);
    wire_u64(&out, F_ERROR, ERR_PIN_AGAIN);
    rig_say(r, &r->w.tokens[0], r->token[0], &out);
    assert_int_equal(r->w.held_job, 0); /* no signature waits */
    assert_int_equal(rig_event(r).err, ERR_PIN_AGAIN);
    begin(r, &out, M_OK, 5);
    rig_say(r, &r->w.tokens[0], r->token[0], &out);
    assert_int_equal(rig_event(r).kind, EV_PIN_CHANGED);
    say_signed(r, 0, 5); /* no signature is waited for: out of turn */
    assert_int_equal(r->w.cms.len, 0);
    assert_int_equal(rig_event(r).kind, EV_TOKEN_GONE);
    rig_free(r);
    r = rig_new(1);
    r->w.flow.token_job = 5;
    r->w.flow.token_what = FX_SIGN;
    begin(r, &out, M_OK, 5);
    rig_say(r, &r->w.tokens[0], r->token[0], &out);
    while (r->w.queued > 0)
        assert_int_not_equal(rig_event(r).kind, EV_PIN_CHANGED);
    rig_free(r);
}

static void a_second_pin_is_remembered(void **state)
{
    (void)state;
    struct rig *r = rig_new(2);
    struct wire_out out;
    struct wire_msg m;
    r->w.flow.token_job = 5;
    r->w.flow.token_what = FX_SIGN;
    r->w.signer = 1;
    begin(r, &out, M_ERR, 5);
    wire_u64(&out, F_ERROR, ERR_PIN_AGAIN);
    rig_say(r, &r->w.tokens[1], r->token[1], &out);
    assert_int_equal(r->w.held_job, 5);
    deeds_let_card_go(&r->w);
    assert_false(rig_hear(r, r->token[0], WIRE_TOKEN, &m));
    assert_true(rig_hear(r, r->token[1], WIRE_TOKEN, &m));
    assert_int_equal(m.type, M_CANCEL);
    assert_int_equal(m.job, 5);
    deeds_let_card_go(&r->w); /* once */
    assert_false(rig_hear(r, r->token[1], WIRE_TOKEN, &m));
    rig_free(r);
}

/* --- the doctor --- */

static void say_link(struct rig *r, int end, uint64_t link, uint64_t how)
{
    struct wire_out out;
    begin(r, &out, M_LINK, 0);
    wire_u64(&out, F_LINK, link);
    wire_u64(&out, F_STATE, how);
    rig_say(r, &r->w.doctor, end, &out);
}

static void what_the_doctor_finds_is_kept(void **state)
{
    (void)state;
    struct rig *r = rig_new(0);
    struct wire_out out;
    int end = rig_connect(&r->w.doctor);
    say_link(r, end, LINK_PCSCD, LINK_SKIPPED);
    say_link(r, end, LINK_ACCESS, LINK_BROKEN);
    assert_int_equal(r->w.facts.doctor_count, 2);
    assert_int_equal(r->w.facts.doctor[LINK_ACCESS], LINK_BROKEN);
    begin(r, &out, M_VERDICT, 0);
    wire_u64(&out, F_ERROR, ERR_DR_ACCESS_SSH);
    wire_u64(&out, F_ARG, 7);
    wire_str(&out, F_DETAIL, "\033[2J");
    rig_say(r, &r->w.doctor, end, &out);
    struct event ev = rig_event(r);
    assert_int_equal(ev.kind, EV_DOCTOR_DONE);
    assert_int_equal(ev.err, ERR_DR_ACCESS_SSH);
    assert_int_equal(ev.arg, 7);
    assert_int_equal(r->w.facts.doctor_code, ERR_DR_ACCESS_SSH);
    assert_string_equal(r->w.facts.doctor_detail, "?[2J");
    close(end); /* it is done */
    inbox_read(&r->w, &r->w.doctor, NOW_MS);
    assert_int_equal(rig_event(r).kind, EV_DOCTOR_GONE);
    assert_int_equal(r->w.doctor.fd, -1);
    rig_free(r);
}

static void links_come_in_their_order(void **state)
{
    (void)state;
    static const uint64_t bad[][2] = {{LINK_ACCESS, LINK_OK}, {LINK_COUNT, LINK_OK}, {LINK_PCSCD, LINK_UNJUDGED}};
    for (size_t i = 0; i < COUNT(bad); i++) {
        struct rig *r = rig_new(0);
        int end = rig_connect(&r->w.doctor);
        say_link(r, end, bad[i][0], bad[i][1]);
        assert_int_equal(r->w.facts.doctor_count, 0);
        assert_int_equal(r->w.doctor.fd, -1);
        assert_int_equal(rig_event(r).kind, EV_DOCTOR_GONE);
        close(end);
        rig_free(r);
    }
    struct rig *r = rig_new(0);
    int end = rig_connect(&r->w.doctor);
    for (uint64_t l = 0; l < LINK_COUNT; l++)
        say_link(r, end, l, LINK_OK);
    say_link(r, end, LINK_COUNT, LINK_OK); /* there are no more */
    assert_int_equal(r->w.facts.doctor_count, LINK_COUNT);
    assert_int_equal(r->w.doctor.fd, -1);
    close(end);
    rig_free(r);
}

static void the_doctor_says_nothing_else(void **state)
{
    (void)state;
    static const enum wire_type others[] = {M_READY, M_CARDS, M_PERSON};
    for (size_t i = 0; i < COUNT(others); i++) {
        struct rig *r = rig_new(0);
        struct wire_out out;
        int end = rig_connect(&r->w.doctor);
        begin(r, &out, others[i], 0);
        if (others[i] == M_CARDS)
            wire_u64(&out, F_COUNT, 0);
        if (others[i] == M_PERSON) {
            wire_str(&out, F_NAME, "A");
            wire_str(&out, F_MASK, "1");
        }
        rig_say(r, &r->w.doctor, end, &out);
        assert_int_equal(r->w.doctor.fd, -1);
        close(end);
        rig_free(r);
    }
}

/* One page for one wish. */
static void a_page_that_is_sent_twice_is_printed_once(void **state)
{
    (void)state;
    char path[] = "/bin/sleep", long_[] = "60", *command[] = {path, long_};
    struct rig *r = rig_new(0);
    struct wire_out out;
    r->w.page = BUF_INIT(32768);
    r->w.settings.receipt.print = (struct conf_strings){command, 2};
    r->w.flow.net_what = FX_PRINT;
    r->w.flow.net_job = 7;
    for (int i = 0; i < 2; i++) {
        wire_begin(&out, r->frame, M_RECEIPT_OK, 7);
        wire_bytes(&out, F_PAGE, "Makbuz\n", 7);
        wire_u64(&out, F_EARLY, 0);
        pid_t before = r->w.printing.pid;
        rig_say_net(r, &out);
        assert_true(r->w.printing.pid > 0 && (i == 0 || r->w.printing.pid == before));
        assert_int_equal(rig_event(r).kind, i == 0 ? EV_PROGRESS : EV_NET_GONE);
    }
    rig_free(r);
}

UNIT_MAIN(cmocka_unit_test(the_cards_are_judged_for_the_person_first), cmocka_unit_test(an_opened_text_is_kept),
    cmocka_unit_test(a_text_is_known_by_its_digest), cmocka_unit_test(an_old_job_changes_nothing),
    cmocka_unit_test(a_silent_link_is_no_silent_card), cmocka_unit_test(an_answer_fits_its_job),
    cmocka_unit_test(no_code_comes_by_another_job), cmocka_unit_test(a_match_code_is_of_the_text_that_is_shown),
    cmocka_unit_test(a_text_that_may_not_be_shown_is_refused), cmocka_unit_test(times_are_within_reason),
    cmocka_unit_test(names_are_clean), cmocka_unit_test(the_details_of_an_error_are_clean),
    cmocka_unit_test(a_last_word_is_kept_for_the_help_page),
    cmocka_unit_test(a_password_is_for_a_gateway_on_this_machine),
    cmocka_unit_test(a_signature_comes_from_the_worker_that_was_asked),
    cmocka_unit_test(who_speaks_out_of_turn_is_lost), cmocka_unit_test(descriptors_that_come_along_are_closed),
    cmocka_unit_test(nothing_heard_stays_in_the_frame), cmocka_unit_test(only_who_starts_is_told_the_holder),
    cmocka_unit_test(a_second_pin_is_remembered), cmocka_unit_test(a_change_is_answered_by_ok_alone),
    cmocka_unit_test(what_the_doctor_finds_is_kept), cmocka_unit_test(links_come_in_their_order),
    cmocka_unit_test(the_doctor_says_nothing_else), cmocka_unit_test(a_page_that_is_sent_twice_is_printed_once))
