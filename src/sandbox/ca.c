/* The tree of the test authority, and the NES profile (BTK, version 2.0; as MA3 reads it) as a text of OpenSSL's own
 * configuration language. */
#include "config.h"

#include "sandbox/ca.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <openssl/x509v3.h>
#include "base/buf.h"
#include "sign/seal.h"

#define DAY_S INT64_C(86400)

/* $order::… is filled in per certificate. The policy arc 2.999 is the one reserved for examples. */
/* clang-format off */
static const char profile_text[] =
    "[root]\n"
    "basicConstraints=critical,CA:TRUE\n"
    "keyUsage=critical,keyCertSign,cRLSign\n"
    "subjectKeyIdentifier=hash\n"
    "[issuer]\n"
    "basicConstraints=critical,CA:TRUE,pathlen:0\n"
    "keyUsage=critical,keyCertSign,cRLSign\n"
    "subjectKeyIdentifier=hash\n"
    "authorityKeyIdentifier=keyid:always\n"
    "certificatePolicies=2.5.29.32.0\n"
    "authorityInfoAccess=caIssuers;URI:$order::issuer_url\n"
    "crlDistributionPoints=URI:$order::crl_url\n"
    "[ocsp]\n"
    "basicConstraints=critical,CA:FALSE\n"
    "keyUsage=critical,digitalSignature\n"
    "extendedKeyUsage=OCSPSigning\n"
    "noCheck=ignored\n"
    "subjectKeyIdentifier=hash\n"
    "authorityKeyIdentifier=keyid:always\n"
    "[tsa]\n"
    "basicConstraints=critical,CA:FALSE\n"
    "keyUsage=critical,digitalSignature,nonRepudiation\n"
    "extendedKeyUsage=critical,timeStamping\n"
    "subjectKeyIdentifier=hash\n"
    "authorityKeyIdentifier=keyid:always\n"
    "authorityInfoAccess=@access\n"
    "crlDistributionPoints=URI:$order::crl_url\n"
    "[tls]\n"
    "basicConstraints=critical,CA:FALSE\n"
    "keyUsage=critical,digitalSignature\n"
    "extendedKeyUsage=serverAuth\n"
    "subjectAltName=IP:127.0.0.1,IP:::1,DNS:localhost\n"
    "subjectKeyIdentifier=hash\n"
    "authorityKeyIdentifier=keyid:always\n"
    "[publisher]\n"
    "basicConstraints=critical,CA:FALSE\n"
    "keyUsage=critical,digitalSignature\n"
    "extendedKeyUsage=codeSigning\n"
    "subjectKeyIdentifier=hash\n"
    "authorityKeyIdentifier=keyid:always\n"
    "[service-seal]\n"
    "basicConstraints=critical,CA:FALSE\n"
    "keyUsage=critical,digitalSignature\n"
    "extendedKeyUsage=critical," SEAL_PURPOSE "\n"
    "subjectKeyIdentifier=hash\n"
    "authorityKeyIdentifier=keyid:always\n"
    "authorityInfoAccess=caIssuers;URI:$order::issuer_url\n"
    "crlDistributionPoints=URI:$order::crl_url\n"
    "[nes]\n"
    "basicConstraints=critical,CA:FALSE\n"
    "keyUsage=critical,$order::usage\n"
    "subjectKeyIdentifier=hash\n"
    "authorityKeyIdentifier=keyid:always\n"
    "certificatePolicies=@$order::policy\n"
    "authorityInfoAccess=@access\n"
    "crlDistributionPoints=URI:$order::crl_url\n"
    "[nes_qc]\n"
    "qcStatements=ASN1:SEQUENCE:$order::qc\n"
    "[nes_eku]\n"
    "extendedKeyUsage=$order::eku\n"
    "[access]\n"
    "OCSP;URI.0=$order::ocsp_url\n"
    "caIssuers;URI.1=$order::issuer_url\n"
    "[policy]\n"
    "policyIdentifier=2.999.5070.1\n"
    "userNotice.1=@notice\n"
    "[policy_silent]\n"
    "policyIdentifier=2.999.5070.1\n"
    "[policy_mali]\n"
    "policyIdentifier=2.16.792.1.2.1.1.5.7.4.1\n"
    "userNotice.1=@notice\n"
    "[notice]\n"
    "explicitText=UTF8:TEST - resmî değildir. Bu sertifika, 5070 sayılı Elektronik İmza Kanununa göre nitelikli elektronik sertifika biçimindedir.\n"
    "[qc]\n"
    "1=SEQUENCE:qc_etsi\n"
    "2=SEQUENCE:qc_btk\n"
    "[qc_seal]\n"
    "1=SEQUENCE:qc_etsi\n"
    "2=SEQUENCE:qc_btk\n"
    "3=SEQUENCE:qc_btk_seal\n"
    "[qc_etsi]\n"
    "id=OID:0.4.0.1862.1.1\n"
    "[qc_btk]\n"
    "id=OID:2.16.792.1.61.0.1.5070.2.1\n"
    "info=FORMAT:UTF8,UTF8:TEST - resmî değildir. Nitelikli elektronik sertifika biçimindedir.\n"
    "[qc_btk_seal]\n"
    "id=OID:2.16.792.1.61.0.1.5070.2.2\n";
/* clang-format on */

static const struct {
    const char *stem, *name;
    enum key_kind key;
    const char *section;
    enum ca_role issuer; /* itself: self-signed */
    int years;
} roles[CA_ROLES] = {
    [CA_ROOT] = {"root", "TEST Kök Sertifika Hizmet Sağlayıcısı", KEY_P384, "root", CA_ROOT, 30},
    [CA_RSA] = {"nes-rsa", "TEST NES Sertifika Hizmet Sağlayıcısı (RSA)", KEY_RSA2048, "issuer", CA_ROOT, 25},
    [CA_EC] = {"nes-ec", "TEST NES Sertifika Hizmet Sağlayıcısı (EC)", KEY_P384, "issuer", CA_ROOT, 25},
    [CA_RSA_OCSP] = {"ocsp-rsa", "TEST ÇİSDUP Yanıtlayıcısı (RSA)", KEY_P256, "ocsp", CA_RSA, 20},
    [CA_EC_OCSP] = {"ocsp-ec", "TEST ÇİSDUP Yanıtlayıcısı (EC)", KEY_P256, "ocsp", CA_EC, 20},
    [CA_TSA_ISSUER] = {"tsa-ca", "TEST Zaman Damgası Sertifika Hizmet Sağlayıcısı", KEY_P384, "issuer", CA_ROOT, 25},
    [CA_TSA_OCSP] = {"ocsp-tsa", "TEST ÇİSDUP Yanıtlayıcısı (Zaman Damgası)", KEY_P256, "ocsp", CA_TSA_ISSUER, 20},
    [CA_TSA] = {"tsa", "TEST Zaman Damgası Sunucusu", KEY_P256, "tsa", CA_TSA_ISSUER, 10},
    [CA_TSA2] = {"tsa2", "TEST Zaman Damgası Sunucusu 2", KEY_RSA2048, "tsa", CA_TSA_ISSUER, 12},
    [CA_TSA_OLD] = {"tsa-old", "TEST Zaman Damgası Sunucusu (süresi dolmuş)", KEY_P256, "tsa", CA_TSA_ISSUER, -1},
    [CA_TLS_ROOT] = {"tls-root", "TEST Sunucu Kök Sertifikası", KEY_P256, "root", CA_TLS_ROOT, 30},
    [CA_TLS] = {"tls", "TEST 127.0.0.1", KEY_P256, "tls", CA_TLS_ROOT, 20},
    [CA_PUBLISHER_ROOT] = {"publisher-root", "TEST Yayıncı Kök Sertifikası", KEY_P256, "root", CA_PUBLISHER_ROOT, 30},
    [CA_PUBLISHER] = {"publisher", "TEST E-İmza Uygulaması Yayıncısı", KEY_P256, "publisher", CA_PUBLISHER_ROOT, 20},
    [CA_SERVICE_SEAL] = {"service-seal", "TEST E-Onay Hizmet Mührü", KEY_P256, "service-seal", CA_ROOT, 20},
};

#define SIGNING "nonRepudiation"
const struct flaw flaws[] = {
    {"none", SIGNING, "policy", "qc", NULL, -1, 3 * 365, FLAW_NOT_REVOKED, false},
    {"expired", SIGNING, "policy", "qc", NULL, -3 * 365, -30, FLAW_NOT_REVOKED, false},
    {"not-yet-valid", SIGNING, "policy", "qc", NULL, 30, 3 * 365, FLAW_NOT_REVOKED, false},
    {"revoked", SIGNING, "policy", "qc", NULL, -30, 3 * 365, CRL_REASON_KEY_COMPROMISE, false},
    {"suspended", SIGNING, "policy", "qc", NULL, -30, 3 * 365, CRL_REASON_CERTIFICATE_HOLD, false},
    {"no-qc", SIGNING, "policy", NULL, NULL, -1, 3 * 365, FLAW_NOT_REVOKED, false},
    {"no-notice", SIGNING, "policy_silent", "qc", NULL, -1, 3 * 365, FLAW_NOT_REVOKED, false},
    {"seal", SIGNING, "policy", "qc_seal", NULL, -1, 3 * 365, FLAW_NOT_REVOKED, false},
    {"mali-muhur", SIGNING, "policy_mali", "qc", "2.16.792.1.2.1.1.5.7.50.1", -1, 3 * 365, FLAW_NOT_REVOKED, false},
    {"wrong-usage", "digitalSignature", "policy", "qc", NULL, -1, 3 * 365, FLAW_NOT_REVOKED, false},
    {"encryption", "keyEncipherment,dataEncipherment", "policy", "qc", NULL, -1, 3 * 365, FLAW_NOT_REVOKED, false},
    {"other-tckn", SIGNING, "policy", "qc", NULL, -1, 3 * 365, FLAW_NOT_REVOKED, true},
    {.name = NULL},
};

const struct flaw *flaw_find(const char *name)
{
    for (const struct flaw *f = flaws; f->name != NULL; f++)
        if (strcmp(f->name, name) == 0)
            return f;
    return NULL;
}

const char *ca_stem(enum ca_role role)
{
    return roles[role].stem;
}

bool ca_is_issuer(enum ca_role role)
{
    return role == CA_ROOT || role == CA_RSA || role == CA_EC || role == CA_TSA_ISSUER;
}

enum ca_role ca_issuer_of(enum ca_role role)
{
    return roles[role].issuer;
}

enum ca_role ca_responder(enum ca_role issuer)
{
    return issuer == CA_RSA          ? CA_RSA_OCSP
           : issuer == CA_EC         ? CA_EC_OCSP
           : issuer == CA_TSA_ISSUER ? CA_TSA_OCSP
                                     : CA_ROLES;
}

enum ca_role ca_issuer_for(const EVP_PKEY *key)
{
    return EVP_PKEY_is_a(key, "RSA") ? CA_RSA : CA_EC;
}

/* The profile text with its variables in front; `flaw` NULL for a certificate that is no NES. */
static enum err_code read_profile(
    const struct ca *ca, enum ca_role issuer, const struct flaw *flaw, CONF **ret, struct err *err)
{
    struct buf text = BUF_INIT(16384);
    const char *stem = roles[issuer].stem;
    enum err_code rc = buf_fmt(&text,
        "[order]\nocsp_url=%s\nissuer_url=%s%s.cer\ncrl_url=%s%s.crl\nusage=%s\npolicy=%s\nqc=%s\neku=%s\n",
        ca->ocsp_url, ca->depot_url, stem, ca->depot_url, stem, flaw != NULL ? flaw->usage : "none",
        flaw != NULL ? flaw->policy : "policy", flaw != NULL && flaw->qc != NULL ? flaw->qc : "qc",
        flaw != NULL && flaw->eku != NULL ? flaw->eku : "none");
    if (rc == OK)
        rc = buf_str(&text, profile_text);
    if (rc == OK)
        rc = profile_read((const char *)text.data, ret, err);
    buf_done(&text);
    return rc;
}

/* Makes the certificate of one role; its issuer stands already. */
static enum err_code make_role(struct ca *ca, enum ca_role role, int64_t now, struct err *err)
{
    struct identity *self = &ca->of[role];
    const struct identity *issuer = roles[role].issuer != role ? &ca->of[roles[role].issuer] : NULL;
    CONF *profile = NULL;
    enum err_code rc = key_make(roles[role].key, &self->key, err);
    if (rc == OK)
        rc = read_profile(ca, roles[role].issuer, NULL, &profile, err);
    if (rc == OK)
        rc = cert_make(
            &(struct cert_order){
                .subject = (const struct name_part[]){{"C", "TR"}, {"O", "TEST - resmî değildir"},
                    {"CN", roles[role].name}, {NULL, NULL}},
                .key = self->key,
                .issuer = issuer,
                .not_before = now - 10 * 365 * DAY_S, /* older than any card it issues */
                .not_after = now + roles[role].years * 365 * DAY_S,
                .profile = profile,
                .sections = (const char *const[]){roles[role].section, NULL},
            },
            &self->cert, err);
    NCONF_free(profile);
    return rc;
}

static enum err_code role_path(char *out, size_t out_len, const char *dir, enum ca_role role, const char *ending)
{
    int n = snprintf(out, out_len, "%s/%s.%s", dir, roles[role].stem, ending);
    return n > 0 && (size_t)n < out_len ? OK : ERR_TOO_BIG;
}

static enum err_code save_role(const struct identity *id, const char *dir, enum ca_role role, struct err *err)
{
    char cert[PATH_MAX], key[PATH_MAX];
    enum err_code rc = role_path(cert, sizeof cert, dir, role, "pem");
    if (rc == OK)
        rc = role_path(key, sizeof key, dir, role, "key");
    if (rc == OK)
        rc = cert_save(cert, id->cert, err);
    return rc == OK ? key_save(key, id->key, err) : rc;
}

static enum err_code save_bundle(const struct ca *ca, const char *dir, struct err *err)
{
    char path[PATH_MAX];
    int n = snprintf(path, sizeof path, "%s/ca.pem", dir);
    if (n < 0 || (size_t)n >= sizeof path)
        return ERR_TOO_BIG;
    return certs_save(path, (X509 *const[]){ca->of[CA_ROOT].cert, ca->of[CA_RSA].cert, ca->of[CA_EC].cert}, 3, err);
}

static enum err_code set_urls(struct ca *ca, const char *ocsp_url, const char *depot_url)
{
    int a = snprintf(ca->ocsp_url, sizeof ca->ocsp_url, "%s", ocsp_url);
    int b = snprintf(ca->depot_url, sizeof ca->depot_url, "%s", depot_url);
    return (size_t)a < sizeof ca->ocsp_url && (size_t)b < sizeof ca->depot_url ? OK : ERR_TOO_BIG;
}

enum err_code ca_make(
    const char *dir, const char *ocsp_url, const char *depot_url, int64_t now, struct ca *ret, struct err *err)
{
    struct ca ca = {0};
    enum err_code rc = set_urls(&ca, ocsp_url, depot_url);
    for (enum ca_role r = 0; rc == OK && r < CA_ROLES; r++) {
        rc = make_role(&ca, r, now, err);
        if (rc == OK)
            rc = save_role(&ca.of[r], dir, r, err);
    }
    if (rc == OK)
        rc = save_bundle(&ca, dir, err);
    if (rc == OK)
        *ret = ca;
    else
        ca_done(&ca);
    return rc;
}

enum err_code ca_load_one(const char *dir, enum ca_role role, struct identity *ret, struct err *err)
{
    char path[PATH_MAX];
    struct identity id = {NULL, NULL};
    enum err_code rc = role_path(path, sizeof path, dir, role, "pem");
    if (rc == OK)
        rc = cert_load(path, &id.cert, err);
    if (rc == OK)
        rc = role_path(path, sizeof path, dir, role, "key");
    if (rc == OK)
        rc = key_load(path, &id.key, err);
    if (rc == OK)
        *ret = id;
    else
        identity_done(&id);
    return rc;
}

enum err_code ca_load(const char *dir, const char *ocsp_url, const char *depot_url, struct ca *ret, struct err *err)
{
    struct ca ca = {0};
    enum err_code rc = set_urls(&ca, ocsp_url, depot_url);
    for (enum ca_role r = 0; rc == OK && r < CA_ROLES; r++)
        rc = ca_load_one(dir, r, &ca.of[r], err);
    if (rc == OK)
        *ret = ca;
    else
        ca_done(&ca);
    return rc;
}

void ca_done(struct ca *ca)
{
    for (enum ca_role r = 0; r < CA_ROLES; r++)
        identity_done(&ca->of[r]);
}

enum err_code ca_issue_nes(const struct ca *ca, const struct nes_order *order, X509 **ret, struct err *err)
{
    const struct flaw *flaw = order->flaw;
    enum ca_role issuer = ca_issuer_for(order->key);
    const char *sections[4] = {"nes"};
    size_t n = 1;
    if (flaw->qc != NULL)
        sections[n++] = "nes_qc";
    if (flaw->eku != NULL)
        sections[n++] = "nes_eku";
    CONF *profile = NULL;
    enum err_code rc = read_profile(ca, issuer, flaw, &profile, err);
    if (rc == OK)
        rc = cert_make(
            &(struct cert_order){
                .subject = (const struct name_part[]){{"C", "TR"}, {"O", "TEST - resmî değildir"},
                    {"serialNumber", order->tckn}, {"CN", order->name}, {NULL, NULL}},
                .key = order->key,
                .issuer = &ca->of[issuer],
                .not_before = order->now + flaw->from_days * DAY_S,
                .not_after = order->now + flaw->to_days * DAY_S,
                .profile = profile,
                .sections = sections,
            },
            ret, err);
    NCONF_free(profile);
    return rc;
}
