#include "config.h"
#include "tools/doctor.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <winscard.h> /* names of codes alone */
#include "base/when.h"
#include "sign/cert.h"

#define ARRAY_LEN(a) (sizeof(a) / sizeof *(a))
#define SOFTHSM_FILE "softhsm"

static const struct link_found fine = {.state = LINK_OK};
static const struct link_found skipped = {.state = LINK_SKIPPED};
static const struct link_found unknown = {.state = LINK_UNKNOWN};

static struct link_found with(enum link_state state, enum err_code code, const char *detail)
{
    struct link_found f = {.state = state, .code = code};

    snprintf(f.detail, sizeof f.detail, "%s", detail);
    return f;
}

static struct link_found broken(enum err_code code, const char *detail)
{
    return with(LINK_BROKEN, code, detail);
}

static struct link_found code_of(enum err_code code, const char *of, uint32_t pcsc)
{
    char detail[64];

    snprintf(detail, sizeof detail, "%s: 0x%08" PRIX32, of, pcsc);
    return broken(code, detail);
}

/* ---- PC/SC ---- */

static bool is_forwarded(const struct doctor_module *m)
{
    return settings_forward_address(m->is) != NULL;
}

static bool is_of_files(const struct doctor_module *m)
{
    return strstr(m->is->path, SOFTHSM_FILE) != NULL;
}

/* One that was loaded may suffer from what is below it: it does not start, it hangs, it crashes, it sees nothing. */
static bool is_loaded(const struct doctor_module *m)
{
    return m->trouble == OK || m->trouble == ERR_MODULE_START || m->trouble == ERR_MODULE_CRASH ||
           m->trouble == ERR_MODULE_HANG;
}

bool doctor_sees_card(const struct doctor *d)
{
    for (size_t i = 0; i < d->module_n; i++)
        if (d->modules[i].cards.now.cards > 0)
            return true;
    return false;
}

bool doctor_asks_pcsc(const struct doctor *d)
{
    if (doctor_sees_card(d) || d->ignored)
        return false;
    for (size_t i = 0; i < d->module_n; i++)
        if (!is_forwarded(&d->modules[i]) && !is_of_files(&d->modules[i]) && is_loaded(&d->modules[i]))
            return true;
    return false;
}

static struct link_found judge_pcscd(const struct doctor *d)
{
    const struct doctor_pcsc *p = &d->pcsc;

    if (!doctor_asks_pcsc(d))
        return skipped;
    if (!p->finished)
        return broken(ERR_DR_PCSCD_SILENT, p->entered ? "SCardListReaders" : "SCardEstablishContext");
    if (p->context == (uint32_t)SCARD_E_SERVICE_STOPPED)
        return code_of(ERR_DR_PCSCD_VERSION, "SCardEstablishContext", p->context);
    if (p->context != SCARD_S_SUCCESS && p->context != (uint32_t)SCARD_W_SECURITY_VIOLATION)
        return code_of(ERR_DR_PCSCD_AWAY, "SCardEstablishContext", p->context);
    return fine;
}

/* polkit is asked twice: for the service, and for each card. The second time pcscd just hangs up. */
static bool is_refusal(uint32_t code)
{
    return code == (uint32_t)SCARD_W_SECURITY_VIOLATION || code == (uint32_t)SCARD_F_COMM_ERROR;
}

static const struct doctor_reader *refused_reader(const struct doctor_pcsc *p)
{
    for (size_t i = 0; i < p->n; i++)
        if (p->v[i].present && is_refusal(p->v[i].powered))
            return &p->v[i];
    return NULL;
}

static struct link_found judge_access(const struct doctor *d)
{
    const struct doctor_pcsc *p = &d->pcsc;
    const struct doctor_reader *reader = refused_reader(p);
    enum err_code refused = d->ssh ? ERR_DR_ACCESS_SSH : ERR_DR_ACCESS_SEAT;

    if (!doctor_asks_pcsc(d))
        return skipped;
    if (p->context == (uint32_t)SCARD_W_SECURITY_VIOLATION)
        return code_of(refused, "SCardEstablishContext", p->context);
    return reader != NULL ? code_of(refused, "SCardConnect", reader->powered) : fine;
}

static struct link_found judge_reader(const struct doctor *d)
{
    const struct doctor_pcsc *p = &d->pcsc;

    if (!doctor_asks_pcsc(d))
        return skipped;
    if (p->n > 0)
        return with(LINK_OK, OK, p->v[0].name);
    return code_of(p->usb > 0 ? ERR_DR_READER_DRIVER : ERR_NO_READER, "SCardListReaders", p->list);
}

static enum err_code power_error(uint32_t code)
{
    return code == (uint32_t)SCARD_E_SHARING_VIOLATION ? ERR_DR_CARD_HELD : ERR_DR_CARD_MUTE;
}

static struct link_found judge_power(const struct doctor *d)
{
    const struct doctor_reader *sick = NULL;

    if (!doctor_asks_pcsc(d))
        return skipped;
    for (size_t i = 0; i < d->pcsc.n; i++) {
        const struct doctor_reader *r = &d->pcsc.v[i];

        if (r->present && r->powered == SCARD_S_SUCCESS)
            return with(LINK_OK, OK, r->name);
        if (r->present && sick == NULL)
            sick = r;
    }
    return sick == NULL ? broken(ERR_NO_CARD, "") : code_of(power_error(sick->powered), "SCardConnect", sick->powered);
}

/* ---- cards ---- */

static enum err_code module_error(enum err_code trouble)
{
    static const struct {
        enum err_code told, verdict;
    } rows[] = {
        {ERR_MODULE_MISSING, ERR_DR_MODULE_MISSING},
        {ERR_MODULE_FILE, ERR_DR_MODULE_OTHER},
        {ERR_MODULE_OTHER, ERR_DR_MODULE_OTHER},
        {ERR_MODULE_ARCH, ERR_DR_MODULE_ARCH},
        {ERR_MODULE_PART, ERR_DR_MODULE_PART},
        {ERR_MODULE_START, ERR_DR_MODULE_START},
        {ERR_MODULE_CRASH, ERR_DR_MODULE_CRASH},
        {ERR_MODULE_HANG, ERR_DR_MODULE_HANG},
    };

    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        if (rows[i].told == trouble)
            return rows[i].verdict;
    return ERR_DR_MODULE_START;
}

/* What a link to another desk does when it breaks: nobody answers, p11-kit's client ends or waits for ever. */
static bool is_forward_dead(const struct doctor_module *m)
{
    enum err_code e = m->trouble != OK ? m->trouble : m->cards.now.error;

    return is_forwarded(m) && (e == ERR_NO_READER || e == ERR_FORWARD_DEAD || (m->trouble != OK && is_loaded(m)));
}

/* One driver that shows a card is enough. Without a card whatever does not serve may be the one that is needed. */
static struct link_found judge_module(const struct doctor *d)
{
    size_t serve = 0;
    char detail[64];

    if (d->ignored && !doctor_sees_card(d))
        return skipped;
    for (size_t i = 0; i < d->module_n; i++) {
        const struct doctor_module *m = &d->modules[i];

        if (m->trouble != OK && !doctor_sees_card(d) && !is_forward_dead(m))
            return broken(module_error(m->trouble), m->detail[0] != '\0' ? m->detail : m->is->path);
        serve += m->trouble == OK;
    }
    snprintf(detail, sizeof detail, "%zu/%zu", serve, d->module_n);
    return with(LINK_OK, OK, detail);
}

/* Why one driver shows no card, in the words of the chain. */
static enum err_code slot_error(const struct doctor *d, const struct doctor_module *m)
{
    enum err_code told = m->cards.now.error;

    if (is_forward_dead(m))
        return ERR_FORWARD_DEAD;
    if (told == ERR_CARD_UNKNOWN)
        return ERR_DR_CARD_STRANGE;
    if (told == ERR_CARD_UNREAD || told == ERR_FORWARD_OTHER || told == ERR_FORWARD_ADDRESS)
        return told;
    if (doctor_asks_pcsc(d)) /* there is one: it was powered up */
        return ERR_DR_SLOT_BLIND;
    return told == ERR_NO_READER ? told : ERR_NO_CARD;
}

/* The driver that came nearest to a card says it. */
static struct link_found judge_slot(const struct doctor *d)
{
    static const enum err_code rising[] = {ERR_NO_READER, ERR_NO_CARD, ERR_FORWARD_DEAD, ERR_FORWARD_OTHER,
        ERR_FORWARD_ADDRESS, ERR_DR_SLOT_BLIND, ERR_CARD_UNREAD, ERR_DR_CARD_STRANGE};
    const struct doctor_module *says = NULL;
    size_t weight = 0;

    if (doctor_sees_card(d))
        return fine;
    if (judge_module(d).state == LINK_BROKEN) /* nobody could look for all of us */
        return unknown;
    if (d->ignored)
        return broken(ERR_DR_FORWARD_IGNORED, "");
    for (size_t i = 0; i < d->module_n; i++)
        for (size_t k = weight; k < ARRAY_LEN(rising); k++)
            if (rising[k] == slot_error(d, &d->modules[i])) {
                weight = k;
                says = &d->modules[i];
            }
    return broken(rising[weight], says != NULL ? says->cards.now.detail : "");
}

typedef bool of_row(const struct cert_row *r);

static bool is_usable(const struct cert_row *r)
{
    return r->reason == REASON_USABLE;
}

static bool is_open(const struct cert_row *r)
{
    return is_usable(r) && (r->pin_flags & PIN_LOCKED) == 0;
}

/* One that an authority of the settings issued, or that has another flaw. */
static bool is_vouched_for(const struct cert_row *r)
{
    return r->reason != REASON_UNTRUSTED;
}

static bool is_locked(const struct cert_row *r)
{
    return (r->pin_flags & PIN_LOCKED) != 0;
}

static const struct cert_row *find_row(const struct doctor *d, of_row *fits)
{
    for (size_t i = 0; i < d->module_n; i++)
        for (uint16_t k = 0; k < d->modules[i].cards.now.got; k++)
            if (fits == NULL || fits(&d->modules[i].cards.now.rows[k]))
                return &d->modules[i].cards.now.rows[k];
    return NULL;
}

static const char *pin_words(uint8_t flags)
{
    return (flags & PIN_LAST) != 0  ? "last try"
           : (flags & PIN_LOW) != 0 ? "few tries"
           : (flags & PIN_DUE) != 0 ? "to be changed"
                                    : "";
}

/* Told with the certificates; a card without one says nothing of its PIN. */
static struct link_found judge_token(const struct doctor *d)
{
    const struct cert_row *open = find_row(d, is_open), *row = open != NULL ? open : find_row(d, is_usable);

    if (row == NULL)
        row = find_row(d, is_locked);
    if (row == NULL)
        return skipped;
    return is_locked(row) ? broken(ERR_PIN_LOCKED, "") : with(LINK_OK, OK, pin_words(row->pin_flags));
}

/* "expired 2024-01-31": why, and the day that belongs to it; nothing of whose it is. */
static void reason_words(const struct cert_row *r, char *out, size_t out_len)
{
    char when[WHEN_RFC3339];

    when_rfc3339(when, r->reason_at);
    snprintf(out, out_len, "%s%s%.10s", cert_reason_slug((enum cert_reason)r->reason), r->reason_at > 0 ? " " : "",
        r->reason_at > 0 ? when : "");
}

/* A card that could not be read is no empty one; its driver says which call failed. */
static struct link_found no_certificate(const struct doctor *d)
{
    for (size_t i = 0; i < d->module_n; i++)
        if (d->modules[i].cards.now.cards > 0 && d->modules[i].cards.now.error == ERR_CARD_UNREAD)
            return broken(ERR_CARD_UNREAD, d->modules[i].cards.now.detail);
    return broken(ERR_CARD_EMPTY, "");
}

static struct link_found judge_cert(const struct doctor *d)
{
    const struct cert_row *any = find_row(d, NULL);
    char detail[64];

    if (find_row(d, is_usable) != NULL)
        return fine;
    if (any == NULL && !doctor_sees_card(d))
        return unknown;
    if (any == NULL)
        return no_certificate(d);
    reason_words(any, detail, sizeof detail);
    return broken(find_row(d, is_vouched_for) != NULL ? ERR_DR_CERT_UNUSABLE : ERR_DR_TRUST, detail);
}

/* ---- the service ---- */

static struct link_found judge_clock(const struct doctor *d)
{
    const struct doctor_service *s = &d->service;
    int64_t ahead_s = s->asked - s->time;
    char detail[64];
    struct link_found f;

    if (s->reached != OK)
        return unknown;
    snprintf(detail, sizeof detail, "%+" PRId64 " s", ahead_s);
    if (llabs(ahead_s) <= DOCTOR_CLOCK_S)
        return with(LINK_OK, OK, detail);
    f = broken(ERR_DR_CLOCK, detail);
    f.arg = (uint64_t)llabs(ahead_s);
    return f;
}

static struct link_found judge_service(const struct doctor *d)
{
    const struct doctor_service *s = &d->service;

    if (s->reached == ERR_UNREACHABLE || s->reached == ERR_SLOW)
        return broken(ERR_DR_SERVICE_AWAY, s->detail);
    if (s->reached == ERR_TLS)
        return fine; /* somebody answers; who, is the next link's */
    if (s->reached != OK)
        return broken(ERR_DR_SERVICE_SICK, s->detail);
    return s->store ? fine : broken(ERR_DR_SERVICE_SICK, "store");
}

static struct link_found judge_tls(const struct doctor *d)
{
    const struct doctor_service *s = &d->service;

    if (s->reached != ERR_TLS)
        return fine;
    return broken(s->tls_date ? ERR_DR_TLS_DATE : ERR_DR_TLS, s->detail);
}

static struct link_found judge_status(const struct doctor *d)
{
    const struct doctor_service *s = &d->service;

    if (s->revocation == HEALTH_AWAY)
        return broken(ERR_DR_OCSP_AWAY, "");
    if (s->stamps == HEALTH_AWAY)
        return broken(ERR_DR_TSA_AWAY, "");
    return s->revocation == HEALTH_GOOD || s->stamps == HEALTH_GOOD ? fine : skipped;
}

struct link_found doctor_judge(const struct doctor *d, enum chain_link l)
{
    static struct link_found (*const judges[LINK_COUNT])(const struct doctor *) = {
        [LINK_PCSCD] = judge_pcscd,
        [LINK_ACCESS] = judge_access,
        [LINK_READER] = judge_reader,
        [LINK_POWER] = judge_power,
        [LINK_MODULE] = judge_module,
        [LINK_SLOT] = judge_slot,
        [LINK_TOKEN] = judge_token,
        [LINK_CERT] = judge_cert,
        [LINK_CLOCK] = judge_clock,
        [LINK_SERVICE] = judge_service,
        [LINK_TLS] = judge_tls,
        [LINK_STATUS] = judge_status,
    };

    return judges[l](d);
}
