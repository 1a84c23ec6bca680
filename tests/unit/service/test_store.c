/* What every store must do, whatever it is made of: written against service/store.h alone. */
#include "config.h"

#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>
#include "service/store.h"
#include "tests/unit/service/stored.h"

#define NOW 1600000000

/* ---- values ---- */

static struct person someone(int n)
{
    struct person p = {.digest = numbered("person", n), .tckn = "10000000146"};
    snprintf(p.name, sizeof p.name, "Deneme Kişi %d", n);
    return p;
}

static const char text[] = "Metin";

static struct request a_request(int n, int person)
{
    return (struct request){.code = numbered("code", n),
        .text = digest_of(text, strlen(text)),
        .person = someone(person),
        .created = NOW,
        .expires = NOW + 900,
        .extensions = 2};
}

static int64_t add_request(struct world *w, int n, int person)
{
    struct request r = a_request(n, person);
    int64_t id = 0;
    assert_int_equal(store_request_add(w->store, &r, text, strlen(text), NOW - 3600, 100, &id), OK);
    return id;
}

static struct request open_request(struct world *w, int64_t id, int n)
{
    struct request r;
    struct digest code = numbered("code", n);
    assert_int_equal(store_request_by_code(w->store, &code, &r), OK);
    assert_int_equal(r.id, id);
    r.nonce = numbered("nonce", n);
    r.token = numbered("token", n);
    memset(r.content_id, 7, sizeof r.content_id);
    r.opened = NOW + 10;
    r.closes = NOW + 250;
    assert_int_equal(store_request_open(w->store, &r), OK);
    return r;
}

static struct consent a_consent(const struct request *r, int signature, enum consent_standing standing)
{
    return (struct consent){.standing = standing,
        .request = r->id,
        .person = r->person,
        .text = r->text,
        .signature = numbered("signature", signature),
        .accepted = NOW + 100,
        .next_check = NOW + 102};
}

static struct consent add_consent(struct world *w, int n, enum consent_standing standing)
{
    struct request r = open_request(w, add_request(w, n, n), n);
    struct consent c = a_consent(&r, n, standing), got;
    assert_int_equal(store_consent_add(w->store, &c, "cms", 3, 2020, &got), OK);
    return got;
}

/* ---- logins ---- */

static struct login a_login(int n)
{
    struct login l = {.token = numbered("login", n), .state = numbered("state", n), .expires = NOW + 600};
    strcpy(l.verifier, "verifier");
    return l;
}

static void a_login_is_claimed_once(void **state)
{
    struct world *w = *state;
    struct login l = a_login(1), got;
    assert_int_equal(store_login_add(w->store, &l), OK);
    assert_int_equal(store_login_get(w->store, &l.token, NOW, &got), OK);
    assert_int_equal(got.standing, LOGIN_PENDING);
    assert_string_equal(got.verifier, "verifier");
    assert_int_equal(store_login_claim(w->store, &l.token, NOW, &got), ERR_NOT_FOUND); /* the token is not the state */
    assert_int_equal(store_login_claim(w->store, &l.state, NOW + 600, &got), ERR_NOT_FOUND); /* too late */
    assert_int_equal(store_login_waits(w->store, &l.token, NOW), ERR_NOT_FOUND);
    assert_int_equal(store_login_waits(w->store, &l.state, NOW + 600), ERR_NOT_FOUND);
    assert_int_equal(store_login_waits(w->store, &l.state, NOW), OK);
    assert_int_equal(store_login_claim(w->store, &l.state, NOW, &got), OK);
    assert_int_equal(store_login_waits(w->store, &l.state, NOW), ERR_NOT_FOUND);
    assert_string_equal(got.verifier, "verifier");
    assert_memory_equal(&got.token, &l.token, sizeof l.token);
    assert_int_equal(store_login_claim(w->store, &l.state, NOW, &got), ERR_NOT_FOUND);
    struct person p = someone(3);
    assert_int_equal(store_login_finish(w->store, &l.token, &p, NOW + 3600), OK);
    assert_int_equal(store_login_finish(w->store, &l.token, NULL, NOW), ERR_NOT_FOUND); /* it stays complete */
    assert_int_equal(store_login_get(w->store, &l.token, NOW + 3599, &got), OK);
    assert_int_equal(got.standing, LOGIN_COMPLETE);
    assert_memory_equal(&got.person, &p, sizeof p);
    assert_string_equal(got.verifier, "");
    assert_int_equal(store_login_get(w->store, &l.token, NOW + 3600, &got), ERR_NOT_FOUND);
}

static void a_login_can_be_refused_and_dropped(void **state)
{
    struct world *w = *state;
    struct login l = a_login(1), got;
    struct person p = someone(1);
    assert_int_equal(store_login_add(w->store, &l), OK);
    assert_int_equal(store_login_finish(w->store, &l.token, &p, NOW + 3600), ERR_NOT_FOUND); /* nobody claimed it */
    assert_int_equal(store_login_claim(w->store, &l.state, NOW, &got), OK);
    assert_int_equal(store_login_finish(w->store, &l.token, NULL, NOW), OK);
    assert_int_equal(store_login_get(w->store, &l.token, NOW, &got), OK);
    assert_int_equal(got.standing, LOGIN_REFUSED);
    assert_int_equal(store_login_drop(w->store, &l.token), OK);
    assert_int_equal(store_login_get(w->store, &l.token, NOW, &got), ERR_NOT_FOUND);
    assert_int_equal(store_login_drop(w->store, &l.token), OK);
}

/* ---- requests ---- */

static void a_new_request_replaces_the_earlier(void **state)
{
    struct world *w = *state;
    struct request got;
    struct digest one = numbered("code", 1), two = numbered("code", 2), three = numbered("code", 3);
    int64_t first = add_request(w, 1, 1);
    int64_t other = add_request(w, 2, 2);
    open_request(w, first, 1);
    int64_t second = add_request(w, 3, 1);
    assert_true(second != first && other != first);
    assert_int_equal(store_request_by_code(w->store, &one, &got), OK);
    assert_int_equal(got.standing, REQUEST_REPLACED);
    assert_int_equal(store_request_by_code(w->store, &two, &got), OK);
    assert_int_equal(got.standing, REQUEST_ISSUED);
    assert_int_equal(store_request_by_code(w->store, &three, &got), OK);
    assert_int_equal(got.standing, REQUEST_ISSUED);
    assert_int_equal(got.created, NOW);
    assert_int_equal(got.expires, NOW + 900);
    assert_int_equal(got.extensions, 2);
    assert_string_equal(got.person.name, "Deneme Kişi 1");
    assert_int_equal(store_request_open(w->store, &(struct request){.id = first}), ERR_NOT_OPEN);
}

static void an_opening_is_kept(void **state)
{
    struct world *w = *state;
    struct request opened = open_request(w, add_request(w, 1, 1), 1), got;
    struct digest unknown = numbered("token", 9);
    struct buf b = BUF_INIT(100);
    assert_int_equal(store_request_by_token(w->store, &opened.token, &got), OK);
    opened.standing = REQUEST_OPENED;
    assert_int_equal(got.id, opened.id);
    assert_int_equal(got.standing, REQUEST_OPENED);
    assert_memory_equal(&got.nonce, &opened.nonce, sizeof got.nonce);
    assert_memory_equal(got.content_id, opened.content_id, sizeof got.content_id);
    assert_int_equal(got.opened, NOW + 10);
    assert_int_equal(got.closes, NOW + 250);
    assert_int_equal(store_request_open(w->store, &opened), ERR_NOT_OPEN); /* once */
    assert_int_equal(store_request_by_token(w->store, &unknown, &got), ERR_NOT_FOUND);
    assert_int_equal(store_text(w->store, &got.text, &b), OK);
    assert_string_equal((char *)b.data, text);
    assert_int_equal(store_text(w->store, &unknown, &b), ERR_NOT_FOUND);
    buf_done(&b);
}

static void extensions_run_out(void **state)
{
    struct world *w = *state;
    struct request r = open_request(w, add_request(w, 1, 1), 1), got;
    assert_int_equal(store_request_extend(w->store, r.id, NOW + 251, NOW + 500, &got), ERR_NOT_OPEN); /* closed */
    assert_int_equal(store_request_extend(w->store, r.id, NOW + 250, NOW + 490, &got), OK);
    assert_int_equal(got.extensions, 1);
    assert_int_equal(got.closes, NOW + 490);
    assert_int_equal(store_request_extend(w->store, r.id, NOW + 300, NOW + 540, &got), OK);
    assert_int_equal(got.extensions, 0);
    assert_int_equal(store_request_extend(w->store, r.id, NOW + 310, NOW + 550, &got), ERR_EXTEND_REFUSED);
    assert_int_equal(store_request_extend(w->store, 999, NOW, NOW, &got), ERR_NOT_FOUND);
    int64_t issued = add_request(w, 2, 2);
    assert_int_equal(store_request_extend(w->store, issued, NOW, NOW + 1, &got), ERR_NOT_OPEN);
}

static void nobody_gets_endless_codes(void **state)
{
    struct world *w = *state;
    int64_t id;
    for (int n = 0; n < 3; n++) {
        struct request r = a_request(n, 1);
        assert_int_equal(store_request_add(w->store, &r, text, strlen(text), NOW - 3600, 3, &id), OK);
    }
    struct request r = a_request(4, 1);
    assert_int_equal(store_request_add(w->store, &r, text, strlen(text), NOW - 3600, 3, &id), ERR_REQUEST_REFUSED);
    assert_int_equal(store_request_add(w->store, &r, text, strlen(text), NOW + 1, 3, &id), OK); /* an hour later */
}

static void refusals_are_remembered(void **state)
{
    struct world *w = *state;
    int64_t id = add_request(w, 1, 1), other = add_request(w, 2, 2);
    struct digest a = numbered("signature", 1), b = numbered("signature", 2), c = numbered("signature", 3);
    char rule[STORE_RULE];
    uint64_t count;
    assert_int_equal(store_refusal_get(w->store, id, &a, rule), ERR_NOT_FOUND);
    assert_int_equal(store_refusal_add(w->store, id, &a, "rej-text", 2), OK);
    assert_int_equal(store_refusal_add(w->store, id, &b, "rej-sig", 2), OK);
    assert_int_equal(store_refusal_add(w->store, id, &c, "rej-sig", 2), ERR_BUSY);
    assert_int_equal(store_refusal_get(w->store, id, &a, rule), OK);
    assert_string_equal(rule, "rej-text");
    assert_int_equal(store_refusal_get(w->store, other, &a, rule), ERR_NOT_FOUND);
    assert_int_equal(store_refusal_count(w->store, id, &count), OK);
    assert_int_equal(count, 2);
}

/* Two services judged the same file and came to different ends: the one that is written first stays. */
static void the_first_answer_stays(void **state)
{
    struct world *w = *state;
    struct request one = open_request(w, add_request(w, 1, 1), 1), two = open_request(w, add_request(w, 2, 2), 2);
    struct consent given = a_consent(&one, 1, CONSENT_CHECKING), refused = a_consent(&two, 2, CONSENT_ACCEPTED), got;
    struct digest other = numbered("signature", 3);
    char rule[STORE_RULE];
    uint64_t count;
    assert_int_equal(store_consent_add(w->store, &given, "cms", 3, 2026, &got), OK);
    assert_int_equal(store_refusal_add(w->store, one.id, &given.signature, "rej-window", 9), ERR_ALREADY);
    assert_int_equal(store_refusal_get(w->store, one.id, &given.signature, rule), ERR_NOT_FOUND);
    assert_int_equal(store_refusal_add(w->store, one.id, &other, "rej-window", 9), OK); /* another file of its */
    assert_int_equal(store_consent_settle(w->store, got.number, "rej-revoked", NOW), OK);
    assert_int_equal(store_refusal_add(w->store, one.id, &given.signature, "rej-window", 9), ERR_ALREADY);

    assert_int_equal(store_refusal_add(w->store, two.id, &refused.signature, "rej-revoked", 1), OK);
    assert_int_equal(store_refusal_add(w->store, two.id, &refused.signature, "rej-window", 1), OK);
    assert_int_equal(store_refusal_get(w->store, two.id, &refused.signature, rule), OK);
    assert_string_equal(rule, "rej-revoked");
    assert_int_equal(store_refusal_count(w->store, two.id, &count), OK);
    assert_int_equal(count, 1);
    assert_int_equal(store_consent_add(w->store, &refused, "cms", 3, 2026, &got), ERR_ALREADY);
    assert_int_equal(store_consent_by_request(w->store, two.id, &got), ERR_NOT_FOUND);
    refused.signature = other;
    assert_int_equal(store_consent_add(w->store, &refused, "cms", 3, 2026, &got), OK);
    assert_string_equal(got.number, "2026-000002"); /* a refused one uses up no number */
}

/* ---- consents ---- */

static void consents_are_numbered(void **state)
{
    struct world *w = *state;
    struct consent got;
    assert_string_equal(add_consent(w, 1, CONSENT_ACCEPTED).number, "2020-000001");
    assert_string_equal(add_consent(w, 2, CONSENT_ACCEPTED).number, "2020-000002");
    struct request r = open_request(w, add_request(w, 3, 3), 3);
    struct consent c = a_consent(&r, 3, CONSENT_ACCEPTED);
    assert_int_equal(store_consent_add(w->store, &c, "cms", 3, 2021, &got), OK);
    assert_string_equal(got.number, "2021-000001");
}

static void a_person_consents_once(void **state)
{
    struct world *w = *state;
    struct request first = open_request(w, add_request(w, 1, 1), 1), got_request;
    struct consent c = a_consent(&first, 1, CONSENT_ACCEPTED), got;
    int64_t id;
    assert_int_equal(store_consent_add(w->store, &c, "cms", 3, 2020, &got), OK);
    assert_int_equal(store_consent_add(w->store, &c, "cms", 3, 2020, &got), OK); /* the same again */
    assert_string_equal(got.number, "2020-000001");
    c.signature = numbered("signature", 2); /* another one for the same request */
    assert_int_equal(store_consent_add(w->store, &c, "cms", 3, 2020, &got), ERR_ALREADY_RACED);
    struct request again = a_request(2, 1); /* no further code for the person */
    assert_int_equal(store_request_add(w->store, &again, text, strlen(text), NOW - 3600, 9, &id), ERR_ALREADY);
    assert_int_equal(store_request_by_token(w->store, &first.token, &got_request), OK);
    assert_int_equal(got_request.standing, REQUEST_USED);
    struct consent second = add_consent(w, 5, CONSENT_ACCEPTED); /* a lost race leaves no gap in the numbers */
    assert_string_equal(second.number, "2020-000002");
}

static void a_race_of_two_requests_has_one_winner(void **state)
{
    struct world *w = *state;
    struct consent got;
    struct request first = open_request(w, add_request(w, 1, 1), 1);
    struct request second = open_request(w, add_request(w, 2, 2), 2);
    struct consent a = a_consent(&first, 1, CONSENT_CHECKING), b = a_consent(&second, 2, CONSENT_ACCEPTED);
    b.person = a.person; /* as if the same person had had two open requests */
    assert_int_equal(store_consent_add(w->store, &a, "cms", 3, 2020, &got), OK);
    assert_int_equal(store_consent_add(w->store, &b, "cms", 3, 2020, &got), ERR_ALREADY_RACED);
}

static void a_replaced_request_takes_no_consent(void **state)
{
    struct world *w = *state;
    struct consent got;
    struct request first = open_request(w, add_request(w, 1, 1), 1);
    add_request(w, 2, 1);
    struct consent c = a_consent(&first, 1, CONSENT_ACCEPTED);
    assert_int_equal(store_consent_add(w->store, &c, "cms", 3, 2020, &got), ERR_NOT_OPEN);
}

/* Member by member: what lies between them is anybody's. */
static void same_consent(const struct consent *a, const struct consent *b)
{
    assert_string_equal(a->number, b->number);
    assert_int_equal(a->standing, b->standing);
    assert_int_equal(a->request, b->request);
    assert_memory_equal(&a->person, &b->person, sizeof a->person);
    assert_memory_equal(&a->text, &b->text, sizeof a->text);
    assert_memory_equal(&a->signature, &b->signature, sizeof a->signature);
    assert_int_equal(a->accepted, b->accepted);
    assert_int_equal(a->settled, b->settled);
    assert_string_equal(a->rule, b->rule);
    assert_int_equal(a->next_check, b->next_check);
    assert_int_equal(a->checks, b->checks);
}

static void consents_are_found(void **state)
{
    struct world *w = *state;
    struct consent c = add_consent(w, 1, CONSENT_ACCEPTED), got;
    struct digest unknown = numbered("person", 9);
    struct buf b = BUF_INIT(100);
    assert_int_equal(store_consent_by_number(w->store, c.number, &got), OK);
    same_consent(&got, &c);
    assert_int_equal(store_consent_by_person(w->store, &c.person.digest, &got), OK);
    assert_int_equal(store_consent_by_request(w->store, c.request, &got), OK);
    assert_int_equal(store_consent_by_signature(w->store, &c.signature, &got), OK);
    assert_string_equal(got.number, c.number);
    assert_int_equal(store_consent_by_person(w->store, &unknown, &got), ERR_NOT_FOUND);
    assert_int_equal(store_consent_by_number(w->store, "2020-999999", &got), ERR_NOT_FOUND);
    assert_int_equal(store_consent_cms(w->store, c.number, &b), OK);
    assert_string_equal((char *)b.data, "cms");
    buf_done(&b);
}

static enum err_code count_up_to(void *ctx, const struct consent *c)
{
    int *left = ctx;
    assert_true(c->number[0] == '2');
    return --*left > 0 ? OK : ERR_CANCELLED;
}

static void consents_are_walked(void **state)
{
    struct world *w = *state;
    for (int n = 1; n <= 3; n++)
        add_consent(w, n, CONSENT_ACCEPTED);
    int left = 9;
    assert_int_equal(store_consent_walk(w->store, count_up_to, &left), OK);
    assert_int_equal(left, 6);
    left = 2;
    assert_int_equal(store_consent_walk(w->store, count_up_to, &left), ERR_CANCELLED);
    assert_int_equal(left, 0);
}

static void checks_come_due(void **state)
{
    struct world *w = *state;
    struct consent one = add_consent(w, 1, CONSENT_CHECKING), two = add_consent(w, 2, CONSENT_CHECKING), got;
    add_consent(w, 3, CONSENT_ACCEPTED);
    assert_int_equal(store_consent_claim(w->store, NOW + 101, NOW + 200, &got), ERR_NOT_FOUND);
    assert_int_equal(store_consent_claim(w->store, NOW + 102, NOW + 200, &got), OK);
    assert_int_equal(store_consent_claim(w->store, NOW + 102, NOW + 200, &got), OK);
    assert_int_equal(store_consent_claim(w->store, NOW + 102, NOW + 200, &got), ERR_NOT_FOUND); /* both are put off */
    assert_int_equal(store_consent_retry(w->store, one.number, NOW + 150), OK);
    assert_int_equal(store_consent_claim(w->store, NOW + 150, NOW + 300, &got), OK);
    assert_string_equal(got.number, one.number);
    assert_int_equal(got.checks, 1);
    assert_int_equal(store_consent_settle(w->store, one.number, NULL, NOW + 151), OK);
    assert_int_equal(store_consent_settle(w->store, two.number, "rej-revoked", NOW + 152), OK);
    assert_int_equal(store_consent_settle(w->store, two.number, NULL, NOW + 153), ERR_NOT_FOUND);
    assert_int_equal(store_consent_retry(w->store, two.number, NOW), ERR_NOT_FOUND);
    assert_int_equal(store_consent_by_number(w->store, one.number, &got), OK);
    assert_int_equal(got.standing, CONSENT_ACCEPTED);
    assert_int_equal(got.settled, NOW + 151);
    assert_int_equal(store_consent_by_number(w->store, two.number, &got), OK);
    assert_int_equal(got.standing, CONSENT_REFUSED);
    assert_string_equal(got.rule, "rej-revoked");
    assert_int_equal(store_consent_claim(w->store, NOW + 9999, NOW + 9999, &got), ERR_NOT_FOUND);
    add_request(w, 7, 2); /* whose consent was refused may try again */
}

/* ---- evidence ---- */

static void file_is(struct world *w, const char *number, const char *want)
{
    struct buf file = BUF_INIT(100);
    assert_int_equal(store_evidence_file(w->store, number, &file), OK);
    assert_int_equal(file.len, strlen(want));
    assert_memory_equal(file.data, want, file.len);
    buf_done(&file);
}

static void evidence_grows(void **state)
{
    struct world *w = *state;
    struct consent c = add_consent(w, 1, CONSENT_ACCEPTED), got;
    struct growing e, again;
    struct buf cms = BUF_INIT(100);
    assert_int_equal(c.level, 0);
    file_is(w, c.number, "cms");
    assert_int_equal(store_evidence_claim(w->store, 0, c.accepted - 1, NOW + 500, &e), ERR_NOT_FOUND);
    assert_int_equal(store_evidence_claim(w->store, 1, c.accepted, NOW + 500, &e), ERR_NOT_FOUND);
    assert_int_equal(store_evidence_claim(w->store, 0, c.accepted, NOW + 500, &e), OK);
    assert_string_equal(e.number, c.number);
    assert_int_equal(e.standing, CONSENT_ACCEPTED);
    assert_int_equal(e.accepted, c.accepted);
    assert_int_equal(e.level + (int)e.revision + (int)e.tries, 0);
    assert_int_equal(store_evidence_claim(w->store, 0, NOW + 499, NOW + 900, &again), ERR_NOT_FOUND);
    assert_int_equal(store_evidence_claim(w->store, 0, NOW + 500, NOW + 900, &again), OK); /* the first one died */
    assert_int_equal(store_evidence_grow(w->store, &again, "stamped", 7, 1, NOW + 600), OK);
    assert_int_equal(store_evidence_grow(w->store, &e, "late", 4, 1, NOW), ERR_ALREADY); /* or was only slow */
    assert_int_equal(store_evidence_retry(w->store, &e, NOW), ERR_ALREADY);
    file_is(w, c.number, "stamped");
    assert_int_equal(store_consent_cms(w->store, c.number, &cms), OK); /* as received for ever */
    assert_string_equal((char *)cms.data, "cms");
    buf_done(&cms);
    assert_int_equal(store_consent_by_number(w->store, c.number, &got), OK);
    assert_int_equal(got.level, 1);
    assert_int_equal(store_evidence_claim(w->store, 0, NOW + 600, NOW + 900, &e), ERR_NOT_FOUND);
    assert_int_equal(store_evidence_claim(w->store, 1, NOW + 600, NOW + 900, &e), OK);
    assert_int_equal(e.revision, 1);
}

static void tries_in_vain_are_counted(void **state)
{
    struct world *w = *state;
    struct consent c = add_consent(w, 1, CONSENT_ACCEPTED);
    struct growing e;
    assert_int_equal(store_evidence_claim(w->store, 0, NOW + 100, NOW + 200, &e), OK);
    assert_int_equal(store_evidence_retry(w->store, &e, NOW + 150), OK);
    assert_int_equal(store_evidence_claim(w->store, 0, NOW + 149, NOW + 200, &e), ERR_NOT_FOUND);
    assert_int_equal(store_evidence_claim(w->store, 0, NOW + 150, NOW + 200, &e), OK);
    assert_int_equal(e.tries, 1);
    assert_int_equal(store_evidence_grow(w->store, &e, "x", 1, 1, NOW + 300), OK);
    assert_int_equal(store_evidence_get(w->store, c.number, &e), OK);
    assert_int_equal(e.tries, 0);
    assert_int_equal(store_evidence_get(w->store, "2020-999999", &e), ERR_NOT_FOUND);
    struct buf none = BUF_INIT(10);
    assert_int_equal(store_evidence_file(w->store, "2020-999999", &none), ERR_NOT_FOUND);
}

/* What is being checked is stamped (its time counts), but goes no further before it is accepted. */
static void what_is_checked_grows_one_step(void **state)
{
    struct world *w = *state;
    struct consent good = add_consent(w, 1, CONSENT_CHECKING), bad = add_consent(w, 2, CONSENT_CHECKING);
    struct growing e;
    for (int i = 0; i < 2; i++) {
        assert_int_equal(store_evidence_claim(w->store, 0, NOW + 100, NOW + 200, &e), OK);
        assert_int_equal(e.standing, CONSENT_CHECKING);
        assert_int_equal(store_evidence_grow(w->store, &e, "t", 1, 1, NOW + 100), OK);
    }
    assert_int_equal(store_evidence_claim(w->store, 1, NOW + 100, NOW + 200, &e), ERR_NOT_FOUND);
    assert_int_equal(store_consent_settle(w->store, good.number, NULL, NOW + 110), OK);
    assert_int_equal(store_consent_settle(w->store, bad.number, "rej-revoked", NOW + 110), OK);
    assert_int_equal(store_evidence_claim(w->store, 1, NOW + 109, NOW + 200, &e), ERR_NOT_FOUND);
    assert_int_equal(store_evidence_claim(w->store, 1, NOW + 110, NOW + 200, &e), OK);
    assert_string_equal(e.number, good.number);
    assert_int_equal(store_evidence_claim(w->store, 1, NOW + 199, NOW + 200, &e), ERR_NOT_FOUND);
    struct consent late = add_consent(w, 4, CONSENT_CHECKING); /* settled while its first step is under way */
    assert_int_equal(store_evidence_claim(w->store, 0, NOW + 100, NOW + 200, &e), OK);
    assert_int_equal(store_consent_settle(w->store, late.number, NULL, NOW + 110), OK);
    assert_int_equal(store_evidence_grow(w->store, &e, "t", 1, 1, NOW + 120), OK);
    assert_int_equal(store_evidence_claim(w->store, 1, NOW + 119, NOW + 300, &e), ERR_NOT_FOUND);
    assert_int_equal(store_evidence_claim(w->store, 1, NOW + 120, NOW + 300, &e), OK);
    assert_string_equal(e.number, late.number);
    struct consent refused = add_consent(w, 3, CONSENT_CHECKING);
    assert_int_equal(store_consent_settle(w->store, refused.number, "rej-revoked", NOW + 110), OK);
    assert_int_equal(store_evidence_claim(w->store, 0, NOW + 199, NOW + 200, &e), ERR_NOT_FOUND);
}

static void questions_are_counted(void **state)
{
    struct world *w = *state;
    static const char one[] = "http://127.0.0.1:1/tsa", two[] = "http://127.0.0.1:1/tsa2";
    struct pace p;
    assert_int_equal(store_pace_get(w->store, one, NOW, &p), OK);
    assert_int_equal(p.failures + p.hour + p.day, 0);
    for (int i = 0; i < 3; i++)
        assert_int_equal(store_pace_take(w->store, one, NOW + i * 60, 3, 5), OK);
    assert_int_equal(store_pace_take(w->store, one, NOW + 180, 3, 5), ERR_BUSY); /* of the hour */
    assert_int_equal(store_pace_take(w->store, two, NOW + 180, 3, 5), OK);
    assert_int_equal(store_pace_take(w->store, one, NOW + 3619, 3, 5), ERR_BUSY);
    assert_int_equal(store_pace_take(w->store, one, NOW + 3620, 3, 5), OK); /* the first one's minute is an hour ago */
    assert_int_equal(store_pace_take(w->store, one, NOW + 7500, 3, 5), OK);
    assert_int_equal(store_pace_take(w->store, one, NOW + 14000, 3, 5), ERR_BUSY); /* of the day */
    store_close(&w->store);
    stored_open(w); /* a restart forgets nothing */
    assert_int_equal(store_pace_take(w->store, one, NOW + 14000, 3, 5), ERR_BUSY);
    assert_int_equal(store_pace_take(w->store, one, NOW + 14000, 3, 0), OK);
    assert_int_equal(store_pace_get(w->store, one, NOW + 14000, &p), OK);
    assert_int_equal(p.hour, 1);
    assert_int_equal(p.day, 6);
    assert_int_equal(store_purge(w->store, NOW + 86400, 0), OK);
    assert_int_equal(store_pace_get(w->store, one, NOW + 86400, &p), OK);
    assert_int_equal(p.day, 6);
    assert_int_equal(store_purge(w->store, NOW + 86460, 0), OK);
    assert_int_equal(store_pace_get(w->store, one, NOW + 86400, &p), OK);
    assert_int_equal(p.day, 5);
    assert_int_equal(store_pace_get(w->store, one, NOW - 86400 * 30, &p), OK); /* a clock set back: none is to come */
    assert_int_equal(p.day, 0);
}

static void failures_are_noted(void **state)
{
    struct world *w = *state;
    struct pace p;
    assert_int_equal(store_pace_note(w->store, "a", 3, NOW + 8), OK);
    assert_int_equal(store_pace_get(w->store, "a", NOW, &p), OK);
    assert_int_equal(p.failures, 3);
    assert_int_equal(p.not_before, NOW + 8);
    assert_int_equal(store_pace_note(w->store, "a", 0, 0), OK);
    assert_int_equal(store_pace_get(w->store, "a", NOW, &p), OK);
    assert_int_equal(p.failures, 0);
    assert_int_equal(store_pace_get(w->store, "b", NOW, &p), OK);
    assert_int_equal(p.not_before, 0);
}

/* ---- the short codes of receipts ---- */

static void a_receipt_has_one_code_for_a_while(void **state)
{
    struct world *w = *state;
    struct consent one = add_consent(w, 1, CONSENT_ACCEPTED), two = add_consent(w, 2, CONSENT_ACCEPTED), got;
    struct digest first = numbered("receipt", 1), second = numbered("receipt", 2), others = numbered("receipt", 3);
    assert_int_equal(store_consent_by_receipt_code(w->store, &first, NOW, &got), ERR_NOT_FOUND);
    assert_int_equal(store_receipt_code_set(w->store, one.number, &first, NOW + 60), OK);
    assert_int_equal(store_receipt_code_set(w->store, two.number, &others, NOW + 90), OK);
    struct growing g;
    assert_int_equal(store_evidence_get(w->store, one.number, &g), OK);
    assert_int_equal(store_evidence_grow(w->store, &g, "stamped", 7, 1, NOW + 600), OK);
    assert_int_equal(store_consent_by_receipt_code(w->store, &first, NOW + 59, &got), OK);
    assert_int_equal(got.level, 1);
    assert_string_equal(got.number, one.number);
    assert_int_equal(store_consent_by_receipt_code(w->store, &first, NOW + 60, &got), ERR_NOT_FOUND);
    assert_int_equal(store_receipt_code_set(w->store, one.number, &second, NOW + 60), OK);
    assert_int_equal(store_consent_by_receipt_code(w->store, &first, NOW, &got), ERR_NOT_FOUND);
    assert_int_equal(store_consent_by_receipt_code(w->store, &second, NOW, &got), OK);
    assert_int_equal(store_purge(w->store, NOW + 60, NOW), OK);
    assert_int_equal(store_consent_by_receipt_code(w->store, &second, NOW, &got), ERR_NOT_FOUND);
    assert_int_equal(store_consent_by_receipt_code(w->store, &others, NOW, &got), OK);
    assert_string_equal(got.number, two.number);
    assert_int_equal(store_receipt_code_set(w->store, "2020-999999", &first, NOW + 60), ERR_STORE); /* of no consent */
}

/* ---- care ---- */

static void what_is_over_is_forgotten(void **state)
{
    struct world *w = *state;
    struct login l = a_login(1), got;
    struct request r;
    struct consent c = add_consent(w, 1, CONSENT_ACCEPTED);
    struct digest one = numbered("code", 1), two = numbered("code", 2);
    assert_int_equal(store_login_add(w->store, &l), OK);
    int64_t id = add_request(w, 2, 2);
    struct digest signature = numbered("signature", 8);
    assert_int_equal(store_refusal_add(w->store, id, &signature, "rej-sig", 9), OK);
    assert_int_equal(store_purge(w->store, NOW + 599, NOW + 900), OK);
    assert_int_equal(store_login_get(w->store, &l.token, NOW, &got), OK);
    assert_int_equal(store_request_by_code(w->store, &two, &r), OK);
    assert_int_equal(store_purge(w->store, NOW + 600, NOW + 901), OK);
    assert_int_equal(store_login_get(w->store, &l.token, NOW, &got), ERR_NOT_FOUND);
    assert_int_equal(store_request_by_code(w->store, &two, &r), ERR_NOT_FOUND);
    assert_int_equal(store_purge(w->store, NOW + 99999, NOW + 99999), OK);
    assert_int_equal(store_request_by_code(w->store, &one, &r), OK); /* a consent stands on it */
    assert_int_equal(store_consent_by_number(w->store, c.number, &c), OK);
}

/* A clock that ran ahead for a moment put work off to a time that is far away again. */
static void a_clock_that_ran_ahead_delays_nothing(void **state)
{
    struct world *w = *state;
    struct consent waits = add_consent(w, 1, CONSENT_ACCEPTED), checked = add_consent(w, 2, CONSENT_CHECKING), got;
    struct growing e;
    const int64_t ahead = NOW + INT64_C(400) * 86400;
    assert_int_equal(store_evidence_claim(w->store, 0, ahead, ahead + 300, &e), OK);
    assert_int_equal(store_evidence_retry(w->store, &e, ahead + 2), OK);
    assert_int_equal(store_evidence_claim(w->store, 0, ahead, ahead + 300, &e), OK); /* its thread is killed */
    assert_int_equal(store_consent_claim(w->store, ahead, ahead + 60, &got), OK);
    assert_int_equal(store_purge(w->store, NOW + 200, NOW), OK);
    for (int i = 0; i < 2; i++)
        assert_int_equal(store_evidence_claim(w->store, 0, NOW + 200, NOW + 500, &e), OK);
    assert_int_equal(store_consent_claim(w->store, NOW + 200, NOW + 260, &got), OK);
    assert_string_equal(got.number, checked.number);

    assert_int_equal(store_evidence_get(w->store, waits.number, &e), OK);
    assert_int_equal(store_evidence_retry(w->store, &e, NOW + 200 + 86400), OK); /* so long an authority may ask for */
    assert_int_equal(store_purge(w->store, NOW + 200, NOW), OK);
    assert_int_equal(store_evidence_claim(w->store, 0, NOW + 200, NOW + 500, &e), ERR_NOT_FOUND);
    assert_int_equal(store_evidence_get(w->store, waits.number, &e), OK);
    assert_int_equal(store_evidence_grow(w->store, &e, "archive", 7, 3, ahead), OK); /* a renewal has time */
    assert_int_equal(store_purge(w->store, NOW + 200, NOW), OK);
    assert_int_equal(store_evidence_claim(w->store, 3, NOW + 200, NOW + 500, &e), ERR_NOT_FOUND);
}

static void it_is_all_there_again(void **state)
{
    struct world *w = *state;
    uint8_t before[DIGEST_LEN], after[DIGEST_LEN], none[DIGEST_LEN] = {0};
    struct consent c = add_consent(w, 1, CONSENT_ACCEPTED), got;
    struct store *look = NULL;
    struct err err;
    struct stat st;
    store_key(w->store, before);
    store_close(&w->store);
    assert_int_equal(stat(w->path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    stored_open(w);
    store_key(w->store, after);
    assert_memory_equal(before, after, sizeof before);
    assert_memory_not_equal(before, none, sizeof before);
    assert_int_equal(store_open(w->path, STORE_LOOK, &look, &err), OK); /* beside the one that serves */
    assert_int_equal(store_consent_by_number(look, c.number, &got), OK);
    struct login l = a_login(1);
    assert_int_equal(store_login_add(look, &l), ERR_STORE); /* looking is all it may */
    store_close(&look);
}

static void what_cannot_be_opened_is_named(void **state)
{
    struct world *w = *state;
    struct store *s = NULL;
    struct err err;
    char path[160];
    snprintf(path, sizeof path, "%s/none/store.db", w->dir);
    assert_int_equal(store_open(path, STORE_SERVE, &s, &err), ERR_FILE);
    snprintf(path, sizeof path, "%s/absent.db", w->dir);
    assert_int_equal(store_open(path, STORE_LOOK, &s, &err), ERR_FILE);
    FILE *f = fopen(path, "w");
    for (int i = 0; i < 2000; i++)
        fputs("no store ", f);
    fclose(f);
    assert_int_equal(store_open(path, STORE_SERVE, &s, &err), ERR_STORE);
    assert_int_equal(store_open(path, STORE_LOOK, &s, &err), ERR_STORE);
    assert_null(s);
}

/* ---- many at once ---- */

#define WRITERS 8
#define EACH 40

struct writer {
    struct world *world;
    int from;
    int fd; /* -1, or where every acknowledged number is written */
    pthread_t thread;
    bool failed;
};

static void *write_logins(void *arg)
{
    struct writer *me = arg;
    for (int n = me->from; me->fd >= 0 || n < me->from + EACH; n++) {
        struct login l = a_login(n);
        me->failed = me->failed || store_login_add(me->world->store, &l) != OK;
        if (me->fd >= 0 && (me->failed || write(me->fd, &n, sizeof n) != sizeof n))
            break;
    }
    return NULL;
}

static void start_writers(struct world *w, struct writer writers[WRITERS], int fd)
{
    for (int i = 0; i < WRITERS; i++) {
        writers[i] = (struct writer){.world = w, .from = i * 1000000, .fd = fd};
        assert_int_equal(pthread_create(&writers[i].thread, NULL, write_logins, &writers[i]), 0);
    }
}

static void many_write_at_once(void **state)
{
    struct world *w = *state;
    struct writer writers[WRITERS];
    uint64_t commits, writes;
    start_writers(w, writers, -1);
    for (int i = 0; i < WRITERS; i++) {
        pthread_join(writers[i].thread, NULL);
        assert_false(writers[i].failed);
    }
    for (int i = 0; i < WRITERS; i++)
        for (int n = 0; n < EACH; n++) {
            struct digest token = numbered("login", i * 1000000 + n);
            struct login got;
            assert_int_equal(store_login_get(w->store, &token, NOW, &got), OK);
        }
    store_commits(w->store, &commits, &writes);
    assert_int_equal(writes, 1 + WRITERS * EACH); /* the key was the first */
    assert_in_range(commits, 2, writes);
}

/* One that fails in the middle of a group takes nobody along: the doubled code is refused, all others are kept. */
static void *add_doubled(void *arg)
{
    struct world *w = arg;
    struct request r = a_request(1, 1);
    int64_t id;
    for (int i = 0; i < EACH; i++)
        assert_int_equal(store_request_add(w->store, &r, text, strlen(text), NOW - 3600, 1000, &id), ERR_STORE);
    return NULL;
}

static void a_failing_write_fails_alone(void **state)
{
    struct world *w = *state;
    struct writer writers[WRITERS];
    pthread_t doubler;
    struct request r;
    struct digest code = numbered("code", 1);
    add_request(w, 1, 1);
    start_writers(w, writers, -1);
    assert_int_equal(pthread_create(&doubler, NULL, add_doubled, w), 0);
    pthread_join(doubler, NULL);
    for (int i = 0; i < WRITERS; i++) {
        pthread_join(writers[i].thread, NULL);
        assert_false(writers[i].failed);
    }
    assert_int_equal(store_request_by_code(w->store, &code, &r), OK);
    assert_int_equal(r.standing, REQUEST_ISSUED); /* what the failing one had replaced before it failed is undone */
}

/* ---- kill -9 ---- */

static void child_writes(struct world *w, int fd)
{
    struct writer writers[WRITERS];
    stored_open(w);
    start_writers(w, writers, fd);
    for (;;)
        pause();
}

#define ACKNOWLEDGED 300

static void what_was_acknowledged_survives_kill(void **state)
{
    struct world *w = *state;
    int ends[2], acks[ACKNOWLEDGED * 4], n = 0, more;
    store_close(&w->store);
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    if (child == 0)
        child_writes(w, ends[1]);
    close(ends[1]);
    while (n < ACKNOWLEDGED && read(ends[0], &acks[n], sizeof acks[n]) == sizeof acks[n])
        n++;
    kill(child, SIGKILL);
    assert_int_equal(waitpid(child, NULL, 0), child);
    while (n < ACKNOWLEDGED * 4 && read(ends[0], &more, sizeof more) == sizeof more)
        acks[n++] = more; /* what it still told before it died */
    close(ends[0]);
    assert_in_range(n, ACKNOWLEDGED, ACKNOWLEDGED * 4);
    stored_open(w);
    for (int i = 0; i < n; i++) {
        struct digest token = numbered("login", acks[i]);
        struct login got;
        assert_int_equal(store_login_get(w->store, &token, NOW, &got), OK);
    }
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, stored_setup, stored_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_login_is_claimed_once),
        CASE(a_login_can_be_refused_and_dropped),
        CASE(a_new_request_replaces_the_earlier),
        CASE(an_opening_is_kept),
        CASE(extensions_run_out),
        CASE(nobody_gets_endless_codes),
        CASE(refusals_are_remembered),
        CASE(the_first_answer_stays),
        CASE(consents_are_numbered),
        CASE(a_person_consents_once),
        CASE(a_race_of_two_requests_has_one_winner),
        CASE(a_replaced_request_takes_no_consent),
        CASE(consents_are_found),
        CASE(consents_are_walked),
        CASE(checks_come_due),
        CASE(evidence_grows),
        CASE(tries_in_vain_are_counted),
        CASE(what_is_checked_grows_one_step),
        CASE(questions_are_counted),
        CASE(failures_are_noted),
        CASE(a_receipt_has_one_code_for_a_while),
        CASE(what_is_over_is_forgotten),
        CASE(a_clock_that_ran_ahead_delays_nothing),
        CASE(it_is_all_there_again),
        CASE(what_cannot_be_opened_is_named),
        CASE(many_write_at_once),
        CASE(a_failing_write_fails_alone),
        CASE(what_was_acknowledged_survives_kill),
    };
    return cmocka_run_group_tests_name("store", tests, NULL, NULL);
}
