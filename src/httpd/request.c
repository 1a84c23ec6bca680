#include "config.h"

#include "httpd/inside.h"

#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include "base/ascii.h"

const char *httpd_method(const struct httpd_request *q)
{
    return q->method;
}

const char *httpd_path(const struct httpd_request *q)
{
    return q->path;
}

const char *httpd_tail(const struct httpd_request *q)
{
    size_t len = q->route ? strlen(q->route->path) : 0;
    return len > 0 && q->route->path[len - 1] == '*' ? q->path + len - 1 : "";
}

const uint8_t *httpd_body(const struct httpd_request *q, size_t *ret_len)
{
    *ret_len = q->body.len;
    return q->body.data ? q->body.data : (const uint8_t *)"";
}

const char *httpd_query(const struct httpd_request *q, const char *name)
{
    return MHD_lookup_connection_value(q->connection, MHD_GET_ARGUMENT_KIND, name);
}

const char *httpd_header(const struct httpd_request *q, const char *name)
{
    return MHD_lookup_connection_value(q->connection, MHD_HEADER_KIND, name);
}

void httpd_peer(const struct httpd_request *q, uint8_t out[HTTPD_PEER_LEN])
{
    static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(q->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    const struct sockaddr *at = info ? info->client_addr : NULL;
    memset(out, 0, HTTPD_PEER_LEN);
    if (at && at->sa_family == AF_INET) {
        struct sockaddr_in in;
        memcpy(&in, at, sizeof in);
        memcpy(out, mapped, sizeof mapped);
        memcpy(out + sizeof mapped, &in.sin_addr, 4);
    } else if (at && at->sa_family == AF_INET6) {
        struct sockaddr_in6 in6;
        memcpy(&in6, at, sizeof in6);
        bool is_mapped = memcmp(&in6.sin6_addr, mapped, sizeof mapped) == 0;
        memcpy(out, &in6.sin6_addr, is_mapped ? HTTPD_PEER_LEN : HTTPD_PEER_LEN / 2);
    }
}

/* ---- forms ---- */

struct form_cursor {
    const char *at, *end;
};

/* Next decoded byte of a name or value; -1 at '&', '=' (names only) or the end, -2 for a bad escape or a NUL. */
static int form_byte(struct form_cursor *c, bool in_name)
{
    if (c->at == c->end || *c->at == '&' || (in_name && *c->at == '='))
        return -1;
    char ch = *c->at++;
    if (ch == '+')
        return ' ';
    if (ch != '%')
        return ch == '\0' ? -2 : (unsigned char)ch;
    uint8_t byte;
    char hex[3] = {0};
    if (c->end - c->at < 2)
        return -2;
    memcpy(hex, c->at, 2);
    c->at += 2;
    return ascii_unhex(&byte, 1, hex) && byte != 0 ? byte : -2;
}

static bool name_matches(struct form_cursor *c, const char *name, bool *bad)
{
    bool same = true;
    int ch;
    while ((ch = form_byte(c, true)) >= 0)
        same = same && *name != '\0' && (unsigned char)*name++ == ch;
    *bad = ch == -2;
    return same && *name == '\0';
}

/* The cursor stands behind the name; out NULL skips the value. */
static enum err_code read_value(struct form_cursor *c, char *out, size_t out_len)
{
    size_t len = 0;
    int ch;
    if (c->at < c->end && *c->at == '=')
        c->at++;
    while ((ch = form_byte(c, false)) >= 0) {
        if (!out)
            continue;
        if (len + 1 >= out_len)
            return ERR_TOO_BIG;
        out[len++] = (char)ch;
    }
    if (out)
        out[len] = '\0';
    return ch == -2 ? ERR_BAD_REQUEST : OK;
}

enum err_code httpd_form(const struct httpd_request *q, const char *name, char *out, size_t out_len)
{
    struct form_cursor c = {(const char *)q->body.data, (const char *)q->body.data + q->body.len};
    enum err_code e = ERR_NOT_FOUND;
    while (q->body.len > 0 && c.at < c.end) {
        bool bad;
        bool mine = name_matches(&c, name, &bad);
        if (bad || (mine && e == OK))
            return ERR_BAD_REQUEST;
        enum err_code read = read_value(&c, mine ? out : NULL, out_len);
        if (read != OK)
            return read;
        if (mine)
            e = OK;
        if (c.at < c.end)
            c.at++; /* the '&' */
    }
    return e;
}

/* ---- the rest ---- */

json_t *httpd_json_body(const struct httpd_request *q)
{
    if (q->body.len == 0)
        return NULL;
    json_t *j = json_loadb((const char *)q->body.data, q->body.len, JSON_REJECT_DUPLICATES, NULL);
    if (json_is_object(j))
        return j;
    json_decref(j);
    return NULL;
}

const char *httpd_bearer(const struct httpd_request *q)
{
    static const char scheme[] = "bearer ";
    const char *value = httpd_header(q, "Authorization");
    for (const char *s = scheme; value && *s; s++, value++)
        if (ascii_lower(*value) != *s)
            return NULL;
    return value && *value ? value : NULL;
}

uint64_t httpd_arrived_ms(const struct httpd_request *q)
{
    return q->arrived_ms;
}

unsigned httpd_strike(struct httpd_request *q)
{
    return server_strikes(q, 1);
}

unsigned httpd_strikes(const struct httpd_request *q)
{
    return server_strikes(q, 0);
}
