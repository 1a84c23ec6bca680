/* The head of an answer, line by line. */
#include "config.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>
#include "http/head.h"

static struct http_answer read_lines(const char *const lines[])
{
    struct http_head head;

    head_init(&head);
    for (size_t i = 0; lines[i] != NULL; i++)
        assert_int_equal(head_line(&head, lines[i], strlen(lines[i])), OK);
    return head.answer;
}

static void test_everything(void **state)
{
    const char *const lines[] = {"HTTP/1.1 206 Partial Content\r\n", "content-type:  Text/HTML; charset=utf-8\r\n",
        "LOCATION: https://a.test/b?c=d\r\n", "Retry-After: 17\r\n", "ETag: \"v1\"\r\n",
        "Content-Range: bytes 5-9/10\r\n", "\r\n", NULL};
    struct http_answer a = read_lines(lines);

    (void)state;
    assert_int_equal(a.status, 206);
    assert_string_equal(a.type, "text/html");
    assert_string_equal(a.location, "https://a.test/b?c=d");
    assert_string_equal(a.etag, "\"v1\"");
    assert_int_equal(a.retry_after_s, 17);
    assert_true(a.has_range);
    assert_int_equal(a.range_from, 5);
    assert_int_equal(a.range_to, 9);
    assert_int_equal(a.range_size, 10);
}

/* An interim answer leaves nothing behind for the final one. */
static void test_status_starts_anew(void **state)
{
    const char *const lines[] = {
        "HTTP/1.1 100 Continue\r\n", "Location: https://evil.test/\r\n", "\r\n", "HTTP/1.1 200 OK\r\n", "\r\n", NULL};
    struct http_answer a = read_lines(lines);

    (void)state;
    assert_int_equal(a.status, 200);
    assert_string_equal(a.location, "");
}

static void test_misfits_are_absent(void **state)
{
    static const char *const bad[] = {"Content-Range: bytes 9-5/10\r\n", "Content-Range: bytes 5-10/10\r\n",
        "Content-Range: bytes */10\r\n", "Content-Range: bytes 5-9/*\r\n", "Content-Range: bytes 5-9/10 \t x\r\n",
        "Content-Range: bytes 99999999999999999999999-9/10\r\n", "Retry-After: -1\r\n", "Retry-After: soon\r\n",
        "Retry-After: 86401\r\n", "ETag: W/\"weak\"\r\n", "no colon here\r\n", ": value\r\n", "HTTP/1.1 abc\r\n",
        "HTTP/1.1 999999999999999999999999 x\r\n", "HTTP/\r\n"};

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct http_answer a = read_lines((const char *const[]){bad[i], NULL});

        assert_false(a.has_range);
        assert_int_equal(a.retry_after_s, 0);
        assert_int_equal(a.status, 0);
        assert_string_equal(a.etag, "");
    }
}

static void test_long_values(void **state)
{
    struct http_head head;
    char line[5000];

    (void)state;
    head_init(&head);
    memset(line, 'a', sizeof line);
    memcpy(line, "Location: ", 10);
    assert_int_equal(head_line(&head, line, 2000), OK);
    assert_int_equal(strlen(head.answer.location), 1990);
    head_init(&head);
    assert_int_equal(head_line(&head, line, 2070), OK);
    assert_string_equal(head.answer.location, "");
    assert_int_equal(head_line(&head, line, sizeof line), OK);
    assert_string_equal(head.answer.location, "");
}

static void test_ceiling(void **state)
{
    struct http_head head;
    char line[1024] = "X: y";
    size_t n = 0;

    (void)state;
    head_init(&head);
    while (head_line(&head, line, sizeof line) == OK)
        n++;
    assert_int_equal(n, HEAD_MAX / sizeof line);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_everything),
        cmocka_unit_test(test_status_starts_anew),
        cmocka_unit_test(test_misfits_are_absent),
        cmocka_unit_test(test_long_values),
        cmocka_unit_test(test_ceiling),
    };

    return cmocka_run_group_tests_name("http head", tests, NULL, NULL);
}
