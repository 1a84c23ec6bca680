/* The downloadable application. */
#include "config.h"

#include "sandbox/publish.h"

#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <openssl/cms.h>
#include "sandbox/ca.h"
#include "sandbox/parts.h"
#include "sandbox/process.h"

static const char *const parts[] = {"eonay", "eonay-net", "eonay-token", "eonay-guard.so", "eonay-verify",
    "eonay-doctor", "eonay-readers", "eonay-report", "eonay-pin", "locale/tr/LC_MESSAGES/eonay.mo"};
#define PART_COUNT (sizeof parts / sizeof *parts)
#define EXTRA_MAX 8

void publish_name(char out[APPLICATION_NAME_LEN])
{
    struct utsname machine;
    if (uname(&machine) != 0)
        snprintf(machine.machine, sizeof machine.machine, "unknown");
    snprintf(out, APPLICATION_NAME_LEN, "eonay-application-%s-linux-%.32s", PACKAGE_VERSION, machine.machine);
}

bool publish_is_possible(void)
{
    char path[PATH_MAX];
    bool all = true;
    for (size_t i = 0; all && i < PART_COUNT; i++)
        all = part_find(path, parts[i], NULL) == OK;
    return all;
}

enum err_code publish_pack(const char *path, char *const extra[], struct err *err)
{
    static char found[PART_COUNT + 1][PATH_MAX];
    char out[PATH_MAX];
    char *argv[PART_COUNT + EXTRA_MAX + 3] = {found[PART_COUNT], out};
    size_t n = 2;
    enum err_code rc = part_find(found[PART_COUNT], "pack-application", err);
    snprintf(out, sizeof out, "%s", path);
    for (size_t i = 0; rc == OK && i < PART_COUNT; i++) {
        rc = part_find(found[i], parts[i], err);
        argv[n++] = found[i];
    }
    for (size_t i = 0; i < EXTRA_MAX && extra[i] != NULL; i++)
        argv[n++] = extra[i];
    return rc == OK ? process_run(argv, err) : rc;
}

static enum err_code write_der(CMS_ContentInfo *cms, const struct box *b, const char *name, struct err *err)
{
    unsigned char *der = NULL;
    int len = i2d_CMS_ContentInfo(cms, &der);
    struct buf bytes = BUF_INIT(65536);
    enum err_code rc = len > 0 ? buf_add(&bytes, der, (size_t)len) : crypto_fail(err, "signature of the application");
    if (rc == OK)
        rc = box_write(b, name, &bytes, err);
    buf_done(&bytes);
    OPENSSL_free(der);
    return rc;
}

static enum err_code sign(const struct box *b, const char *archive, const char *name, struct err *err)
{
    char dir[PATH_MAX];
    struct identity publisher = {NULL, NULL};
    CMS_ContentInfo *cms = NULL;
    box_path(b, dir, "ca");
    BIO *content = BIO_new_file(archive, "rb");
    enum err_code rc = content != NULL ? ca_load_one(dir, CA_PUBLISHER, &publisher, err) : crypto_fail(err, archive);
    if (rc == OK) {
        cms = CMS_sign(publisher.cert, publisher.key, NULL, content, CMS_BINARY | CMS_DETACHED | CMS_NOSMIMECAP);
        rc = cms != NULL ? write_der(cms, b, name, err) : crypto_fail(err, "signature of the application");
    }
    CMS_ContentInfo_free(cms);
    BIO_free(content);
    identity_done(&publisher);
    return rc;
}

enum err_code publish(const struct box *b, struct err *err)
{
    static const char *const names[] = {"application/wizard.yaml", "application/ca.pem", "application/tls-ca.pem"};
    char name[APPLICATION_NAME_LEN], inside[APPLICATION_NAME_LEN + 32], archive[PATH_MAX];
    char paths[sizeof names / sizeof *names][PATH_MAX];
    char *extra[sizeof names / sizeof *names + 1] = {NULL};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        box_path(b, paths[i], names[i]);
        extra[i] = paths[i];
    }
    publish_name(name);
    snprintf(inside, sizeof inside, "application/%s.tar.gz", name);
    box_path(b, archive, inside);
    enum err_code rc = publish_pack(archive, extra, err);
    snprintf(inside, sizeof inside, "application/%s.tar.gz.p7s", name);
    return rc == OK ? sign(b, archive, inside, err) : rc;
}
