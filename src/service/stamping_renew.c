#include "config.h"

#include "service/stamping_renew.h"

#include <time.h>
#include <openssl/evp.h>

#define DAY_S INT64_C(86400)
#define BEFORE_S (90 * DAY_S)
#define WEAK_S (30 * DAY_S)
#define STRONG_BITS 128
#define WEAK_FROM INT64_C(1924992000) /* 2031-01-01 */

static int64_t end_of(const X509 *x)
{
    struct tm tm;
    return ASN1_TIME_to_tm(X509_get0_notAfter(x), &tm) == 1 ? (int64_t)timegm(&tm) : 0;
}

int64_t stamp_weakens_at(const struct tst_facts *f)
{
    const EVP_PKEY *key = X509_get0_pubkey(f->unit);
    int64_t at = end_of(f->unit);
    for (int i = 0; i < sk_X509_num(f->certs); i++) {
        int64_t end = end_of(sk_X509_value(f->certs, i));
        at = end < at ? end : at;
    }
    return (!key || EVP_PKEY_get_security_bits(key) < STRONG_BITS) && at > WEAK_FROM ? WEAK_FROM : at;
}

int64_t renew_at(int64_t now, int64_t weakens_at)
{
    int64_t left = weakens_at - now;
    if (left <= 0)
        return now + WEAK_S;
    return weakens_at - (left / 2 < BEFORE_S ? left / 2 : BEFORE_S);
}
