/* The header lines of a server's answer. */
#include "config.h"
#include <string.h>
#include "fuzz/fuzz.h"
#include "http/head.h"

static void check(const struct http_answer *a)
{
    HOLDS(a->status == 0 || (a->status >= 100 && a->status <= 599));
    HOLDS(strnlen(a->type, sizeof a->type) < sizeof a->type);
    HOLDS(strnlen(a->location, sizeof a->location) < sizeof a->location);
    HOLDS(strnlen(a->etag, sizeof a->etag) < sizeof a->etag);
    HOLDS(a->retry_after_s <= 86400);
    HOLDS(!a->has_range || (a->range_from <= a->range_to && a->range_to < a->range_size));
}

bool fuzz_head(const uint8_t *data, size_t len)
{
    struct http_head head;
    head_init(&head);
    for (size_t at = 0; at < len;) {
        const uint8_t *end = memchr(data + at, '\n', len - at);
        size_t n = end != NULL ? (size_t)(end - (data + at)) + 1 : len - at;
        if (head_line(&head, (const char *)data + at, n) != OK)
            break;
        check(&head.answer);
        at += n;
    }
    return head.answer.status != 0;
}
