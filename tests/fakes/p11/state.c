#include "config.h"
#include "fakes/p11/state.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

struct p11_script *p11_now;
struct p11_ledger *p11_ledger;
struct p11_session p11_sessions[P11_SESSIONS];
bool p11_initialized;

static struct {
    CK_SLOT_ID slot;
    bool in;
} logins[P11_SLOTS];
static uint64_t loaded[3]; /* the stamp of p11_now */

/* ---- sessions and logins ---- */

void p11_log_out(CK_SLOT_ID id)
{
    for (size_t i = 0; i < P11_SLOTS; i++)
        if (id == CK_UNAVAILABLE_INFORMATION || logins[i].slot == id)
            logins[i].in = false;
}

bool p11_logged_in(const struct p11_slot *s)
{
    for (size_t i = 0; i < P11_SLOTS; i++)
        if (logins[i].in && logins[i].slot == s->id)
            return true;
    return s->token.no_login;
}

void p11_log_in(CK_SLOT_ID id)
{
    for (size_t i = 0; i < P11_SLOTS; i++)
        if (!logins[i].in) {
            logins[i].slot = id;
            logins[i].in = true;
            return;
        }
}

void p11_sessions_close(CK_SLOT_ID id)
{
    for (size_t i = 0; i < P11_SESSIONS; i++)
        if (id == CK_UNAVAILABLE_INFORMATION || p11_sessions[i].slot == id)
            memset(&p11_sessions[i], 0, sizeof p11_sessions[i]);
    p11_log_out(id);
}

struct p11_session *p11_session_of(CK_SESSION_HANDLE handle, CK_RV *ret_rv)
{
    *ret_rv = CKR_SESSION_HANDLE_INVALID;
    for (size_t i = 0; handle != 0 && i < P11_SESSIONS; i++)
        if (p11_sessions[i].handle == handle) {
            *ret_rv = p11_sessions[i].removed ? CKR_DEVICE_REMOVED : CKR_OK;
            return *ret_rv == CKR_OK ? &p11_sessions[i] : NULL;
        }
    return NULL;
}

static void removed(CK_SLOT_ID id)
{
    for (size_t i = 0; i < P11_SESSIONS; i++)
        if (p11_sessions[i].slot == id)
            p11_sessions[i].removed = true;
    p11_log_out(id);
}

/* ---- readers ---- */

static struct p11_slot *slot_in(struct p11_script *s, CK_SLOT_ID id)
{
    for (size_t i = 0; s != NULL && i < s->slot_n; i++)
        if (s->slots[i].id == id)
            return &s->slots[i];
    return NULL;
}

struct p11_slot *p11_slot_of(CK_SLOT_ID id)
{
    return slot_in(p11_now, id);
}

bool p11_slot_is_full(const struct p11_slot *s)
{
    return s->full && !p11_ledger->pulled;
}

struct p11_pin *p11_pin_of(const struct p11_token *t)
{
    struct p11_pin *p = p11_ledger->pins;

    for (size_t i = 0; i < P11_PINS; i++, p++) {
        if (p->serial[0] == '\0') {
            snprintf(p->serial, sizeof p->serial, "%s", t->serial);
            p->wrong = t->wrong;
        }
        if (strcmp(p->serial, t->serial) == 0)
            return p;
    }
    fputs("p11: too many serial numbers\n", stderr);
    abort();
}

/* ---- the script ---- */

static bool is_same_card(const struct p11_slot *was, const struct p11_slot *is)
{
    return is != NULL && is->full && strcmp(was->token.serial, is->token.serial) == 0 &&
           strcmp(was->token.label, is->token.label) == 0;
}

static void script_take(struct p11_script *next)
{
    for (size_t i = 0; p11_now != NULL && i < p11_now->slot_n; i++)
        if (!is_same_card(&p11_now->slots[i], slot_in(next, p11_now->slots[i].id)))
            removed(p11_now->slots[i].id);
    for (size_t i = 0; i < P11_SESSIONS; i++)
        p11_sessions[i].signs = NULL;
    p11_script_free(&p11_now);
    p11_now = next;
}

/* Another worker may have seen this edition already: its faults go on where they were. */
static void faults_begin(void)
{
    if (memcmp(p11_ledger->stamp, loaded, sizeof loaded) == 0)
        return;
    memset(p11_ledger->fault_seen, 0, sizeof p11_ledger->fault_seen);
    p11_ledger->pulled = false;
    memcpy(p11_ledger->stamp, loaded, sizeof loaded);
}

static void stamp_now(const char *dir, uint64_t stamp[3])
{
    char path[600];
    struct stat st = {0};

    memset(stamp, 0, 3 * sizeof *stamp);
    stamp[0] = __atomic_load_n(&p11_ledger->edition, __ATOMIC_ACQUIRE);
    if (stamp[0] != 0)
        return;
    snprintf(path, sizeof path, "%s/script", dir);
    if (stat(path, &st) != 0)
        return;
    stamp[1] = (uint64_t)st.st_ino;
    stamp[2] = (uint64_t)st.st_mtim.tv_sec * 1000000000 + (uint64_t)st.st_mtim.tv_nsec;
}

static bool script_follow(void)
{
    const char *dir = getenv("EONAY_FAKE");
    uint64_t stamp[3];
    struct p11_script *next;

    if (dir == NULL || (p11_ledger == NULL && (p11_ledger = p11_ledger_map(dir)) == NULL))
        return false;
    stamp_now(dir, stamp);
    if (p11_now != NULL && memcmp(stamp, loaded, sizeof stamp) == 0)
        return true;
    next = p11_script_read(dir);
    if (next == NULL)
        return false;
    memcpy(loaded, stamp, sizeof loaded);
    memcpy(p11_ledger->mistake, next->mistake, sizeof p11_ledger->mistake);
    if (next->mistake[0] != '\0' && p11_now != NULL)
        p11_script_free(&next);
    else
        script_take(next);
    faults_begin();
    return true;
}

/* ---- what goes wrong ---- */

static bool is_due(const struct p11_fault *f, size_t index)
{
    uint64_t seen = __atomic_add_fetch(&p11_ledger->fault_seen[index], 1, __ATOMIC_RELAXED);

    return seen > f->after && (f->times == 0 || seen <= f->after + f->times);
}

static void crash(enum p11_crash by)
{
    if (by == P11_EXIT)
        _exit(7);
    signal(SIGABRT, SIG_DFL); /* a sanitizer would tell of it */
    signal(SIGSEGV, SIG_DFL);
    raise(by == P11_SEGV ? SIGSEGV : SIGABRT);
}

static void hang(void)
{
    for (;;)
        pause();
}

static void take_time(uint64_t ms)
{
    struct timespec t = {(time_t)(ms / 1000), (long)(ms % 1000) * 1000000};

    while (nanosleep(&t, &t) != 0)
        continue;
}

static CK_RV pull(void)
{
    p11_ledger->pulled = true;
    for (size_t i = 0; i < p11_now->slot_n; i++)
        removed(p11_now->slots[i].id);
    return CKR_DEVICE_REMOVED;
}

static CK_RV fault_do(const struct p11_fault *f)
{
    switch (f->kind) {
    case P11_FAIL:
        return f->rv;
    case P11_HANG:
        hang();
        break;
    case P11_CRASH:
        crash(f->by);
        break;
    case P11_SLOW:
        take_time(f->ms);
        break;
    case P11_PULL:
        return pull();
    }
    return CKR_OK;
}

CK_RV p11_enter(enum p11_call call)
{
    CK_RV rv = CKR_OK;

    if (!script_follow())
        return CKR_GENERAL_ERROR;
    p11_count(&p11_ledger->calls[call]);
    for (size_t i = 0; rv == CKR_OK && i < p11_now->fault_n; i++)
        if (p11_now->faults[i].call == call && is_due(&p11_now->faults[i], i))
            rv = fault_do(&p11_now->faults[i]);
    return rv;
}

CK_RV p11_enter_started(enum p11_call call)
{
    CK_RV rv = p11_enter(call);

    return rv == CKR_OK && !p11_initialized ? CKR_CRYPTOKI_NOT_INITIALIZED : rv;
}
