/* The plain face through pipes: what it prints, which lines it reads and when, what it answers. */
#include "tests/unit/ui/cmock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/code.h"
#include "tests/unit/ui/demo.h"

struct pipes {
    struct demo d;
    struct face *face;
    int in[2], out[2];
    char printed[65536];
};

static int start(void **state)
{
    struct pipes *p = calloc(1, sizeof *p);
    demo_init(&p->d);
    p->d.scene.plain = true;
    assert_int_equal(pipe(p->in), 0);
    assert_int_equal(pipe(p->out), 0);
    assert_int_equal(face_plain_new(&p->face, p->in[0], p->out[1], NULL), OK);
    *state = p;
    return 0;
}

static int stop(void **state)
{
    struct pipes *p = *state;
    p->face->ops->free(&p->face);
    assert_null(p->face);
    for (int i = 0; i < 2; i++) {
        (void)close(p->in[i]);
        (void)close(p->out[i]);
    }
    demo_done(&p->d);
    free(p);
    return 0;
}

static void type(struct pipes *p, const char *bytes)
{
    assert_int_equal(write(p->in[1], bytes, strlen(bytes)), strlen(bytes));
}

static void show(struct pipes *p)
{
    demo_compose(&p->d);
    p->face->ops->show(p->face, &p->d.scene, &p->d.view);
}

/* Shows and reads once, as the shell does. */
static struct event step(struct pipes *p)
{
    struct event ev = {.kind = EV_COUNT};
    show(p);
    if (!p->face->ops->read(p->face, &p->d.scene, &p->d.view, &p->d.desk, &ev))
        ev.kind = EV_COUNT;
    return ev;
}

/* What was printed since the last time. */
static const char *printed(struct pipes *p)
{
    ssize_t n = 0;
    assert_int_equal(write(p->out[1], "\4", 1), 1); /* so that read does not block */
    n = read(p->out[0], p->printed, sizeof p->printed - 1);
    assert_true(n > 0);
    p->printed[n - 1] = '\0';
    return p->printed;
}

static void assert_says(struct pipes *p, const char *words)
{
    const char *all = printed(p);
    if (strstr(all, words) == NULL)
        fail_msg("not said: %s\nin: %s", words, all);
}

static void prints_a_menu(void **state)
{
    struct pipes *p = *state;
    demo_go(&p->d, ST_MENU);
    show(p);
    assert_string_equal(printed(p), "TEST - Online İşlemler (1/4 Giriş)\n"
                                    "Hoş geldiniz. Başlamak için Giriş'e basınız.\n"
                                    "Deneme ortamı: burada yapılan işlem resmî sayılmaz.\n"
                                    "1 Giriş\n2 Doğrulama kodum var\n3 Çıkış\n"
                                    "Seçiminiz (boş satır: Giriş): ");
    show(p);
    assert_string_equal(printed(p), "");
}

static void takes_numbers_labels_and_defaults(void **state)
{
    struct pipes *p = *state;
    static const struct {
        const char *line;
        enum choice choice;
    } cases[] = {{"\n", CH_LOGIN}, {"2\n", CH_HAVE_CODE}, {"  GİRİŞ \n", CH_LOGIN}, {"giris\r\n", CH_LOGIN},
        {"dogrulama kodum var\n", CH_HAVE_CODE}, {"i have a verification code\n", CH_HAVE_CODE}, {"leave\n", CH_EXIT}};
    demo_go(&p->d, ST_MENU);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        type(p, cases[i].line);
        struct event ev = step(p);
        assert_int_equal(ev.kind, EV_CHOOSE);
        assert_int_equal(ev.value, cases[i].choice);
        assert_int_equal(ev.now_ms, p->d.scene.now_ms);
    }
}

static void takes_commands(void **state)
{
    struct pipes *p = *state;
    demo_go(&p->d, ST_MENU);
    type(p, "dil\n");
    assert_int_equal(step(p).kind, EV_LANG);
    type(p, "BACK\n");
    assert_int_equal(step(p).kind, EV_BACK);
    type(p, "cik\n");
    assert_int_equal(step(p).kind, EV_LEAVE);
    type(p, "vazgeç\n");
    assert_int_equal(step(p).kind, EV_BACK);
    type(p, "English\n");
    assert_int_equal(step(p).kind, EV_LANG);
    type(p, "turkce\n"); /* already */
    assert_int_equal(step(p).kind, EV_TOUCH);
    (void)printed(p);
    type(p, "uzat\n");
    assert_int_equal(step(p).kind, EV_TOUCH);
    assert_says(p, "Burada işleyen bir süre yok.");
    demo_go(&p->d, ST_SIGN); /* where a time runs */
    type(p, "uzat\n");
    assert_int_equal(step(p).kind, EV_TEXT_END);
    struct event ev = step(p);
    assert_int_equal(ev.kind, EV_CHOOSE);
    assert_int_equal(ev.value, CH_EXTEND);
    demo_go(&p->d, ST_MENU);
    (void)printed(p);
    type(p, "?\n");
    assert_int_equal(step(p).kind, EV_TOUCH);
    assert_says(p, "Şekil 1 - Online İşlemler\nE-Onay ile");
    type(p, "süre\n");
    assert_int_equal(step(p).kind, EV_TOUCH);
    assert_says(p, "Burada işleyen bir süre yok.");
}

static void asks_again_without_the_list(void **state)
{
    struct pipes *p = *state;
    demo_go(&p->d, ST_MENU);
    show(p);
    (void)printed(p);
    type(p, "7\n");
    assert_int_equal(step(p).kind, EV_TOUCH);
    show(p);
    assert_string_equal(printed(p), "\nBu yanıt anlaşılmadı. Listeden bir sayı veya sözcük, yardım için ? yazınız.\n"
                                    "Seçiminiz (boş satır: Giriş): ");
}

static void reads_no_line_while_it_waits(void **state)
{
    struct pipes *p = *state;
    demo_go(&p->d, ST_SIGNING);
    type(p, "1\n");
    assert_int_equal(step(p).kind, EV_COUNT);
    assert_int_equal(p->face->input_fd, -1);
    assert_string_equal(
        printed(p), "TEST - Sözleşme ve PIN Kodu (3/4 İmza)\nİmza atılıyor. Lütfen kartınızı çıkarmayınız.\n");
    demo_go(&p->d, ST_MENU);
    p->d.flow.net_what = FX_REQUEST;
    assert_int_equal(step(p).kind, EV_COUNT);
    p->d.flow.net_what = FX_NONE;
    show(p);
    assert_int_equal(p->face->input_fd, p->in[0]);
    assert_int_equal(step(p).value, CH_LOGIN);
}

static void walks_the_fields(void **state)
{
    struct pipes *p = *state;
    demo_go(&p->d, ST_LOGIN);
    demo_focus(&p->d, FOCUS_TCKN); /* as the flow does; the method comes first all the same */
    type(p, "\n10000000146\nşifre1\nrest\n");
    struct event ev = step(p);
    assert_int_equal(ev.value, CH_METHOD);
    demo_focus(&p->d, FOCUS_TCKN);
    ev = step(p);
    assert_int_equal(ev.kind, EV_TCKN);
    assert_int_equal(ev.value, 11);
    assert_int_equal(ev.flags, FLAG_FITS);
    assert_string_equal(p->d.form.tckn, "10000000146");
    ev = step(p);
    assert_int_equal(ev.kind, EV_PASSWORD);
    assert_int_equal(ev.value, 6);
    assert_int_equal(secret_len(p->d.desk.password), 7);
    assert_int_equal(p->d.form.password_chars, 6);
    ev = step(p);
    assert_int_equal(ev.kind, EV_CHOOSE);
    assert_int_equal(ev.value, CH_SIGN_IN);
    const char *all = printed(p);
    assert_non_null(strstr(all, "1 e-Devlet Şifresi\n2 Mobil İmza\nYöntem (boş satır: e-Devlet Şifresi): \n"
                                "T.C. Kimlik No: \ne-Devlet Şifresi (yazdığınız görünmez): \n"));
    assert_null(strstr(all, "şifre1"));
}

static void a_method_that_is_not_offered_is_asked_again(void **state)
{
    struct pipes *p = *state;
    demo_go(&p->d, ST_LOGIN);
    type(p, "Mobil İmza\n1\n");
    struct event ev = step(p);
    assert_int_equal(ev.value, CH_METHOD);
    assert_int_equal(ev.arg, 1);
    p->d.flow.note = ERR_METHOD_NOT_HERE;
    ev = step(p);
    assert_says(p, "Bu yöntem burada sunulmuyor.");
    assert_int_equal(ev.value, CH_METHOD);
    assert_int_equal(ev.arg, 0);
}

static void tckn_with_more_does_not_fit(void **state)
{
    struct pipes *p = *state;
    demo_go(&p->d, ST_LOGIN);
    show(p);
    demo_focus(&p->d, FOCUS_TCKN);
    type(p, "100000001467\n");
    struct event ev = step(p);
    assert_int_equal(ev.kind, EV_TCKN);
    assert_int_equal(ev.flags, 0);
    assert_string_equal(p->d.form.tckn, "");
    type(p, "abc\n");
    ev = step(p);
    assert_int_equal(ev.kind, EV_TCKN);
    assert_int_equal(ev.flags, 0);
    show(p); /* told and asked again: no word of a password yet */
    const char *all = printed(p);
    assert_non_null(strstr(all, "\nT.C. Kimlik No 11 haneli bir sayıdır ve yazılan buna"));
    assert_non_null(strstr(all, "T.C. Kimlik No: "));
    assert_null(strstr(all, "e-Devlet Şifresi ("));
}

static void an_empty_secret_leads_to_the_choices(void **state)
{
    struct pipes *p = *state;
    demo_go(&p->d, ST_LOGIN);
    type(p, "\n10000000146\n\ngeri\n");
    (void)step(p);
    demo_focus(&p->d, FOCUS_TCKN);
    (void)step(p);
    (void)printed(p);
    assert_int_equal(step(p).kind, EV_PASSWORD);
    struct event ev = step(p);
    assert_says(p, "Bir şey yazılmadı; seçenekler şunlardır.\n1 e-Devlet Şifresi\n2 Mobil İmza\nYöntem (");
    assert_int_equal(ev.kind, EV_BACK);
}

static void lines_break_at_blanks(void **state)
{
    struct pipes *p = *state;
    char word[101];
    memset(word, 'x', 100);
    word[100] = '\0';
    demo_go(&p->d, ST_MENU);
    demo_compose(&p->d);
    view_text(&p->d.view, 0,
        "Bir satıra sığmayan sözler boşluklardan bölünür, sözcüklerin ortasından değil; bunu böyle denetleriz.");
    view_text(&p->d.view, 0, word);
    p->face->ops->show(p->face, &p->d.scene, &p->d.view);
    const char *all = printed(p);
    assert_non_null(strstr(all, "ortasından değil;\nbunu böyle denetleriz.\n"));
    assert_non_null(strstr(all, word));
}

static void reads_the_code(void **state)
{
    struct pipes *p = *state;
    char code[CODE_LEN + 1], line[64];
    uint8_t random[CODE_LEN - 1] = {19, 7, 22, 20, 3, 27, 22, 13, 9, 24, 4};
    code_make(code, random);
    snprintf(line, sizeof line, "%.4s %.4s-%.4s\n", code, code + 4, code + 8);
    demo_go(&p->d, ST_CODE_EMPTY);
    type(p, "k7Ç\n");
    struct event ev = step(p);
    assert_int_equal(ev.kind, EV_CODE);
    assert_int_equal(ev.err, ERR_CODE_LETTER);
    type(p, line);
    ev = step(p);
    assert_int_equal(ev.kind, EV_CODE);
    assert_int_equal(ev.arg, CODE_FITS);
    assert_int_equal(ev.flags, FLAG_FITS | FLAG_WHOLE);
    assert_int_equal(ev.value, 12);
    assert_int_equal(step(p).value, CH_NEXT);
    (void)printed(p);
    p->d.flow.focus = FOCUS_CODE; /* the service does not know it: asked again, an empty line keeps it */
    p->d.flow.focus_seq++;
    type(p, "\n");
    ev = step(p);
    assert_says(p, "Doğrulama Kodu (boş satır: ");
    assert_int_equal(ev.value, CH_NEXT);
}

static void an_empty_code_leads_to_the_buttons(void **state)
{
    struct pipes *p = *state;
    demo_go(&p->d, ST_CODE_EMPTY);
    type(p, "\n2\n");
    assert_int_equal(step(p).kind, EV_TOUCH);
    struct event ev = step(p);
    assert_says(p, "1 İleri\n2 Vazgeç\nSeçiminiz (boş satır: İleri): ");
    assert_int_equal(ev.value, CH_CANCEL);
}

static void signs_step_by_step(void **state)
{
    struct pipes *p = *state;
    demo_go(&p->d, ST_SIGN);
    type(p, "\n\n12a4\n123456\nimzala\n");
    show(p);
    assert_string_equal(printed(p), "TEST - Sözleşme ve PIN Kodu (3/4 İmza)\n"
                                    "Süreniz 3 dakika 50 saniye. Uzatmak isterseniz 'uzat' yazınız.\n"
                                    "Sözleşme\nİmzalanacak Metin 1:\n"
                                    "Kamu SM sistemleri üzerinden güvenilir bir şekilde elektronik onayının alınması\n"
                                    "kaydıyla bundan sonra yapacağım NES başvurularımın, imzalı başvuru formu\n"
                                    "göndermeme gerek kalmaksızın işleme alınmasını KABUL EDİYORUM.\n"
                                    "Metni okudunuz mu? 1 Evet, 2 Vazgeç (boş satır: Evet): ");
    assert_int_equal(step(p).kind, EV_TEXT_END);
    p->d.flow.text_end = true;
    assert_int_equal(step(p).value, CH_TEXT_READ);
    p->d.flow.text_accepted = true;
    demo_focus(&p->d, FOCUS_CERT);
    show(p);
    assert_string_equal(printed(p), "\n1 İPEK IŞIK, 14.03.2028 tarihine kadar geçerli\n"
                                    "Sertifika Seçiniz (boş satır: 1 İPEK IŞIK): ");
    assert_int_equal(step(p).value, CH_CERT_OK);
    p->d.flow.cert_confirmed = true;
    demo_focus(&p->d, FOCUS_PIN);
    struct event ev = step(p);
    assert_int_equal(ev.kind, EV_PIN);
    assert_int_equal(ev.err, ERR_PIN_LETTER);
    assert_int_equal(secret_len(p->d.desk.pin), 0);
    ev = step(p);
    assert_int_equal(ev.kind, EV_PIN);
    assert_int_equal(ev.err, OK);
    assert_int_equal(ev.value, 6);
    assert_int_equal(secret_len(p->d.desk.pin), 6);
    ev = step(p);
    assert_int_equal(ev.value, CH_SIGN);
    assert_string_equal(printed(p), "\nPIN Kodu (yazdığınız görünmez): \nPIN Kodu (yazdığınız görünmez): \n"
                                    "1 İMZALA\n2 Vazgeç\nSeçiminiz (boş satır: İMZALA): \n");
}

static void a_wrong_pin_prints_only_what_is_new(void **state)
{
    struct pipes *p = *state;
    p->d.flow.text_accepted = p->d.flow.text_end = p->d.flow.cert_confirmed = true;
    demo_go(&p->d, ST_SIGN);
    demo_focus(&p->d, FOCUS_SIGN);
    type(p, "\n");
    (void)step(p);
    (void)step(p);
    demo_go(&p->d, ST_SIGNING);
    show(p);
    (void)printed(p);
    demo_go(&p->d, ST_SIGN);
    p->d.flow.note = ERR_PIN_WRONG;
    demo_focus(&p->d, FOCUS_PIN);
    show(p);
    assert_string_equal(
        printed(p), "PIN kodu kabul edilmedi. Lütfen yeniden yazınız.\nPIN Kodu (yazdığınız görünmez): ");
}

static void too_long_a_pin_is_refused(void **state)
{
    struct pipes *p = *state;
    p->d.flow.text_accepted = p->d.flow.text_end = true;
    demo_go(&p->d, ST_SIGN);
    demo_focus(&p->d, FOCUS_PIN);
    type(p, "123456789\n");
    assert_int_equal(step(p).kind, EV_TEXT_END);
    struct event ev = step(p);
    assert_int_equal(ev.err, ERR_PIN_LONG);
    assert_int_equal(secret_len(p->d.desk.pin), 0);
}

static void end_of_input_leaves(void **state)
{
    struct pipes *p = *state;
    demo_go(&p->d, ST_MENU);
    type(p, "2");
    (void)close(p->in[1]);
    assert_int_equal(step(p).value, CH_HAVE_CODE); /* the last line needs no newline */
    struct event ev = step(p);
    assert_int_equal(ev.kind, EV_LEAVE);
    assert_int_equal(ev.flags, FLAG_INPUT_END);
    show(p);
    assert_int_equal(p->face->input_fd, -1);
}

static void an_interruption_comes_back_quietly(void **state)
{
    struct pipes *p = *state;
    demo_go(&p->d, ST_MENU);
    show(p);
    (void)printed(p);
    demo_go(&p->d, ST_LEAVE);
    type(p, "1\n");
    assert_int_equal(step(p).value, CH_STAY);
    (void)printed(p);
    demo_go(&p->d, ST_MENU);
    show(p);
    assert_string_equal(printed(p), "Deneme ortamı: burada yapılan işlem resmî sayılmaz.\n"
                                    "1 Giriş\n2 Doğrulama kodum var\n3 Çıkış\nSeçiminiz (boş satır: Giriş): ");
}

static void another_language_is_said_in_full(void **state)
{
    struct pipes *p = *state;
    demo_go(&p->d, ST_MENU);
    show(p);
    (void)printed(p);
    i18n_set(LANG_EN);
    show(p);
    assert_says(p, "TEST - Online İşlemler (1/4 Sign in)\nWelcome. Press Sign in to start.\n");
    i18n_set(LANG_TR);
}

static void a_threshold_waits_for_the_next_prompt(void **state)
{
    struct pipes *p = *state;
    demo_go(&p->d, ST_MENU);
    show(p);
    (void)printed(p);
    p->face->ops->say(p->face, "3 dakika kaldı.");
    assert_string_equal(printed(p), "");
    type(p, "9\n");
    (void)step(p);
    show(p);
    assert_says(p, "3 dakika kaldı.\nSeçiminiz");
}

static void control_characters_do_not_get_through(void **state)
{
    struct pipes *p = *state;
    demo_go(&p->d, ST_MENU);
    snprintf(p->d.facts.gateway_name, sizeof p->d.facts.gateway_name, "x");
    demo_compose(&p->d);
    view_text(&p->d.view, 0, "a\033[2Jb\007c");
    p->face->ops->show(p->face, &p->d.scene, &p->d.view);
    const char *all = printed(p);
    assert_non_null(strstr(all, "a?[2Jb?c"));
    for (; *all != '\0'; all++)
        assert_true((unsigned char)*all >= 0x20 || *all == '\n');
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, start, stop)
    const struct CMUnitTest tests[] = {
        CASE(prints_a_menu),
        CASE(takes_numbers_labels_and_defaults),
        CASE(takes_commands),
        CASE(asks_again_without_the_list),
        CASE(reads_no_line_while_it_waits),
        CASE(walks_the_fields),
        CASE(a_method_that_is_not_offered_is_asked_again),
        CASE(tckn_with_more_does_not_fit),
        CASE(an_empty_secret_leads_to_the_choices),
        CASE(lines_break_at_blanks),
        CASE(reads_the_code),
        CASE(an_empty_code_leads_to_the_buttons),
        CASE(signs_step_by_step),
        CASE(a_wrong_pin_prints_only_what_is_new),
        CASE(too_long_a_pin_is_refused),
        CASE(end_of_input_leaves),
        CASE(an_interruption_comes_back_quietly),
        CASE(another_language_is_said_in_full),
        CASE(a_threshold_waits_for_the_next_prompt),
        CASE(control_characters_do_not_get_through),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
