#include "config.h"

#include "service/routes.h"

#include "service/answers.h"
#include "service/stamping.h"

#define JSON "application/json"
#define BODY_MAX 4096
#define SIGNATURE_MAX 49152 /* CADES_MAX */

static const struct httpd_route routes[] = {
    {"GET", "/v1/health", on_health, 0, NULL, false},
    {"POST", "/v1/login", on_login_start, BODY_MAX, JSON, false},
    {"GET", LOGIN_CALLBACK, on_login_callback, 0, NULL, true},
    {"GET", "/v1/login", on_login_read, 0, NULL, false},
    {"DELETE", "/v1/login", on_login_end, 0, NULL, false},
    {"POST", "/v1/consent-requests", on_request_issue, BODY_MAX, JSON, false},
    {"POST", "/v1/openings", on_opening, BODY_MAX, JSON, false},
    {"POST", "/v1/openings/extend", on_extend, BODY_MAX, JSON, false},
    {"POST", "/v1/signatures", on_signature, SIGNATURE_MAX, "application/pkcs7-signature", true},
    {"GET", "/v1/consent", on_consent, 0, NULL, false},
    {"GET", "/v1/receipt", on_receipt, 0, NULL, false},
    {"POST", "/v1/receipt/code", on_receipt_code, BODY_MAX, JSON, false},
    {"GET", "/v1/receipts/*", on_receipt_by_code, 0, NULL, false},
    {"GET", "/v1/ledger/head", on_ledger_head, 0, NULL, false},
    {"GET", "/v1/ledger/consistency", on_ledger_consistency, 0, NULL, false},
    {"GET", "/v1/ledger/proof", on_ledger_proof, 0, NULL, false},
    {"GET", "/v1/application/*", on_application, 0, NULL, false},
};

const struct httpd_route *routes_all(size_t *ret_count)
{
    *ret_count = sizeof routes / sizeof routes[0];
    return routes;
}

/* Is it there to be read? Nobody has this number. */
static bool is_store_well(struct portal *p)
{
    struct consent none;
    return store_consent_by_number(p->store, "", &none) == ERR_NOT_FOUND;
}

/* For whoever watches, and for the wizard's doctor: nothing of anybody. */
void on_health(void *ctx, struct httpd_request *q, struct httpd_answer *a)
{
    static const char *const states[] = {"unasked", "good", "away"}; /* enum standing_word */
    struct portal *p = ctx;
    (void)q;
    httpd_json(a, 200,
        json_pack("{s:s, s:s, s:o, s:b, s:s, s:s, s:s, s:s}", "status", "ok", "service", p->conf->service, "time",
            json_time(hour_now(p->hour)), "test", (int)p->conf->test, "store", is_store_well(p) ? "good" : "away",
            "revocation", states[p->standing], "timestamp", p->stamping ? states[stamping_word(p->stamping)] : "none",
            "ledger", ledger_word(p)));
}

void on_consent(void *ctx, struct httpd_request *q, struct httpd_answer *a)
{
    struct portal *p = ctx;
    struct person person;
    struct consent c;
    enum err_code e = asker_person(p, q, &person);
    if (e == OK)
        e = store_consent_by_person(p->store, &person.digest, &c);
    if (e == OK)
        httpd_json(a, 200, answer_json(p, &c));
    else
        answer_problem(a, e);
}

void on_application(void *ctx, struct httpd_request *q, struct httpd_answer *a)
{
    struct portal *p = ctx;
    const char *type, *path = p->application ? application_path(p->application, httpd_tail(q), &type) : NULL;
    if (path)
        httpd_file(q, a, path, type);
    else
        answer_problem(a, ERR_NOT_FOUND);
}
