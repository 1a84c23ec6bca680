/* The container of a receipt: one canonical form, read by strangers, and nothing else taken for it. */
#include "config.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <spawn.h>
#include <sys/wait.h>
#include <cmocka.h>
#include <zip.h>
#include "scratch.h"
#include "sign/asice.h"

extern char **environ;

#define VIEW(s) ((struct asice_view){(const uint8_t *)(s), sizeof(s) - 1})

static struct asice parts;
static struct buf manifest, whole;

static void write_whole(const struct asice *from, struct buf *ret)
{
    struct err err = {OK, ""};
    if (asice_write(from, ret, &err) != OK)
        fail_msg("asice_write: %s", err.detail);
}

static int setup(void **state)
{
    (void)state;
    scratch_open();
    manifest = BUF_INIT(ASICE_MANIFEST_MAX);
    whole = BUF_INIT(ASICE_MAX);
    parts.part[ASICE_TEXT] = VIEW("KABUL EDİYORUM.\n");
    parts.part[ASICE_CONSENT] = VIEW("a signature");
    parts.part[ASICE_PAGE] = VIEW("a page\n");
    parts.part[ASICE_LEDGER] = VIEW("{}");
    parts.part[ASICE_SEAL] = VIEW("a seal");
    if (asice_manifest(&parts, &manifest) != OK)
        return -1;
    parts.part[ASICE_MANIFEST] = (struct asice_view){manifest.data, manifest.len};
    write_whole(&parts, &whole);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    buf_done(&manifest);
    buf_done(&whole);
    scratch_close();
    return 0;
}

static enum err_code read_bytes(const uint8_t *bytes, size_t len)
{
    struct asice got;
    struct err err = {OK, ""};
    enum err_code rc = asice_read(bytes, len, &got, &err);
    return rc == OK ? asice_is_whole(&got, &err) : rc;
}

static void comes_back_as_it_was(void **state)
{
    struct asice got;
    (void)state;
    assert_int_equal(asice_read(whole.data, whole.len, &got, NULL), OK);
    assert_int_equal(asice_is_whole(&got, NULL), OK);
    for (size_t i = 0; i < ASICE_PARTS; i++) {
        assert_int_equal(got.part[i].len, parts.part[i].len);
        assert_memory_equal(got.part[i].at, parts.part[i].at, got.part[i].len);
    }
}

static void ledger_may_be_absent(void **state)
{
    struct asice less = parts, got;
    struct buf its_manifest = BUF_INIT(ASICE_MANIFEST_MAX), its_whole = BUF_INIT(ASICE_MAX);
    (void)state;
    less.part[ASICE_LEDGER] = (struct asice_view){NULL, 0};
    assert_int_equal(asice_manifest(&less, &its_manifest), OK);
    less.part[ASICE_MANIFEST] = (struct asice_view){its_manifest.data, its_manifest.len};
    write_whole(&less, &its_whole);
    assert_int_equal(asice_read(its_whole.data, its_whole.len, &got, NULL), OK);
    assert_null(got.part[ASICE_LEDGER].at);
    assert_int_equal(asice_is_whole(&got, NULL), OK);
    less.part[ASICE_LEDGER] = parts.part[ASICE_LEDGER]; /* one that the manifest does not name */
    buf_reset(&its_whole);
    write_whole(&less, &its_whole);
    assert_int_equal(read_bytes(its_whole.data, its_whole.len), ERR_RECEIPT_CHANGED);
    buf_done(&its_manifest);
    buf_done(&its_whole);
}

static void missing_and_empty_parts_are_not_written(void **state)
{
    struct buf out = BUF_INIT(ASICE_MAX);
    (void)state;
    for (size_t i = 0; i < ASICE_PARTS; i++) {
        struct asice less = parts;
        if (i == ASICE_LEDGER)
            continue;
        less.part[i].at = NULL;
        assert_int_equal(asice_write(&less, &out, NULL), ERR_INTERNAL);
        less.part[i] = VIEW("");
        assert_int_equal(asice_write(&less, &out, NULL), ERR_INTERNAL);
    }
    assert_int_equal(out.len, 0);
}

static void every_bit_counts(void **state)
{
    (void)state;
    for (size_t i = 0; i < whole.len * 8; i++) {
        whole.data[i / 8] ^= (uint8_t)(1U << i % 8);
        if (read_bytes(whole.data, whole.len) == OK)
            fail_msg("bit %zu of byte %zu does not count", i % 8, i / 8);
        whole.data[i / 8] ^= (uint8_t)(1U << i % 8);
    }
    assert_int_equal(read_bytes(whole.data, whole.len), OK);
}

static void every_byte_is_needed(void **state)
{
    (void)state;
    for (size_t len = 0; len < whole.len; len++) {
        uint8_t *copy = malloc(len > 0 ? len : 1); /* so that a sanitizer sees its end */
        assert_non_null(copy);
        memcpy(copy, whole.data, len);
        assert_int_equal(read_bytes(copy, len), ERR_RECEIPT_FORM);
        free(copy);
    }
}

static void nothing_stands_around_it(void **state)
{
    struct buf b = BUF_INIT(ASICE_MAX);
    (void)state;
    assert_int_equal(buf_add(&b, whole.data, whole.len), OK);
    assert_int_equal(buf_add(&b, "\n", 1), OK);
    assert_int_equal(read_bytes(b.data, b.len), ERR_RECEIPT_FORM);
    buf_reset(&b);
    assert_int_equal(buf_add(&b, "#!", 2), OK);
    assert_int_equal(buf_add(&b, whole.data, whole.len), OK);
    assert_int_equal(read_bytes(b.data, b.len), ERR_RECEIPT_FORM);
    buf_done(&b);
}

static void its_size_has_a_ceiling(void **state)
{
    struct asice big = parts, got;
    struct buf out = BUF_INIT(ASICE_MAX);
    uint8_t *bytes = calloc(1, ASICE_MAX + 1);
    (void)state;
    assert_non_null(bytes);
    memcpy(bytes, whole.data, whole.len);
    assert_int_equal(asice_read(bytes, ASICE_MAX + 1, &got, NULL), ERR_RECEIPT_FORM);
    big.part[ASICE_TEXT] = (struct asice_view){bytes, ASICE_PART_MAX + 1};
    assert_int_equal(asice_write(&big, &out, NULL), ERR_INTERNAL);
    free(bytes);
    buf_done(&out);
}

/* ---- what other writers make of the same parts ---- */

struct other {
    const char *first;   /* name of the first entry */
    unsigned method;     /* of all others */
    unsigned date;       /* DOS */
    const char *comment; /* of the archive */
    bool extra, backwards, twice;
    enum err_code due;
};

static void put_entry(zip_t *zip, const char *name, struct asice_view v, const struct other *o, bool plain)
{
    zip_source_t *source = zip_source_buffer(zip, v.at, v.len, 0);
    zip_int64_t at = zip_file_add(zip, name, source, 0);
    assert_true(at >= 0);
    zip_uint64_t i = (zip_uint64_t)at;
    assert_int_equal(zip_set_file_compression(zip, i, plain ? ZIP_CM_STORE : (zip_int32_t)o->method, 0), 0);
    assert_int_equal(zip_file_set_dostime(zip, i, 0, (zip_uint16_t)o->date, 0), 0);
    assert_int_equal(zip_file_set_external_attributes(zip, i, 0, ZIP_OPSYS_UNIX, 0100644U << 16), 0);
    if (o->extra)
        assert_int_equal(zip_file_extra_field_set(zip, i, 0x5455, 0, (const zip_uint8_t *)"\0", 1, ZIP_FL_LOCAL), 0);
}

static void write_other(const struct other *o, const char *path)
{
    zip_t *zip = zip_open(path, ZIP_CREATE | ZIP_TRUNCATE, NULL);
    assert_non_null(zip);
    put_entry(zip, o->first, VIEW(ASICE_TYPE), o, true);
    for (size_t n = 0; n < ASICE_PARTS; n++) {
        size_t i = o->backwards ? ASICE_PARTS - 1 - n : n;
        put_entry(zip, asice_name((enum asice_part)i), parts.part[i], o, false);
    }
    if (o->twice)
        put_entry(zip, "text.txt/", VIEW("x"), o, true);
    assert_int_equal(zip_set_archive_comment(zip, o->comment, (zip_uint16_t)strlen(o->comment)), 0);
    assert_int_equal(zip_close(zip), 0);
}

static void other_archives_of_the_same_parts_are_none(void **state)
{
    static const struct other others[] = {
        {"mimetype", ZIP_CM_STORE, 0x21, "", false, false, false, OK}, /* the control */
        {"Mimetype", ZIP_CM_STORE, 0x21, "", false, false, false, ERR_RECEIPT_FORM},
        {"../mimetype", ZIP_CM_STORE, 0x21, "", false, false, false, ERR_RECEIPT_FORM},
        {"mimetype", ZIP_CM_DEFLATE, 0x21, "", false, false, false, ERR_RECEIPT_FORM},
        {"mimetype", ZIP_CM_STORE, 0x5b7b, "", false, false, false, ERR_RECEIPT_FORM},
        {"mimetype", ZIP_CM_STORE, 0x21, "a comment", false, false, false, ERR_RECEIPT_FORM},
        {"mimetype", ZIP_CM_STORE, 0x21, "", true, false, false, ERR_RECEIPT_FORM},
        {"mimetype", ZIP_CM_STORE, 0x21, "", false, true, false, ERR_RECEIPT_FORM},
        {"mimetype", ZIP_CM_STORE, 0x21, "", false, false, true, ERR_RECEIPT_FORM},
    };
    (void)state;
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        struct buf b = BUF_INIT(ASICE_MAX);
        write_other(&others[i], scratch_path("other.asice"));
        assert_int_equal(buf_read_file(&b, scratch_path("other.asice"), NULL), OK);
        if (read_bytes(b.data, b.len) != others[i].due)
            fail_msg("archive %zu", i);
        buf_done(&b);
    }
}

static void a_stranger_can_unpack_it(void **state)
{
    char *argv[] = {(char[]){"unzip"}, (char[]){"-tqq"}, NULL, NULL};
    pid_t pid;
    int status = -1;
    (void)state;
    scratch_write("whole.asice", whole.data, whole.len);
    argv[2] = strdup(scratch_path("whole.asice"));
    assert_int_equal(posix_spawnp(&pid, argv[0], NULL, NULL, argv, environ), 0);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    free(argv[2]);
    assert_int_equal(status, 0);
}

/* EN 319 162-1 annex A.4: what another implementation looks for. */
static void the_manifest_names_all(void **state)
{
    static const char *const due[] = {
        "<asic:ASiCManifest xmlns:asic=\"http://uri.etsi.org/02918/v1.2.1#\"",
        "<asic:SigReference URI=\"META-INF/signature001.p7s\" MimeType=\"application/pkcs7-signature\"/>",
        "<asic:DataObjectReference URI=\"text.txt\" MimeType=\"text/plain\">",
        "<asic:DataObjectReference URI=\"consent.p7s\" MimeType=\"application/pkcs7-signature\">",
        "<asic:DataObjectReference URI=\"receipt.txt\" MimeType=\"text/plain\">",
        "<asic:DataObjectReference URI=\"ledger.json\" MimeType=\"application/json\">",
        /* printf '{}' | openssl dgst -sha256 -binary | base64 */
        "<ds:DigestValue>RBNvo1WzZ4oRRq0W9+hknpT7T8If536DEMBg9hyq/4o=</ds:DigestValue>",
    };
    (void)state;
    for (size_t i = 0; i < sizeof due / sizeof due[0]; i++)
        if (strstr((const char *)manifest.data, due[i]) == NULL)
            fail_msg("missing: %s", due[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(comes_back_as_it_was),
        cmocka_unit_test(ledger_may_be_absent),
        cmocka_unit_test(missing_and_empty_parts_are_not_written),
        cmocka_unit_test(every_bit_counts),
        cmocka_unit_test(every_byte_is_needed),
        cmocka_unit_test(nothing_stands_around_it),
        cmocka_unit_test(its_size_has_a_ceiling),
        cmocka_unit_test(other_archives_of_the_same_parts_are_none),
        cmocka_unit_test(a_stranger_can_unpack_it),
        cmocka_unit_test(the_manifest_names_all),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
