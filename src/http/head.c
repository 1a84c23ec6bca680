#include "config.h"
#include "http/head.h"
#include <string.h>
#include "base/ascii.h"

#define RETRY_MAX_S 86400
#define VALUE_MAX 2048

void head_init(struct http_head *head)
{
    memset(head, 0, sizeof *head);
}

/* The decimal number at *at, which is moved past it; false when there is none. */
static bool take_number(const char **at, uint64_t *ret)
{
    char digits[21];
    size_t n = 0;

    while (n < sizeof digits && ascii_is_digit((*at)[n]))
        n++;
    if (n == 0 || n == sizeof digits)
        return false;
    memcpy(digits, *at, n);
    digits[n] = '\0';
    *at += n;
    return ascii_u64(digits, UINT64_MAX, ret);
}

static void read_type(struct http_answer *a, const char *value)
{
    size_t n = strcspn(value, "; \t");

    if (n >= sizeof a->type)
        return;
    for (size_t i = 0; i < n; i++)
        a->type[i] = ascii_lower(value[i]);
    a->type[n] = '\0';
}

static void read_location(struct http_answer *a, const char *value)
{
    if (strlen(value) < sizeof a->location)
        strcpy(a->location, value);
}

static void read_etag(struct http_answer *a, const char *value)
{
    if (value[0] == '"' && strlen(value) < sizeof a->etag)
        strcpy(a->etag, value);
}

static void read_retry(struct http_answer *a, const char *value)
{
    uint64_t s;

    if (ascii_u64(value, RETRY_MAX_S, &s))
        a->retry_after_s = s;
}

/* "bytes 5-9/10" (RFC 9110 §14.4) */
static void read_range(struct http_answer *a, const char *value)
{
    uint64_t from, to, size;

    if (!ascii_starts(value, "bytes "))
        return;
    value += strlen("bytes ");
    if (!take_number(&value, &from) || *value++ != '-' || !take_number(&value, &to) || *value++ != '/' ||
        !take_number(&value, &size) || *value != '\0' || from > to || to >= size)
        return;
    a->has_range = true;
    a->range_from = from;
    a->range_to = to;
    a->range_size = size;
}

/* "HTTP/1.1 200 OK" */
static void read_status(struct http_answer *a, const char *line)
{
    const char *at = strchr(line, ' ');
    uint64_t status;

    memset(a, 0, sizeof *a);
    if (at != NULL && (at++, take_number(&at, &status)) && status >= 100 && status <= 599)
        a->status = (int)status;
}

static void read_field(struct http_answer *a, char *line)
{
    static const struct {
        const char *name;
        void (*read)(struct http_answer *, const char *value);
    } rows[] = {
        {"Content-Type", read_type},
        {"Location", read_location},
        {"ETag", read_etag},
        {"Retry-After", read_retry},
        {"Content-Range", read_range},
    };
    char *value = strchr(line, ':');

    if (value == NULL)
        return;
    *value++ = '\0';
    value += strspn(value, " \t");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (ascii_casecmp(line, rows[i].name) == 0)
            rows[i].read(a, value);
}

enum err_code head_line(struct http_head *head, const char *line, size_t len)
{
    char copy[VALUE_MAX + 64];

    head->seen += len;
    if (head->seen > HEAD_MAX)
        return ERR_TOO_BIG;
    while (len > 0 && strchr("\r\n \t", line[len - 1]) != NULL)
        len--;
    if (len == 0 || len >= sizeof copy || memchr(line, '\0', len) != NULL)
        return OK;
    memcpy(copy, line, len);
    copy[len] = '\0';
    if (ascii_starts(copy, "HTTP/"))
        read_status(&head->answer, copy);
    else
        read_field(&head->answer, copy);
    explicit_bzero(copy, sizeof copy);
    return OK;
}
