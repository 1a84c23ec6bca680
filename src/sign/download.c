#include "config.h"
#include "sign/download.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>
#include <openssl/cms.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include "sign/alg.h"

static CMS_SignerInfo *only_signer(CMS_ContentInfo *cms)
{
    STACK_OF(CMS_SignerInfo) *signers = CMS_get0_SignerInfos(cms);
    return sk_CMS_SignerInfo_num(signers) == 1 ? sk_CMS_SignerInfo_value(signers, 0) : NULL;
}

/* Without signed attributes the signature would be over the file's digest alone, and one made over something that only
 * looks like attributes could be passed off as it. */
static bool form_holds(CMS_ContentInfo *cms)
{
    X509_ALGOR *digest = NULL;
    const ASN1_OBJECT *oid = NULL;
    CMS_SignerInfo *signer = CMS_is_detached(cms) == 1 ? only_signer(cms) : NULL;
    if (signer == NULL || CMS_signed_get_attr_count(signer) < 1)
        return false;
    CMS_SignerInfo_get0_algs(signer, NULL, NULL, &digest, NULL);
    X509_ALGOR_get0(&oid, NULL, NULL, digest);
    return !alg_digest_is_weak(OBJ_obj2nid(oid));
}

static bool signature_holds(CMS_ContentInfo *cms, int fd)
{
    BIO *content = BIO_new_fd(fd, BIO_NOCLOSE);
    bool holds = content != NULL &&
                 CMS_verify(cms, NULL, NULL, content, NULL, CMS_BINARY | CMS_DETACHED | CMS_NO_SIGNER_CERT_VERIFY) == 1;
    BIO_free(content);
    return holds;
}

static bool publisher_holds(CMS_ContentInfo *cms, const struct trust *publisher, int64_t now)
{
    X509 *signer = NULL;
    CMS_SignerInfo_get0_algs(only_signer(cms), NULL, &signer, NULL, NULL);
    if (signer == NULL || (X509_get_extension_flags(signer) & EXFLAG_XKUSAGE) == 0 ||
        (X509_get_extended_key_usage(signer) & XKU_CODE_SIGN) == 0)
        return false;
    STACK_OF(X509) *certs = CMS_get1_certs(cms);
    bool holds = trust_chain(publisher, signer, certs, now, NULL) == OK;
    sk_X509_pop_free(certs, X509_free);
    return holds;
}

static const char *judge(CMS_ContentInfo *cms, int fd, const struct trust *publisher, int64_t now)
{
    if (cms == NULL || !form_holds(cms))
        return "not a detached signature of one signer";
    if (!signature_holds(cms, fd))
        return "the signature does not fit the file";
    return publisher_holds(cms, publisher, now) ? NULL : "not signed by the publisher";
}

enum err_code download_verify(
    int fd, const uint8_t *cms, size_t len, const struct trust *publisher, int64_t now, struct err *err)
{
    const uint8_t *at = cms;
    if (lseek(fd, 0, SEEK_SET) != 0)
        return err_set(err, ERR_FILE, "%s", strerror(errno));
    CMS_ContentInfo *info = len > DOWNLOAD_CMS_MAX ? NULL : d2i_CMS_ContentInfo(NULL, &at, (long)len);
    const char *why = at != cms + len ? "not a signature" : judge(info, fd, publisher, now);
    CMS_ContentInfo_free(info);
    ERR_clear_error();
    return why == NULL ? OK : err_set(err, ERR_DOWNLOAD_BROKEN, "%s", why);
}
