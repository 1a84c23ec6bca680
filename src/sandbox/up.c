/* `up`: raises a sandbox. */
#include "config.h"

#include "sandbox/commands.h"

#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <netinet/in.h>
#include "base/fd.h"
#include "sandbox/launch.h"
#include "sandbox/papers.h"
#include "sandbox/process.h"
#include "sandbox/publish.h"

#define PORT_TRIES 5

static const struct kit_order ipek = {.tckn = "10000000146", .name = "İpek Işık"};

static enum err_code read_settings(char *const set[], size_t count, json_t **ret, struct err *err)
{
    enum err_code rc = OK;
    json_t *settings = json_object();
    if (settings == NULL)
        return ERR_NOMEM;
    for (size_t i = 0; rc == OK && i < count; i++)
        rc = setting_put(settings, set[i], false, err);
    if (rc == OK)
        *ret = settings;
    else
        json_decref(settings);
    return rc;
}

static enum key_kind default_key(const json_t *settings)
{
    enum key_kind kind = KEY_RSA2048;
    for (enum key_kind k = 0; key_kind_names[k] != NULL; k++)
        if (setting_is(settings, "key", key_kind_names[k]))
            kind = k;
    return kind;
}

/* A port nobody listens on now. It may be taken the next moment, so that starting on it is tried more than once. */
static enum err_code free_port(const char *address, unsigned *ret, struct err *err)
{
    struct addrinfo *list = NULL, hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICHOST};
    struct sockaddr_storage at;
    socklen_t len = sizeof at;
    if (getaddrinfo(address, "0", &hints, &list) != 0)
        return err_set(err, ERR_CONFIG, "%s: no address", address);
    int fd = socket(list->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool ok =
        fd >= 0 && bind(fd, list->ai_addr, list->ai_addrlen) == 0 && getsockname(fd, (struct sockaddr *)&at, &len) == 0;
    freeaddrinfo(list);
    fd_close(&fd);
    if (!ok)
        return err_set(err, ERR_CONFIG, "%s: no free port", address);
    /* the port stands in the same place of both kinds of address */
    *ret = ntohs(((const struct sockaddr_in *)&at)->sin_port);
    return OK;
}

static enum err_code choose_port(struct state *s, unsigned *ret_port, struct err *err)
{
    const char *address = setting_get(s->settings, "address");
    enum err_code rc = free_port(address, ret_port, err);
    if (rc == OK)
        snprintf(s->portal_url, sizeof s->portal_url,
            strchr(address, ':') != NULL ? "https://[%s]:%u" : "https://%s:%u", address, *ret_port);
    return rc;
}

/* Everything that names the portal's address, and then the service on it. */
static enum err_code try_service(const struct box *b, struct state *s, const struct kit *kit, struct err *err)
{
    unsigned port = 0;
    enum err_code rc = choose_port(s, &port, err);
    if (rc == OK)
        rc = state_save(b, s, err);
    if (rc == OK)
        rc = papers_main(b, s, kit, err);
    if (rc == OK && publish_is_possible()) {
        rc = papers_application(b, s, kit, err);
        if (rc == OK)
            rc = publish(b, err);
    }
    if (rc == OK)
        rc = papers_service(b, s, port, err);
    return rc == OK ? launch_service(b, err) : rc;
}

static enum err_code raise_all(struct box *b, struct state *s, struct err *err)
{
    struct kit kit;
    struct kit_order order = ipek;
    order.key = default_key(s->settings);
    order.flaw = flaw_find("none");
    enum err_code rc = state_save(b, s, err);
    if (rc == OK)
        rc = launch_serve(b, err);
    state_done(s);
    if (rc == OK)
        rc = state_load(b, s, err);
    if (rc == OK)
        rc = kit_make(b, s, &order, &kit, err);
    if (rc == OK)
        rc = try_service(b, s, &kit, err);
    for (int i = 1; rc == ERR_WORKER_GONE && i < PORT_TRIES; i++)
        rc = try_service(b, s, &kit, err);
    return rc;
}

static enum err_code summarise(const struct box *b, const struct state *s, struct buf *out)
{
    return buf_fmt(out,
        "TEST sandbox is up in %s\n  portal   %s\n  gateway  %s\n  ocsp     %s/ocsp\n  tsa      %s/tsa, /tsa2\n"
        "  person   %s %s\n  variables in %s/env\n",
        b->dir, s->portal_url, s->gateway_url, s->status_url, s->status_url, ipek.tckn, ipek.name, b->dir);
}

enum err_code command_up(const char *dir, char *const set[], size_t count, struct buf *out, struct err *err)
{
    struct box b = {.lock_fd = -1};
    struct state s = {.settings = NULL};
    enum err_code rc = read_settings(set, count, &s.settings, err);
    if (rc == OK)
        rc = box_claim(dir, &b, err);
    if (rc == OK && process_runs(&b, NULL))
        rc = err_set(err, ERR_ALREADY, "the sandbox in %s is already up", b.dir);
    else if (rc == OK) {
        rc = box_renew(&b, err);
        if (rc == OK)
            rc = raise_all(&b, &s, err);
        if (rc == OK)
            rc = summarise(&b, &s, out);
        if (rc != OK && process_end_all(&b, NULL) != OK)
            rc = ERR_INTERNAL; /* and err still says what went wrong first */
    }
    state_done(&s);
    box_done(&b);
    return rc;
}
