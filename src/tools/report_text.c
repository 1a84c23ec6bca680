#include "config.h"
#include "tools/report.h"

#include <gnu/libc-version.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>
#include <curl/curl.h>
#include <openssl/crypto.h>
#include "base/ascii.h"
#include "base/i18n.h"
#include "base/modules.h"
#include "base/rule.h"
#include "base/text.h"
#include "base/when.h"
#include "sign/cert.h"
#include "tools/doctor_say.h"

#define ARRAY_LEN(a) (sizeof(a) / sizeof *(a))
#define DIGITS_MAX 8 /* an identity number has 11, a card's number more, a moment's day never nine in a row */
#define OS_FILE "/etc/os-release"
#define OS_KEY "PRETTY_NAME="

/* ---- what may be told ---- */

static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
static const char line_marks[] = "0123456789._+-() /:";

static bool is_of(const char *s, const char *marks, size_t max)
{
    size_t len = strlen(s);

    if (len == 0 || len > max)
        return false;
    for (size_t i = 0; i < len; i++)
        if (strchr(letters, s[i]) == NULL && strchr(marks, s[i]) == NULL)
            return false;
    return true;
}

void report_path(char *out, size_t out_len, const char *path)
{
    static const char *const folders[] = {"/usr/", "/opt/", "/lib/", "/lib64/", "/etc/"};
    const char *last = strrchr(path, '/');

    for (size_t i = 0; i < ARRAY_LEN(folders); i++)
        if (ascii_starts(path, folders[i]) && is_of(path, line_marks, 200)) {
            snprintf(out, out_len, "%s", path);
            return;
        }
    last = last != NULL ? last + 1 : path;
    snprintf(out, out_len, "…/%s", modules_is_name(last) ? last : "#");
}

void report_host(char *out, size_t out_len, const char *url)
{
    const char *host = strstr(url, "://");
    size_t len = host == NULL ? 0 : (size_t)(host - url) + 3 + strcspn(host + 3, "/?#");

    snprintf(out, out_len, "%.*s", (int)len, url);
}

/* "C_Initialize: CKR_GENERAL_ERROR" */
static bool is_call(const char *s)
{
    const char *code = strstr(s, ": CKR_");

    return ascii_starts(s, "C_") && code != NULL && strspn(s, letters) + 1 <= (size_t)(code - s) &&
           strspn(s + 2, letters) == (size_t)(code - s) - 2 &&
           strspn(code + 6, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789") == strlen(code + 6);
}

static bool is_numbers(const char *s)
{
    return s[0] != '\0' && strspn(s, "0123456789+-/ s") == strlen(s);
}

const char *report_detail(enum chain_link l, const char *detail)
{
    switch (l) {
    case LINK_PCSCD:
    case LINK_ACCESS:
    case LINK_POWER:
    case LINK_TOKEN:
        return is_of(detail, line_marks, 64) && ascii_starts(detail, "SCard") ? detail : "";
    case LINK_CERT:
        return is_call(detail) || is_of(detail, "0123456789- ", 32) ? detail : "";
    default:
        return is_call(detail) || is_numbers(detail) ? detail : "";
    }
}

void report_mask_digits(struct buf *b)
{
    size_t to = 0;

    for (size_t at = 0; at < b->len;) {
        size_t run = 0;

        while (at + run < b->len && ascii_is_digit((char)b->data[at + run]))
            run++;
        if (run > DIGITS_MAX)
            b->data[to++] = '#';
        else
            memmove(b->data + to, b->data + at, run > 0 ? run : 1);
        to += run > DIGITS_MAX ? 0 : run > 0 ? run : 1;
        at += run > 0 ? run : 1;
    }
    if (b->data != NULL)
        b->data[b->len = to] = '\0';
}

/* ---- writing ---- */

#define LABEL_COLUMNS 30

/* Remembers what went wrong, so that it is asked once. */
struct page {
    struct buf *to;
    enum err_code rc;
};

static void put(struct page *p, const char *text)
{
    if (p->rc == OK)
        p->rc = buf_str(p->to, text);
}

static void put_row(struct page *p, const char *label, const char *value)
{
    char clean[512];

    text_clean(clean, sizeof clean, value, strlen(value));
    put(p, "  ");
    put(p, label);
    for (size_t i = text_width(label); i < LABEL_COLUMNS; i++)
        put(p, " ");
    put(p, clean[0] != '\0' ? clean : "-");
    put(p, "\n");
}

static void put_number(struct page *p, const char *label, uint64_t n)
{
    char words[24];

    snprintf(words, sizeof words, "%llu", (unsigned long long)n);
    put_row(p, label, words);
}

static void put_flag(struct page *p, const char *label, bool set)
{
    put_row(p, label, set ? tr("yes") : tr("no"));
}

static void put_head(struct page *p, const char *title)
{
    put(p, "\n");
    put(p, title);
    put(p, "\n");
}

/* ---- the computer ---- */

static void put_distribution(struct page *p)
{
    struct buf file = BUF_INIT(16384);
    const char *name = "";

    if (buf_read_file(&file, OS_FILE, NULL) == OK && file.data != NULL)
        for (char *rest = (char *)file.data, *line; (line = strsep(&rest, "\n")) != NULL;)
            if (ascii_starts(line, OS_KEY)) {
                name = line + strlen(OS_KEY) + (line[strlen(OS_KEY)] == '"');
                line[strcspn(name, "\"") + (size_t)(name - line)] = '\0';
            }
    put_row(p, tr("System"), is_of(name, line_marks, 80) ? name : "");
    buf_done(&file);
}

static void put_kernel(struct page *p)
{
    struct utsname u; /* the name of the computer stays out */
    char words[3 * sizeof u.release];

    if (uname(&u) != 0)
        return;
    snprintf(words, sizeof words, "%s %s %s", u.sysname, u.release, u.machine);
    put_row(p, tr("Kernel"), words);
}

/* By its family alone: a variable may hold anything. */
static void put_terminal(struct page *p)
{
    static const char *const families[] = {
        "xterm", "screen", "tmux", "rxvt", "linux", "konsole", "vt220", "vt100", "ansi", "dumb"};
    static const char *const charsets[] = {"UTF-8", "ISO-8859-9", "ASCII"};
    const char *term = getenv("TERM"), *family = "";

    for (size_t i = 0; term != NULL && i < ARRAY_LEN(families); i++)
        if (ascii_starts(term, families[i]))
            family = families[i];
    put_row(p, "TERM", family);
    put_row(p, tr("Characters"), charsets[i18n_charset()]);
}

static void put_computer(struct page *p, const struct doctor *d)
{
    put_head(p, tr("This computer"));
    put_distribution(p);
    put_kernel(p);
    put_row(p, "e-Onay", PACKAGE_VERSION);
    put_row(p, "glibc", gnu_get_libc_version());
    put_row(p, "OpenSSL", OpenSSL_version(OPENSSL_VERSION_STRING));
    put_row(p, "libcurl", curl_version_info(CURLVERSION_NOW)->version);
    put_terminal(p);
    put_flag(p, tr("Remote session"), d->ssh);
}

/* ---- the settings ---- */

static void put_file(struct page *p, const char *key, const char *path)
{
    put_row(p, key,
        path == NULL              ? tr("not set")
        : access(path, R_OK) == 0 ? tr("set, can be read")
                                  : tr("set, cannot be read"));
}

static void put_set(struct page *p, const char *key, const char *value)
{
    put_row(p, key, value == NULL ? tr("not set") : tr("set"));
}

static void put_address(struct page *p, const char *key, const char *url)
{
    char host[300];

    report_host(host, sizeof host, url != NULL ? url : "");
    put_row(p, key, url == NULL ? tr("not set") : host);
}

static void put_settings(struct page *p, const struct settings *s)
{
    put_head(p, tr("Settings"));
    put_address(p, "portal", s->portal);
    put_address(p, "gateway", s->gateway);
    put_file(p, "tls_ca", s->tls_ca);
    put_file(p, "trust", s->trust);
    put_file(p, "publisher_ca", s->publisher_ca);
    put_set(p, "help_line", s->help_line);
    put_set(p, "test_hint", s->test_hint);
    put_number(p, "known_texts", s->known_texts.n);
    put_flag(p, "test", s->test);
    put_flag(p, "kiosk", s->kiosk);
    put_row(p, "lang", s->lang == LANG_EN ? "en" : "tr");
    put_row(p, "keypad", s->keypad == KEYPAD_KEYS ? "keys" : "picture");
    put_row(p, "keypad_order", s->keypad_order == KEYPAD_SHUFFLED ? "shuffled" : "fixed");
    put_flag(p, "pin_pad", s->pin_pad);
    put_flag(p, "forwarded_cards", s->forwarded_cards);
    put_row(p, "nes_rule", strcmp(s->nes_rule, RULE_NES) == 0 ? tr("default") : tr("other"));
    put_number(p, "idle_s", s->idle_s);
    put_number(p, "poll_ms", s->poll_ms);
    put_number(p, "hang_ms", s->hang_ms);
    put_number(p, "connect_ms", s->connect_ms);
    put_number(p, "answer_ms", s->answer_ms);
}

/* ---- card software ---- */

/* Names of the environment that drivers are known to heed; of others the number. */
static void put_environment(struct page *p, const struct settings_module *m)
{
    static const char *const known[] = {
        "SOFTHSM2_CONF", "P11_KIT_SERVER_ADDRESS", "PCSCLITE_CSOCK_NAME", "OPENSC_CONF", "LD_LIBRARY_PATH", "HOME"};
    struct buf words = BUF_INIT(512);
    size_t others = m->environment.n;

    for (size_t i = 0; i < m->environment.n; i++)
        for (size_t k = 0; k < ARRAY_LEN(known) && p->rc == OK; k++)
            if (ascii_starts(m->environment.v[i], known[k]) && m->environment.v[i][strlen(known[k])] == '=') {
                p->rc = buf_fmt(&words, "%s ", known[k]);
                others--;
            }
    if (others > 0 && p->rc == OK)
        p->rc = buf_fmt(&words, "+%zu", others);
    put_row(p, tr("Environment"), words.data != NULL ? (const char *)words.data : "");
    buf_done(&words);
}

static void add_pin(struct buf *words, const struct cert_row *r, enum err_code *rc)
{
    static const struct {
        uint8_t flag;
        const char *says;
    } rows[] = {
        {PIN_LOW, N_("few PIN tries left")},
        {PIN_LAST, N_("last PIN try")},
        {PIN_LOCKED, N_("the PIN is locked")},
        {PIN_PAD, N_("entered at the reader")},
        {PIN_DUE, N_("the PIN is to be changed")},
    };

    for (size_t i = 0; i < ARRAY_LEN(rows) && *rc == OK; i++)
        if ((r->pin_flags & rows[i].flag) != 0)
            *rc = buf_fmt(words, ", %s", tr(rows[i].says));
}

static void put_certificate(struct page *p, const struct cert_row *r)
{
    struct buf words = BUF_INIT(400);
    char until[WHEN_RFC3339];
    const char *slug = cert_reason_slug((enum cert_reason)r->reason);

    when_rfc3339(until, r->not_after);
    if (p->rc == OK)
        p->rc = r->reason == REASON_USABLE ? buf_str(&words, tr("usable"))
                                           : buf_fmt(&words, "%s (%s)", tr("not usable"), slug);
    if (p->rc == OK)
        p->rc = buf_fmt(&words, ", %.10s, PIN %u-%u", until, r->pin_min, r->pin_max);
    add_pin(&words, r, &p->rc);
    put_row(p, tr("Certificate: fit, ends, PIN"), words.data != NULL ? (const char *)words.data : "");
    buf_done(&words);
}

static void put_module(struct page *p, const struct doctor_module *m)
{
    char path[256];
    struct stat st;
    const struct cards_list *l = &m->cards.now;
    enum err_code trouble = m->trouble != OK ? m->trouble : l->error;

    report_path(path, sizeof path, m->is->path);
    put_row(p, tr("Card software"), path);
    if (stat(m->is->path, &st) == 0)
        put_number(p, tr("Bytes"), (uint64_t)st.st_size);
    put_environment(p, m->is);
    put_row(p, tr("Trouble"), trouble != OK ? note_of(trouble)->slug : "");
    put_row(p, tr("Call"), is_call(l->detail) ? l->detail : is_call(m->detail) ? m->detail : "");
    put_number(p, tr("Readers"), l->readers);
    put_number(p, tr("Cards"), l->cards);
    put_number(p, tr("Certificates"), l->got);
    for (uint16_t i = 0; i < l->got; i++)
        put_certificate(p, &l->rows[i]);
}

static void put_modules(struct page *p, const struct doctor *d)
{
    put_head(p, tr("Cards"));
    for (size_t i = 0; i < d->module_n; i++)
        put_module(p, &d->modules[i]);
}

static void put_readers(struct page *p, const struct doctor *d)
{
    char words[200];

    put_head(p, tr("Readers"));
    put_number(p, tr("USB card readers"), d->pcsc.usb);
    for (size_t i = 0; i < d->pcsc.n; i++) {
        const struct doctor_reader *r = &d->pcsc.v[i];

        snprintf(words, sizeof words, "%s, %s 0x%08X", is_of(r->name, line_marks, 128) ? r->name : "#",
            r->present ? tr("card") : tr("no card"), r->powered);
        put_row(p, tr("Card reader"), words);
    }
}

/* ---- the chain ---- */

static void put_chain(struct page *p, const struct doctor *d)
{
    enum chain_link broken;
    const struct note *note = note_of(doctor_verdict(d, &broken));
    char words[512];

    put_head(p, tr("From the card to the service"));
    for (enum chain_link l = 0; l < LINK_COUNT; l++) {
        snprintf(
            words, sizeof words, "%s  %s", doctor_state_words(d->links[l].state), report_detail(l, d->links[l].detail));
        put_row(p, tr(chain_name(l)), words);
    }
    doctor_words(note->said, broken < LINK_COUNT ? d->links[broken].arg : 0, words, sizeof words);
    put_row(p, note->slug, words);
}

static void put_top(struct page *p)
{
    char time[WHEN_RFC3339];

    when_rfc3339(time, when_utc());
    put(p, tr("e-Onay: report for those who help"));
    put(p, "\n");
    put(p,
        tr("It holds: versions of this computer's programs, the settings without their free words, where the card\n"
           "software lies and what it told, the readers, and which link between the card and the service is broken.\n"
           "It holds no name, no T.C. ID number, no PIN, no password, no code and nothing of a certificate's owner.\n"
           "Read it before you pass it on; nothing is sent by itself.\n"));
    put_head(p, tr("Made at"));
    put_row(p, "UTC", time);
}

enum err_code report_compose(const struct doctor *d, struct buf *to)
{
    struct page p = {.to = to, .rc = OK};

    put_top(&p);
    put_chain(&p, d);
    put_computer(&p, d);
    put_settings(&p, d->settings);
    put_modules(&p, d);
    put_readers(&p, d);
    report_mask_digits(to);
    return p.rc;
}

/* What is wrong stays on the person's screen: it may name a file or hold words of the settings. */
enum err_code report_compose_without(const struct doctor *d, enum err_code why, struct buf *to)
{
    struct page p = {.to = to, .rc = OK};

    put_top(&p);
    put_computer(&p, d);
    put_head(&p, tr("Settings"));
    put_row(&p, note_of(why)->slug, tr(note_of(why)->said));
    report_mask_digits(to);
    return p.rc;
}
