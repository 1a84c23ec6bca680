/* One easy handle, reset for each call, in a multi handle that keeps the connections: the multi is there so that the
 * caller's own descriptor can be waited for together with the transfer. */
#include "config.h"
#include "http/http.h"
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/ascii.h"
#include "http/head.h"

#define USER_AGENT PACKAGE_NAME "/" PACKAGE_VERSION
#define CONNECT_MS 10000
#define TOTAL_MS 30000
#define TURN_MS 250    /* longest wait between two looks at the watch */
#define STALL_BYTES 64 /* a second: less is as good as nothing */

struct http {
    struct http_setup setup;
    char *ca_file;
    CURLM *multi;
    CURL *easy;
};

/* One call on its way. */
struct call {
    const struct http_request *request;
    struct buf *body;
    struct http_head head;
    struct curl_slist *headers;
    size_t sent;
    enum err_code stopped; /* why one of our own functions ended it */
    char words[CURL_ERROR_SIZE];
};

enum err_code http_start(void)
{
    return curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK ? OK : ERR_NOMEM;
}

void http_stop(void)
{
    curl_global_cleanup();
}

enum err_code http_new(const struct http_setup *setup, struct http **ret)
{
    struct http *h = calloc(1, sizeof *h);

    if (h == NULL)
        return ERR_NOMEM;
    h->setup = *setup;
    if (setup->connect_ms == 0)
        h->setup.connect_ms = CONNECT_MS;
    if (setup->total_ms == 0)
        h->setup.total_ms = TOTAL_MS;
    h->ca_file = setup->ca_file != NULL ? strdup(setup->ca_file) : NULL;
    h->multi = curl_multi_init();
    h->easy = curl_easy_init();
    if (h->multi == NULL || h->easy == NULL || (setup->ca_file != NULL && h->ca_file == NULL)) {
        http_free(&h);
        return ERR_NOMEM;
    }
    *ret = h;
    return OK;
}

void http_free(struct http **h)
{
    if (*h == NULL)
        return;
    curl_easy_cleanup((*h)->easy);
    curl_multi_cleanup((*h)->multi);
    free((*h)->ca_file);
    free(*h);
    *h = NULL;
}

/* curl's three callbacks: a return other than what was offered ends the transfer. */
static size_t on_header(char *line, size_t one, size_t len, void *ctx)
{
    struct call *c = ctx;

    (void)one;
    c->stopped = head_line(&c->head, line, len);
    return c->stopped == OK ? len : 0;
}

static size_t on_body(char *bytes, size_t one, size_t len, void *ctx)
{
    struct call *c = ctx;

    (void)one;
    if (c->request->sink != NULL && c->head.answer.status / 100 == 2)
        c->stopped = c->request->sink(c->request->sink_ctx, &c->head.answer, (const uint8_t *)bytes, len);
    else
        c->stopped = buf_add(c->body, bytes, len);
    return c->stopped == OK ? len : 0;
}

static size_t on_read(char *out, size_t one, size_t room, void *ctx)
{
    struct call *c = ctx;
    size_t left = c->request->body_len - c->sent;
    size_t n = 0;

    (void)one;
    if (left > 0)
        n = c->request->read(c->request->read_ctx, out, room < left ? room : left);
    c->sent += n;
    return n;
}

static bool add_header(struct call *c, const char *name, const char *value)
{
    struct curl_slist *longer = NULL;
    char line[1024];
    int len =
        value != NULL ? snprintf(line, sizeof line, "%s: %s", name, value) : snprintf(line, sizeof line, "%s:", name);

    if (len > 0 && (size_t)len < sizeof line)
        longer = curl_slist_append(c->headers, line);
    explicit_bzero(line, sizeof line);
    if (longer != NULL)
        c->headers = longer;
    return longer != NULL;
}

static bool make_headers(struct call *c)
{
    const struct http_request *r = c->request;
    char bearer[512];
    bool fits;

    if (!add_header(c, "Expect", NULL) || (r->accept != NULL && !add_header(c, "Accept", r->accept)) ||
        (r->type != NULL && !add_header(c, "Content-Type", r->type)) ||
        (r->if_range != NULL && !add_header(c, "If-Range", r->if_range)))
        return false;
    if (r->bearer == NULL)
        return true;
    fits = (size_t)snprintf(bearer, sizeof bearer, "Bearer %s", r->bearer) < sizeof bearer &&
           add_header(c, "Authorization", bearer);
    explicit_bzero(bearer, sizeof bearer);
    return fits;
}

/* What holds for every call. */
static void set_limits(const struct http *h, CURL *e)
{
    const char *schemes = h->setup.plain ? "http,https" : "https";

    curl_easy_setopt(e, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(e, CURLOPT_PROXY, "");
    curl_easy_setopt(e, CURLOPT_PROTOCOLS_STR, schemes);
    curl_easy_setopt(e, CURLOPT_REDIR_PROTOCOLS_STR, schemes);
    curl_easy_setopt(e, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(e, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    curl_easy_setopt(e, CURLOPT_USERAGENT, USER_AGENT);
    curl_easy_setopt(e, CURLOPT_CONNECTTIMEOUT_MS, (long)h->setup.connect_ms);
    if (h->ca_file != NULL) {
        curl_easy_setopt(e, CURLOPT_CAPATH, NULL); /* Debian's libcurl would trust /etc/ssl/certs besides */
        curl_easy_setopt(e, CURLOPT_CAINFO, h->ca_file);
    }
}

static void set_deadline(const struct http *h, const struct http_request *r, CURL *e)
{
    if (r->stall_ms == 0) {
        curl_easy_setopt(e, CURLOPT_TIMEOUT_MS, (long)h->setup.total_ms);
        return;
    }
    curl_easy_setopt(e, CURLOPT_LOW_SPEED_LIMIT, (long)STALL_BYTES);
    curl_easy_setopt(e, CURLOPT_LOW_SPEED_TIME, (long)((r->stall_ms + 999) / 1000));
}

static void set_body(struct call *c, CURL *e)
{
    const struct http_request *r = c->request;

    if (r->body == NULL && r->read == NULL)
        return;
    curl_easy_setopt(e, CURLOPT_POST, 1L);
    curl_easy_setopt(e, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)r->body_len);
    if (r->read == NULL) {
        curl_easy_setopt(e, CURLOPT_POSTFIELDS, r->body);
        return;
    }
    curl_easy_setopt(e, CURLOPT_READFUNCTION, on_read);
    curl_easy_setopt(e, CURLOPT_READDATA, c);
}

static bool set_request(struct http *h, struct call *c)
{
    const struct http_request *r = c->request;
    CURL *e = h->easy;
    char range[32];

    curl_easy_reset(e);
    set_limits(h, e);
    set_deadline(h, r, e);
    set_body(c, e);
    curl_easy_setopt(e, CURLOPT_ERRORBUFFER, c->words);
    curl_easy_setopt(e, CURLOPT_HEADERFUNCTION, on_header);
    curl_easy_setopt(e, CURLOPT_HEADERDATA, c);
    curl_easy_setopt(e, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(e, CURLOPT_WRITEDATA, c);
    curl_easy_setopt(e, CURLOPT_FOLLOWLOCATION, r->redirects > 0 ? 1L : 0L);
    curl_easy_setopt(e, CURLOPT_MAXREDIRS, (long)r->redirects);
    if (r->method != NULL)
        curl_easy_setopt(e, CURLOPT_CUSTOMREQUEST, r->method);
    if (r->range_from > 0) {
        snprintf(range, sizeof range, "%llu-", (unsigned long long)r->range_from);
        curl_easy_setopt(e, CURLOPT_RANGE, range);
    }
    return curl_easy_setopt(e, CURLOPT_URL, r->url) == CURLE_OK && make_headers(c) &&
           curl_easy_setopt(e, CURLOPT_HTTPHEADER, c->headers) == CURLE_OK;
}

static bool may_carry_on(const struct http_watch *w)
{
    return w == NULL || w->carry_on(w->ctx);
}

/* Drives the one transfer in the multi handle to its end. */
static CURLcode drive(struct http *h, struct call *c)
{
    const struct http_watch *w = h->setup.watch;
    int running = 1, left;
    CURLMsg *done;

    while (curl_multi_perform(h->multi, &running) == CURLM_OK && running > 0) {
        if (!may_carry_on(w)) {
            c->stopped = ERR_CANCELLED;
            return CURLE_ABORTED_BY_CALLBACK;
        }
        /* Asked anew each turn: carry_on may have taken the descriptor away. */
        struct curl_waitfd extra = {.fd = w != NULL ? w->fd : -1, .events = CURL_WAIT_POLLIN};
        if (curl_multi_poll(h->multi, &extra, extra.fd >= 0 ? 1 : 0, TURN_MS, NULL) != CURLM_OK)
            return CURLE_OUT_OF_MEMORY;
    }
    done = curl_multi_info_read(h->multi, &left);
    return done != NULL ? done->data.result : CURLE_OUT_OF_MEMORY;
}

/* Has the request been under way, or did it end before? */
static bool was_connected(CURL *e)
{
    curl_off_t ready_us = 0;

    curl_easy_getinfo(e, CURLINFO_PRETRANSFER_TIME_T, &ready_us);
    return ready_us > 0;
}

static enum err_code deadline_error(CURL *e)
{
    return was_connected(e) ? ERR_SLOW : ERR_UNREACHABLE;
}

/* A handshake that failed on the socket is an absent service, not a wrong one. */
static enum err_code handshake_error(CURL *e)
{
    long sys = 0;

    curl_easy_getinfo(e, CURLINFO_OS_ERRNO, &sys);
    return sys != 0 ? ERR_UNREACHABLE : ERR_TLS;
}

/* A scheme that is not allowed, or an answer that is no HTTP/1: libcurl has one word for both. */
static enum err_code protocol_error(CURL *e)
{
    return was_connected(e) ? ERR_GARBLED : ERR_TLS;
}

static enum err_code result_error(CURLcode result, CURL *e)
{
    static const struct {
        CURLcode curl;
        enum err_code code;
        enum err_code (*ask)(CURL *e); /* in place of code */
    } rows[] = {
        {CURLE_OPERATION_TIMEDOUT, OK, deadline_error},
        {CURLE_SSL_CONNECT_ERROR, OK, handshake_error},
        {CURLE_UNSUPPORTED_PROTOCOL, OK, protocol_error},
        {CURLE_PEER_FAILED_VERIFICATION, ERR_TLS, NULL},
        {CURLE_SSL_CERTPROBLEM, ERR_TLS, NULL},
        {CURLE_SSL_CIPHER, ERR_TLS, NULL},
        {CURLE_SSL_CACERT_BADFILE, ERR_TLS, NULL},
        {CURLE_SSL_ISSUER_ERROR, ERR_TLS, NULL},
        {CURLE_FILESIZE_EXCEEDED, ERR_TOO_BIG, NULL},
        {CURLE_URL_MALFORMAT, ERR_GARBLED, NULL},
        {CURLE_WEIRD_SERVER_REPLY, ERR_GARBLED, NULL},
        {CURLE_TOO_MANY_REDIRECTS, ERR_GARBLED, NULL},
        {CURLE_BAD_CONTENT_ENCODING, ERR_GARBLED, NULL},
        {CURLE_OUT_OF_MEMORY, ERR_NOMEM, NULL},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (rows[i].curl == result)
            return rows[i].ask != NULL ? rows[i].ask(e) : rows[i].code;
    return ERR_UNREACHABLE;
}

static enum err_code finish(
    const struct http *h, struct call *c, CURLcode result, struct http_answer *ret_answer, struct err *err)
{
    if (c->stopped != OK)
        return err_set(err, c->stopped, "%s", note_of(c->stopped)->slug);
    if (result != CURLE_OK)
        return err_set(
            err, result_error(result, h->easy), "%s", c->words[0] != '\0' ? c->words : curl_easy_strerror(result));
    if (c->head.answer.status < 200)
        return err_set(err, ERR_GARBLED, "no HTTP status");
    *ret_answer = c->head.answer;
    return OK;
}

enum err_code http_call(struct http *h, const struct http_request *request, struct buf *body,
    struct http_answer *ret_answer, struct err *err)
{
    struct call c = {.request = request, .body = body};
    CURLcode result = CURLE_OUT_OF_MEMORY;
    enum err_code rc;

    buf_reset(body);
    head_init(&c.head);
    if (set_request(h, &c) && curl_multi_add_handle(h->multi, h->easy) == CURLM_OK) {
        result = drive(h, &c);
        curl_multi_remove_handle(h->multi, h->easy);
    }
    rc = finish(h, &c, result, ret_answer, err);
    curl_easy_reset(h->easy); /* nothing of this call is left behind */
    curl_slist_free_all(c.headers);
    return rc;
}

enum err_code http_get(
    struct http *h, const char *url, struct buf *body, struct http_answer *ret_answer, struct err *err)
{
    const struct http_request request = {.url = url};

    return http_call(h, &request, body, ret_answer, err);
}

enum err_code http_post(struct http *h, const char *url, const char *type, const void *bytes, size_t len,
    struct buf *body, struct http_answer *ret_answer, struct err *err)
{
    const struct http_request request = {.url = url, .type = type, .body = bytes, .body_len = len};

    return http_call(h, &request, body, ret_answer, err);
}
