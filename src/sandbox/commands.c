/* The commands that work on a sandbox that is there. */
#include "config.h"

#include "sandbox/commands.h"

#include <stdio.h>
#include "base/ascii.h"
#include "sandbox/launch.h"
#include "sandbox/papers.h"
#include "sandbox/process.h"
#include "sandbox/publish.h"

/* Opened and locked. */
static enum err_code enter(const char *dir, struct box *ret, struct err *err)
{
    enum err_code rc = box_open(dir, ret, err);
    return rc == OK ? box_lock(ret, err) : rc;
}

/* Opened, locked, and its state read. */
static enum err_code enter_ready(const char *dir, struct box *ret, struct state *ret_state, struct err *err)
{
    enum err_code rc = enter(dir, ret, err);
    return rc == OK ? state_load(ret, ret_state, err) : rc;
}

enum err_code command_down(const char *dir, struct err *err)
{
    struct box b;
    enum err_code rc = enter(dir, &b, err);
    if (rc == OK)
        rc = process_end_all(&b, err);
    if (rc == OK)
        launch_forget(&b);
    box_done(&b);
    return rc;
}

enum err_code command_clock(const char *dir, const char *by, struct err *err)
{
    struct box b;
    uint64_t seconds = 0;
    if (by[0] != '+' || !ascii_u64(by + 1, INT32_MAX, &seconds))
        return err_set(err, ERR_BAD_REQUEST, "\"%.40s\" is not of the form +SECONDS", by);
    enum err_code rc = enter(dir, &b, err);
    if (rc == OK)
        rc = box_clock_move(&b, (int64_t)seconds, err);
    box_done(&b);
    return rc;
}

enum err_code command_person(const char *dir, const struct kit_order *order, struct buf *out, struct err *err)
{
    struct box b;
    struct state s = {.settings = NULL};
    struct kit kit;
    enum err_code rc = enter_ready(dir, &b, &s, err);
    if (rc == OK)
        rc = kit_make(&b, &s, order, &kit, err);
    if (rc == OK)
        rc = papers_person(&b, &s, &kit, out, err);
    state_done(&s);
    box_done(&b);
    return rc;
}

enum err_code command_set(const char *dir, char *const set[], size_t count, struct err *err)
{
    struct box b;
    struct state s = {.settings = NULL};
    enum err_code rc = enter_ready(dir, &b, &s, err);
    for (size_t i = 0; rc == OK && i < count; i++)
        rc = setting_put(s.settings, set[i], true, err);
    if (rc == OK)
        rc = state_save(&b, &s, err);
    state_done(&s);
    box_done(&b);
    return rc;
}

enum err_code command_service(const char *dir, struct err *err)
{
    struct box b;
    enum err_code rc = enter(dir, &b, err);
    if (rc == OK && process_runs(&b, "eonayd"))
        rc = err_set(err, ERR_ALREADY, "eonayd is running already");
    else if (rc == OK)
        rc = launch_service(&b, err);
    box_done(&b);
    return rc;
}

enum err_code command_pack(const char *dir, struct buf *out, struct err *err)
{
    char name[APPLICATION_NAME_LEN], path[PATH_MAX];
    char *none[] = {NULL};
    publish_name(name);
    int n = snprintf(path, sizeof path, "%s/%s.tar.gz", dir, name);
    if (n < 0 || (size_t)n >= sizeof path)
        return err_set(err, ERR_FILE, "%.40s...: too long", dir);
    enum err_code rc = publish_pack(path, none, err);
    return rc == OK ? buf_fmt(out, "%s\n", path) : rc;
}
