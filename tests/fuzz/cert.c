/* A certificate from a card or a signature: its names are clean, whatever judges it answers within its lists, and the
 * library would have said the same. */
#include "config.h"
#include <string.h>
#include "base/person.h"
#include "fakes/library.h"
#include "fuzz/fuzz.h"
#include "fuzz/world.h"
#include "sign/cert_parts.h"
#include "sign/revocation.h"

static bool is_url(const char *url)
{
    if (url[0] == '\0')
        return true;
    for (const char *p = url; *p != '\0'; p++)
        if (*p <= ' ' || *p > '~')
            return false;
    return strncmp(url, "http://", 7) == 0 || strncmp(url, "https://", 8) == 0;
}

static void check_urls(X509 *x)
{
    char ocsp[REVOCATION_URL_MAX], crl[REVOCATION_URL_MAX];
    revocation_urls(x, ocsp, crl);
    HOLDS(strnlen(ocsp, sizeof ocsp) < sizeof ocsp && is_url(ocsp));
    HOLDS(strnlen(crl, sizeof crl) < sizeof crl && is_url(crl));
}

static void check_facts(const struct cert_facts *f)
{
    int64_t at = 0;
    HOLDS(fuzz_is_clean(f->owner, sizeof f->owner) && fuzz_is_clean(f->issuer, sizeof f->issuer));
    HOLDS(f->tckn[0] == '\0' || tckn_is_valid(f->tckn));
    struct rule nes;
    struct rule_flaw flaw;
    HOLDS(rule_parse(RULE_NES, &nes, &flaw));
    HOLDS(f->statement_count <= CERT_STATEMENTS);
    enum cert_reason r = cert_judge(f, &nes, 1700000000, "100******46", &at);
    HOLDS(r < REASON_COUNT);
    HOLDS(r != REASON_USABLE || (cert_is_strong(f) && cert_judge_nes(f, &nes) == REASON_USABLE && f->tckn[0] != '\0'));
}

static bool read_own(const uint8_t *data, size_t len, struct cert_parts *parts, struct cert_facts *ret)
{
    struct der_view file = {data, len};
    return len <= CERT_MAX && der_is_strict(file) && cert_split(file, parts) && cert_read_parts(parts, ret, NULL) == OK;
}

/* What our own reading takes, the library takes and tells the same of; the short way of a chain promises the long one.
 */
static void compare(X509 *x, const struct cert_parts *parts, const struct cert_facts *own)
{
    const struct world *w = world_of_corpus();
    struct cert_facts theirs;
    HOLDS(x != NULL && library_cert(x, &theirs) && library_agrees(own, &theirs));
    HOLDS(!trust_holds(w->trust, parts, own, w->now) || trust_chain(w->trust, x, NULL, w->now, NULL) == OK);
}

bool fuzz_cert(const uint8_t *data, size_t len)
{
    X509 *x = NULL;
    struct cert_parts parts;
    struct cert_facts f, again;
    bool read = read_own(data, len, &parts, &f);
    if (cert_parse(data, len, &x) != OK)
        x = NULL;
    if (read) {
        compare(x, &parts, &f);
        check_facts(&f);
    }
    if (x != NULL) {
        HOLDS(read == (cert_read(x, &again) == OK));
        check_urls(x);
    }
    X509_free(x);
    return read;
}
