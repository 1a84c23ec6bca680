/* Files fetched whole, in parts, and from servers that send something else. */
#include "config.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "http/fetch.h"
#include "fakes/hostile/run.h"

#define FILE_LEN 300000u

struct fixture {
    struct hostile service;
    struct http *http;
    struct err err;
    char path[128], url[128];
    struct http_file file;
    uint64_t done;
    unsigned steps;
};

static void on_progress(void *ctx, uint64_t done, uint64_t size)
{
    struct fixture *f = ctx;

    assert_int_equal(size, FILE_LEN);
    f->done = done;
    f->steps++;
}

static int up(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);

    hostile_up(&f->service);
    assert_int_equal(http_new(&(struct http_setup){.ca_file = f->service.tls_ca}, &f->http), OK);
    snprintf(f->path, sizeof f->path, "%s/got", f->service.dir);
    snprintf(f->url, sizeof f->url, "%s/v1/application/eonay-test.tar.gz", f->service.url);
    *state = f;
    return 0;
}

static int down(void **state)
{
    struct fixture *f = *state;

    http_free(&f->http);
    hostile_down(&f->service);
    free(f);
    return 0;
}

static int fresh(void **state)
{
    struct fixture *f = *state;
    int fd = open(f->path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

    assert_true(fd >= 0);
    f->file = (struct http_file){
        .url = f->url, .fd = fd, .size = FILE_LEN, .stall_ms = 2000, .progress = on_progress, .ctx = f};
    f->done = f->steps = 0;
    hostile_do(&f->service, "none");
    return 0;
}

static int stale(void **state)
{
    struct fixture *f = *state;

    return close(f->file.fd);
}

static enum err_code fetch(struct fixture *f, const char *how)
{
    hostile_do(&f->service, how);
    return http_fetch(f->http, &f->file, &f->err);
}

/* Does the file hold the first len bytes of the published one? */
static void holds(const struct fixture *f, size_t len)
{
    uint8_t *bytes = malloc(FILE_LEN);
    struct stat st;
    uint32_t x = 1;

    assert_int_equal(fstat(f->file.fd, &st), 0);
    assert_int_equal(st.st_size, len);
    assert_int_equal(pread(f->file.fd, bytes, FILE_LEN, 0), len);
    for (size_t i = 0; i < len; i++) {
        x = x * 1664525u + 1013904223u;
        if (bytes[i] != (uint8_t)(x >> 24))
            fail_msg("byte %zu differs", i);
    }
    free(bytes);
}

static void test_whole(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(fetch(f, "none"), OK);
    holds(f, FILE_LEN);
    assert_int_equal(f->done, FILE_LEN);
    assert_true(f->steps > 1);
    assert_string_equal(f->file.etag, "\"v1\"");
    assert_int_equal(fetch(f, "tls-ca"), OK); /* nothing is missing, nothing is asked */
}

static void test_resume(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(fetch(f, "file-cut"), ERR_UNREACHABLE);
    holds(f, FILE_LEN / 2);
    f->steps = 0;
    assert_int_equal(fetch(f, "file-cut"), ERR_UNREACHABLE);
    holds(f, FILE_LEN / 4 * 3);
    assert_int_equal(fetch(f, "none"), OK);
    holds(f, FILE_LEN);
}

/* Another file by now: it comes whole, and takes the place of the beginning. */
static void test_resume_of_another(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(write(f->file.fd, "old beginning", 13), 13);
    strcpy(f->file.etag, "\"v0\"");
    assert_int_equal(fetch(f, "none"), OK);
    holds(f, FILE_LEN);
}

static void test_server_without_ranges(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(fetch(f, "file-cut"), ERR_UNREACHABLE);
    assert_int_equal(fetch(f, "file-whole"), OK);
    holds(f, FILE_LEN);
}

static void test_other_range(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(fetch(f, "file-cut"), ERR_UNREACHABLE);
    assert_int_equal(fetch(f, "file-range"), ERR_GARBLED);
    holds(f, FILE_LEN / 2);
}

static void test_more_than_announced(void **state)
{
    struct fixture *f = *state;
    struct stat st;

    assert_int_equal(fetch(f, "file-long"), ERR_TOO_BIG);
    assert_int_equal(fstat(f->file.fd, &st), 0);
    assert_true(st.st_size <= FILE_LEN);
}

static void test_longer_than_it_may_be(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(ftruncate(f->file.fd, FILE_LEN + 1), 0);
    assert_int_equal(fetch(f, "none"), OK);
    holds(f, FILE_LEN);
}

static void test_stall(void **state)
{
    struct fixture *f = *state;

    f->file.stall_ms = 1000;
    assert_int_equal(fetch(f, "file-silent"), ERR_SLOW);
}

static void test_not_there(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(fetch(f, "problem not-found 404"), ERR_NOT_FOUND);
    holds(f, 0);
}

static void test_cannot_be_written(void **state)
{
    struct fixture *f = *state;
    int keep = f->file.fd;

    f->file.fd = open(f->path, O_RDONLY | O_CLOEXEC);
    assert_int_equal(fetch(f, "none"), ERR_FILE);
    close(f->file.fd);
    f->file.fd = open("/dev/null", O_RDWR | O_CLOEXEC);
    assert_int_equal(fetch(f, "none"), ERR_FILE);
    close(f->file.fd);
    f->file.fd = keep;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_whole, fresh, stale),
        cmocka_unit_test_setup_teardown(test_resume, fresh, stale),
        cmocka_unit_test_setup_teardown(test_resume_of_another, fresh, stale),
        cmocka_unit_test_setup_teardown(test_server_without_ranges, fresh, stale),
        cmocka_unit_test_setup_teardown(test_other_range, fresh, stale),
        cmocka_unit_test_setup_teardown(test_more_than_announced, fresh, stale),
        cmocka_unit_test_setup_teardown(test_longer_than_it_may_be, fresh, stale),
        cmocka_unit_test_setup_teardown(test_stall, fresh, stale),
        cmocka_unit_test_setup_teardown(test_not_there, fresh, stale),
        cmocka_unit_test_setup_teardown(test_cannot_be_written, fresh, stale),
    };
    int failed;

    signal(SIGPIPE, SIG_IGN);
    if (http_start() != OK)
        return 1;
    failed = cmocka_run_group_tests_name("http fetch", tests, up, down);
    http_stop();
    return failed;
}
