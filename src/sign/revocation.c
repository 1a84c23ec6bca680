#include "config.h"
#include "sign/revocation.h"

#include <string.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include "base/ascii.h"

/* Takes the first address that can be used; a certificate's words go to the network client, so only plain ones do. */
static void take_url(const GENERAL_NAME *name, char out[REVOCATION_URL_MAX])
{
    if (out[0] != '\0' || name->type != GEN_URI)
        return;
    const char *s = (const char *)ASN1_STRING_get0_data(name->d.uniformResourceIdentifier);
    int len = ASN1_STRING_length(name->d.uniformResourceIdentifier);
    if (len < 1 || len >= REVOCATION_URL_MAX)
        return;
    for (int i = 0; i < len; i++)
        if (s[i] <= ' ' || s[i] > '~')
            return;
    memcpy(out, s, (size_t)len);
    out[len] = '\0';
    if (!ascii_starts(out, "http://") && !ascii_starts(out, "https://"))
        out[0] = '\0';
}

static void take_ocsp(X509 *x, char out[REVOCATION_URL_MAX])
{
    AUTHORITY_INFO_ACCESS *access = X509_get_ext_d2i(x, NID_info_access, NULL, NULL);
    for (int i = 0; i < sk_ACCESS_DESCRIPTION_num(access); i++) {
        const ACCESS_DESCRIPTION *d = sk_ACCESS_DESCRIPTION_value(access, i);
        if (OBJ_obj2nid(d->method) == NID_ad_OCSP)
            take_url(d->location, out);
    }
    AUTHORITY_INFO_ACCESS_free(access);
}

/* A whole CRL of the issuer's own: neither split by reason nor someone else's. */
static void take_point(const DIST_POINT *point, char out[REVOCATION_URL_MAX])
{
    if (point->distpoint == NULL || point->distpoint->type != 0 || point->reasons != NULL || point->CRLissuer != NULL)
        return;
    const GENERAL_NAMES *names = point->distpoint->name.fullname;
    for (int i = 0; i < sk_GENERAL_NAME_num(names); i++)
        take_url(sk_GENERAL_NAME_value(names, i), out);
}

static void take_crl(X509 *x, char out[REVOCATION_URL_MAX])
{
    CRL_DIST_POINTS *points = X509_get_ext_d2i(x, NID_crl_distribution_points, NULL, NULL);
    for (int i = 0; i < sk_DIST_POINT_num(points); i++)
        take_point(sk_DIST_POINT_value(points, i), out);
    CRL_DIST_POINTS_free(points);
}

void revocation_urls(X509 *x, char ocsp[REVOCATION_URL_MAX], char crl[REVOCATION_URL_MAX])
{
    ocsp[0] = crl[0] = '\0';
    take_ocsp(x, ocsp);
    take_crl(x, crl);
    ERR_clear_error();
}
