#include "config.h"
#include "base/text.h"
#include "unit.h"

static bool safe(const char *s)
{
    return text_is_safe(s, strlen(s));
}

/* Everything a terminal, or a reader's eye, could be led astray by. */
static const char *const unsafe[] = {
    "\x1B[31m", "\x1B]0;title\x07", "a\x07", "a\x08", "a\tb", "a\rb", "a\x0B", "a\x0C", "\x7F", /* C0, DEL */
    "\xC2\x80", "\xC2\x85",
    "\xC2\x9B"
    "31m",
    "\xC2\x9D",                                                                                 /* C1: NEL, CSI, OSC */
    "\xC2\xA0", "\xC2\xAD",                                                                     /* NBSP, soft hyphen */
    "\xD8\x9C", "\xE2\x80\x8E", "\xE2\x80\x8F", "\xE2\x80\xAA", "\xE2\x80\xAB", "\xE2\x80\xAC", /* bidi */
    "\xE2\x80\xAD", "\xE2\x80\xAE", "\xE2\x81\xA6", "\xE2\x81\xA7", "\xE2\x81\xA8", "\xE2\x81\xA9", "\xE2\x80\x8B",
    "\xE2\x80\x8C", "\xE2\x80\x8D", "\xE2\x81\xA0", "\xEF\xBB\xBF", "\xE1\xA0\x8E",         /* zero width */
    "\xE2\x80\xA8", "\xE2\x80\xA9",                                                         /* separators */
    "s\xCC\xA7", "i\xCC\x87", "e\xCC\x81", "\xE2\x83\x9D",                                  /* combining */
    "\xEE\x80\x80", "\xF3\xB0\x80\x80", "\xF3\xA0\x80\x81", "\xEF\xBF\xBD", "\xEF\xBF\xBE", /* private, tags */
    "\xD0\xB0", "\xCE\xBF", "\xD7\x90", "\xEF\xBC\xA1", "\xE4\xB8\xAD", "\xF0\x9F\x98\x80", /* other scripts */
    "\xC0\xAF", "\xC1\xBF", "\xC0\x80", "\xE0\x80\xAF", "\xE0\x9F\xBF", "\xF0\x80\x80\xAF", "\xF0\x8F\xBF\xBF",
    "\xC0\x9B", "\xE0\x80\x9B", "\xF0\x80\x80\x9B", /* overlong ESC */
    "\xED\xA0\x80", "\xED\xBF\xBF", "\xED\xA0\xBD\xED\xB8\x80", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", /* no scalar */
    "\xF8\x88\x80\x80\x80", "\xFC\x84\x80\x80\x80\x80", "\xFE", "\xFF", "\x80", "\xBF",
    "a\x80"
    "b",
    "\xC4", "\xE2\x80", "\xF0\x9F\x98",
    "\xC4"
    "a",
    "\xE2\x82"
    "a",
    "\xE2"
    "\x28\xA1", /* cut short */
};

static void hostile_text_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(unsafe); i++) {
        char among[64];
        assert_false(safe(unsafe[i]));
        snprintf(among, sizeof among, "Metin %s son", unsafe[i]);
        assert_false(safe(among));
    }
    assert_false(text_is_safe("a\0b", 3));
    assert_false(text_is_safe("", 0));
}

static void honest_text_is_allowed(void **state)
{
    (void)state;
    assert_true(safe("İmzalanacak Metin 1: ÇĞIİÖŞÜ çğıiöşü âîû ÂÎÛ\n\"Kabul ediyorum\" (§ 5/1-a); %100 & 2 @ "
                     "#!?*+=/\\[]{}|~^`$_<>"));
    assert_true(safe("\xE2\x80\x9C"
                     "kabul\xE2\x80\x9D \xE2\x80\x93 \xE2\x80\xA6 5 \xE2\x82\xBA, 3 \xE2\x82\xAC"));
    assert_true(safe("Ångström, Łódź, Straße, Ő, ž"));
    assert_true(safe("\n"));
}

/* All of Unicode: what is allowed is exactly this, and no more. */
static void the_allow_list_is_small(void **state)
{
    (void)state;
    size_t allowed = 0;
    for (uint32_t cp = 0; cp <= 0x10FFFF; cp++) {
        char s[4];
        size_t n = utf8_put(s, cp);
        if (n == 0 || !text_is_safe(s, n))
            continue;
        allowed++;
        bool latin = (cp >= 0x20 && cp < 0x7F) || (cp >= 0xC0 && cp <= 0x17F) || cp == '\n';
        bool mark = (cp > 0xA0 && cp < 0xC0 && cp != 0xAD) || (cp >= 0x2013 && cp <= 0x2026) || cp == 0x20AC ||
                    cp == 0x20BA || cp == 0x2190;
        assert_true(latin || mark);
    }
    assert_int_equal(allowed, 1 + 95 + 192 + 24);
}

static void code_points_go_there_and_back(void **state)
{
    (void)state;
    for (uint32_t cp = 0; cp <= 0x110010; cp++) {
        char s[4];
        size_t n = utf8_put(s, cp), at = 0;
        bool scalar = cp <= 0x10FFFF && !(cp >= 0xD800 && cp <= 0xDFFF);
        assert_int_equal(n > 0, scalar);
        if (!scalar)
            continue;
        assert_int_equal(utf8_next(s, n, &at), cp);
        assert_int_equal(at, n);
        for (size_t cut = 1; cut < n; cut++) { /* a cut sequence is invalid and steps by one */
            at = 0;
            assert_int_equal(utf8_next(s, cut, &at), UINT32_MAX);
            assert_int_equal(at, 1);
        }
    }
    assert_int_equal(utf8_put((char[4]){0}, UINT32_MAX), 0);
}

/* Every sequence of two and three bytes: valid exactly where the encoding of its own code point is the same bytes. */
static void decoding_is_strict(void **state)
{
    (void)state;
    for (uint32_t v = 0x800000; v <= 0xFFFFFF; v++) {
        char s[3] = {(char)(v >> 16), (char)(v >> 8), (char)v}, again[4];
        size_t at = 0;
        uint32_t cp = utf8_next(s, 3, &at);
        if (cp == UINT32_MAX) {
            if (at != 1)
                fail();
            continue;
        }
        if (utf8_put(again, cp) != at || memcmp(again, s, at) != 0)
            fail();
    }
}

static void invalid_bytes_step_one(void **state)
{
    (void)state;
    size_t at = 0;
    assert_int_equal(utf8_next("\xE2\x82"
                               "a",
                         3, &at),
        UINT32_MAX);
    assert_int_equal(at, 1);
    assert_int_equal(utf8_chars("\xE2\x82"
                                "a",
                         3),
        3);
    assert_int_equal(utf8_chars("şığ", 6), 3);
    assert_int_equal(utf8_chars("", 0), 0);
}

static void clean_shows_marks_for_what_it_dropped(void **state)
{
    (void)state;
    static const char *const cases[][2] = {{"Ay\xC5\x9F"
                                            "e",
                                               "Ayşe"},
        {"a\x1B[31mb", "a?[31mb"}, {"a\nb", "a?b"},
        {"\xC2\x9B"
         "x",
            "?x"},
        {"\xE2\x80\xAE"
         "abc",
            "?abc"},
        {"\xC0\x9B", "??"}, {"\xFF", "?"}, {"", ""}, {"i\xCC\x87", "i?"}, {"\xC4", "?"}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        char out[64];
        text_clean(out, sizeof out, cases[i][0], strlen(cases[i][0]));
        assert_string_equal(out, cases[i][1]);
    }
    char out[64];
    text_clean(out, sizeof out, "a\0b", 3);
    assert_string_equal(out, "a?b");
}

static void clean_cuts_at_a_character(void **state)
{
    (void)state;
    static const char *const cut[] = {NULL, "", "", "ş", "ş", "şş", "şşa", "şşab", "şşab"};
    for (size_t size = 1; size < COUNT(cut); size++) {
        char out[16];
        memset(out, 'x', sizeof out);
        text_clean(out, size, "şşab", 6);
        assert_string_equal(out, cut[size]);
        assert_int_equal(out[size], 'x');
    }
}

static void what_is_clean_is_safe(void **state)
{
    (void)state;
    uint32_t seed = 11;
    for (int n = 0; n < 50000; n++) {
        char raw[40], once[50], twice[50];
        size_t len = unit_random(&seed) % sizeof raw;
        for (size_t i = 0; i < len; i++)
            raw[i] = (char)(unit_random(&seed) >> 7);
        text_clean(once, 1 + unit_random(&seed) % (sizeof once - 1), raw, len);
        assert_true(once[0] == '\0' || safe(once));
        text_clean(twice, sizeof twice, once, strlen(once));
        assert_string_equal(once, twice);
    }
    for (size_t i = 0; i < COUNT(unsafe); i++) {
        char out[64];
        text_clean(out, sizeof out, unsafe[i], strlen(unsafe[i]));
        assert_true(safe(out));
    }
}

static void width_counts_characters(void **state)
{
    (void)state;
    assert_int_equal(text_width("İmzalama Tarihi"), 15);
    assert_int_equal(text_width(""), 0);
    assert_int_equal(text_width("…←"), 2);
}

static void labels_are_the_same_however_typed(void **state)
{
    (void)state;
    static const char *const same[][2] = {{"İleri", "ileri"}, {"İLERİ", "ıLERI"}, {"I", "ı"}, {"i", "İ"},
        {"E-Onay İşlemleri", "  e-onay   islemleri "}, {"Çığ Öşü", "cig osu"}, {"hâlâ", "hala"}, {"", "   "},
        {"Sertifika\tSeçiniz\n", "SERTİFİKA SEÇİNİZ"}, {"GÜN", "gun"}};
    static const char *const other[][2] = {
        {"İleri", "Geri"}, {"Devam", "Devam et"}, {"Giriş", "Gir iş"}, {"", "a"}, {"a", ""}, {"ab", "a b"}};
    for (size_t i = 0; i < COUNT(same); i++)
        assert_true(text_same(same[i][0], same[i][1]) && text_same(same[i][1], same[i][0]));
    for (size_t i = 0; i < COUNT(other); i++)
        assert_false(text_same(other[i][0], other[i][1]) || text_same(other[i][1], other[i][0]));
}

static void fold_writes_the_form(void **state)
{
    (void)state;
    char out[16];
    text_fold(out, sizeof out, "  İŞLEM   ığdır ");
    assert_string_equal(out, "islem igdir");
    text_fold(out, 6, "İŞLEM ığdır");
    assert_string_equal(out, "islem");
    text_fold(out, 1, "abc");
    assert_string_equal(out, "");
    text_fold(out, sizeof out, "\xFF\x1B");
    assert_string_equal(out, "??");
}

static void ascii_keeps_case_and_columns(void **state)
{
    (void)state;
    char out[128];
    assert_int_equal(text_ascii(out, sizeof out, "ÇĞIİÖŞÜ çğıiöşü âîû"), 19);
    assert_string_equal(out, "CGIIOSU cgiiosu aiu");
    text_ascii(out, sizeof out,
        "\xE2\x80\x9C"
        "a\xE2\x80\x9D\xE2\x80\x93\xE2\x80\xA6\nStraße \x1B\xE4\xB8\xAD");
    assert_string_equal(out, "\"a\"-.\nStrase ??");
    assert_int_equal(text_ascii(out, 3, "şşşş"), 2);
    assert_string_equal(out, "ss");
    for (uint32_t cp = 0x20; cp < 0x3000; cp++) { /* one for one, and never anything but printable ASCII */
        char s[5] = "";
        if (utf8_put(s, cp) == 0)
            continue;
        assert_int_equal(text_ascii(out, sizeof out, s), 1);
        assert_true(out[0] >= 0x20 && out[0] < 0x7F);
    }
}

static void latin5_is_iso_8859_9(void **state)
{
    (void)state;
    char out[64];
    assert_int_equal(text_latin5(out, sizeof out, "ÇĞIİÖŞÜ çğıiöşü"), 15);
    assert_string_equal(out, "\xC7\xD0I\xDD\xD6\xDE\xDC \xE7\xF0\xFDi\xF6\xFE\xFC");
    text_latin5(out, sizeof out, "Ð Ý Þ ð ý þ Ł ž \xE2\x80\x9Cq\xE2\x80\x9D\n");
    assert_string_equal(out, "D Y T d y t L z \"q\"\n");
    text_latin5(out, sizeof out, "Ä ß é ÿ § °");
    assert_string_equal(out, "\xC4 \xDF \xE9 \xFF \xA7 \xB0");
    for (uint32_t cp = 0x7F; cp < 0x3000; cp++) { /* no control of either half comes out */
        char s[5] = "";
        if (utf8_put(s, cp) == 0)
            continue;
        assert_int_equal(text_latin5(out, sizeof out, s), 1);
        uint8_t c = (uint8_t)out[0];
        assert_true((c >= 0x20 && c < 0x7F) || (c > 0xA0 && c != 0xAD));
    }
}

UNIT_MAIN(cmocka_unit_test(hostile_text_is_refused), cmocka_unit_test(honest_text_is_allowed),
    cmocka_unit_test(the_allow_list_is_small), cmocka_unit_test(code_points_go_there_and_back),
    cmocka_unit_test(decoding_is_strict), cmocka_unit_test(invalid_bytes_step_one),
    cmocka_unit_test(clean_shows_marks_for_what_it_dropped), cmocka_unit_test(clean_cuts_at_a_character),
    cmocka_unit_test(what_is_clean_is_safe), cmocka_unit_test(width_counts_characters),
    cmocka_unit_test(labels_are_the_same_however_typed), cmocka_unit_test(fold_writes_the_form),
    cmocka_unit_test(ascii_keeps_case_and_columns), cmocka_unit_test(latin5_is_iso_8859_9))
