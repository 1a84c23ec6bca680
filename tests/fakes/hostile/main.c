/* hostile-service DIR: serves on a free loopback port until it is killed or its parent goes; prints the address once it
 * listens, and keeps what was asked for in DIR/requests. One thread a connection, one lock around the answers. */
#include "config.h"
#include "hostile.h"
#include <arpa/inet.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include "base/ascii.h"

#define HEAD_MAX 16384
#define BODY_MAX (1u << 20)
#define DRIP_MS 100
#define SLOW_PIECE 2000
#define SLOW_MS 10

struct line {
    struct world *world;
    int fd;
    SSL *ssl; /* NULL: plain */
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static bool put(const struct line *l, const void *bytes, size_t len)
{
    if (len == 0)
        return true;
    return l->ssl != NULL ? SSL_write(l->ssl, bytes, (int)len) == (int)len : write(l->fd, bytes, len) == (ssize_t)len;
}

static bool put_str(const struct line *l, const char *s)
{
    return put(l, s, strlen(s));
}

static int get(const struct line *l, void *bytes, size_t room)
{
    return l->ssl != NULL ? SSL_read(l->ssl, bytes, (int)room) : (int)read(l->fd, bytes, room);
}

static bool starts_caseless(const char *s, const char *prefix)
{
    while (*prefix != '\0' && ascii_lower(*s) == ascii_lower(*prefix))
        s++, prefix++;
    return *prefix == '\0';
}

/* The value of a header, up to the line end; false when it is not there. */
static bool header(const char *head, const char *name, char *out, size_t out_len)
{
    for (const char *at = strstr(head, "\r\n"); at != NULL; at = strstr(at, "\r\n")) {
        size_t n = strlen(name), len;

        at += 2;
        if (!starts_caseless(at, name) || at[n] != ':')
            continue;
        at += n + 1 + strspn(at + n + 1, " ");
        len = strcspn(at, "\r");
        snprintf(out, out_len, "%.*s", (int)len, at);
        return true;
    }
    return false;
}

static bool read_head(const struct line *l, char *head, size_t *ret_len, size_t *ret_rest)
{
    size_t len = 0;
    char *end = NULL;

    while (end == NULL && len < HEAD_MAX - 1) {
        int n = get(l, head + len, HEAD_MAX - 1 - len);

        if (n <= 0)
            return false;
        len += (size_t)n;
        head[len] = '\0';
        if (l->ssl == NULL &&
            head[0] == SSL3_RT_HANDSHAKE) { /* as any web server answers a TLS greeting in the clear */
            put_str(l, "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n");
            return false;
        }
        end = strstr(head, "\r\n\r\n");
    }
    if (end == NULL)
        return false;
    end[2] = '\0';
    *ret_len = (size_t)(end - head) + 4;
    *ret_rest = len - *ret_len;
    return true;
}

static bool read_body(const struct line *l, const char *rest, size_t rest_len, size_t len, struct buf *body)
{
    char piece[4096];

    if (buf_add(body, rest, rest_len) != OK)
        return false;
    while (body->len < len) {
        int n = get(l, piece, sizeof piece);

        if (n <= 0 || buf_add(body, piece, (size_t)n) != OK)
            return false;
    }
    return true;
}

static bool read_request(const struct line *l, struct request *q)
{
    static _Thread_local char head[HEAD_MAX];
    char value[256], *query;
    size_t head_len, rest_len;
    uint64_t len = 0;

    if (!read_head(l, head, &head_len, &rest_len) || sscanf(head, "%7s %2047s", q->method, q->path) != 2)
        return false;
    query = strchr(q->path, '?');
    if (query != NULL) {
        *query++ = '\0';
        snprintf(q->query, sizeof q->query, "%s", query);
    }
    q->wants_json = header(head, "Accept", value, sizeof value) && strcmp(value, "application/json") == 0;
    if (header(head, "Range", value, sizeof value))
        q->has_range = sscanf(value, "bytes=%lu-", &q->range_from) == 1;
    if (!header(head, "If-Range", q->if_range, sizeof q->if_range))
        q->if_range[0] = '\0';
    if (header(head, "Content-Length", value, sizeof value) && !ascii_u64(value, BODY_MAX, &len))
        return false;
    return read_body(l, head + head_len, rest_len, len, &q->body);
}

static bool wait_ms(unsigned ms)
{
    const struct timespec t = {ms / 1000, (long)(ms % 1000) * 1000000L};

    return nanosleep(&t, NULL) == 0;
}

static bool put_head(const struct line *l, const struct answer *a, bool length)
{
    char head[4096];
    int n = snprintf(head, sizeof head, "HTTP/1.1 %u TEST\r\n%s", a->status, a->header);

    if (a->type != NULL)
        n += snprintf(head + n, sizeof head - (size_t)n, "Content-Type: %s\r\n", a->type);
    if (length)
        n += snprintf(head + n, sizeof head - (size_t)n, "Content-Length: %zu\r\n", a->body.len);
    return put(l, head, (size_t)n);
}

static void put_endless(const struct line *l, const char *piece, unsigned pause_ms)
{
    while (put_str(l, piece) && (pause_ms == 0 || wait_ms(pause_ms)))
        ;
}

static bool put_slowly(const struct line *l, const struct buf *body)
{
    for (size_t at = 0; at < body->len; at += SLOW_PIECE)
        if (!put(l, body->data + at, body->len - at < SLOW_PIECE ? body->len - at : SLOW_PIECE) || !wait_ms(SLOW_MS))
            return false;
    return true;
}

/* Waits until the other side hangs up. */
static void hold(const struct line *l)
{
    char c;

    while (get(l, &c, 1) > 0)
        ;
}

/* False: the connection is over. */
static bool put_answer(const struct line *l, const struct order *o, const struct request *q, const struct answer *a)
{
    if (order_is(o, SILENT, q->path) && (strcmp(o->is->name, "silent-gate") != 0 || strcmp(q->method, "POST") == 0)) {
        hold(l);
        return false;
    }
    if (order_is(o, NOT_HTTP, q->path)) {
        put_str(l, "220 mail.test ESMTP\r\n");
        return false;
    }
    if (!put_head(l, a, !order_is(o, ENDLESS, q->path) && !order_is(o, DRIP, q->path)))
        return false;
    if (order_is(o, ENDLESS_HEAD, q->path))
        put_endless(l, "X-More: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n", 0);
    if (!put_str(l, "\r\n"))
        return false;
    if (order_is(o, ENDLESS, q->path))
        put_endless(l, "                                                                ", 0);
    if (order_is(o, DRIP, q->path))
        put_endless(l, " ", DRIP_MS);
    if (order_is(o, CUT, q->path)) {
        put(l, a->body.data, a->body.len / 2);
        return false;
    }
    if (order_is(o, FILE_SLOW, q->path))
        return put_slowly(l, &a->body);
    return put(l, a->body.data, a->body.len) && !order_is(o, HANG_UP, q->path);
}

/* What was asked for, a line each, in DIR/requests. */
static void note_request(const char *dir, const struct request *q)
{
    char path[4096];
    FILE *f;

    snprintf(path, sizeof path, "%s/requests", dir);
    f = fopen(path, "ae");
    if (f == NULL)
        return;
    fprintf(f, "%s %s\n", q->method, q->path);
    fclose(f);
}

static bool serve_one(const struct line *l)
{
    struct request q = {.body = BUF_INIT(BODY_MAX)};
    struct answer a = {.body = BUF_INIT(BODY_MAX)};
    bool on = false;

    if (read_request(l, &q)) {
        struct order o;

        pthread_mutex_lock(&lock);
        note_request(l->world->dir, &q);
        o = order_read(l->world->dir);
        portal_answer(l->world, &o, &q, &a);
        pthread_mutex_unlock(&lock);
        on = put_answer(l, &o, &q, &a);
    }
    buf_done(&q.body);
    buf_done(&a.body);
    return on;
}

static void *serve(void *ctx)
{
    struct line l = *(struct line *)ctx;
    struct order o = order_read(l.world->dir);

    free(ctx);
    if (o.is->manner != PLAIN) {
        l.ssl = SSL_new(l.world->pki.tls[o.is->manner == TLS ? o.is->tls : TLS_GOOD]);
        SSL_set_fd(l.ssl, l.fd);
    }
    if (l.ssl == NULL || SSL_accept(l.ssl) == 1)
        while (serve_one(&l))
            ;
    SSL_free(l.ssl);
    close(l.fd);
    return NULL;
}

static int listen_here(char *url, size_t url_len)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof at;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (fd < 0 || bind(fd, (struct sockaddr *)&at, len) != 0 || listen(fd, 64) != 0 ||
        getsockname(fd, (struct sockaddr *)&at, &len) != 0)
        return -1;
    snprintf(url, url_len, "https://127.0.0.1:%u", ntohs(at.sin_port));
    return fd;
}

int main(int argc, char **argv)
{
    static struct world w;
    static char url[64];
    int fd;

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    signal(SIGPIPE, SIG_IGN);
    if (argc != 2 || !pki_make(&w.pki, argv[1]) || (fd = listen_here(url, sizeof url)) < 0) {
        fprintf(stderr, "usage: hostile-service DIR (an existing folder)\n");
        return 1;
    }
    w.dir = argv[1];
    w.url = url;
    printf("%s\n", url);
    fflush(stdout);
    for (;;) {
        struct line *l = calloc(1, sizeof *l);
        pthread_t thread;

        if (l == NULL || (l->fd = accept(fd, NULL, NULL)) < 0)
            return 1;
        l->world = &w;
        if (pthread_create(&thread, NULL, serve, l) != 0)
            return 1;
        pthread_detach(thread);
    }
}
