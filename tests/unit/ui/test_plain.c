/* The plain face through pipes: what it prints, which lines it reads and when, what it answers. */
#include "tests/unit/ui/cmock.h"

#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "base/code.h"
#include "tests/unit/ui/demo.h"
#include "ui/edit.h"

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

/* The same on a terminal: in[0] is its end of ours, in[1] where a person types, out[0] what stands on the screen. */
static int start_tty(void **state)
{
    struct pipes *p = calloc(1, sizeof *p);
    demo_init(&p->d);
    p->d.scene.plain = true;
    assert_int_equal(openpty(&p->in[1], &p->in[0], NULL, NULL, NULL), 0);
    p->out[0] = p->out[1] = -1;
    assert_int_equal(face_plain_new(&p->face, p->in[0], p->in[0], NULL), OK);
    *state = p;
    return 0;
}

static int stop(void **state)
{
    struct pipes *p = *state;
    p->face->ops->free(&p->face);
    assert_null(p->face);
    for (int i = 0; i < 2; i++) {
        if (p->in[i] >= 0)
            (void)close(p->in[i]);
        if (p->out[i] >= 0)
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

/* All that stands on the terminal since the last time, as soon as these words do. */
static const char *appears(struct pipes *p, const char *words)
{
    size_t len = 0;
    p->printed[0] = '\0';
    while (strstr(p->printed, words) == NULL) {
        struct pollfd screen = {.fd = p->in[1], .events = POLLIN};
        if (poll(&screen, 1, 20000) != 1)
            fail_msg("does not appear: %s\nin: %s", words, p->printed);
        ssize_t n = read(p->in[1], p->printed + len, sizeof p->printed - 1 - len);
        assert_true(n > 0);
        len += (size_t)n;
        p->printed[len] = '\0';
    }
    return p->printed;
}

/* A whole line has come through the terminal. */
static void arrives(const struct pipes *p)
{
    struct pollfd line = {.fd = p->in[0], .events = POLLIN};
    assert_int_equal(poll(&line, 1, 20000), 1);
}

static bool echoes(const struct pipes *p)
{
    struct termios modes;
    assert_int_equal(tcgetattr(p->in[0], &modes), 0);
    return (modes.c_lflag & ECHO) != 0;
}

static void ask_for_the_pin(struct pipes *p)
{
    p->d.flow.text_accepted = p->d.flow.text_end = p->d.flow.cert_confirmed = true;
    demo_go(&p->d, ST_SIGN);
    demo_focus(&p->d, FOCUS_PIN);
    assert_int_equal(step(p).kind, EV_TEXT_END);
    show(p);
}

static void half_a_secret_is_not_an_answer(void **state)
{
    struct pipes *p = *state;
    ask_for_the_pin(p);
    (void)appears(p, "PIN Kodu (yazdığınız görünmez): ");
    assert_false(echoes(p));
    type(p, "12");
    demo_go(&p->d, ST_IDLE); /* comes by itself: who types goes on typing */
    assert_int_equal(step(p).kind, EV_COUNT);
    assert_null(strstr(appears(p, "Devam etmek için Enter'a basınız: "), "12"));
    assert_false(echoes(p));
    type(p, "34\n");
    arrives(p);
    assert_int_equal(step(p).kind, EV_TOUCH);
    assert_true(echoes(p));
    assert_int_equal(p->d.form.pin_chars, 0);
    show(p);
    const char *screen = appears(p, "Seçiminiz (boş satır: Kal): ");
    assert_null(strstr(screen, "34"));
    assert_null(strstr(screen, "anlaşılmadı"));
    type(p, "2\n");
    arrives(p);
    assert_int_equal(step(p).value, CH_LEAVE);
}

static void half_a_secret_is_dropped_where_the_question_goes(void **state)
{
    struct pipes *p = *state;
    ask_for_the_pin(p);
    (void)appears(p, "PIN Kodu (yazdığınız görünmez): ");
    type(p, "12");
    demo_focus(&p->d, FOCUS_CERT); /* the card was taken out */
    assert_int_equal(step(p).kind, EV_COUNT);
    (void)appears(p, "Devam etmek için Enter'a basınız: ");
    type(p, "34\n");
    arrives(p);
    assert_int_equal(step(p).kind, EV_TOUCH);
    show(p);
    assert_null(strstr(appears(p, "Sertifika Seçiniz (boş satır: 1 İPEK IŞIK): "), "34"));
}

static void who_asked_to_leave_is_asked_at_once(void **state)
{
    struct pipes *p = *state;
    ask_for_the_pin(p);
    demo_go(&p->d, ST_LEAVE);
    show(p);
    (void)appears(p, "Seçiminiz (boş satır: Kal): ");
    assert_true(echoes(p));
    type(p, "2\n");
    arrives(p);
    assert_int_equal(step(p).value, CH_LEAVE);
}

static void a_secret_is_typed_on_after_a_sentence(void **state)
{
    struct pipes *p = *state;
    ask_for_the_pin(p);
    (void)appears(p, "PIN Kodu (yazdığınız görünmez): ");
    type(p, "12");
    p->face->ops->say(p->face, "3 dakika kaldı.");
    show(p);
    (void)appears(p, "3 dakika kaldı.\r\nPIN Kodu (yazdığınız görünmez): ");
    assert_false(echoes(p));
    type(p, "34\n");
    arrives(p);
    struct event ev = step(p);
    assert_int_equal(ev.kind, EV_PIN);
    assert_int_equal(ev.value, 4);
}

static void nothing_of_a_secret_is_left_to_the_shell(void **state)
{
    struct pipes *p = *state;
    ask_for_the_pin(p);
    type(p, "12");
    p->face->ops->suspend(p->face);
    assert_true(echoes(p));
    show(p); /* continued */
    (void)appears(p, "Devam etmek için Enter'a basınız: ");
    assert_false(echoes(p));
}

static void half_a_line_of_a_pipe_is_dropped(void **state)
{
    struct pipes *p = *state;
    ask_for_the_pin(p);
    type(p, "12");
    assert_int_equal(step(p).kind, EV_COUNT);
    assert_int_equal(p->d.form.pin_chars, 2);
    demo_go(&p->d, ST_LEAVE);
    assert_int_equal(step(p).kind, EV_COUNT);
    assert_int_equal(p->d.form.pin_chars, 0);
    type(p, "34\n1\n");
    assert_int_equal(step(p).value, CH_STAY);
    assert_int_equal(p->d.form.pin_chars, 0);
}

/* --- waiting ----------------------------------------------------------------------------------------------------- */

static void the_question_comes_again(void **state)
{
    struct pipes *p = *state;
    demo_go(&p->d, ST_LOGIN);
    type(p, "\n10000000146\n");
    assert_int_equal(step(p).value, CH_METHOD);
    demo_focus(&p->d, FOCUS_TCKN);
    assert_int_equal(step(p).kind, EV_TCKN);
    assert_int_equal(step(p).kind, EV_COUNT);
    demo_go(&p->d, ST_IDLE);
    assert_int_equal(step(p).kind, EV_COUNT);
    demo_go(&p->d, ST_LOGIN);
    demo_focus(&p->d, FOCUS_DEFAULT); /* as the flow does */
    type(p, "secret\n");
    assert_int_equal(step(p).kind, EV_PASSWORD);
    assert_int_equal(step(p).value, CH_SIGN_IN);
}

static void an_outage_eats_no_line(void **state)
{
    struct pipes *p = *state;
    demo_go(&p->d, ST_MENU);
    show(p);
    demo_go(&p->d, ST_AWAY);
    type(p, "2\n");
    assert_int_equal(step(p).kind, EV_COUNT);
    assert_int_equal(p->face->input_fd, -1);
    const char *all = printed(p);
    assert_non_null(strstr(all, "Bağlantı bekleniyor"));
    assert_null(strstr(strstr(all, "Bağlantı bekleniyor"), "Seçiminiz"));
    demo_go(&p->d, ST_MENU);
    assert_int_equal(step(p).value, CH_HAVE_CODE);
}

static void an_outage_without_end_is_left(void **state)
{
    struct pipes *p = *state;
    demo_go(&p->d, ST_AWAY);
    assert_int_equal(step(p).kind, EV_COUNT);
    uint64_t at = p->face->ops->wake_ms(p->face, &p->d.scene);
    assert_true(at == p->d.scene.now_ms + 120000);
    p->d.scene.now_ms = at; /* lines may still come */
    assert_int_equal(step(p).kind, EV_COUNT);
    assert_true(p->face->ops->wake_ms(p->face, &p->d.scene) == at + 120000);
    type(p, "1\n");
    (void)close(p->in[1]);
    p->in[1] = -1;
    p->d.scene.now_ms = at + 120000; /* there are lines still */
    assert_int_equal(step(p).kind, EV_COUNT);
    char line[2];
    assert_int_equal(read(p->in[0], line, 2), 2);
    p->d.scene.now_ms = at + 239999;
    assert_int_equal(step(p).kind, EV_COUNT);
    p->d.scene.now_ms = at + 240000;
    struct event ev = step(p);
    assert_int_equal(ev.kind, EV_LEAVE);
    assert_int_equal(ev.flags, FLAG_INPUT_END);
}

static void a_slow_pipe_is_not_idle(void **state)
{
    struct pipes *p = *state;
    demo_go(&p->d, ST_MENU);
    show(p);
    demo_go(&p->d, ST_IDLE);
    assert_int_equal(step(p).kind, EV_COUNT);
    (void)printed(p);
    view_text(&p->d.view, 0, "9 saniye içinde"); /* its time is said once */
    p->face->ops->show(p->face, &p->d.scene, &p->d.view);
    assert_string_equal(printed(p), "");
    assert_int_equal(p->face->input_fd, p->in[0]);
    type(p, "2\n");
    assert_int_equal(step(p).kind, EV_TOUCH);
    demo_go(&p->d, ST_MENU);
    assert_int_equal(step(p).value, CH_HAVE_CODE);
    demo_go(&p->d, ST_IDLE);
    (void)close(p->in[1]);
    p->in[1] = -1;
    struct event ev = step(p);
    assert_int_equal(ev.kind, EV_LEAVE);
    assert_int_equal(ev.flags, FLAG_INPUT_END);
}

static void the_time_page_asks_no_pipe(void **state)
{
    struct pipes *p = *state;
    demo_go(&p->d, ST_MENU);
    show(p);
    demo_go(&p->d, ST_TIME);
    type(p, "2\n");
    assert_int_equal(step(p).kind, EV_BACK);
    assert_says(p, "30 saniye kaldı.");
    demo_go(&p->d, ST_MENU);
    assert_int_equal(step(p).value, CH_HAVE_CODE);
}

static void more_time_is_not_waited_for(void **state)
{
    struct pipes *p = *state;
    ask_for_the_pin(p);
    p->d.flow.net_what = FX_EXTEND;
    type(p, "1234\n");
    assert_int_equal(step(p).value, 4);
}

static void a_long_wait_can_be_left(void **state)
{
    struct pipes *p = *state;
    demo_go(&p->d, ST_SIGNING);
    assert_int_equal(step(p).kind, EV_COUNT);
    assert_int_equal(p->face->input_fd, -1);
    assert_true(p->face->ops->wake_ms(p->face, &p->d.scene) == p->d.scene.now_ms + 3000);
    p->d.scene.now_ms += 3000;
    show(p);
    (void)appears(p, "Bekleyebilir veya 'geri' yazıp Enter'a basabilirsiniz.");
    assert_int_equal(p->face->input_fd, p->in[0]);
    assert_true(p->face->ops->wake_ms(p->face, &p->d.scene) == UINT64_MAX);
    type(p, "nonsense\n");
    arrives(p);
    assert_int_equal(step(p).kind, EV_TOUCH);
    (void)appears(p, "Bekleyebilir veya");
    type(p, "geri\n");
    arrives(p);
    assert_int_equal(step(p).kind, EV_BACK);
    demo_go(&p->d, ST_MENU); /* the next wait is a new one */
    show(p);
    demo_go(&p->d, ST_SIGNING);
    show(p);
    assert_int_equal(p->face->input_fd, -1);
}

static void what_was_typed_ahead_is_left_for_its_question(void **state)
{
    struct pipes *p = *state;
    demo_go(&p->d, ST_SIGNING);
    show(p);
    type(p, "2\n");
    arrives(p);
    p->d.scene.now_ms += 3000;
    assert_int_equal(step(p).kind, EV_COUNT);
    assert_true(p->face->ops->wake_ms(p->face, &p->d.scene) == p->d.scene.now_ms + 12000);
    demo_go(&p->d, ST_MENU);
    assert_int_equal(step(p).value, CH_HAVE_CODE);
    demo_go(&p->d, ST_SIGNING);
    show(p);
    type(p, "geri\n");
    arrives(p);
    p->d.scene.now_ms += 15000; /* nobody waits so long for an answer */
    assert_int_equal(step(p).kind, EV_BACK);
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
                                "T.C. Kimlik No: \ne-Devlet Şifresi (yazdığınız görünmez; boş satır: yöntemler): \n"));
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

static void words_are_heard_in_fields(void **state)
{
    struct pipes *p = *state;
    demo_go(&p->d, ST_LOGIN);
    show(p);
    demo_focus(&p->d, FOCUS_TCKN);
    type(p, "?\ngeri\ndil\nçık\n");
    assert_int_equal(step(p).kind, EV_TOUCH);
    assert_says(p, "Şunları da yazabilirsiniz: yardım için ?");
    assert_int_equal(step(p).kind, EV_BACK);
    assert_int_equal(step(p).kind, EV_LANG);
    assert_int_equal(step(p).kind, EV_LEAVE);
    assert_string_equal(p->d.form.tckn, "");
    demo_go(&p->d, ST_CODE_EMPTY);
    type(p, "back\nuzat\n");
    assert_int_equal(step(p).kind, EV_BACK);
    assert_int_equal(step(p).kind, EV_TOUCH);
    assert_says(p, "Burada işleyen bir süre yok.");
    assert_string_equal(p->d.form.code, "");
}

static void words_are_heard_where_a_pin_goes(void **state)
{
    struct pipes *p = *state;
    p->d.flow.text_accepted = p->d.flow.text_end = p->d.flow.cert_confirmed = true;
    demo_go(&p->d, ST_SIGN);
    demo_focus(&p->d, FOCUS_PIN);
    type(p, "geri\nçık\n1geri\n12çık34\nabc\n1234\n");
    assert_int_equal(step(p).kind, EV_TEXT_END);
    assert_int_equal(step(p).kind, EV_BACK);
    assert_int_equal(step(p).kind, EV_LEAVE);
    for (int i = 0; i < 3; i++)
        assert_int_equal(step(p).err, ERR_PIN_LETTER);
    assert_int_equal(secret_len(p->d.desk.pin), 0);
    assert_int_equal(step(p).value, 4);
}

/* It may be any word: what leads back is the line with nothing in it, and the prompt says so. */
static void a_password_is_taken_as_it_is(void **state)
{
    struct pipes *p = *state;
    demo_go(&p->d, ST_LOGIN);
    show(p);
    demo_focus(&p->d, FOCUS_PASSWORD);
    type(p, "geri\n");
    assert_int_equal(step(p).kind, EV_PASSWORD);
    assert_says(p, "e-Devlet Şifresi (yazdığınız görünmez; boş satır: yöntemler): ");
    assert_int_equal(secret_len(p->d.desk.password), 4);
    assert_int_equal(step(p).value, CH_SIGN_IN);
    (void)edit_clear(&p->d.desk, FIELD_PASSWORD); /* it went with the sign-in */
    p->d.flow.note = ERR_LOGIN_REFUSED;
    show(p);
    assert_says(p, "Lütfen şifreyi yeniden yazınız; boş\nsatır yöntemlere götürür.");
    type(p, "\n?\n");
    assert_int_equal(step(p).kind, EV_PASSWORD);
    assert_int_equal(step(p).kind, EV_TOUCH);
    assert_says(p, "Yöntemin numarasını veya adını yazınız.");
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

/* The code stands in the field already and only the buttons are asked about. */
static void a_code_is_taken_at_the_buttons(void **state)
{
    struct pipes *p = *state;
    char code[CODE_LEN + 1], line[64];
    uint8_t random[CODE_LEN - 1] = {19, 7, 22, 20, 3, 27, 22, 13, 9, 24, 4};
    code_make(code, random);
    snprintf(line, sizeof line, "%.4s %.4s %.4s\n", code, code + 4, code + 8);
    demo_go(&p->d, ST_CODE_EMPTY);
    type(p, "\n");
    assert_int_equal(step(p).kind, EV_TOUCH);
    type(p, line);
    struct event ev = step(p);
    assert_int_equal(ev.kind, EV_CODE);
    assert_int_equal(ev.flags, FLAG_FITS | FLAG_WHOLE);
    assert_int_equal(step(p).value, CH_NEXT);
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
#define TTY(f) cmocka_unit_test_setup_teardown(f, start_tty, stop)
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
        CASE(words_are_heard_in_fields),
        CASE(words_are_heard_where_a_pin_goes),
        CASE(a_password_is_taken_as_it_is),
        CASE(lines_break_at_blanks),
        CASE(reads_the_code),
        CASE(a_code_is_taken_at_the_buttons),
        CASE(an_empty_code_leads_to_the_buttons),
        CASE(signs_step_by_step),
        CASE(a_wrong_pin_prints_only_what_is_new),
        CASE(too_long_a_pin_is_refused),
        CASE(end_of_input_leaves),
        CASE(an_interruption_comes_back_quietly),
        CASE(another_language_is_said_in_full),
        CASE(a_threshold_waits_for_the_next_prompt),
        CASE(control_characters_do_not_get_through),
        TTY(half_a_secret_is_not_an_answer),
        TTY(half_a_secret_is_dropped_where_the_question_goes),
        TTY(who_asked_to_leave_is_asked_at_once),
        TTY(a_secret_is_typed_on_after_a_sentence),
        TTY(nothing_of_a_secret_is_left_to_the_shell),
        CASE(half_a_line_of_a_pipe_is_dropped),
        CASE(the_question_comes_again),
        CASE(an_outage_eats_no_line),
        CASE(an_outage_without_end_is_left),
        CASE(a_slow_pipe_is_not_idle),
        CASE(the_time_page_asks_no_pipe),
        CASE(more_time_is_not_waited_for),
        TTY(a_long_wait_can_be_left),
        TTY(what_was_typed_ahead_is_left_for_its_question),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
