#include "config.h"

#include "httpd/inside.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "base/ascii.h"
#include "base/fd.h"

void answer_init(struct httpd_answer *a)
{
    *a = (struct httpd_answer){
        .status = MHD_HTTP_INTERNAL_SERVER_ERROR, .body = BUF_INIT(HTTPD_ANSWER_MAX), .file_fd = -1};
}

void answer_done(struct httpd_answer *a)
{
    for (size_t i = 0; i < a->header_count; i++)
        free(a->headers[i].value);
    buf_done(&a->body);
    fd_close(&a->file_fd);
    answer_init(a);
}

static void start(struct httpd_answer *a, unsigned status, const char *content_type)
{
    answer_done(a);
    a->status = status;
    a->content_type = content_type;
}

void httpd_bytes(struct httpd_answer *a, unsigned status, const char *content_type, const void *bytes, size_t len)
{
    start(a, status, content_type);
    if (buf_add(&a->body, bytes, len) != OK)
        answer_done(a);
}

void httpd_text(struct httpd_answer *a, unsigned status, const char *content_type, const char *text)
{
    httpd_bytes(a, status, content_type, text, strlen(text));
}

void httpd_empty(struct httpd_answer *a, unsigned status)
{
    start(a, status, NULL);
}

static void put_json(struct httpd_answer *a, unsigned status, const char *content_type, json_t *steal)
{
    char *text = steal ? json_dumps(steal, JSON_COMPACT) : NULL;
    if (text)
        httpd_text(a, status, content_type, text);
    else
        answer_done(a);
    free(text);
    json_decref(steal);
}

void httpd_json(struct httpd_answer *a, unsigned status, json_t *steal)
{
    put_json(a, status, "application/json", steal);
}

void httpd_redirect(struct httpd_answer *a, const char *location)
{
    start(a, MHD_HTTP_FOUND, NULL);
    httpd_header_set(a, "Location", "%s", location);
}

void httpd_problem(struct httpd_answer *a, unsigned status, enum err_code code, json_t *more)
{
    const struct note *n = note_of(code);
    json_t *j = json_pack(
        "{s:s, s:s, s:i, s:s}", "type", "about:blank", "title", n->said, "status", (int)status, "code", n->slug);
    json_int_t wait = json_integer_value(json_object_get(more, "retry_after"));
    if (j && more && json_object_update_missing(j, more) != 0) {
        json_decref(j);
        j = NULL;
    }
    json_decref(more);
    put_json(a, status, "application/problem+json", j);
    if (wait > 0)
        httpd_header_set(a, "Retry-After", "%lld", (long long)wait);
}

void httpd_problem_wait(struct httpd_answer *a, unsigned status, enum err_code code, unsigned retry_after_s)
{
    httpd_problem(a, status, code, json_pack("{s:i}", "retry_after", (int)retry_after_s));
}

void httpd_header_set(struct httpd_answer *a, const char *name, const char *fmt, ...)
{
    va_list args;
    char *value = NULL;
    va_start(args, fmt);
    int len = vasprintf(&value, fmt, args);
    va_end(args);
    if (len < 0)
        return;
    bool clean = a->header_count < HTTPD_HEADERS;
    for (const char *c = value; *c; c++)
        clean = clean && (unsigned char)*c >= ' ' && *c != 0x7f;
    if (!clean) {
        free(value);
        return;
    }
    a->headers[a->header_count].name = name;
    a->headers[a->header_count++].value = value;
}

/* ---- files ---- */

struct span {
    uint64_t at, len;
};

/* "bytes=A-B", "bytes=A-", "bytes=-N". 1: a part, 0: take the whole file, -1: it cannot be satisfied. */
static int read_range(const char *range, uint64_t size, struct span *ret)
{
    char from[24], to[24];
    uint64_t a = 0, b = UINT64_MAX;
    if (!range || !ascii_starts(range, "bytes="))
        return 0;
    const char *dash = strchr(range += 6, '-');
    if (!dash || strchr(range, ',') || (size_t)(dash - range) >= sizeof from || strlen(dash + 1) >= sizeof to)
        return 0;
    memcpy(from, range, (size_t)(dash - range));
    from[dash - range] = '\0';
    strcpy(to, dash + 1);
    if ((*from && !ascii_u64(from, UINT64_MAX, &a)) || (*to && !ascii_u64(to, UINT64_MAX, &b)) || (!*from && !*to))
        return 0;
    if (!*from) { /* the last b bytes */
        a = b < size ? size - b : 0;
        if (b == 0)
            return -1;
        b = UINT64_MAX;
    }
    if (b < a)
        return 0;
    if (a >= size)
        return -1;
    *ret = (struct span){a, (b < size ? b + 1 : size) - a};
    return 1;
}

static void file_part(const struct httpd_request *q, struct httpd_answer *a, uint64_t size, const char *etag)
{
    struct span s = {0, size};
    const char *only_if = httpd_header(q, "If-Range");
    bool same = !only_if || strcmp(only_if, etag) == 0;
    int kind = same ? read_range(httpd_header(q, "Range"), size, &s) : 0;
    if (kind < 0) {
        fd_close(&a->file_fd);
        a->status = MHD_HTTP_RANGE_NOT_SATISFIABLE;
        a->content_type = NULL;
        httpd_header_set(a, "Content-Range", "bytes */%llu", (unsigned long long)size);
        return;
    }
    a->file_at = s.at;
    a->file_len = s.len;
    if (kind == 1) {
        a->status = MHD_HTTP_PARTIAL_CONTENT;
        httpd_header_set(a, "Content-Range", "bytes %llu-%llu/%llu", (unsigned long long)s.at,
            (unsigned long long)(s.at + s.len - 1), (unsigned long long)size);
    }
}

void httpd_file(const struct httpd_request *q, struct httpd_answer *a, const char *path, const char *content_type)
{
    struct stat st;
    char etag[100];
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0 || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
        fd_close(&fd);
        httpd_problem(a, MHD_HTTP_NOT_FOUND, ERR_NOT_FOUND, NULL);
        return;
    }
    snprintf(etag, sizeof etag, "\"%llx-%llx-%llx-%llx.%lx\"", (unsigned long long)st.st_dev,
        (unsigned long long)st.st_ino, (unsigned long long)st.st_size, (unsigned long long)st.st_mtim.tv_sec,
        (unsigned long)st.st_mtim.tv_nsec);
    start(a, MHD_HTTP_OK, content_type);
    a->file_fd = fd;
    a->cacheable = true;
    httpd_header_set(a, "ETag", "%s", etag);
    httpd_header_set(a, "Accept-Ranges", "bytes");
    const char *known = httpd_header(q, "If-None-Match");
    if (known && (strcmp(known, "*") == 0 || strstr(known, etag))) {
        fd_close(&a->file_fd);
        a->status = MHD_HTTP_NOT_MODIFIED;
        return;
    }
    file_part(q, a, (uint64_t)st.st_size, etag);
}

/* ---- handing over ---- */

/* An in-memory body stays in the request, which outlives the response. A file's descriptor goes to the response. */
static struct MHD_Response *response_of(struct httpd_answer *a)
{
    if (a->file_fd < 0)
        return MHD_create_response_from_buffer(a->body.len, a->body.data, MHD_RESPMEM_PERSISTENT);
    struct MHD_Response *r = MHD_create_response_from_fd_at_offset64(a->file_len, a->file_fd, a->file_at);
    if (r)
        a->file_fd = -1;
    return r;
}

static bool add_header(struct MHD_Response *r, const char *name, const char *value)
{
    return MHD_add_response_header(r, name, value) == MHD_YES;
}

enum MHD_Result answer_queue(struct httpd_request *q, bool close)
{
    struct httpd_answer *a = &q->answer;
    uint64_t len = a->file_fd < 0 ? a->body.len : a->file_len;
    struct MHD_Response *r = response_of(a);
    if (!r)
        return MHD_NO;
    bool ok = add_header(r, "X-Content-Type-Options", "nosniff");
    if (!a->cacheable)
        ok = ok && add_header(r, "Cache-Control", "no-store");
    if (a->content_type)
        ok = ok && add_header(r, "Content-Type", a->content_type);
    if (close)
        ok = ok && add_header(r, "Connection", "close");
    for (size_t i = 0; i < a->header_count; i++)
        ok = ok && add_header(r, a->headers[i].name, a->headers[i].value);
    enum MHD_Result sent = ok ? MHD_queue_response(q->connection, a->status, r) : MHD_NO;
    q->status = a->status;
    MHD_destroy_response(r);
    server_answers(q, len);
    return sent;
}
