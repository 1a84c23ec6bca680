/* What a portal answers: a first byte chooses the question, the rest is the body of the answer. */
#include "config.h"
#include <string.h>
#include "base/text.h"
#include "fuzz/fuzz.h"
#include "http/json.h"
#include "net/answers.h"
#include "net/problem.h"

static bool is_word(const char *s, size_t room)
{
    return strnlen(s, room) < room && s[0] != '\0' && fuzz_is_clean(s, room) && strpbrk(s, " /\\") == NULL;
}

static bool is_mask(const char *mask)
{
    return strlen(mask) == TCKN_LEN && strspn(mask, "0123456789*") == TCKN_LEN;
}

static void check_consent(const struct portal_consent *c)
{
    HOLDS(is_word(c->number, sizeof c->number) && c->stamp >= 0 && c->stamp <= 2);
}

static enum err_code hear_login(const json_t *json, struct err *err)
{
    struct portal_login l;
    enum err_code rc = answer_login(json, &l, err);
    HOLDS(rc != OK || is_word(l.token, sizeof l.token));
    return rc;
}

static enum err_code hear_session(const json_t *json, struct err *err)
{
    struct portal_person p;
    enum err_code rc = answer_session(json, &p, err);
    HOLDS(rc != OK || (fuzz_is_clean(p.name, sizeof p.name) && is_mask(p.mask)));
    if (rc == OK && p.consented)
        check_consent(&p.consent);
    return rc;
}

static enum err_code hear_code(const json_t *json, struct err *err)
{
    struct portal_code c;
    enum err_code rc = answer_code(json, &c, err);
    HOLDS(rc != OK || strlen(c.code) == CODE_LEN);
    HOLDS(rc != OK || !c.file.offered || (is_word(c.file.name, sizeof c.file.name) && c.file.name[0] != '.'));
    return rc;
}

static enum err_code hear_already(const json_t *json, struct err *err)
{
    struct portal_consent c;
    enum err_code rc = answer_already(json, &c, err);
    if (rc == OK)
        check_consent(&c);
    return rc;
}

static enum err_code hear_opening(const json_t *json, struct err *err)
{
    struct portal_opening o;
    enum err_code rc = answer_opening(json, &o, err);
    if (rc != OK)
        return rc;
    HOLDS(is_word(o.token, sizeof o.token) && fuzz_is_clean(o.name, sizeof o.name) && is_mask(o.mask));
    HOLDS(o.text_len > 0 && o.text_len <= PORTAL_TEXT_MAX && text_is_safe(o.text, o.text_len));
    HOLDS(o.created <= o.server_time && o.left.window_s > 0);
    return OK;
}

static enum err_code hear_extended(const json_t *json, struct err *err)
{
    struct portal_policy left;
    enum err_code rc = answer_extended(json, &left, err);
    HOLDS(rc != OK || left.window_s <= PORTAL_DAY_S);
    return rc;
}

static enum err_code hear_consent(const json_t *json, struct err *err)
{
    struct portal_consent c;
    enum err_code rc = answer_consent(json, &c, err);
    if (rc == OK)
        check_consent(&c);
    return rc;
}

static enum err_code hear_problem(const json_t *json, struct err *err)
{
    uint64_t wait_s = 0;
    enum err_code rc = problem_read(json, &wait_s, err);
    HOLDS(rc != OK && wait_s <= WAIT_MAX_S);
    return rc;
}

static enum err_code (*const questions[])(const json_t *, struct err *) = {
    hear_login, hear_session, hear_code, hear_already, hear_opening, hear_extended, hear_consent, hear_problem};

bool fuzz_answers(const uint8_t *data, size_t len)
{
    json_t *json = NULL;
    struct err err = {OK, ""};
    if (len == 0 || json_parse(data + 1, len - 1, &json, &err) != OK)
        return false;
    enum err_code rc = questions[data[0] % (sizeof questions / sizeof questions[0])](json, &err);
    HOLDS(rc == OK || err.detail[0] != '\0');
    json_decref(json);
    return rc == OK;
}
