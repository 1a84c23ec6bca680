/* The download: whole, in parts, and everything that is not the published file. */
#include "config.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/when.h"
#include "rig.h"

#define FILE_LEN 300000

static int file = -1;

static off_t size_now(void)
{
    struct stat st;

    assert_int_equal(fstat(file, &st), 0);
    return st.st_size;
}

/* A worker that has been told what is offered, and an empty file. */
static void begin(struct rig *r, const char *how)
{
    char path[128];

    rig_fresh(r, "none");
    assert_int_equal(rig_ask(r, M_METHODS), M_METHODS_OK);
    assert_int_equal(rig_login(r, RIG_TCKN, "correct horse"), M_PERSON);
    assert_int_equal(rig_ask(r, M_REQUEST), M_REQUEST_OK);
    snprintf(path, sizeof path, "%s/got", r->service.dir);
    if (file >= 0)
        close(file);
    file = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    assert_true(file >= 0);
    hostile_do(&r->service, how);
}

static void test_whole(void **state)
{
    struct rig *r = *state;

    begin(r, "none");
    assert_int_equal(rig_download(r, file), M_OK);
    assert_int_equal(size_now(), FILE_LEN);
    assert_in_range(r->progress, 1, 10);
    assert_in_range(r->progress_done, 1, FILE_LEN);
    assert_int_equal(rig_download(r, file), M_OK); /* again: it is there and is checked once more */
}

/* 150 pieces in more than 0.7 s: told of as they come, but at most ten times a second. */
static void test_progress(void **state)
{
    struct rig *r = *state;
    uint64_t start, took_ms;

    begin(r, "file-slow");
    start = when_boot_ms();
    assert_int_equal(rig_download(r, file), M_OK);
    took_ms = when_boot_ms() - start;
    assert_in_range(r->progress, 4, took_ms / 100 + 1);
}

static void test_resume(void **state)
{
    struct rig *r = *state;

    begin(r, "file-cut");
    rig_refused(r, rig_download(r, file), ERR_DOWNLOAD_CUT, 0);
    assert_int_equal(size_now(), FILE_LEN / 2);
    hostile_do(&r->service, "none");
    assert_int_equal(rig_download(r, file), M_OK);
    assert_int_equal(size_now(), FILE_LEN);
}

static void test_broken(void **state)
{
    static const char *const rows[] = {"file-other", "file-long", "file-forged"};
    struct rig *r = *state;

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        print_message("# %s\n", rows[i]);
        begin(r, rows[i]);
        rig_refused(r, rig_download(r, file), ERR_DOWNLOAD_BROKEN, 0);
        assert_int_equal(size_now(), 0);
        hostile_do(&r->service, "none");
        assert_int_equal(rig_download(r, file), M_OK);
    }
}

/* The beginning of something else, or another range than asked for. */
static void test_other_beginning(void **state)
{
    struct rig *r = *state;

    begin(r, "none");
    assert_int_equal(write(file, "something else", 14), 14);
    rig_refused(r, rig_download(r, file), ERR_DOWNLOAD_BROKEN, 0);
    assert_int_equal(size_now(), 0);
    hostile_do(&r->service, "file-cut");
    rig_refused(r, rig_download(r, file), ERR_DOWNLOAD_CUT, 0);
    hostile_do(&r->service, "file-range");
    rig_refused(r, rig_download(r, file), ERR_DOWNLOAD_BROKEN, 0);
    assert_int_equal(size_now(), 0);
}

static void test_nothing_offered(void **state)
{
    struct rig *r = *state;

    begin(r, "none");
    rig_fresh(r, "none");
    rig_refused(r, rig_download(r, file), ERR_NOT_FOUND, 0);
}

static void test_nowhere(void **state)
{
    struct rig *r = *state;
    char path[128];
    int readonly;

    begin(r, "none");
    rig_refused(r, rig_download(r, -1), ERR_DOWNLOAD_NOWHERE, 0);
    snprintf(path, sizeof path, "%s/got", r->service.dir);
    readonly = open(path, O_RDONLY | O_CLOEXEC);
    rig_refused(r, rig_download(r, readonly), ERR_DOWNLOAD_NOWHERE, 0);
    close(readonly);
}

static void test_cancel_keeps_the_part(void **state)
{
    struct rig *r = *state;
    struct wire_out out;

    begin(r, "file-cut");
    rig_refused(r, rig_download(r, file), ERR_DOWNLOAD_CUT, 0);
    hostile_do(&r->service, "file-silent");
    rig_begin(r, &out, M_DOWNLOAD);
    rig_say(r, &out, file);
    wire_begin(&out, r->out, M_CANCEL, r->job);
    rig_say(r, &out, -1);
    rig_refused(r, rig_hear(r), ERR_CANCELLED, 0);
    assert_int_equal(size_now(), FILE_LEN / 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_whole),
        cmocka_unit_test(test_progress),
        cmocka_unit_test(test_resume),
        cmocka_unit_test(test_broken),
        cmocka_unit_test(test_other_beginning),
        cmocka_unit_test(test_nothing_offered),
        cmocka_unit_test(test_nowhere),
        cmocka_unit_test(test_cancel_keeps_the_part),
    };

    return cmocka_run_group_tests_name("net download", tests, rig_up, rig_down);
}
