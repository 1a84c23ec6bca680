#include "config.h"
#include "base/conf.h"
#include "unit.h"

struct card {
    char *path;
    struct conf_strings environment, writable;
};
struct thing {
    char *name, *file, *other;
    uint64_t count;
    bool on;
    int pick;
    struct conf_strings words;
    struct {
        uint64_t deep;
        char *text;
    } inner;
    struct conf_maps cards;
};

static bool is_even(const char *s)
{
    return strlen(s) % 2 == 0;
}

static const struct conf_key card_keys[] = {
    {.name = "path", .type = CONF_FILE, .offset = offsetof(struct card, path), .required = true},
    {.name = "environment", .type = CONF_ENV, .offset = offsetof(struct card, environment)},
    {.name = "writable", .type = CONF_FILES, .offset = offsetof(struct card, writable)},
    {.type = CONF_END},
};
static const struct conf_schema card_schema = {sizeof(struct card), card_keys};
static const struct conf_key inner_keys[] = {
    {.name = "deep", .type = CONF_UINT, .offset = 0, .fallback = 9},
    {.name = "text", .type = CONF_STRING, .offset = sizeof(uint64_t), .fallback_str = "none"},
    {.type = CONF_END},
};
static const struct conf_schema inner_schema = {sizeof(((struct thing *)0)->inner), inner_keys};
static const char *const picks[] = {"red", "green", NULL};
static const struct conf_key keys[] = {
    {.name = "name", .type = CONF_STRING, .offset = offsetof(struct thing, name), .required = true, .min = 2, .max = 8},
    {.name = "file", .type = CONF_FILE, .offset = offsetof(struct thing, file)},
    {.name = "other", .type = CONF_FILE, .offset = offsetof(struct thing, other), .fallback_str = "."},
    {.name = "count", .type = CONF_UINT, .offset = offsetof(struct thing, count), .min = 5, .max = 50, .fallback = 7},
    {.name = "on", .type = CONF_BOOL, .offset = offsetof(struct thing, on), .fallback = 1},
    {.name = "pick", .type = CONF_CHOICE, .offset = offsetof(struct thing, pick), .choices = picks, .fallback = 1},
    {.name = "words",
        .type = CONF_STRINGS,
        .offset = offsetof(struct thing, words),
        .fits = is_even,
        .expected = "of even length"},
    {.name = "inner", .type = CONF_MAP, .offset = offsetof(struct thing, inner), .sub = &inner_schema},
    {.name = "cards", .type = CONF_MAPS, .offset = offsetof(struct thing, cards), .sub = &card_schema},
    {.type = CONF_END},
};
static const struct conf_schema schema = {sizeof(struct thing), keys};

static char folder[64];

static int make_folder(void **state)
{
    (void)state;
    unit_folder(folder);
    return 0;
}

static int drop_folder(void **state)
{
    (void)state;
    unit_remove(folder);
    return 0;
}

static enum err_code load(const char *yaml, struct thing *t, struct err *err)
{
    char path[128];
    unit_write(folder, "c.yaml", yaml, path);
    return conf_load(path, &schema, t, err);
}

static void a_whole_file(void **state)
{
    (void)state;
    struct thing t;
    struct err err;
    char expected[128];
    assert_int_equal(
        load("# comment\nname: Işık\nfile: sub/a.pem\nother: /abs\ncount: 50\non: hayır\npick: red\n"
             "words: [ab, \"cdef\", 'şı']\ninner:\n  deep: 12345678901\n  text: \"tab-free: yes\"\n"
             "cards:\n- path: /m.so\n  environment: {SOFTHSM2_CONF: /x=y, EMPTY: ''}\n  writable: [w, /v]\n"
             "- {path: n.so}\n",
            &t, &err),
        OK);
    assert_string_equal(t.name, "Işık");
    snprintf(expected, sizeof expected, "%s/sub/a.pem", folder);
    assert_string_equal(t.file, expected);
    assert_string_equal(t.other, "/abs");
    assert_int_equal(t.count, 50);
    assert_false(t.on);
    assert_int_equal(t.pick, 0);
    assert_int_equal(t.words.n, 3);
    assert_string_equal(t.words.v[1], "cdef");
    assert_int_equal(t.inner.deep, 12345678901);
    assert_string_equal(t.inner.text, "tab-free: yes");
    assert_int_equal(t.cards.n, 2);
    const struct card *c = t.cards.v;
    assert_string_equal(c[0].path, "/m.so");
    assert_int_equal(c[0].environment.n, 2);
    assert_string_equal(c[0].environment.v[0], "SOFTHSM2_CONF=/x=y");
    assert_string_equal(c[0].environment.v[1], "EMPTY=");
    snprintf(expected, sizeof expected, "%s/w", folder);
    assert_string_equal(c[0].writable.v[0], expected);
    assert_string_equal(c[0].writable.v[1], "/v");
    snprintf(expected, sizeof expected, "%s/n.so", folder);
    assert_string_equal(c[1].path, expected);
    assert_int_equal(c[1].environment.n, 0);
    conf_free(&schema, &t);
    assert_null(t.name);
}

static void absent_keys_fall_back(void **state)
{
    (void)state;
    struct thing t;
    assert_int_equal(load("---\nname: şşşşşşşş\ncount: ~\nwords:\ninner: null\n", &t, NULL), OK);
    assert_null(t.file);
    assert_string_equal(t.other, ".");
    assert_int_equal(t.count, 7);
    assert_true(t.on);
    assert_int_equal(t.pick, 1);
    assert_int_equal(t.words.n, 0);
    assert_int_equal(t.inner.deep, 9);
    assert_string_equal(t.inner.text, "none");
    assert_int_equal(t.cards.n, 0);
    conf_free(&schema, &t);
}

static const struct {
    const char *yaml, *place, *said;
} wrong[] = {
    {"", ":1:1: ", "the file is empty."},
    {"# nothing\n", ":2:1: ", "the file is empty."},
    {"name: abc\ncolour: red\n",
        ":2:1: ", "unknown key \"colour\". Expected one of: name, file, other, count, on, pick, words, inner, cards."},
    {"name: abc\nş'on\x1b': 1\n", ":2:5: ", "control characters are not allowed"},
    {"name: abc\n\"o\\e\": 1\n", ":2:1: ", "unknown key \"o?\". Expected one of: name,"},
    {"name: abc\n[a]: 1\n", ":2:1: ", "unknown key \"?\". Expected one of: name,"},
    {"name: abc\nName: abc\n", ":2:1: ", "unknown key \"Name\"."},
    {"name: abc\non: true\nname: def\n", ":3:1: ", "\"name\" is given twice."},
    {"count: 6\n", ":1:1: ", "the key \"name\" is missing."},
    {"name:\ncount: 6\n", ":1:1: ", "the key \"name\" is missing."},
    {"name: ''\n", ":1:7: ", "\"name\" should be a text on one line."},
    {"name: a\n", ":1:7: ", "\"name\" should be 2 to 8 characters long."},
    {"name: \"ab\\x9b\"\n", ":1:7: ", "\"name\" should be a text on one line."},
    {"name: ş\n", ":1:7: ", "\"name\" should be 2 to 8 characters long."},
    {"name: abcdefghi\n", ":1:7: ", "\"name\" should be 2 to 8 characters long."},
    {"name: [a, b]\n", ":1:7: ", "\"name\" should be a text on one line."},
    {"name: {a: b}\n", ":1:7: ", "\"name\" should be a text on one line."},
    {"name: \"ab\\0cd\"\n", ":1:7: ", "\"name\" should be a text on one line."},
    {"name: \"ab\\ncd\"\n", ":1:7: ", "\"name\" should be a text on one line."},
    {"name: \"ab\\e[m\"\n", ":1:7: ", "\"name\" should be a text on one line."},
    {"name: abc\ncount: 4\n", ":2:8: ", "\"count\" should be a whole number from 5 to 50."},
    {"name: abc\ncount: 51\n", ":2:8: ", "\"count\" should be a whole number from 5 to 50."},
    {"name: abc\ncount: 7.0\n", ":2:8: ", "\"count\" should be a whole number from 5 to 50."},
    {"name: abc\ncount: 0x7\n", ":2:8: ", "\"count\" should be a whole number from 5 to 50."},
    {"name: abc\ncount: -7\n", ":2:8: ", "\"count\" should be a whole number from 5 to 50."},
    {"name: abc\ncount: '7'\n", ":2:8: ", "\"count\" should be a whole number from 5 to 50."},
    {"name: abc\ncount: 99999999999999999999\n", ":2:8: ", "\"count\" should be a whole number from 5 to 50."},
    {"name: abc\non: on\n", ":2:5: ", "\"on\" should be true or false."},
    {"name: abc\non: TRUE\n", ":2:5: ", "\"on\" should be true or false."},
    {"name: abc\non: 'true'\n", ":2:5: ", "\"on\" should be true or false."},
    {"name: abc\npick: blue\n", ":2:7: ", "\"pick\" should be one of: red, green."},
    {"name: abc\nwords: ab\n", ":2:8: ", "\"words\" should be a list."},
    {"name: abc\nwords:\n- ab\n- cde\n", ":4:3: ", "\"words\" should be of even length."},
    {"name: abc\nwords: [ab, [cd]]\n", ":2:13: ", "\"words\" should be a text on one line."},
    {"name: abc\ninner: 5\n", ":2:8: ", "expected \"key: value\" lines here."},
    {"name: abc\ninner:\n  deeep: 5\n", ":3:3: ", "unknown key \"deeep\". Expected one of: deep, text."},
    {"name: abc\ncards: {path: x}\n", ":2:8: ", "\"cards\" should be a list."},
    {"name: abc\ncards:\n- path: x\n- environment: {}\n", ":4:3: ", "the key \"path\" is missing."},
    {"name: abc\ncards:\n- path: x\n  environment: [a]\n", ":4:16: ", "\"environment\" should be names"},
    {"name: abc\ncards:\n- path: x\n  environment: {A=B: c}\n", ":4:17: ", "\"environment\" should be names"},
    {"name: abc\ncards:\n- path: x\n  environment: {1A: c}\n", ":4:17: ", "\"environment\" should be names"},
    {"name: abc\ncards:\n- path: x\n  environment: {A: \"\\0\"}\n", ":4:20: ", "\"A\" should be a text on one line."},
    {"name: abc\ncards:\n- path: x\n  environment: {A: [b]}\n", ":4:20: ", "\"A\" should be a text on one line."},
    {"- name\n", ":1:1: ", "expected \"key: value\" lines here."},
    {"just words\n", ":1:1: ", "expected \"key: value\" lines here."},
    {"name: abc\n---\nname: def\n", ":3:1: ", "a second document begins here; only one may be in the file."},
    {"name: abc\n  on: true\n", ":2:5: ", "mapping values are not allowed"},
    {"name: \"abc\n", ":", "found unexpected end of stream"},
    {"name: abc\nname2: *no\n", ":2:8: ", "found undefined alias"},
    {"name: abc\n\ton: 1\n", ":2:1: ", ""},
    {"name: \xFF\n", ":1:7: ", "invalid leading UTF-8 octet"},
    {"name: abc\ninner: &x\n  deep: *x\n", ":", ""},
};

static void every_mistake_has_its_place(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(wrong); i++) {
        struct thing t;
        struct err err = {OK, ""};
        static const struct thing none;
        char start[160];
        if (load(wrong[i].yaml, &t, &err) != ERR_CONFIG || err.code != ERR_CONFIG)
            fail_msg("accepted: %s", wrong[i].yaml);
        snprintf(start, sizeof start, "%s/c.yaml%s", folder, wrong[i].place);
        if (strncmp(err.detail, start, strlen(start)) != 0 || strstr(err.detail, wrong[i].said) == NULL)
            fail_msg("%s: wanted %s%s, got %s", wrong[i].yaml, start, wrong[i].said, err.detail);
        assert_memory_equal(&t, &none, sizeof t); /* empty again */
    }
}

static void long_lists_are_cut_at_a_word(void **state)
{
    (void)state;
    static const struct conf_key many[] = {
        {.name = "the_first_long_key_of_all_these_keys", .type = CONF_UINT},
        {.name = "the_second_long_key_of_all_these_keys", .type = CONF_UINT},
        {.name = "the_third_long_key_of_all_these_keys", .type = CONF_UINT},
        {.name = "the_fourth_long_key_of_all_these_keys", .type = CONF_UINT},
        {.name = "fifth", .type = CONF_UINT},
        {.type = CONF_END},
    };
    static const struct conf_schema big = {sizeof(uint64_t), many};
    char path[128];
    uint64_t into;
    struct err err;
    unit_write(folder, "m.yaml", "x: 1\n", path);
    assert_int_equal(conf_load(path, &big, &into, &err), ERR_CONFIG);
    assert_non_null(strstr(err.detail, "of_all_these_keys, ...."));
    assert_null(strstr(err.detail, "fifth"));
}

static void files_that_are_none(void **state)
{
    (void)state;
    struct thing t;
    struct err err;
    assert_int_equal(conf_load("/no/such/file.yaml", &schema, &t, &err), ERR_FILE);
    assert_null(t.name);
    char path[128];
    char *big = malloc(300 * 1024);
    assert_non_null(big);
    memset(big, '#', 300 * 1024 - 1);
    big[300 * 1024 - 1] = '\0';
    unit_write(folder, "big.yaml", big, path);
    free(big);
    assert_int_equal(conf_load(path, &schema, &t, &err), ERR_TOO_BIG);
}

/* Any cut and any changed byte of a good file: an answer, no leak, no touch outside. */
static void damaged_files_are_harmless(void **state)
{
    (void)state;
    static const char good[] =
        "name: &a abc\nfile: a\nwords: [ab, cd]\ninner: {deep: 1, text: *a}\ncards:\n- path: /m\n"
        "  environment: {A: b}\n  writable: [w]\n";
    uint32_t seed = 23;
    for (int i = 0; i < 3000; i++) {
        char yaml[sizeof good];
        struct thing t;
        struct err err;
        memcpy(yaml, good, sizeof good);
        if (i % 2 == 0)
            yaml[unit_random(&seed) % (sizeof good - 1)] = '\0';
        for (int n = 0; n < 1 + i % 3; n++)
            yaml[unit_random(&seed) % (sizeof good - 1)] = "{}[]&*:-\n\t\"'ax\xC4\x01"[unit_random(&seed) % 17];
        if (load(yaml, &t, &err) == OK)
            conf_free(&schema, &t);
        else
            assert_null(t.name);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_whole_file), cmocka_unit_test(absent_keys_fall_back),
        cmocka_unit_test(every_mistake_has_its_place), cmocka_unit_test(long_lists_are_cut_at_a_word),
        cmocka_unit_test(files_that_are_none), cmocka_unit_test(damaged_files_are_harmless)};
    setlocale(LC_ALL, "");
    return cmocka_run_group_tests(tests, make_folder, drop_folder);
}
