/* Two rings in memory: tickets and wrong tries. */
#include "config.h"

#include "sandbox/tickets.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <openssl/crypto.h>
#include "sandbox/draw.h"

#define TICKETS 4096
#define ACCOUNTS 256

struct account {
    char tckn[TCKN_LEN + 1];
    int wrong;
    int64_t locked_until;
};

struct tickets {
    pthread_mutex_t lock;
    struct ticket ring[TICKETS];
    size_t next;
    struct account accounts[ACCOUNTS];
    size_t next_account;
};

enum err_code tickets_new(struct tickets **ret)
{
    struct tickets *t = calloc(1, sizeof *t);
    if (t == NULL)
        return ERR_NOMEM;
    pthread_mutex_init(&t->lock, NULL);
    *ret = t;
    return OK;
}

void tickets_free(struct tickets **t)
{
    if (*t == NULL)
        return;
    pthread_mutex_destroy(&(*t)->lock);
    OPENSSL_cleanse(*t, sizeof **t);
    free(*t);
    *t = NULL;
}

enum err_code tickets_put(struct tickets *t, struct ticket *ticket)
{
    enum err_code rc = draw_hex(ticket->token, TICKET_TOKEN_LEN / 2);
    if (rc != OK)
        return rc;
    pthread_mutex_lock(&t->lock);
    t->ring[t->next] = *ticket;
    t->next = (t->next + 1) % TICKETS;
    pthread_mutex_unlock(&t->lock);
    return OK;
}

static struct ticket *find(struct tickets *t, enum ticket_kind kind, const char *token, int64_t now)
{
    if (strlen(token) != TICKET_TOKEN_LEN)
        return NULL;
    for (size_t i = 0; i < TICKETS; i++) {
        struct ticket *one = &t->ring[i];
        if (one->kind == kind && CRYPTO_memcmp(one->token, token, TICKET_TOKEN_LEN) == 0)
            return now < one->expires ? one : NULL;
    }
    return NULL;
}

static enum err_code look_up(
    struct tickets *t, enum ticket_kind kind, const char *token, int64_t now, bool take, struct ticket *ret)
{
    enum err_code rc = ERR_NOT_FOUND;
    pthread_mutex_lock(&t->lock);
    struct ticket *one = find(t, kind, token, now);
    if (one != NULL) {
        *ret = *one;
        if (take)
            one->kind = TICKET_NONE;
        rc = OK;
    }
    pthread_mutex_unlock(&t->lock);
    return rc;
}

enum err_code tickets_see(struct tickets *t, enum ticket_kind kind, const char *token, int64_t now, struct ticket *ret)
{
    return look_up(t, kind, token, now, false, ret);
}

enum err_code tickets_take(struct tickets *t, enum ticket_kind kind, const char *token, int64_t now, struct ticket *ret)
{
    return look_up(t, kind, token, now, true, ret);
}

void tickets_withdraw(struct tickets *t, const char *from_code)
{
    pthread_mutex_lock(&t->lock);
    for (size_t i = 0; i < TICKETS; i++)
        if (t->ring[i].kind == TICKET_ACCESS && strcmp(t->ring[i].from_code, from_code) == 0)
            t->ring[i].kind = TICKET_NONE;
    pthread_mutex_unlock(&t->lock);
}

static struct account *account_of(struct tickets *t, const char *tckn)
{
    for (size_t i = 0; i < ACCOUNTS; i++)
        if (strcmp(t->accounts[i].tckn, tckn) == 0)
            return &t->accounts[i];
    return NULL;
}

int64_t tickets_locked_s(struct tickets *t, const char *tckn, int64_t now)
{
    pthread_mutex_lock(&t->lock);
    struct account *a = account_of(t, tckn);
    int64_t left = a != NULL && a->locked_until > now ? a->locked_until - now : 0;
    pthread_mutex_unlock(&t->lock);
    return left;
}

void tickets_count_wrong(struct tickets *t, const char *tckn, int64_t now)
{
    pthread_mutex_lock(&t->lock);
    struct account *a = account_of(t, tckn);
    if (a == NULL) {
        a = &t->accounts[t->next_account];
        t->next_account = (t->next_account + 1) % ACCOUNTS;
        *a = (struct account){.wrong = 0};
        snprintf(a->tckn, sizeof a->tckn, "%s", tckn);
    }
    if (++a->wrong >= LOCK_AFTER) {
        a->wrong = 0;
        a->locked_until = now + LOCK_S;
    }
    pthread_mutex_unlock(&t->lock);
}

void tickets_forget_wrong(struct tickets *t, const char *tckn)
{
    pthread_mutex_lock(&t->lock);
    struct account *a = account_of(t, tckn);
    if (a != NULL)
        a->wrong = 0;
    pthread_mutex_unlock(&t->lock);
}
