/* The head of an answer, read line by line as libcurl hands it over. */
#ifndef EONAY_HTTP_HEAD_H
#define EONAY_HTTP_HEAD_H

#include <stddef.h>
#include "base/err.h"
#include "http/http.h"

#define HEAD_MAX 65536 /* bytes of all header lines of one call, redirects and interim answers included */

struct http_head {
    struct http_answer answer;
    size_t seen;
};

void head_init(struct http_head *head);
/* One line with its line end. A status line starts the answer anew. ERR_TOO_BIG past HEAD_MAX; a line that makes no
 * sense is passed over. */
enum err_code head_line(struct http_head *head, const char *line, size_t len) MUST_CHECK;

#endif
