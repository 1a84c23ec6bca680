/* eonay-token: the process that holds one card driver. It hardens itself before it reads anything, and confines itself
 * before the driver is loaded. */
#include "config.h"

#include <errno.h>
#include <libgen.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sysexits.h>
#include <unistd.h>
#include "base/ascii.h"
#include "base/fd.h"
#include "base/place.h"
#include "base/settings.h"
#include "sign/trust.h"
#include "token/report.h"
#include "token/worker.h"
#include "wire/confine.h"
#include "wire/wire.h"

#define READ_MAX 32
#define PATH_LEN 4096

struct args {
    const char *config;
    uint64_t module;
};

static bool args_read(int argc, char **argv, struct args *ret)
{
    if (argc != 5 || strcmp(argv[1], "--config") != 0 || strcmp(argv[3], "--module") != 0)
        return false;
    ret->config = argv[2];
    return ascii_u64(argv[4], 1000, &ret->module);
}

/* The UI has done most of this when it started us; who else starts us shall not matter. */
static void process_isolate(void)
{
    process_harden();
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL); /* a driver that hangs must not outlive the wizard */
    (void)signal(SIGPIPE, SIG_IGN);         /* p11-kit's client writes to a socket that may have been hung up */
    (void)setsid();
    (void)syscall(SYS_close_range, WIRE_FD + 1, ~0U, 0);
}

static bool environment_set(const struct settings_module *m)
{
    clearenv();
    for (size_t i = 0; i < m->environment.n; i++)
        if (putenv(m->environment.v[i]) != 0)
            return false;
    return true;
}

/* The driver may read its own folder and what its environment names; write what the configuration says. */
static enum err_code confine_for(const struct settings_module *m, const char *guard_path, struct err *err)
{
    const char *read[READ_MAX];
    char folder[PATH_LEN];
    struct confine_places places = {
        .read = read, .write = (const char *const *)m->writable.v, .write_n = m->writable.n};

    snprintf(folder, sizeof folder, "%s", m->path);
    read[places.read_n++] = dirname(folder);
    read[places.read_n++] = guard_path;
    for (size_t i = 0; i < m->environment.n && places.read_n < READ_MAX; i++) {
        const char *value = strchr(m->environment.v[i], '=');

        if (value != NULL && value[1] == '/')
            read[places.read_n++] = value + 1;
    }
    return confine_token(&places, NULL, err);
}

static enum err_code run(const struct args *args, struct settings *s, struct trust **trust, struct err *err)
{
    char guard_path[PATH_LEN];
    struct worker_start start = {.fd = WIRE_FD, .settings = s, .guard_path = guard_path};
    enum err_code rc = settings_load(args->config, s, err);

    if (rc != OK)
        return rc;
    if (args->module >= s->modules.n)
        return err_set(err, ERR_CONFIG, "%s: no module %u", args->config, (unsigned)args->module);
    start.module = settings_module_at(s, args->module);
    rc = trust_load(s->trust, trust, err);
    if (rc == OK)
        rc = trust_set_nes(*trust, s->nes_rule, err);
    if (rc == OK)
        rc = place_part(guard_path, sizeof guard_path, "eonay-guard.so");
    if (rc == OK && !environment_set(start.module))
        rc = err_set(err, ERR_NOMEM, "environment");
    if (rc == OK)
        rc = confine_for(start.module, guard_path, err);
    start.trust = *trust;
    return rc == OK ? worker_run(&start, err) : rc;
}

static int exit_code(enum err_code rc)
{
    return rc == OK                             ? EX_OK
           : rc == ERR_CONFIG || rc == ERR_FILE ? EX_CONFIG
           : rc == ERR_PROTOCOL                 ? EX_PROTOCOL
                                                : EX_SOFTWARE;
}

int main(int argc, char **argv)
{
    static uint8_t frame[WIRE_MAX];
    const struct report report = {WIRE_FD, frame};
    struct args args;
    struct settings settings = {0};
    struct trust *trust = NULL;
    struct err err = {0};
    enum err_code rc;

    process_isolate();
    if (!args_read(argc, argv, &args))
        return EX_USAGE;
    rc = run(&args, &settings, &trust, &err);
    if (rc != OK)
        (void)!report_failure(&report, 0, (struct report_error){.err = &err});
    clearenv(); /* its strings are the settings' */
    trust_free(&trust);
    settings_free(&settings);
    return exit_code(rc);
}
