#include "config.h"
#include "review_rig.h"
#include "wizard/receipts.h"

static void do_one(struct rig *r, enum effect_kind kind, uint32_t job, uint32_t value)
{
    struct effects fx = {.n = 1, .v[0] = {kind, job, value, 0}};
    deeds_do(&r->w, &fx, NOW_MS);
}

static void type(struct secret *s, const char *bytes)
{
    for (; *bytes != '\0'; bytes++)
        assert_true(secret_push(s, bytes, 1));
}

/* The secret frame a worker gets, without its header; -1 when there is none. */
static ssize_t hear_secret(int end, uint32_t job, char out[300])
{
    uint8_t header[WIRE_HEADER], wanted[WIRE_HEADER];
    struct iovec parts[] = {{header, sizeof header}, {out, 300}};
    struct msghdr msg = {.msg_iov = parts, .msg_iovlen = 2};
    ssize_t n = recvmsg(end, &msg, MSG_DONTWAIT);
    wire_secret_header(wanted, job);
    if (n < WIRE_HEADER || memcmp(header, wanted, sizeof header) != 0)
        return -1;
    return n - WIRE_HEADER;
}

static struct rig *signer(void)
{
    struct rig *r = rig_new(3);
    rig_say_cards(r, 0, "A");
    rig_say_cards(r, 2, "B");
    r->w.queued = 0;
    assert_int_equal(buf_str(&r->w.text, "Onay veriyorum.\n"), OK);
    strcpy(r->w.opened_code, "K7QM3XPD9R4T");
    r->w.facts.created = 1500000000;
    r->w.server_time = 1500000060;
    r->w.opened_ms = NOW_MS;
    return r;
}

static void a_signature_is_asked_of_its_own_module(void **state)
{
    (void)state;
    struct rig *r = signer();
    struct wire_msg m;
    char pin[300];
    type(r->w.desk.pin, "123456");
    r->w.form.pin_chars = 6;
    do_one(r, FX_SIGN, 5, 1);
    assert_false(rig_hear(r, r->token[0], WIRE_TOKEN, &m));
    assert_false(rig_hear(r, r->token[1], WIRE_TOKEN, &m));
    assert_true(rig_hear(r, r->token[2], WIRE_TOKEN, &m));
    assert_int_equal(m.type, M_SIGN);
    assert_int_equal(m.job, 5);
    assert_memory_equal(m.val[F_TEXT].data, "Onay veriyorum.\n", 16);
    assert_memory_equal(m.val[F_CODE].data, "K7QM3XPD9R4T", 12);
    assert_int_equal(m.val[F_CERT].data[0], 'B');
    assert_int_equal(m.num[F_SIGN_TIME], (uint64_t)r->w.facts.signing_time);
    assert_int_equal(hear_secret(r->token[2], 5, pin), 6);
    assert_memory_equal(pin, "123456", 6);
    assert_int_equal(hear_secret(r->token[2], 5, pin), -1);
    assert_int_equal(secret_len(r->w.desk.pin), 0);
    assert_int_equal(r->w.form.pin_chars, 0);
    rig_free(r);
}

/* One typed PIN is told once: a second deed has nothing to tell. */
static void a_pin_is_told_once(void **state)
{
    (void)state;
    struct rig *r = signer();
    struct wire_msg m;
    char pin[300];
    type(r->w.desk.pin, "123456");
    do_one(r, FX_SIGN, 5, 0);
    do_one(r, FX_SIGN, 6, 0);
    assert_true(rig_hear(r, r->token[0], WIRE_TOKEN, &m));
    assert_int_equal(hear_secret(r->token[0], 5, pin), 6);
    assert_true(rig_hear(r, r->token[0], WIRE_TOKEN, &m));
    assert_int_equal(hear_secret(r->token[0], 6, pin), 0);
    rig_free(r);
}

static void a_pad_is_asked_without_a_pin(void **state)
{
    (void)state;
    struct rig *r = signer();
    struct wire_msg m;
    char pin[300];
    r->w.facts.certs[0].pin_flags = PIN_PAD;
    type(r->w.desk.pin, "123456"); /* whoever typed it */
    do_one(r, FX_SIGN, 5, 0);
    assert_true(rig_hear(r, r->token[0], WIRE_TOKEN, &m));
    assert_int_equal(m.type, M_SIGN);
    assert_int_equal(hear_secret(r->token[0], 5, pin), -1);
    assert_int_equal(secret_len(r->w.desk.pin), 0);
    rig_free(r);
}

static void assert_refused(struct rig *r, uint32_t job, enum err_code err)
{
    struct event ev = rig_event(r);
    assert_int_equal(ev.kind, EV_FAILED);
    assert_int_equal(ev.job, job);
    assert_int_equal(ev.err, err);
}

static void a_pin_that_cannot_be_told_is_wiped(void **state)
{
    (void)state;
    struct rig *r = signer();
    type(r->w.desk.pin, "123456");
    close(r->token[0]);
    r->token[0] = dup(STDIN_FILENO);
    do_one(r, FX_SIGN, 5, 0);
    assert_int_equal(secret_len(r->w.desk.pin), 0);
    assert_refused(r, 5, ERR_CARD_RUN);
    assert_int_equal(rig_event(r).kind, EV_TOKEN_GONE);
    type(r->w.desk.pin, "123456");
    do_one(r, FX_SIGN, 6, 9); /* no such certificate */
    assert_int_equal(secret_len(r->w.desk.pin), 0);
    assert_int_equal(rig_event(r).err, ERR_CERT_PICK);
    rig_free(r);
}

/* ---- another PIN ---- */

static void type_parts(struct rig *r)
{
    static const char *const words[] = {"123456", "246813", "246813"};
    for (size_t i = 0; i < PART_COUNT; i++) {
        type(r->w.desk.parts[i], words[i]);
        r->w.form.part_chars[i] = 6;
    }
}

static void assert_no_parts(struct rig *r)
{
    for (size_t i = 0; i < PART_COUNT; i++) {
        assert_int_equal(secret_len(r->w.desk.parts[i]), 0);
        assert_int_equal(r->w.form.part_chars[i], 0);
    }
}

static void a_change_tells_the_old_pin_and_the_new_one(void **state)
{
    (void)state;
    struct rig *r = signer();
    struct wire_msg m;
    char pin[300];
    type_parts(r);
    do_one(r, FX_CHANGE_PIN, 5, 1);
    assert_false(rig_hear(r, r->token[0], WIRE_TOKEN, &m));
    assert_true(rig_hear(r, r->token[2], WIRE_TOKEN, &m));
    assert_int_equal(m.type, M_CHANGE_PIN);
    assert_int_equal(m.val[F_CERT].data[0], 'B');
    assert_int_equal(hear_secret(r->token[2], 5, pin), 6);
    assert_memory_equal(pin, "123456", 6);
    assert_int_equal(hear_secret(r->token[2], 5, pin), 6);
    assert_memory_equal(pin, "246813", 6);
    assert_int_equal(hear_secret(r->token[2], 5, pin), -1);
    assert_int_equal(r->w.signer, 2);
    assert_no_parts(r);
    rig_free(r);
}

static void a_pad_changes_without_a_pin(void **state)
{
    (void)state;
    struct rig *r = signer();
    struct wire_msg m;
    char pin[300];
    r->w.facts.certs[0].pin_flags = PIN_PAD;
    type_parts(r); /* whoever typed it */
    do_one(r, FX_CHANGE_PIN, 5, 0);
    assert_true(rig_hear(r, r->token[0], WIRE_TOKEN, &m));
    assert_int_equal(m.type, M_CHANGE_PIN);
    assert_int_equal(hear_secret(r->token[0], 5, pin), -1);
    assert_no_parts(r);
    rig_free(r);
}

static void pins_that_cannot_be_told_are_wiped(void **state)
{
    (void)state;
    struct rig *r = signer();
    type_parts(r);
    close(r->token[0]);
    r->token[0] = dup(STDIN_FILENO);
    do_one(r, FX_CHANGE_PIN, 5, 0);
    assert_no_parts(r);
    assert_refused(r, 5, ERR_CARD_RUN); /* the card has seen nothing of it */
    assert_int_equal(rig_event(r).kind, EV_TOKEN_GONE);
    type_parts(r);
    do_one(r, FX_CHANGE_PIN, 6, 9); /* no such certificate */
    assert_no_parts(r);
    assert_int_equal(rig_event(r).err, ERR_CERT_PICK);
    type_parts(r);
    do_one(r, FX_WIPE_PARTS, 0, PARTS_NEW);
    assert_int_equal(secret_len(r->w.desk.parts[PART_OLD]), 6);
    assert_int_equal(secret_len(r->w.desk.parts[PART_NEW]) + secret_len(r->w.desk.parts[PART_AGAIN]), 0);
    do_one(r, FX_WIPE_PARTS, 0, PARTS_ALL);
    assert_no_parts(r);
    type_parts(r);
    do_one(r, FX_FORGET, 0, 0);
    assert_no_parts(r);
    rig_free(r);
}

/* No three digits of it are left in the page, which is the secret's own address. */
static void wiping_leaves_no_byte(void **state)
{
    (void)state;
    struct rig *r = signer();
    type(r->w.desk.pin, "864213");
    assert_non_null(memmem(r->w.desk.pin, 512, "864", 3));
    do_one(r, FX_WIPE_PIN, 0, 0); /* Temizle */
    assert_null(memmem(r->w.desk.pin, 512, "864", 3));
    assert_null(memmem(r->w.desk.pin, 512, "213", 3));
    type_parts(r);
    do_one(r, FX_WIPE_PARTS, 0, PARTS_ALL);
    for (size_t i = 0; i < PART_COUNT; i++) {
        assert_null(memmem(r->w.desk.parts[i], 512, "123", 3));
        assert_null(memmem(r->w.desk.parts[i], 512, "813", 3));
    }
    rig_free(r);
}

/* A worker that does not read is of no use: it ends, and the flow hears of it. */
static void who_does_not_listen_is_lost(void **state)
{
    (void)state;
    struct rig *r = signer();
    size_t told = 0;
    for (; r->w.queued == 0 && told < 10000; told++)
        do_one(r, FX_STATUS, 3, 0);
    assert_in_range(told, 2, 9999);
    assert_int_equal(rig_event(r).kind, EV_NET_GONE);
    assert_int_equal(r->w.net.fd, -1);
    for (told = 0; r->w.queued == 0 && told < 10000; told++)
        do_one(r, FX_SIGN, 5, 0);
    assert_in_range(told, 2, 9999);
    assert_refused(r, 5, ERR_CARD_RUN);
    assert_int_equal(rig_event(r).kind, EV_TOKEN_GONE);
    rig_free(r);
}

/* Both PINs are needed: who hears the request, or the old one alone, and is ended over it, has changed nothing. */
static void a_change_that_is_half_told_has_not_begun(void **state)
{
    (void)state;
    for (size_t room = 0; room < 3; room++) { /* how many of its three frames find place */
        struct rig *r = signer();
        char frame[300];
        size_t full = 0;
        while (send(r->w.tokens[2].fd, "", 1, MSG_DONTWAIT | MSG_NOSIGNAL) == 1)
            full++;
        assert_in_range(full, 4, 1000000);
        for (size_t i = 0; i < room; i++)
            assert_int_equal(recv(r->token[2], frame, sizeof frame, MSG_DONTWAIT), 1);
        type_parts(r);
        do_one(r, FX_CHANGE_PIN, 5, 1);
        assert_no_parts(r);
        assert_refused(r, 5, ERR_CARD_RUN);
        assert_int_equal(rig_event(r).kind, EV_TOKEN_GONE);
        assert_int_equal(r->w.queued, 0);
        assert_int_equal(r->w.tokens[2].fd, -1);
        size_t left = 0;
        while (recv(r->token[2], frame, sizeof frame, MSG_DONTWAIT) > 0)
            left++;
        assert_int_equal(left, full);
        rig_free(r);
    }
}

/* Whatever happened to the list meanwhile. */
static void who_hangs_over_a_signature_is_lost(void **state)
{
    (void)state;
    struct rig *r = signer();
    do_one(r, FX_SIGN, 5, 1);
    rig_say_cards(r, 2, "");
    r->w.queued = 0;
    r->w.flow.chosen = 0;
    do_one(r, FX_TOKEN_KILL, 5, 0);
    assert_int_equal(rig_event(r).kind, EV_TOKEN_GONE);
    assert_int_equal(r->w.tokens[2].fd, -1);
    assert_true(r->w.tokens[0].fd >= 0);
    rig_free(r);
}

/* Its card is still listed while it is started again: that nobody hears of the PIN is no further loss. */
static void who_is_being_started_is_not_lost_again(void **state)
{
    (void)state;
    struct rig *r = signer();
    worker_end(&r->w.tokens[2], 0);
    type(r->w.desk.pin, "123456");
    do_one(r, FX_SIGN, 5, 1);
    assert_refused(r, 5, ERR_CARD_RUN);
    assert_int_equal(r->w.queued, 0);
    assert_int_equal(secret_len(r->w.desk.pin), 0);
    type_parts(r);
    do_one(r, FX_CHANGE_PIN, 6, 1);
    assert_refused(r, 6, ERR_CARD_RUN);
    assert_int_equal(r->w.queued, 0);
    assert_no_parts(r);
    rig_free(r);
}

static void a_password_is_told_once_and_wiped(void **state)
{
    (void)state;
    struct rig *r = rig_new(0);
    struct wire_msg m;
    char password[300];
    strcpy(r->w.form.tckn, "10000000146");
    type(r->w.desk.password, "parola");
    do_one(r, FX_LOGIN, 4, 0);
    assert_true(rig_hear(r, r->net, WIRE_NET, &m));
    assert_memory_equal(m.val[F_TCKN].data, "10000000146", 11);
    assert_int_equal(hear_secret(r->net, 4, password), 6);
    assert_int_equal(secret_len(r->w.desk.password), 0);
    rig_free(r);
}

static void a_card_that_waits_for_its_second_pin(void **state)
{
    (void)state;
    struct rig *r = signer();
    struct wire_msg m;
    char pin[300];
    r->w.signer = 0;
    r->w.held_job = 4;
    do_one(r, FX_SIGN, 5, 0); /* on the same card: it goes on */
    assert_true(rig_hear(r, r->token[0], WIRE_TOKEN, &m));
    assert_int_equal(m.type, M_SIGN);
    (void)hear_secret(r->token[0], 5, pin);
    assert_int_equal(r->w.held_job, 0);
    r->w.held_job = 5;
    do_one(r, FX_SIGN, 6, 1); /* on another: it is logged out */
    assert_true(rig_hear(r, r->token[0], WIRE_TOKEN, &m));
    assert_int_equal(m.type, M_CANCEL);
    assert_int_equal(m.job, 5);
    assert_true(rig_hear(r, r->token[2], WIRE_TOKEN, &m));
    assert_int_equal(m.type, M_SIGN);
    (void)hear_secret(r->token[2], 6, pin);
    r->w.held_job = 6;
    do_one(r, FX_FORGET, 0, 0); /* with the person */
    assert_true(rig_hear(r, r->token[2], WIRE_TOKEN, &m));
    assert_int_equal(m.type, M_CANCEL);
    rig_free(r);
}

static bool holds(const struct rig *r, const char *word)
{
    return memmem(&r->w, sizeof r->w, word, strlen(word)) != NULL;
}

/* Whatever a person brought, in all of the shell's own memory. */
static void nothing_of_a_person_stays(void **state)
{
    (void)state;
    static const char *const words[] = {
        "KANARYA", "100******46", "10000000146", "K7QM3XPD9R4T", "K7QM-3XPD-9R4T", "2026-000042", "kanarya.tar.gz"};
    struct rig *r = signer();
    struct wire_out out;
    r->w.flow.net_what = FX_LOGIN;
    r->w.flow.net_job = 3;
    wire_begin(&out, r->frame, M_PERSON, 3);
    wire_str(&out, F_NAME, "KANARYA SARI");
    wire_str(&out, F_MASK, "100******46");
    wire_str(&out, F_NUMBER, "2026-000042");
    rig_say_net(r, &out);
    strcpy(r->w.form.tckn, "10000000146");
    strcpy(r->w.form.code, "K7QM-3XPD-9R4T");
    strcpy(r->w.facts.code, "K7QM3XPD9R4T");
    strcpy(r->w.facts.file, "kanarya.tar.gz");
    strcpy(r->w.facts.path, "/tmp/kanarya.tar.gz");
    strcpy(r->w.view.arena, "Sayın KANARYA SARI");
    do_one(r, FX_LOGIN, 4, 0);
    type(r->w.desk.pin, "123456");
    assert_true(holds(r, "KANARYA"));
    do_one(r, FX_FORGET, 0, 0);
    for (size_t i = 0; i < COUNT(words); i++)
        assert_false(holds(r, words[i]));
    assert_int_equal(secret_len(r->w.desk.pin), 0);
    assert_int_equal(r->w.text.len, 0);
    assert_string_equal(r->w.facts.text, "");
    rig_free(r);
}

/* Half a folder's name would be another folder's. */
static void a_folder_that_does_not_fit_is_not_offered(void **state)
{
    (void)state;
    char deep[300] = "/a", fits[] = "/srv/makbuz";
    struct rig *r = signer();
    memset(deep + 2, 'a', sizeof deep - 3);
    strcpy(r->w.facts.consent_number, "2026-000042");
    r->w.settings.receipt.directory = deep;
    receipts_offer_path(&r->w);
    assert_null(strchr(r->w.form.path, '/'));
    assert_non_null(strstr(r->w.form.path, "-2026-000042.asice"));
    r->w.form.path[0] = '\0';
    r->w.settings.receipt.directory = fits;
    receipts_offer_path(&r->w);
    assert_ptr_equal(strstr(r->w.form.path, "/srv/makbuz/"), r->w.form.path);
    rig_free(r);
}

/* A face makes its picture anew for another edition only: one after a person's is never taken for theirs. */
static void what_is_composed_next_is_another_edition(void **state)
{
    (void)state;
    struct rig *r = signer();
    const struct screen *screen = screen_of(ST_MENU);
    struct scene s = {.flow = &r->w.flow, .facts = &r->w.facts, .form = &r->w.form, .now_ms = NOW_MS};
    view_compose(&r->w.view, screen, &s);
    unsigned before = r->w.view.edition;
    do_one(r, FX_FORGET, 0, 0);
    view_compose(&r->w.view, screen, &s);
    assert_int_not_equal(r->w.view.edition, before);
    rig_free(r);
}

static void who_was_told_of_a_person_is_tired(void **state)
{
    (void)state;
    struct rig *r = signer();
    do_one(r, FX_STATUS, 3, 0);
    do_one(r, FX_SIGN, 5, 1);
    do_one(r, FX_FORGET, 0, 0);
    assert_true(r->w.net.tired);
    assert_false(r->w.tokens[0].tired);
    assert_true(r->w.tokens[2].tired);
    rig_free(r);
}

static void without_a_driver_nothing_is_waited_for(void **state)
{
    (void)state;
    struct rig *r = rig_new(0);
    r->w.config_path = "wizard.yaml";
    do_one(r, FX_TOKEN_START, 0, 0);
    struct event ev = rig_event(r);
    assert_int_equal(ev.kind, EV_CARDS);
    assert_int_equal(ev.err, ERR_MODULE_BAD);
    assert_string_equal(r->w.facts.module_detail, "wizard.yaml: modules: []");
    assert_int_equal(rig_event(r).kind, EV_TOKEN_UP);
    rig_free(r);
    r = rig_new(1);
    do_one(r, FX_TOKEN_START, 0, 0);
    assert_int_equal(r->w.queued, 0);
    rig_free(r);
}

static void a_download_goes_into_a_file_of_its_own(void **state)
{
    (void)state;
    char folder[64], made[128];
    struct rig *r = rig_new(0);
    struct wire_msg m;
    unit_folder(folder);
    unit_write(folder, "a.tar.gz", "mine", made);
    r->w.settings.download_dir = folder;
    strcpy(r->w.facts.file, "a.tar.gz");
    size_t before = rig_open_fds();
    do_one(r, FX_DOWNLOAD, 3, 0);
    assert_int_equal(rig_open_fds(), before); /* it is the worker's now */
    assert_true(rig_hear(r, r->net, WIRE_NET, &m));
    assert_int_equal(m.type, M_DOWNLOAD);
    strcpy(r->w.facts.file, "../a");
    do_one(r, FX_DOWNLOAD, 4, 0);
    assert_int_equal(rig_event(r).err, ERR_DOWNLOAD_NOWHERE);
    r->w.flow.net_what = FX_DOWNLOAD;
    r->w.flow.net_job = 3;
    strcpy(r->w.facts.file, "a.tar.gz");
    struct wire_out out;
    wire_begin(&out, r->frame, M_OK, 3);
    rig_say_net(r, &out);
    assert_int_equal(rig_event(r).kind, EV_DOWNLOADED);
    assert_non_null(strstr(r->w.facts.path, "/a-2.tar.gz"));
    unit_remove(folder);
    rig_free(r);
}

/* There is none beside this test: that is told like one that died, and what was found before is gone. */
static void a_doctor_that_does_not_come_is_told(void **state)
{
    (void)state;
    struct rig *r = rig_new(0);
    size_t before = rig_open_fds();
    r->w.facts.doctor_count = 3;
    r->w.facts.doctor_code = ERR_DR_WHOLE;
    strcpy(r->w.facts.doctor_detail, "x");
    do_one(r, FX_DOCTOR_START, 0, 0);
    assert_int_equal(rig_event(r).kind, EV_DOCTOR_GONE);
    assert_int_equal(r->w.facts.doctor_count, 0);
    assert_int_equal(r->w.facts.doctor_code, OK);
    assert_string_equal(r->w.facts.doctor_detail, "");
    do_one(r, FX_DOCTOR_STOP, 0, 0); /* nobody to be ended */
    assert_int_equal(r->w.queued, 0);
    assert_int_equal(rig_open_fds(), before);
    rig_free(r);
}

UNIT_MAIN(cmocka_unit_test(a_signature_is_asked_of_its_own_module), cmocka_unit_test(a_pin_is_told_once),
    cmocka_unit_test(a_pad_is_asked_without_a_pin), cmocka_unit_test(a_pin_that_cannot_be_told_is_wiped),
    cmocka_unit_test(a_change_tells_the_old_pin_and_the_new_one), cmocka_unit_test(a_pad_changes_without_a_pin),
    cmocka_unit_test(pins_that_cannot_be_told_are_wiped), cmocka_unit_test(wiping_leaves_no_byte),
    cmocka_unit_test(who_does_not_listen_is_lost), cmocka_unit_test(a_change_that_is_half_told_has_not_begun),
    cmocka_unit_test(who_hangs_over_a_signature_is_lost), cmocka_unit_test(who_is_being_started_is_not_lost_again),
    cmocka_unit_test(a_password_is_told_once_and_wiped), cmocka_unit_test(a_card_that_waits_for_its_second_pin),
    cmocka_unit_test(a_folder_that_does_not_fit_is_not_offered),
    cmocka_unit_test(what_is_composed_next_is_another_edition), cmocka_unit_test(nothing_of_a_person_stays),
    cmocka_unit_test(who_was_told_of_a_person_is_tired), cmocka_unit_test(without_a_driver_nothing_is_waited_for),
    cmocka_unit_test(a_download_goes_into_a_file_of_its_own), cmocka_unit_test(a_doctor_that_does_not_come_is_told))
