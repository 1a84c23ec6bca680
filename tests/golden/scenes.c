#include "tests/golden/scenes.h"

#include <stdio.h>
#include <string.h>

#include "base/code.h"
#include "base/when.h"
#include "sign/cert.h"

#define NOW_MS 1000000

static const char consent[] =
    "Kamu SM sistemleri üzerinden güvenilir bir şekilde elektronik onayının alınması kaydıyla "
    "bundan sonra yapacağım NES başvurularımın, imzalı başvuru formu göndermeme gerek "
    "kalmaksızın işleme alınmasını KABUL EDİYORUM.";

static const char receipt_page_words[] =
    "Biçim / Form: eonay-receipt-1\n"
    "*** TEST *** Bu bir deneme kaydıdır, hukuki sonucu yoktur.\n"
    "*** TEST *** This is a test record without legal effect.\n"
    "\n"
    "Hizmet / Service: e-Onay\n"
    "Makbuz No / Receipt number: 2019-000042\n"
    "Alındığı an / Received: 27.08.2019 11:10:52 (2019-08-27T08:10:52Z)\n"
    "\n"
    "İMZALANAN METİN / SIGNED TEXT (text.txt)\n"
    "SHA-256:\n"
    "  2fa12c758135ab24ecf975313cc8dea964ad2cbcef19e1f13792c2b5d6db3644\n"
    "Eşleşme kodu / Match code: K1BQ Y5PH\n"
    "\n"
    "İMZA / SIGNATURE (consent.p7s)\n"
    "İmzalayan / Signer: İ*** I***\n"
    "T.C. Kimlik No / T.C. ID number: 100******46\n"
    "Düzey / Level: CAdES B-B\n"
    "Zaman damgası / Time stamp: henüz yok, sonra alınan makbuzda bulunur / not yet, a later receipt holds it\n"
    "\n"
    "DOĞRULAMA\n"
    "Bu makbuz ağ bağlantısı olmadan ve hizmete sorulmadan doğrulanabilir:\n"
    "  eonay verify receipt.asice --ca DOSYA\n"
    "FILE holds the certificates of the authorities you rely on (PEM). If a single byte\n"
    "of the receipt has changed, the check fails.\n";

static int64_t at(const char *rfc3339)
{
    int64_t utc = 0;
    return when_parse(rfc3339, &utc) ? utc : -1;
}

static struct cert_row cert(const char *owner, enum cert_reason reason, const char *until, const char *reader)
{
    struct cert_row c = {.reason = (uint8_t)reason, .pin_min = 4, .pin_max = 8};
    snprintf(c.owner, sizeof c.owner, "%s", owner);
    snprintf(c.mask, sizeof c.mask, "100******46");
    snprintf(c.issuer, sizeof c.issuer, "Test NES Hizmeti");
    snprintf(c.reader, sizeof c.reader, "%s", reader);
    snprintf(c.card, sizeof c.card, "AKIS");
    c.purpose = reason == REASON_SEAL ? PURPOSE_SEAL : reason == REASON_ENCRYPTION ? PURPOSE_ENCRYPTION : PURPOSE_NES;
    c.not_before = at("2019-01-01T00:00:00Z");
    c.not_after = c.reason_at = at(until);
    return c;
}

void stage_init(struct stage *s)
{
    memset(s, 0, sizeof *s);
    s->now_ms = NOW_MS;
    s->flow = flow_init();
    s->flow.under = ST_MENU;
    s->flow.receipt_ways = WAY_SAVE | WAY_PRINT | WAY_CODE;
    s->facts.page = "";
    s->facts.trust = "/etc/eonay/nes-authorities.pem";
    s->facts.test = true;
    s->facts.window_s = 240;
    s->facts.extensions = 2;
    s->facts.text = consent;
    s->facts.text_len = sizeof consent - 1;
    s->facts.created = at("2019-08-27T08:10:21Z");
    s->facts.signing_time = at("2019-08-27T08:10:37Z");
    snprintf(s->facts.code, sizeof s->facts.code, "K7QM3XPD9R4T");
    snprintf(s->facts.code_match, sizeof s->facts.code_match, "K1BQ Y5PH");
    snprintf(s->facts.match, sizeof s->facts.match, "K1BQ Y5PH");
    snprintf(s->facts.file, sizeof s->facts.file, "eonay-portable.tar.gz");
    s->facts.size = 118 * 1024;
    snprintf(s->facts.reader, sizeof s->facts.reader, "ACS ACR39U");
    snprintf(
        s->facts.digest, sizeof s->facts.digest, "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08");
}

static void go(struct stage *s, enum flow_state state)
{
    s->flow.state = state;
}

static void interrupt(struct stage *s, enum flow_state state)
{
    s->flow.under = s->flow.state;
    s->flow.state = state;
}

static void tell(struct stage *s, enum err_code note, uint32_t arg, enum focus focus)
{
    s->flow.note = note;
    s->flow.note_arg = arg;
    s->flow.focus = focus;
    s->flow.focus_seq++;
}

static void log_in(struct stage *s)
{
    s->flow.logged_in = true;
    snprintf(s->facts.person_name, sizeof s->facts.person_name, "İpek Işık");
    snprintf(s->facts.person_mask, sizeof s->facts.person_mask, "100******46");
}

static void consent_given(struct stage *s)
{
    s->flow.consented = true;
    snprintf(s->facts.consent_number, sizeof s->facts.consent_number, "2019-000042");
    s->facts.consent_at = at("2019-08-27T08:10:52Z");
    s->facts.stamp = 1;
}

/* --- Online İşlemler --------------------------------------------------------------------------------------------- */

static void menu(struct stage *s)
{
    go(s, ST_MENU);
}

static void menu_kiosk(struct stage *s)
{
    menu(s);
    s->flow.kiosk = true;
}

static void menu_help(struct stage *s)
{
    menu(s);
    s->flow.help = true;
}

static void gateway(struct stage *s)
{
    go(s, ST_GATEWAY);
}

static void gateway_away(struct stage *s)
{
    go(s, ST_GATEWAY);
    tell(s, ERR_GATEWAY_AWAY, 0, FOCUS_DEFAULT);
}

static void login(struct stage *s)
{
    go(s, ST_LOGIN);
    s->flow.panel = true;
    s->flow.methods = 1;
}

static void login_filled(struct stage *s)
{
    login(s);
    snprintf(s->form.tckn, sizeof s->form.tckn, "10000000146");
    s->form.password_chars = 8;
}

static void login_refused(struct stage *s)
{
    login_filled(s);
    s->form.password_chars = 0;
    tell(s, ERR_LOGIN_REFUSED, 0, FOCUS_PASSWORD);
}

static void login_other_method(struct stage *s)
{
    login(s);
    tell(s, ERR_METHOD_NOT_HERE, 3, FOCUS_DEFAULT); /* the password method stays chosen */
}

static void home(struct stage *s)
{
    log_in(s);
    go(s, ST_HOME);
}

static void home_consented(struct stage *s)
{
    home(s);
    consent_given(s);
}

static void nes(struct stage *s)
{
    log_in(s);
    go(s, ST_NES);
}

static void accept(struct stage *s)
{
    log_in(s);
    go(s, ST_ACCEPT);
}

static void accept_fixed(struct stage *s)
{
    accept(s);
    s->facts.extensions = 0;
}

static void code(struct stage *s)
{
    log_in(s);
    go(s, ST_CODE);
    s->flow.code_deadline_ms = NOW_MS + 900000;
    tell(s, ERR_CODE_READY, 900, FOCUS_DEFAULT);
}

static void code_kiosk(struct stage *s)
{
    code(s);
    s->flow.kiosk = true;
}

static void code_download(struct stage *s)
{
    code(s);
    s->flow.download = 36;
    s->facts.done = 42 * 1024;
    tell(s, ERR_DOWNLOADING, 0, FOCUS_DEFAULT);
}

static void code_downloaded(struct stage *s)
{
    code(s);
    s->flow.download = 101;
    snprintf(s->facts.path, sizeof s->facts.path, "/home/ipek/İndirilenler/eonay-portable.tar.gz");
    tell(s, ERR_DOWNLOADED, 0, FOCUS_DEFAULT);
}

/* --- E-İmza Uygulaması ---------------------------------------------------------------------------------------------
 */

static void opening(struct stage *s)
{
    log_in(s);
    go(s, ST_OPENING);
    s->flow.readers = 1;
}

static void code_empty(struct stage *s)
{
    s->flow.code_mode = true;
    go(s, ST_CODE_EMPTY);
    s->flow.focus = FOCUS_CODE;
}

static void code_short(struct stage *s)
{
    code_empty(s);
    snprintf(s->form.code, sizeof s->form.code, "K7QM-3XP");
    tell(s, ERR_CODE_SHORT, 7, FOCUS_CODE);
}

static void code_full(struct stage *s)
{
    log_in(s);
    go(s, ST_CODE_FULL);
    snprintf(s->form.code, sizeof s->form.code, "K7QM-3XPD-9R4T");
    s->flow.code_len = CODE_LEN;
    s->flow.code_whole = s->flow.code_carried = true;
    s->flow.code_deadline_ms = NOW_MS + 234000;
    tell(s, ERR_CODE_WHOLE, 0, FOCUS_NEXT);
}

static void code_expired(struct stage *s)
{
    code_full(s);
    tell(s, ERR_CODE_EXPIRED, 0, FOCUS_NEW_CODE);
}

static void card_in(struct stage *s)
{
    s->flow.readers = s->flow.cards = s->flow.certs = s->flow.usable = s->flow.chosen = 1;
    s->flow.pin_min = 4;
    s->flow.pin_max = 8;
    s->flow.token_up = true;
    s->facts.certs[0] = cert("İPEK IŞIK", REASON_USABLE, "2028-03-14T09:00:00Z", "ACS ACR39U");
    s->facts.cert_count = 1;
}

static void sign_text(struct stage *s)
{
    log_in(s);
    card_in(s);
    go(s, ST_SIGN);
    s->flow.text_known = true;
    s->flow.extensions = 2;
    s->flow.sign_deadline_ms = NOW_MS + 230000;
    tell(s, ERR_READ_TEXT, 0, FOCUS_TEXT);
}

static void sign_cert(struct stage *s)
{
    sign_text(s);
    s->flow.text_end = s->flow.text_accepted = true;
    tell(s, ERR_CERT_CHOSEN, 0, FOCUS_CERT);
}

static void sign_pin(struct stage *s)
{
    sign_cert(s);
    s->flow.cert_confirmed = true;
    s->form.pin_chars = 6;
    tell(s, ERR_TYPE_PIN, 0, FOCUS_PIN);
}

static void sign_refused(struct stage *s)
{
    sign_pin(s);
    s->form.pin_chars = 0;
    s->flow.sign_deadline_ms = NOW_MS + 187000;
    s->facts.signing_time += 43;
    tell(s, ERR_PIN_WRONG, 0, FOCUS_PIN);
}

static void sign_low(struct stage *s)
{
    sign_refused(s);
    s->flow.pin_flags = PIN_LOW;
    tell(s, ERR_PIN_LOW, 0, FOCUS_PIN);
}

static void sign_late(struct stage *s)
{
    sign_pin(s);
    s->form.pin_chars = 4;
    s->flow.sign_deadline_ms = NOW_MS + 30000;
    s->facts.signing_time += 200;
    tell(s, ERR_TIME_30, 0, FOCUS_PIN);
}

static void sign_pad(struct stage *s)
{
    sign_pin(s);
    s->form.pin_chars = 0;
    s->flow.pin_flags = PIN_PAD;
    tell(s, ERR_PIN_ON_READER, 0, FOCUS_SIGN);
}

static void sign_no_cert(struct stage *s)
{
    sign_cert(s);
    s->flow.usable = s->flow.chosen = 0;
    s->facts.certs[0] = cert("İPEK IŞIK", REASON_EXPIRED, "2024-10-26T09:00:00Z", "ACS ACR39U");
    tell(s, ERR_CERT_NONE, 0, FOCUS_CERT);
}

static void sign_help(struct stage *s)
{
    sign_refused(s);
    s->flow.help = true;
}

static void certs(struct stage *s)
{
    static const struct {
        const char *owner;
        enum cert_reason reason;
        const char *until, *reader;
    } rows[] = {
        {"İPEK IŞIK", REASON_USABLE, "2028-03-14T09:00:00Z", "ACS ACR39U"},
        {"İPEK IŞIK", REASON_USABLE, "2027-11-02T09:00:00Z", "SCM SCR3310"},
        {"İPEK IŞIK", REASON_EXPIRED, "2024-10-26T09:00:00Z", "ACS ACR39U"},
        {"İPEK IŞIK", REASON_ENCRYPTION, "2028-03-14T09:00:00Z", "ACS ACR39U"},
        {"ÖRNEK A.Ş.", REASON_SEAL, "2028-03-14T09:00:00Z", "ACS ACR39U"},
        {"IŞIL ÇAĞLAR", REASON_OTHER_TCKN, "2028-03-14T09:00:00Z", "ACS ACR39U"},
    };
    sign_cert(s);
    go(s, ST_CERTS);
    s->flow.cards = 2;
    s->flow.certs = 6;
    s->flow.usable = 2;
    s->flow.chosen = 0;
    s->flow.note = OK;
    s->flow.sign_deadline_ms = NOW_MS + 205000;
    s->facts.cert_count = sizeof rows / sizeof rows[0];
    for (size_t i = 0; i < s->facts.cert_count; i++)
        s->facts.certs[i] = cert(rows[i].owner, rows[i].reason, rows[i].until, rows[i].reader);
}

/* Of the two usable ones the first ends within two months. */
static void certs_ending(struct stage *s)
{
    certs(s);
    s->facts.certs[0].not_after = at("2019-10-26T20:59:59Z");
}

/* Three cards full: the list scrolls, the detail does not. */
static void certs_many(struct stage *s)
{
    certs(s);
    s->flow.cards = 3;
    while (s->facts.cert_count < 20) {
        struct cert_row *c = &s->facts.certs[s->facts.cert_count++];
        char owner[64];
        snprintf(owner, sizeof owner, "YEDEK %zu", s->facts.cert_count);
        *c = cert(owner, REASON_NO_KEY, "2028-03-14T09:00:00Z", "SCM SCR3310");
    }
    s->flow.certs = (uint16_t)s->facts.cert_count;
}

/* One that can be used among others: chosen, and a way to the list. */
static void sign_others(struct stage *s)
{
    certs(s);
    go(s, ST_SIGN);
    for (size_t i = 1; i + 1 < s->facts.cert_count; i++)
        s->facts.certs[i] = s->facts.certs[i + 1];
    s->flow.certs = (uint16_t)--s->facts.cert_count;
    s->flow.usable = s->flow.chosen = 1;
    tell(s, ERR_CERT_CHOSEN, 0, FOCUS_CERT);
}

static void sign_ending(struct stage *s)
{
    sign_cert(s);
    s->facts.certs[0].not_after = at("2019-10-26T20:59:59Z");
}

static void text_ask(struct stage *s)
{
    sign_text(s);
    s->flow.text_known = false;
    s->flow.note = OK;
    go(s, ST_TEXT_ASK);
}

/* A while after it was said: the clock goes on. */
static void sign_extended(struct stage *s)
{
    sign_pin(s);
    s->flow.sign_deadline_ms = NOW_MS + 198000;
    tell(s, ERR_EXTENDED, 240, FOCUS_PIN);
}

static void sign_minute(struct stage *s)
{
    sign_pin(s);
    s->flow.sign_deadline_ms = NOW_MS + 42000;
    tell(s, ERR_TIME_60, 0, FOCUS_PIN);
}

static void signing(struct stage *s)
{
    sign_pin(s);
    go(s, ST_SIGNING);
    s->form.pin_chars = 0;
    s->flow.sign_deadline_ms = NOW_MS + 221000;
    tell(s, ERR_SLOW, 0, FOCUS_DEFAULT);
}

static void no_card(struct stage *s)
{
    sign_cert(s);
    go(s, ST_NO_CARD);
    s->flow.cards = s->flow.certs = s->flow.usable = s->flow.chosen = 0;
    s->facts.cert_count = 0;
    s->flow.sign_deadline_ms = NOW_MS + 198000;
    tell(s, ERR_NO_CARD, 0, FOCUS_DEFAULT);
}

static void no_reader(struct stage *s)
{
    no_card(s);
    s->flow.readers = 0;
    tell(s, ERR_NO_READER_SSH, 0, FOCUS_DEFAULT);
}

static void no_module(struct stage *s)
{
    no_card(s);
    s->flow.readers = 0;
    s->flow.cards_err = ERR_MODULE_MISSING;
    tell(s, ERR_MODULE_MISSING, 0, FOCUS_DEFAULT);
}

static void doctor_at(struct stage *s, uint8_t phase, const enum link_state *links, size_t n)
{
    no_card(s);
    go(s, ST_DOCTOR);
    s->flow.note = OK;
    s->flow.doctor = phase;
    for (size_t i = 0; i < n; i++)
        s->facts.doctor[i] = (uint8_t)links[i];
    s->facts.doctor_count = n;
}

static void doctor_looks(struct stage *s)
{
    const enum link_state links[] = {LINK_OK, LINK_OK};
    doctor_at(s, DOCTOR_LOOKING, links, 2);
}

static void doctor_found(struct stage *s)
{
    const enum link_state links[] = {LINK_OK, LINK_OK, LINK_OK, LINK_BROKEN};
    doctor_at(s, DOCTOR_DONE, links, 4);
    s->facts.doctor_code = ERR_DR_CARD_MUTE;
    snprintf(s->facts.doctor_detail, sizeof s->facts.doctor_detail, "SCardConnect: 0x80100066");
    tell(s, ERR_DR_CARD_MUTE, 0, FOCUS_DEFAULT);
}

/* Another message took the verdict's place; the longest that can stand here. */
static void doctor_late(struct stage *s)
{
    const enum link_state links[] = {
        LINK_SKIPPED, LINK_SKIPPED, LINK_SKIPPED, LINK_SKIPPED, LINK_OK, LINK_OK, LINK_OK, LINK_OK, LINK_BROKEN};
    doctor_at(s, DOCTOR_DONE, links, 9);
    s->facts.doctor_code = ERR_DR_CLOCK;
    s->facts.doctor_arg = 7200;
    snprintf(s->facts.doctor_detail, sizeof s->facts.doctor_detail, "-7200 s");
    s->flow.sign_deadline_ms = NOW_MS + 29000;
    tell(s, ERR_TIME_30, 0, FOCUS_DEFAULT);
}

static void doctor_whole(struct stage *s)
{
    enum link_state links[LINK_COUNT];
    for (size_t i = 0; i < LINK_COUNT; i++)
        links[i] = LINK_OK;
    doctor_at(s, DOCTOR_DONE, links, LINK_COUNT);
    s->facts.doctor_code = ERR_DR_WHOLE;
    tell(s, ERR_DR_WHOLE, 0, FOCUS_DEFAULT);
}

static void sign_forwarded(struct stage *s)
{
    sign_pin(s);
    s->facts.forwarded = true;
}

static void forward_dead(struct stage *s)
{
    no_card(s);
    s->facts.forwarded = true;
    s->flow.readers = 0;
    s->flow.cards_err = ERR_FORWARD_DEAD;
    tell(s, ERR_FORWARD_DEAD, 0, FOCUS_DEFAULT);
}

static void forward_help(struct stage *s)
{
    forward_dead(s);
    snprintf(s->facts.module_detail, sizeof s->facts.module_detail, "/run/user/1000/kart.sock: Connection refused");
    s->flow.help = true;
}

static void forward_ignored(struct stage *s)
{
    no_reader(s);
    tell(s, ERR_NO_READER, 0, FOCUS_DEFAULT);
    s->facts.forward_ignored = true;
    s->flow.help = true;
}

static void last_try(struct stage *s)
{
    sign_cert(s);
    go(s, ST_LAST_TRY);
    s->flow.sign_deadline_ms = NOW_MS + 160000;
    s->flow.note = OK;
}

static void locked(struct stage *s)
{
    last_try(s);
    go(s, ST_LOCKED);
    s->flow.sign_deadline_ms = NOW_MS + 140000;
    snprintf(s->facts.help_line, sizeof s->facts.help_line, "0 850 000 00 00");
}

static void pin_change(struct stage *s)
{
    sign_cert(s);
    go(s, ST_PIN_CHANGE);
    s->flow.cert_confirmed = true;
    s->flow.pin_flags = PIN_DUE;
    s->flow.sign_deadline_ms = NOW_MS + 150000;
    tell(s, ERR_PIN_CHANGE, 0, FOCUS_PIN_OLD);
}

static void pin_change_differs(struct stage *s)
{
    pin_change(s);
    s->form.part_chars[PART_OLD] = 6;
    tell(s, ERR_NEW_PIN_DIFFERS, 0, FOCUS_PIN_NEW);
}

static void pin_change_low(struct stage *s)
{
    pin_change(s);
    s->flow.pin_flags = PIN_DUE | PIN_LOW;
    tell(s, ERR_PIN_LOW, 0, FOCUS_PIN_OLD);
}

static void pin_change_pad(struct stage *s)
{
    pin_change(s);
    s->flow.pin_flags = PIN_DUE | PIN_PAD;
    tell(s, ERR_PIN_CHANGE, 0, FOCUS_CHANGE);
}

static void pin_changing(struct stage *s)
{
    pin_change(s);
    s->flow.token_job = 7;
    s->flow.token_what = FX_CHANGE_PIN;
    tell(s, OK, 0, FOCUS_DEFAULT);
}

static void sign_changed(struct stage *s)
{
    sign_pin(s);
    s->form.pin_chars = 0;
    tell(s, ERR_PIN_CHANGED, 0, FOCUS_PIN);
}

static void sign_unsure(struct stage *s)
{
    sign_changed(s);
    tell(s, ERR_PIN_UNSURE, 0, FOCUS_PIN);
}

static void sign_shuffled(struct stage *s)
{
    sign_pin(s);
    snprintf(s->facts.keypad, sizeof s->facts.keypad, "7204918536");
}

static void expired(struct stage *s)
{
    log_in(s);
    go(s, ST_EXPIRED);
}

static void expired_refused(struct stage *s)
{
    expired(s);
    s->flow.ended = ERR_REJ_BOUND;
}

static void expired_code(struct stage *s)
{
    s->flow.code_mode = true;
    go(s, ST_EXPIRED);
}

static void success(struct stage *s)
{
    log_in(s);
    consent_given(s);
    s->facts.signing_time = s->facts.consent_at++; /* received a second after it was made */
    go(s, ST_SUCCESS);
    tell(s, ERR_SIGNED, 0, FOCUS_DEFAULT);
}

static void success_checking(struct stage *s)
{
    success(s);
    s->flow.checking = true;
    s->facts.stamp = 2;
    tell(s, ERR_CHECKING, 0, FOCUS_DEFAULT);
}

static void result(struct stage *s)
{
    log_in(s);
    consent_given(s);
    go(s, ST_RESULT);
}

static void already(struct stage *s)
{
    result(s);
    go(s, ST_ALREADY);
}

static void receipt(struct stage *s)
{
    result(s);
    s->flow.receipt_from = ST_RESULT;
    go(s, ST_RECEIPT);
}

static void receipt_saved(struct stage *s)
{
    receipt(s);
    s->facts.page = receipt_page_words;
    s->facts.receipt_early = 1;
    snprintf(s->facts.receipt_path, sizeof s->facts.receipt_path, "/var/tmp/makbuz-2019-000042.asice");
    tell(s, ERR_RECEIPT_SAVED, 0, FOCUS_DEFAULT);
}

static void receipt_kiosk(struct stage *s)
{
    receipt(s);
    s->flow.kiosk = true;
    s->flow.receipt_ways = WAY_CODE;
    tell(s, ERR_RECEIPT_NOT_READY, 0, FOCUS_DEFAULT);
}

static void receipt_save(struct stage *s)
{
    receipt(s);
    go(s, ST_RECEIPT_SAVE);
    snprintf(s->form.path, sizeof s->form.path, "makbuz-2019-000042.asice");
}

static void receipt_full(struct stage *s)
{
    receipt_save(s);
    snprintf(s->form.path, sizeof s->form.path, "/mnt/usb/Belgelerim/E-Onay/2019/Ağustos/makbuz-2019-000042.asice");
    tell(s, ERR_RECEIPT_FULL, 0, FOCUS_PATH);
}

static void receipt_shown(struct stage *s)
{
    receipt_saved(s);
    go(s, ST_RECEIPT_PAGE);
    s->flow.note = OK;
}

static void receipt_short(struct stage *s)
{
    receipt(s);
    go(s, ST_RECEIPT_CODE);
    snprintf(s->facts.receipt_code, sizeof s->facts.receipt_code, "5T0R8M2KQW7D");
    snprintf(s->facts.receipt_address, sizeof s->facts.receipt_address,
        "https://onlineislemler.example.org/v1/receipts/5T0R8M2KQW7D");
    s->facts.receipt_until = at("2019-08-28T08:10:52Z");
    tell(s, ERR_RECEIPT_CODE_READY, 0, FOCUS_DEFAULT);
}

/* --- interruptions --------------------------------------------------------------------------------------------------
 */

static void away(struct stage *s)
{
    accept(s);
    interrupt(s, ST_AWAY);
}

static void time_left(struct stage *s)
{
    sign_late(s);
    s->flow.note = OK;
    interrupt(s, ST_TIME);
}

static void time_none(struct stage *s)
{
    home(s);
    interrupt(s, ST_TIME);
}

static void leave(struct stage *s)
{
    sign_pin(s);
    s->flow.note = OK;
    interrupt(s, ST_LEAVE);
}

static void leave_made(struct stage *s)
{
    leave(s);
    s->flow.under = ST_SIGNING;
    s->flow.have_cms = true;
}

static void leave_sent(struct stage *s)
{
    leave_made(s);
    s->flow.sent = true;
}

static void time_code(struct stage *s)
{
    code(s);
    s->flow.note = OK;
    interrupt(s, ST_TIME);
}

static void sign_refused_help(struct stage *s)
{
    sign_refused(s);
    s->flow.help = true;
    snprintf(s->facts.module_detail, sizeof s->facts.module_detail, "C_Login: CKR_PIN_INCORRECT");
}

static void idle(struct stage *s)
{
    home(s);
    s->flow.idle_at_ms = NOW_MS + 20000;
    interrupt(s, ST_IDLE);
}

static void small(struct stage *s)
{
    menu(s);
    s->flow.small = true;
}

const struct scene_case scene_cases[] = {
    {"menu", menu},
    {"menu-kiosk", menu_kiosk},
    {"menu-help", menu_help},
    {"gateway", gateway},
    {"gateway-away", gateway_away},
    {"login", login},
    {"login-filled", login_filled},
    {"login-refused", login_refused},
    {"login-other-method", login_other_method},
    {"home", home},
    {"home-consented", home_consented},
    {"nes", nes},
    {"accept", accept},
    {"accept-fixed", accept_fixed},
    {"code", code},
    {"code-kiosk", code_kiosk},
    {"code-download", code_download},
    {"code-downloaded", code_downloaded},
    {"opening", opening},
    {"code-empty", code_empty},
    {"code-short", code_short},
    {"code-full", code_full},
    {"code-expired", code_expired},
    {"sign-text", sign_text},
    {"sign-cert", sign_cert},
    {"sign-others", sign_others},
    {"sign-ending", sign_ending},
    {"sign-pin", sign_pin},
    {"sign-refused", sign_refused},
    {"sign-low", sign_low},
    {"sign-late", sign_late},
    {"sign-pad", sign_pad},
    {"sign-no-cert", sign_no_cert},
    {"sign-help", sign_help},
    {"sign-refused-help", sign_refused_help},
    {"certs", certs},
    {"certs-ending", certs_ending},
    {"certs-many", certs_many},
    {"text-ask", text_ask},
    {"sign-extended", sign_extended},
    {"sign-minute", sign_minute},
    {"signing", signing},
    {"no-card", no_card},
    {"no-module", no_module},
    {"no-reader", no_reader},
    {"doctor", doctor_looks},
    {"doctor-found", doctor_found},
    {"doctor-late", doctor_late},
    {"doctor-whole", doctor_whole},
    {"sign-forwarded", sign_forwarded},
    {"forward-dead", forward_dead},
    {"forward-help", forward_help},
    {"forward-ignored", forward_ignored},
    {"last-try", last_try},
    {"locked", locked},
    {"pin-change", pin_change},
    {"pin-change-differs", pin_change_differs},
    {"pin-change-low", pin_change_low},
    {"pin-change-pad", pin_change_pad},
    {"pin-changing", pin_changing},
    {"sign-changed", sign_changed},
    {"sign-unsure", sign_unsure},
    {"sign-shuffled", sign_shuffled},
    {"expired", expired},
    {"expired-refused", expired_refused},
    {"expired-code", expired_code},
    {"success", success},
    {"success-checking", success_checking},
    {"result", result},
    {"already", already},
    {"receipt", receipt},
    {"receipt-saved", receipt_saved},
    {"receipt-kiosk", receipt_kiosk},
    {"receipt-save", receipt_save},
    {"receipt-full", receipt_full},
    {"receipt-page", receipt_shown},
    {"receipt-code", receipt_short},
    {"away", away},
    {"time", time_left},
    {"time-none", time_none},
    {"time-code", time_code},
    {"leave", leave},
    {"leave-made", leave_made},
    {"leave-sent", leave_sent},
    {"idle", idle},
    {"small", small},
};
const size_t scene_case_count = sizeof scene_cases / sizeof scene_cases[0];
