#include "config.h"

#include "service/outgoing.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include "base/ascii.h"
#include "httpd/httpd.h"

struct outgoing {
    pthread_mutex_t lock;
    struct http **idle;
    unsigned idle_count;
};

enum err_code outgoing_new(const struct http_setup *setup, unsigned clients, struct outgoing **ret)
{
    struct outgoing *o = calloc(1, sizeof *o);
    if (!o)
        return ERR_NOMEM;
    pthread_mutex_init(&o->lock, NULL);
    o->idle = calloc(clients, sizeof *o->idle);
    enum err_code e = o->idle ? OK : ERR_NOMEM;
    while (e == OK && o->idle_count < clients) {
        e = http_new(setup, &o->idle[o->idle_count]);
        o->idle_count += e == OK;
    }
    if (e != OK)
        outgoing_free(&o);
    else
        *ret = o;
    return e;
}

void outgoing_free(struct outgoing **outgoing)
{
    struct outgoing *o = *outgoing;
    if (!o)
        return;
    while (o->idle_count > 0)
        http_free(&o->idle[--o->idle_count]);
    pthread_mutex_destroy(&o->lock);
    free(o->idle);
    free(o);
    *outgoing = NULL;
}

struct http *outgoing_take(struct outgoing *o)
{
    pthread_mutex_lock(&o->lock);
    struct http *h = o->idle_count > 0 ? o->idle[--o->idle_count] : NULL;
    pthread_mutex_unlock(&o->lock);
    return h;
}

void outgoing_give(struct outgoing *o, struct http *h)
{
    pthread_mutex_lock(&o->lock);
    o->idle[o->idle_count++] = h;
    pthread_mutex_unlock(&o->lock);
}

bool outgoing_is_loopback(const char *url)
{
    char host[96];
    const char *from = strstr(url, "://");
    if (!from || strcspn(url, "@\\") != strlen(url))
        return false;
    size_t len = strcspn(from += 3, "/?#");
    const char *colon = memrchr(from, ':', len), *bracket = memchr(from, ']', len);
    if (len + 3 > sizeof host)
        return false;
    memcpy(host, from, len);
    strcpy(host + len, colon && (!bracket || colon > bracket) ? "" : ":0"); /* httpd_is_loopback wants a port */
    return httpd_is_loopback(host);
}
