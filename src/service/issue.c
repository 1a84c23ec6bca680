/* POST /v1/consent-requests: a code for the person who is signed in. */
#include "config.h"

#include "base/match.h"
#include "service/answers.h"
#include "service/routes.h"

#define AN_HOUR_S 3600
#define CODES_AN_HOUR 60

static enum err_code issue(struct portal *p, const struct person *person, char code[CODE_LEN + 1])
{
    int64_t now = hour_now(p->hour), id;
    enum err_code e = code_new(code);
    if (e != OK)
        return e;
    struct request r = {.code = keyed(p->key, KEYED_CODE, code),
        .text = p->text_digest,
        .person = *person,
        .created = now,
        .expires = now + (int64_t)p->conf->code_lifetime_s,
        .extensions = p->conf->extensions};
    e = store_request_add(p->store, &r, p->text.data, p->text.len, now - AN_HOUR_S, CODES_AN_HOUR, &id);
    if (e == OK) {
        char who[DIARY_PERSON];
        diary_person(who, &person->digest);
        diary_say(p->diary, "issued", "request=%lld person=%s", (long long)id, who);
    }
    return e;
}

static json_t *json_application(struct portal *p)
{
    struct application_facts f;
    if (!p->application || application_read(p->application, &f) != OK)
        return json_null();
    return json_pack("{s:s, s:I, s:o}", "name", f.name, "size", (json_int_t)f.size, "sha256", json_digest(&f.sha256));
}

/* 409 with the consent that is there already. */
static void answer_already(struct portal *p, struct httpd_answer *a, const struct person *person)
{
    struct consent c;
    if (store_consent_by_person(p->store, &person->digest, &c) == OK)
        httpd_problem(a, 409, ERR_ALREADY, json_pack("{s:o}", "consent", answer_json(p, &c)));
    else
        answer_problem(a, ERR_STORE);
}

static void match_of(const struct digest *text, char out[MATCH_LEN + 1])
{
    char groups[MATCH_TEXT_LEN + 1];
    match_code(text->v, groups);
    match_plain(groups, out);
}

void on_request_issue(void *ctx, struct httpd_request *q, struct httpd_answer *a)
{
    struct portal *p = ctx;
    struct person person;
    char code[CODE_LEN + 1], grouped[CODE_TEXT_LEN + 1], match[MATCH_LEN + 1];
    json_t *body = httpd_json_body(q);
    enum err_code e = body ? asker_person(p, q, &person) : ERR_BAD_REQUEST;
    json_decref(body);
    if (e == OK)
        e = issue(p, &person, code);
    if (e == ERR_ALREADY) {
        answer_already(p, a, &person);
    } else if (e != OK) {
        answer_problem(a, e);
    } else {
        code_group(grouped, code);
        match_of(&p->text_digest, match);
        httpd_json(a, 201,
            json_pack("{s:s, s:s, s:I, s:I, s:I, s:o}", "code", grouped, "match", match, "expires_in",
                (json_int_t)p->conf->code_lifetime_s, "window", (json_int_t)p->conf->sign_window_s, "extensions",
                (json_int_t)p->conf->extensions, "application", json_application(p)));
    }
}
