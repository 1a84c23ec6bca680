#include "config.h"

#include "httpd/inside.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/ascii.h"
#include "base/fd.h"
#include "base/when.h"
#include "httpd/listen.h"

#define HEADER_MEMORY 32768 /* per connection: header lines and reading buffer */
#define PEM_MAX 65536
#define DROP_MAX                                                                                                       \
    (256u << 10) /* a refused body up to this size is read, so that the client gets to read the refusal                \
                  */

#define HOST_MAX 80

struct httpd {
    struct MHD_Daemon *daemon;
    struct crew *crew; /* NULL: no slow route */
    struct watch *watch;
    struct httpd_conf conf;
    struct buf cert, key;
    char host[HOST_MAX];
    unsigned port;
    pthread_mutex_t lock;
    pthread_cond_t quiet;
    unsigned open_requests;
    bool stopping;
};

/* ---- requests ---- */

static void count_open(struct httpd *h, int by)
{
    pthread_mutex_lock(&h->lock);
    h->open_requests += (unsigned)by;
    if (h->open_requests == 0)
        pthread_cond_signal(&h->quiet);
    pthread_mutex_unlock(&h->lock);
}

static bool is_stopping(struct httpd *h)
{
    pthread_mutex_lock(&h->lock);
    bool stopping = h->stopping;
    pthread_mutex_unlock(&h->lock);
    return stopping;
}

unsigned server_strikes(const struct httpd_request *q, unsigned more)
{
    return watch_strikes(q->server->watch, q->slot, more);
}

void server_answers(const struct httpd_request *q, uint64_t len)
{
    const struct httpd_conf *c = &q->server->conf;
    watch_start_for(q->server->watch, q->slot, c->answer_s * 1000ull + len * 1000 / c->answer_bytes_s);
}

static bool path_fits(const char *pattern, const char *path)
{
    size_t len = strlen(pattern);
    if (len > 0 && pattern[len - 1] == '*')
        return strncmp(pattern, path, len - 1) == 0 && path[len - 1] != '\0';
    return strcmp(pattern, path) == 0;
}

static bool method_fits(const char *route, const char *asked)
{
    return strcmp(route, asked) == 0 || (strcmp(asked, "HEAD") == 0 && strcmp(route, "GET") == 0);
}

/* The route, or NULL with *ret_path_known saying whether another method would have fitted. */
static const struct httpd_route *find_route(
    const struct httpd *h, const char *method, const char *path, bool *ret_path_known)
{
    *ret_path_known = false;
    for (size_t i = 0; i < h->conf.route_count; i++) {
        const struct httpd_route *r = &h->conf.routes[i];
        if (!path_fits(r->path, path))
            continue;
        if (method_fits(r->method, method))
            return r;
        *ret_path_known = true;
    }
    return NULL;
}

static bool type_fits(const char *want, const char *got)
{
    if (!want)
        return true;
    for (; *want; want++, got++)
        if (!got || ascii_lower(*got) != *want)
            return false;
    return *got == '\0' || *got == ';' || *got == ' ';
}

static void refuse(struct httpd_request *q, unsigned status, enum err_code code)
{
    q->refused = true;
    httpd_problem(&q->answer, status, code, NULL);
}

struct framing {
    unsigned lengths;
    bool odd_name;
};

static enum MHD_Result look_at_header(void *cls, enum MHD_ValueKind kind, const char *name, const char *value)
{
    struct framing *f = cls;
    (void)kind;
    (void)value;
    f->lengths += ascii_casecmp(name, "Content-Length") == 0;
    for (const char *c = name; *c; c++)
        f->odd_name = f->odd_name || (!ascii_is_alnum(*c) && !strchr("!#$%&'*+-.^_`|~", *c));
    return MHD_YES;
}

/* Whoever stands before us may have read another length: there are two, even if they agree, or a name that is not one
 * for everybody, as "Content-Length " (RFC 9112 §5.1, §6.3). */
static bool is_ambiguous(const struct httpd_request *q)
{
    struct framing f = {0};
    MHD_get_connection_values(q->connection, MHD_HEADER_KIND, look_at_header, &f);
    return f.lengths > 1 || f.odd_name;
}

/* What the header alone decides. *ret_len: the announced body; UINT64_MAX: nobody can tell where it ends. */
static void judge_header(struct httpd_request *q, bool path_known, uint64_t *ret_len)
{
    const char *length = httpd_header(q, "Content-Length"), *coding = httpd_header(q, "Transfer-Encoding");
    *ret_len = 0;
    if (is_ambiguous(q)) {
        *ret_len = UINT64_MAX;
        refuse(q, MHD_HTTP_BAD_REQUEST, ERR_BAD_REQUEST);
    } else if (coding || (length && !ascii_u64(length, INT64_MAX, ret_len))) {
        *ret_len = UINT64_MAX;
        refuse(q, MHD_HTTP_LENGTH_REQUIRED, ERR_BAD_REQUEST);
    } else if (!q->route) {
        refuse(q, path_known ? MHD_HTTP_METHOD_NOT_ALLOWED : MHD_HTTP_NOT_FOUND,
            path_known ? ERR_BAD_REQUEST : ERR_NOT_FOUND);
    } else if (*ret_len > q->route->max_body) {
        refuse(q, MHD_HTTP_CONTENT_TOO_LARGE, ERR_TOO_BIG);
    } else if (q->route->max_body > 0 && !length) {
        refuse(q, MHD_HTTP_LENGTH_REQUIRED, ERR_BAD_REQUEST);
    } else if (q->route->max_body > 0 && !type_fits(q->route->content_type, httpd_header(q, "Content-Type"))) {
        refuse(q, MHD_HTTP_UNSUPPORTED_MEDIA_TYPE, ERR_BAD_REQUEST);
    }
}

static struct httpd_request *request_new(
    struct httpd *h, struct MHD_Connection *c, const char *method, const char *path)
{
    struct httpd_request *q = calloc(1, sizeof *q);
    if (!q)
        return NULL;
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(c, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    q->server = h;
    q->connection = c;
    q->slot = info ? info->socket_context : NULL;
    q->method = method;
    q->path = path;
    q->began_ms = when_boot_ms();
    answer_init(&q->answer);
    count_open(h, 1);
    return q;
}

static enum MHD_Result begin(
    struct httpd *h, struct MHD_Connection *c, const char *method, const char *path, void **ret)
{
    struct httpd_request *q = request_new(h, c, method, path);
    uint64_t announced;
    bool path_known;
    if (!q)
        return MHD_NO;
    *ret = q;
    q->route = find_route(h, method, path, &path_known);
    q->body = BUF_INIT(q->route ? q->route->max_body : 0);
    judge_header(q, path_known, &announced);
    if (q->refused && announced > DROP_MAX)
        return answer_queue(q, true);
    return MHD_YES;
}

static enum MHD_Result take_body(struct httpd_request *q, const char *data, size_t *len)
{
    if (!q->refused && buf_add(&q->body, data, *len) != OK) /* only memory can fail: the length was checked */
        return MHD_NO;
    *len = 0;
    return MHD_YES;
}

static void run_handler(struct httpd_request *q)
{
    q->route->handler(q->server->conf.ctx, q, &q->answer);
    q->state = REQUEST_ANSWERED;
}

/* In a thread of the crew: the connection is suspended, so nothing else touches the request. */
static void run_slow(void *job)
{
    struct httpd_request *q = job;
    struct MHD_Connection *c = q->connection; /* q may be gone as soon as the connection goes on */
    run_handler(q);
    MHD_resume_connection(c);
}

static void put_slow(struct httpd *h, struct httpd_request *q)
{
    MHD_suspend_connection(q->connection);
    if (crew_put(h->crew, q))
        return;
    httpd_problem_wait(&q->answer, MHD_HTTP_SERVICE_UNAVAILABLE, ERR_BUSY, 2);
    q->state = REQUEST_ANSWERED;
    MHD_resume_connection(q->connection);
}

static enum MHD_Result on_request(void *cls, struct MHD_Connection *c, const char *path, const char *method,
    const char *version, const char *data, size_t *data_len, void **request)
{
    struct httpd *h = cls;
    struct httpd_request *q = *request;
    (void)version;
    if (!q)
        return begin(h, c, method, path, request);
    if (*data_len > 0)
        return take_body(q, data, data_len);
    if (!q->whole) {
        q->whole = true;
        q->arrived_ms = when_boot_ms();
        watch_stop(h->watch, q->slot);
    }
    if (q->refused)
        q->state = REQUEST_ANSWERED;
    if (q->state == REQUEST_READING && q->route->slow) {
        put_slow(h, q);
        return MHD_YES;
    }
    if (q->state == REQUEST_READING)
        run_handler(q);
    return answer_queue(q, q->answer.close || is_stopping(h));
}

static void on_completed(void *cls, struct MHD_Connection *c, void **request, enum MHD_RequestTerminationCode why)
{
    struct httpd *h = cls;
    struct httpd_request *q = *request;
    (void)c;
    (void)why;
    if (!q)
        return;
    *request = NULL;
    watch_start(h->watch, q->slot);
    struct httpd_done done = {
        q->route ? q->route->method : "-", q->route ? q->route->path : "-", q->status, when_boot_ms() - q->began_ms};
    if (h->conf.done)
        h->conf.done(h->conf.ctx, &done);
    answer_done(&q->answer);
    buf_done(&q->body);
    free(q);
    count_open(h, -1);
}

static void on_connection(void *cls, struct MHD_Connection *c, void **slot, enum MHD_ConnectionNotificationCode code)
{
    struct httpd *h = cls;
    if (code == MHD_CONNECTION_NOTIFY_CLOSED) {
        watch_remove(h->watch, *slot);
        *slot = NULL;
        return;
    }
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(c, MHD_CONNECTION_INFO_CONNECTION_FD);
    *slot = info ? watch_add(h->watch, info->connect_fd) : NULL;
}

/* ---- life ---- */

static unsigned or_default(unsigned given, unsigned fallback)
{
    return given > 0 ? given : fallback;
}

static void fill_defaults(struct httpd_conf *c)
{
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    c->threads = or_default(c->threads, cores < 1 ? 1 : cores > 8 ? 8 : (unsigned)cores);
    c->slow_threads = or_default(c->slow_threads, 8);
    c->slow_queue = or_default(c->slow_queue, 64);
    c->connections = or_default(c->connections, 1000);
    c->connections = c->connections < c->threads ? c->threads : c->connections;
    c->per_address = or_default(c->per_address, (c->connections + 1) / 2);
    c->idle_s = or_default(c->idle_s, 15);
    c->request_s = or_default(c->request_s, 30);
    c->answer_s = or_default(c->answer_s, 30);
    c->answer_bytes_s = or_default(c->answer_bytes_s, 8192);
    c->drain_s = or_default(c->drain_s, 10);
}

static bool has_slow_route(const struct httpd_conf *c)
{
    for (size_t i = 0; i < c->route_count; i++)
        if (c->routes[i].slow)
            return true;
    return false;
}

/* Keys of one connection only (no static RSA), authenticated ciphers only, nothing signed with SHA-1. */
static const char tls_priorities[] =
    "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2:-RSA:-CIPHER-ALL:+AES-256-GCM:+AES-128-GCM:"
    "+CHACHA20-POLY1305:-MAC-ALL:+AEAD:-SIGN-RSA-SHA1:-SIGN-ECDSA-SHA1:-SIGN-DSA-SHA1";

static enum err_code start_daemon(struct httpd *h, int *fd, struct err *err)
{
    unsigned flags = MHD_USE_POLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | (h->conf.tls_cert ? MHD_USE_TLS : 0u);
    struct MHD_OptionItem tls[] = {
        {MHD_OPTION_HTTPS_MEM_CERT, 0, h->cert.data},
        {MHD_OPTION_HTTPS_MEM_KEY, 0, h->key.data},
        {MHD_OPTION_HTTPS_PRIORITIES, 0, (void *)(uintptr_t)tls_priorities},
        {MHD_OPTION_END, 0, NULL},
    };
    struct MHD_OptionItem none[] = {{MHD_OPTION_END, 0, NULL}};
    h->daemon = MHD_start_daemon(flags, 0, NULL, NULL, on_request, h, MHD_OPTION_LISTEN_SOCKET, *fd,
        MHD_OPTION_THREAD_POOL_SIZE, h->conf.threads, MHD_OPTION_CONNECTION_LIMIT, h->conf.connections,
        MHD_OPTION_PER_IP_CONNECTION_LIMIT, h->conf.per_address, MHD_OPTION_CONNECTION_TIMEOUT, h->conf.idle_s,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)HEADER_MEMORY, MHD_OPTION_NOTIFY_COMPLETED, on_completed, h,
        MHD_OPTION_NOTIFY_CONNECTION, on_connection, h, MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_ARRAY,
        h->conf.tls_cert ? tls : none, MHD_OPTION_END);
    if (!h->daemon)
        return err_set(err, ERR_CONFIG, "the server did not start (certificate, key, limits of open files?)");
    *fd = -1; /* the daemon's now */
    return OK;
}

static enum err_code read_tls(struct httpd *h, struct err *err)
{
    if (!h->conf.tls_cert)
        return OK;
    enum err_code e = buf_read_file(&h->cert, h->conf.tls_cert, err);
    return e != OK ? e : buf_read_file(&h->key, h->conf.tls_key, err);
}

enum err_code httpd_new(const struct httpd_conf *conf, struct httpd **ret, struct err *err)
{
    int fd = -1;
    uint64_t port;
    struct httpd *h = calloc(1, sizeof *h);
    if (!h)
        return err_set(err, ERR_NOMEM, "httpd");
    enum err_code e = OK;
    h->conf = *conf;
    h->cert = h->key = BUF_INIT(PEM_MAX);
    pthread_mutex_init(&h->lock, NULL);
    pthread_condattr_t attr;
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&h->quiet, &attr);
    pthread_condattr_destroy(&attr);
    json_object_seed(0); /* before there are threads */
    fill_defaults(&h->conf);
    if (!listen_split(conf->listen, h->host, sizeof h->host, &port) || !conf->tls_cert != !conf->tls_key)
        e = err_set(err, ERR_CONFIG, "listen: expected a numeric address and port, and both or neither of TLS's files");
    else if ((fd = listen_open(h->host, (unsigned)port)) < 0 || (h->port = listen_port(fd)) == 0)
        e = err_set(err, ERR_CONFIG, "cannot listen on %s", conf->listen);
    if (e == OK)
        e = read_tls(h, err);
    if (e == OK)
        e = watch_new(h->conf.request_s, &h->watch);
    if (e == OK && has_slow_route(conf))
        e = crew_new(h->conf.slow_threads, h->conf.slow_queue, run_slow, &h->crew);
    if (e == OK && conf->listening) {
        char url[HOST_MAX + 32];
        httpd_url(h, url, sizeof url);
        conf->listening(conf->ctx, url);
    }
    if (e == OK)
        e = start_daemon(h, &fd, err);
    fd_close(&fd);
    if (e != OK) {
        httpd_free(&h);
        return e;
    }
    *ret = h;
    return OK;
}

unsigned httpd_port(const struct httpd *h)
{
    return h->port;
}

void httpd_url(const struct httpd *h, char *out, size_t out_len)
{
    snprintf(out, out_len, "%s://%s:%u", h->conf.tls_cert ? "https" : "http", h->host, h->port);
}

static void wait_until_quiet(struct httpd *h)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += h->conf.drain_s;
    pthread_mutex_lock(&h->lock);
    h->stopping = true;
    while (h->open_requests > 0 && pthread_cond_timedwait(&h->quiet, &h->lock, &until) == 0)
        ;
    pthread_mutex_unlock(&h->lock);
}

void httpd_free(struct httpd **server)
{
    struct httpd *h = *server;
    if (!h)
        return;
    if (h->daemon) {
        MHD_socket listener = MHD_quiesce_daemon(h->daemon);
        if (listener != MHD_INVALID_SOCKET)
            close(listener);
        wait_until_quiet(h);
    }
    /* MHD_stop_daemon aborts the process while a connection is suspended: the crew resumes every one of them first.
     * Until the daemon has stopped requests keep coming on connections that are open, so that the crew must be there to
     * refuse them. */
    crew_close(h->crew);
    if (h->daemon)
        MHD_stop_daemon(h->daemon);
    crew_free(&h->crew);
    watch_free(&h->watch);
    buf_done(&h->cert);
    buf_done(&h->key);
    pthread_cond_destroy(&h->quiet);
    pthread_mutex_destroy(&h->lock);
    free(h);
    *server = NULL;
}
