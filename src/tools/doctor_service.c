/* What Online İşlemler says of itself: GET /v1/health, which tells nothing of anybody. */
#include "config.h"
#include "tools/doctor.h"

#include <stdio.h>
#include <string.h>
#include <openssl/x509_vfy.h>
#include "base/text.h"
#include "base/when.h"
#include "http/http.h"
#include "http/json.h"

#define HEALTH_MAX 4096
#define URL_MAX 1024

static const char *const stores[] = {"good", "away", NULL};
static const char *const healths[] = {"none", "unasked", "good", "away", NULL}; /* enum doctor_health */

/* A service that does not say how it is may still be well. */
static void may_word(struct json_in *in, const char *name, const char *const *words, int *ret)
{
    if (json_has(in, name))
        json_need_word(in, name, words, ret);
}

static enum err_code health_read(struct doctor_service *s, const json_t *answer, struct err *err)
{
    struct json_in in = json_read(answer, err);
    int64_t time = 0;
    int store = 0, revocation = 0, stamps = 0;

    json_need_time(&in, "time", &time);
    may_word(&in, "store", stores, &store);
    may_word(&in, "revocation", healths, &revocation);
    may_word(&in, "timestamp", healths, &stamps);
    if (json_done(&in) != OK)
        return json_done(&in);
    s->time = time;
    s->store = store == 0;
    s->revocation = (enum doctor_health)revocation;
    s->stamps = (enum doctor_health)stamps;
    return OK;
}

static enum err_code answer_read(
    struct doctor_service *s, const struct http_answer *a, const struct buf *body, struct err *err)
{
    json_t *json = NULL;
    enum err_code rc;

    if (a->status != 200 || strcmp(a->type, JSON_TYPE) != 0)
        return err_set(err, ERR_GARBLED, "status %d", a->status);
    rc = json_parse(body->data, body->len, &json, err);
    if (rc == OK)
        rc = health_read(s, json, err);
    json_decref(json);
    return rc;
}

static enum err_code ask(struct doctor_service *s, struct http *http, const char *portal, struct err *err)
{
    struct buf body = BUF_INIT(HEALTH_MAX);
    struct http_answer answer;
    size_t len = strlen(portal);
    char url[URL_MAX];
    enum err_code rc;

    if (len > 0 && portal[len - 1] == '/')
        len--;
    if (snprintf(url, sizeof url, "%.*s/v1/health", (int)len, portal) >= (int)sizeof url)
        return err_set(err, ERR_GARBLED, "portal");
    rc = http_get(http, url, &body, &answer, err);
    s->asked = when_utc();
    if (rc == OK)
        rc = answer_read(s, &answer, &body, err);
    buf_done(&body);
    return rc;
}

/* libcurl hands on OpenSSL's own words. */
static bool is_date(const char *detail)
{
    return strstr(detail, X509_verify_cert_error_string(X509_V_ERR_CERT_HAS_EXPIRED)) != NULL ||
           strstr(detail, X509_verify_cert_error_string(X509_V_ERR_CERT_NOT_YET_VALID)) != NULL;
}

void doctor_look_service(struct doctor *d)
{
    const struct http_setup setup = {.ca_file = d->settings->tls_ca,
        .connect_ms = (uint32_t)d->settings->connect_ms,
        .total_ms = (uint32_t)d->settings->answer_ms};
    struct doctor_service *s = &d->service;
    struct http *http = NULL;
    struct err err = {.code = OK};

    s->reached = http_new(&setup, &http);
    if (s->reached == OK)
        s->reached = ask(s, http, d->settings->portal, &err);
    text_clean(s->detail, sizeof s->detail, err.detail, strlen(err.detail));
    s->tls_date = s->reached == ERR_TLS && is_date(s->detail);
    http_free(&http);
}
