/* One life of the wizard in this process, and what leads a person on. */
#include "config.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <errno.h>
#include <sys/wait.h>

#include "fakes/p11/fake.h"
#include "storm/life.h"

struct life life = {.pin = LIFE_PIN};

/* ---- the hand ---- */

bool hand_key(struct press *ret, int key)
{
    *ret = (struct press){.key = key};
    return true;
}

bool hand_choice(const struct view *v, enum choice wish, struct press *ret)
{
    return keys_face_point(&life.keys, v, wish) && hand_key(ret, UK_ENTER);
}

/* Into this field, from the beginning; Enter comes of itself when all is typed. */
bool hand_begin(const struct view *v, enum field_id field, const char *word, struct press *ret)
{
    if (!keys_face_point_field(&life.keys, v, field))
        return false;
    life.word = word;
    return hand_key(ret, field == FIELD_PIN ? UK_DEL : UK_CTRL_U);
}

bool hand_type(struct press *ret)
{
    char c = *life.word;
    if (c == '\0') {
        life.word = NULL;
        return hand_key(ret, UK_ENTER);
    }
    life.word++;
    return hand_key(ret, c);
}

static bool onward_login(const struct scene *s, const struct view *v, struct press *ret)
{
    if (strcmp(s->form->tckn, "10000000146") != 0)
        return hand_begin(v, FIELD_TCKN, "10000000146", ret);
    return hand_begin(v, FIELD_PASSWORD, "parola12", ret);
}

static bool onward_sign(const struct scene *s, const struct view *v, struct press *ret)
{
    const struct flow *f = s->flow;
    if (!f->text_accepted)
        return hand_choice(v, CH_TEXT_READ, ret);
    if (!f->cert_confirmed || f->chosen == 0)
        return hand_choice(v, CH_CERT_OK, ret) || hand_choice(v, CH_CERT_LIST, ret);
    if (f->pin_flags & PIN_PAD)
        return hand_choice(v, CH_SIGN, ret);
    return hand_begin(v, FIELD_PIN, life.pin, ret);
}

/* What leads on from each place; a place without one waits. */
static const enum choice onward[ST_COUNT] = {
    [ST_MENU] = CH_LOGIN,
    [ST_GATEWAY] = CH_GATEWAY,
    [ST_HOME] = CH_NES,
    [ST_NES] = CH_EONAY,
    [ST_ACCEPT] = CH_CONTINUE,
    [ST_CODE] = CH_HERE,
    [ST_CODE_EMPTY] = CH_CANCEL,
    [ST_CODE_FULL] = CH_NEXT,
    [ST_TEXT_ASK] = CH_TRUST_TEXT,
    [ST_CERTS] = CH_CERT,
    [ST_NO_CARD] = CH_RETRY,
    [ST_LAST_TRY] = CH_LAST_TRY,
    [ST_LOCKED] = CH_OTHER_CARD,
    [ST_EXPIRED] = CH_NEW_CODE,
    [ST_SUCCESS] = CH_CLOSE,
    [ST_RESULT] = CH_LOGOUT,
    [ST_ALREADY] = CH_LOGOUT,
    [ST_AWAY] = CH_RETRY,
    [ST_TIME] = CH_NO_EXTEND,
    [ST_LEAVE] = CH_STAY,
};

bool hand_onward(const struct scene *s, const struct view *v, struct press *ret)
{
    enum flow_state at = s->flow->state;
    if (s->flow->help)
        return hand_choice(v, CH_HELP, ret);
    if (life.keys.layout.small) {
        life.keys.rows = 24;
        life.keys.cols = 80;
        return hand_key(ret, UK_NONE);
    }
    if (at == ST_LOGIN)
        return onward_login(s, v, ret);
    if (at == ST_SIGN)
        return onward_sign(s, v, ret);
    if (at == ST_CODE && s->flow->code_gone && hand_choice(v, CH_NEW_CODE, ret))
        return true;
    return (onward[at] != CH_NONE && hand_choice(v, onward[at], ret)) || hand_choice(v, CH_CANCEL, ret);
}

/* ---- the wizard ---- */

void life_settings(const char *dir, unsigned desks, unsigned hang_ms)
{
    char path[96], yaml[8192];
    snprintf(path, sizeof path, "%s/wizard.yaml", dir);
    int n = snprintf(yaml, sizeof yaml,
        "portal: https://127.0.0.1:1\ngateway: https://127.0.0.1:2\ntls_ca: /dev/null\nservice: deneme\n"
        "trust: %s/ca.pem\ndownload_dir: %s\npoll_ms: 10\nhang_ms: %u\nidle_s: 86400\nkiosk: true\ntest: true\n"
        "known_texts: [a7b947bcbbf73a62ba3605c1f2233c6d99ce00e5f4c0b958ca3ea512f9c4c478]\nmodules:\n",
        dir, dir, hang_ms);
    for (unsigned i = 0; i < desks; i++)
        n += snprintf(yaml + n, sizeof yaml - (size_t)n,
            "  - path: %s\n    environment: {EONAY_FAKE: %s/desk%u}\n    writable: [%s/desk%u]\n", fake_module(), dir,
            i, dir, i);
    FILE *out = fopen(path, "we");
    assert_non_null(out);
    assert_true(fputs(yaml, out) >= 0);
    assert_int_equal(fclose(out), 0);
}

static void assert_no_child(void)
{
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
    assert_int_equal(errno, ECHILD);
}

void life_live(const char *dir, keys_hand *hand)
{
    char config[96];
    const struct options options = {.config = config, .lang = -1};
    int status = -1;
    snprintf(config, sizeof config, "%s/wizard.yaml", dir);
    life.wizard = calloc(1, sizeof *life.wizard);
    assert_non_null(life.wizard);
    life.word = NULL;
    keys_face_open(&life.keys);
    life.keys.hand = hand;
    assert_true(wizard_open(life.wizard, &options, &life.keys.face, &status));
    (void)wizard_run(life.wizard);
    wizard_close(life.wizard);
    free(life.wizard);
    life.wizard = NULL;
    assert_no_child();
}

void life_remove(const char *dir)
{
    char command[96];
    snprintf(command, sizeof command, "rm -rf %s", dir);
    assert_int_equal(system(command), 0);
}
