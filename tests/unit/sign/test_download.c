/* The publisher's detached signature over a file. */
#include "config.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <fcntl.h>
#include <unistd.h>
#include <cmocka.h>
#include <openssl/cms.h>
#include "fakes/pki.h"
#include "scratch.h"
#include "sign/download.h"

static struct pki pki, stranger;
static struct trust *trust;
static struct pki_identity publisher, citizen, foreign;
static uint8_t content[200000]; /* more than one read, with bytes that text mode would change */
static int fd = -1;

static int setup(void **state)
{
    (void)state;
    scratch_open();
    pki_init(&pki);
    pki_init(&stranger);
    pki_write_ca(&pki, scratch_path("ca.pem"));
    publisher = pki_issue(&pki, &(struct pki_spec){.name = "TEST Publisher", .flaws = PKI_PUBLISHER});
    foreign = pki_issue(&stranger, &(struct pki_spec){.name = "TEST Publisher", .flaws = PKI_PUBLISHER});
    citizen = pki_issue(&pki, &(struct pki_spec){.name = "A", .tckn = "10000000146"});
    for (size_t i = 0; i < sizeof content; i++)
        content[i] = (uint8_t)(i % 7 == 0 ? '\n' : i);
    scratch_write("file", content, sizeof content);
    fd = open(scratch_path("file"), O_RDWR | O_CLOEXEC);
    return fd >= 0 && trust_load(scratch_path("ca.pem"), &trust, NULL) == OK ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    close(fd);
    struct pki_identity *all[] = {&publisher, &citizen, &foreign};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        pki_identity_done(all[i]);
    trust_free(&trust);
    pki_done(&pki);
    pki_done(&stranger);
    scratch_close();
    return 0;
}

struct order {
    const struct pki_identity *by, *second;
    unsigned flags;
    const EVP_MD *digest;
};

static void sign_file(const struct order *o, struct buf *ret)
{
    BIO *bio = BIO_new_mem_buf(content, sizeof content);
    unsigned char *der = NULL;
    unsigned flags = CMS_BINARY | CMS_PARTIAL | (o->flags & CMS_NOATTR);
    flags |= o->flags & CMS_STREAM ? 0 : CMS_DETACHED; /* CMS_STREAM stands here for "attached" */
    CMS_ContentInfo *cms = CMS_sign(NULL, NULL, NULL, bio, flags);
    assert_non_null(CMS_add1_signer(cms, o->by->cert, o->by->key, o->digest != NULL ? o->digest : EVP_sha256(), flags));
    if (o->second != NULL)
        assert_non_null(CMS_add1_signer(cms, o->second->cert, o->second->key, EVP_sha256(), flags));
    assert_int_equal(CMS_final(cms, bio, NULL, flags), 1);
    int len = i2d_CMS_ContentInfo(cms, &der);
    assert_true(len > 0);
    assert_int_equal(buf_add(ret, der, (size_t)len), OK);
    OPENSSL_free(der);
    CMS_ContentInfo_free(cms);
    BIO_free(bio);
}

static void expect(const struct order *o, enum err_code code, const char *why)
{
    struct buf cms = BUF_INIT(1000000);
    struct err err = {OK, ""};
    sign_file(o, &cms);
    assert_int_equal(download_verify(fd, cms.data, cms.len, trust, pki.now, &err), code);
    if (strstr(err.detail, why) == NULL)
        fail_msg("%s: %s", why, err.detail);
    buf_done(&cms);
}

static void test_good(void **state)
{
    (void)state;
    expect(&(struct order){.by = &publisher}, OK, "");
    assert_int_equal(lseek(fd, 1000, SEEK_SET), 1000); /* it is read from the start all the same */
    expect(&(struct order){.by = &publisher, .digest = EVP_sha512()}, OK, "");
}

static void test_refused(void **state)
{
    (void)state;
    expect(&(struct order){.by = &foreign}, ERR_DOWNLOAD_BROKEN, "publisher");
    expect(&(struct order){.by = &citizen}, ERR_DOWNLOAD_BROKEN, "publisher");
    expect(&(struct order){.by = &publisher, .second = &citizen}, ERR_DOWNLOAD_BROKEN, "one signer");
    expect(&(struct order){.by = &publisher, .flags = CMS_NOATTR}, ERR_DOWNLOAD_BROKEN, "one signer");
    expect(&(struct order){.by = &publisher, .flags = CMS_STREAM}, ERR_DOWNLOAD_BROKEN, "signature");
    expect(&(struct order){.by = &publisher, .digest = EVP_sha1()}, ERR_DOWNLOAD_BROKEN, "one signer");
}

static void test_changed_file(void **state)
{
    (void)state;
    struct buf cms = BUF_INIT(65536);
    sign_file(&(struct order){.by = &publisher}, &cms);
    assert_int_equal(pwrite(fd, "?", 1, 150000), 1);
    assert_int_equal(download_verify(fd, cms.data, cms.len, trust, pki.now, NULL), ERR_DOWNLOAD_BROKEN);
    assert_int_equal(pwrite(fd, content + 150000, 1, 150000), 1);
    assert_int_equal(download_verify(fd, cms.data, cms.len, trust, pki.now, NULL), OK);
    assert_int_equal(pwrite(fd, "?", 1, sizeof content), 1);
    assert_int_equal(download_verify(fd, cms.data, cms.len, trust, pki.now, NULL), ERR_DOWNLOAD_BROKEN);
    assert_int_equal(ftruncate(fd, sizeof content - 1), 0);
    assert_int_equal(download_verify(fd, cms.data, cms.len, trust, pki.now, NULL), ERR_DOWNLOAD_BROKEN);
    assert_int_equal(pwrite(fd, content, sizeof content, 0), sizeof content);
    buf_done(&cms);
}

static void test_not_a_signature(void **state)
{
    (void)state;
    struct buf cms = BUF_INIT(65536);
    sign_file(&(struct order){.by = &publisher}, &cms);
    for (size_t len = 0; len < cms.len; len += 7)
        assert_int_equal(download_verify(fd, cms.data, len, trust, pki.now, NULL), ERR_DOWNLOAD_BROKEN);
    assert_int_equal(buf_add(&cms, "", 1), OK);
    assert_int_equal(download_verify(fd, cms.data, cms.len, trust, pki.now, NULL), ERR_DOWNLOAD_BROKEN);
    assert_int_equal(download_verify(-1, cms.data, cms.len, trust, pki.now, NULL), ERR_FILE);
    assert_int_equal(
        download_verify(fd, cms.data, cms.len - 1, trust, pki.now + 500 * 86400, NULL), ERR_DOWNLOAD_BROKEN);
    buf_done(&cms);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_changed_file),
        cmocka_unit_test(test_not_a_signature),
    };
    return cmocka_run_group_tests_name("download", tests, setup, teardown);
}
