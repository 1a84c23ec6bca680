/* Members are read as asked for or not at all. */
#include "config.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>
#include "http/json.h"

static json_t *parse(const char *text)
{
    json_t *v = NULL;

    assert_int_equal(json_parse(text, strlen(text), &v, NULL), OK);
    return v;
}

static void test_parse_refuses(void **state)
{
    static const char *const bad[] = {"", " ", "[]", "1", "\"a\"", "null", "{", "{}x", "{\"a\":1,\"a\":2}",
        "{\"a\":\"b\\u0000c\"}", "{\"a\":\"\xff\"}", "{'a':1}", "{\"a\":NaN}", "{\"a\":\"\x01\"}",
        "{\"a\":[[[[[[[[]]]]]]]]}"};
    struct err err = {0};

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        json_t *v = (json_t *)&err;

        assert_int_equal(json_parse(bad[i], strlen(bad[i]), &v, &err), ERR_GARBLED);
        assert_ptr_equal(v, &err);
        assert_int_equal(err.code, ERR_GARBLED);
        assert_true(strlen(err.detail) > 0);
    }
}

static void test_depth(void **state)
{
    char deep[200001];

    (void)state;
    json_decref(parse("{\"a\":[[[[[[[]]]]]]]}"));
    json_decref(
        parse("{\"a\":\"[[[[[[[[[[[[[[[[\\\"[[[\",\"b\":[],\"c\":[],\"d\":[],\"e\":[],\"f\":[],\"g\":[],\"h\":[],"
              "\"i\":[]}"));
    memset(deep, '[', sizeof deep);
    assert_int_equal(json_parse(deep, sizeof deep, &(json_t *){NULL}, NULL), ERR_GARBLED);
}

static void test_members(void **state)
{
    json_t *v = parse("{\"s\":\"şa\",\"n\":240,\"b\":true,\"t\":\"2026-03-01T10:00:00Z\",\"h\":\"00ff\",\"w\":\"two\","
                      "\"o\":{\"x\":1},\"a\":[1,2],\"z\":null}");
    const char *const words[] = {"one", "two", NULL};
    const json_t *o = NULL, *a = NULL, *z = v, *y = v;
    const char *view = NULL;
    struct json_in in = json_read(v, NULL);
    size_t view_len = 0;
    uint8_t h[2];
    uint64_t n = 0;
    int64_t t = 0;
    char s[4];
    bool b = false;
    int w = -1;

    (void)state;
    json_need_str(&in, "s", s, sizeof s);
    json_need_view(&in, "s", 3, &view, &view_len);
    json_need_u64(&in, "n", 240, &n);
    json_need_bool(&in, "b", &b);
    json_need_time(&in, "t", &t);
    json_need_hex(&in, "h", h, sizeof h);
    json_need_word(&in, "w", words, &w);
    json_need_object(&in, "o", &o);
    json_need_array(&in, "a", 2, &a);
    json_may_object(&in, "z", &z);
    json_may_object(&in, "y", &y);
    assert_int_equal(json_done(&in), OK);
    assert_string_equal(s, "şa");
    assert_int_equal(view_len, 3);
    assert_string_equal(view, "şa");
    assert_int_equal(n, 240);
    assert_true(b);
    assert_int_equal(t, 1772359200);
    assert_memory_equal(h, "\x00\xff", 2);
    assert_int_equal(w, 1);
    assert_int_equal(json_object_size(o), 1);
    assert_int_equal(json_array_size(a), 2);
    assert_null(z);
    assert_null(y);
    json_decref(v);
}

/* Each reader against values of another type or past its ceiling. */
static void need_s(struct json_in *in)
{
    char s[4] = "old";

    json_need_str(in, "m", s, sizeof s);
    assert_string_equal(s, "old");
}

static void need_n(struct json_in *in)
{
    uint64_t n = 7;

    json_need_u64(in, "m", 240, &n);
    assert_int_equal(n, 7);
}

static void need_b(struct json_in *in)
{
    bool b = true;

    json_need_bool(in, "m", &b);
    assert_true(b);
}

static void need_t(struct json_in *in)
{
    int64_t t = 7;

    json_need_time(in, "m", &t);
    assert_int_equal(t, 7);
}

static void need_h(struct json_in *in)
{
    uint8_t h[2];

    json_need_hex(in, "m", h, sizeof h);
}

static void need_w(struct json_in *in)
{
    int w = 7;

    json_need_word(in, "m", (const char *const[]){"one", NULL}, &w);
    assert_int_equal(w, 7);
}

static void need_o(struct json_in *in)
{
    const json_t *o = NULL;

    json_need_object(in, "m", &o);
    assert_null(o);
}

static void may_o(struct json_in *in)
{
    const json_t *o = NULL;

    json_may_object(in, "m", &o);
    assert_null(o);
}

static void need_a(struct json_in *in)
{
    const json_t *a = NULL;

    json_need_array(in, "m", 1, &a);
    assert_null(a);
}

static void test_misfits(void **state)
{
    static const struct {
        void (*need)(struct json_in *in);
        const char *value;
    } rows[] = {
        {need_s, "1"},
        {need_s, "\"long\""},
        {need_s, "null"},
        {need_s, "[\"a\"]"},
        {need_n, "241"},
        {need_n, "-1"},
        {need_n, "1.0"},
        {need_n, "\"1\""},
        {need_n, "true"},
        {need_n, "1e2"},
        {need_b, "1"},
        {need_b, "\"true\""},
        {need_t, "1772359200"},
        {need_t, "\"2026-03-01T10:00:00+00:00\""},
        {need_t, "\"2026-03-01t10:00:00z\""},
        {need_t, "\"2026-02-30T10:00:00Z\""},
        {need_t, "\"2026-03-01T24:00:00Z\""},
        {need_t, "\"2026-03-01T10:00:00\""},
        {need_t, "\"2026-03-01T10:00:00.0Z\""},
        {need_t, "\" 2026-03-01T10:00:0Z\""},
        {need_h, "\"00FF\""},
        {need_h, "\"00f\""},
        {need_h, "\"00fg\""},
        {need_h, "\"00ff00\""},
        {need_w, "\"two\""},
        {need_w, "\"\""},
        {need_o, "[]"},
        {need_o, "null"},
        {may_o, "[]"},
        {may_o, "1"},
        {need_a, "{}"},
        {need_a, "[1,2]"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[128];
        struct err err = {0};
        struct json_in in;
        json_t *v;

        snprintf(text, sizeof text, "{\"m\":%s}", rows[i].value);
        v = parse(text);
        in = json_read(v, &err);
        rows[i].need(&in);
        assert_int_equal(json_done(&in), ERR_GARBLED);
        assert_non_null(strstr(err.detail, "\"m\""));
        json_decref(v);
    }
}

static void test_first_misfit_stays(void **state)
{
    json_t *v = parse("{\"a\":1,\"b\":\"x\"}");
    struct err err = {0};
    struct json_in in = json_read(v, &err);
    char s[8] = "old";
    uint64_t n = 7;

    (void)state;
    json_need_u64(&in, "missing", 9, &n);
    json_need_u64(&in, "a", 9, &n);
    json_need_str(&in, "b", s, sizeof s);
    assert_int_equal(json_done(&in), ERR_GARBLED);
    assert_int_equal(n, 7);
    assert_string_equal(s, "old");
    assert_non_null(strstr(err.detail, "missing"));
    json_decref(v);
    in = json_read(NULL, &err);
    assert_int_equal(json_done(&in), ERR_GARBLED);
}

static void test_write(void **state)
{
    struct buf to = BUF_INIT(16);
    json_t *v = json_pack("{s:s}", "code", "K7QM");

    (void)state;
    assert_int_equal(json_write(v, &to), OK);
    assert_string_equal((char *)to.data, "{\"code\":\"K7QM\"}");
    assert_int_equal(json_write(v, &to), ERR_TOO_BIG);
    assert_int_equal(json_write(NULL, &to), ERR_NOMEM);
    json_decref(v);
    buf_done(&to);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parse_refuses),
        cmocka_unit_test(test_depth),
        cmocka_unit_test(test_members),
        cmocka_unit_test(test_misfits),
        cmocka_unit_test(test_first_misfit_stays),
        cmocka_unit_test(test_write),
    };

    return cmocka_run_group_tests_name("http json", tests, NULL, NULL);
}
