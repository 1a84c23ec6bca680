/* eonay-net --config FILE: the network worker. Started by the interface with its socket on WIRE_FD, an empty
 * environment and 0-2 on /dev/null; never sees a PIN, writes no file of its own, and says nothing but through the
 * socket. */
#include "config.h"
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sysexits.h>
#include <unistd.h>
#include "base/fd.h"
#include "base/settings.h"
#include "base/text.h"
#include "http/http.h"
#include "net/wipe.h"
#include "net/worker.h"
#include "sign/trust.h"
#include "wire/confine.h"
#include "wire/wire.h"

/* The interface has done most of this when it started us; who else starts us shall not matter. */
static void isolate(void)
{
    process_harden();
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    (void)setsid();
    (void)syscall(SYS_close_range, WIRE_FD + 1, ~0U, 0);
    (void)signal(SIGPIPE, SIG_IGN);
    clearenv();
}

static enum err_code confine(const char *config, const struct settings *s, struct err *err)
{
    const char *read[] = {config, s->tls_ca, s->publisher_ca};
    const struct confine_places places = {.read = read, .read_n = s->publisher_ca != NULL ? 3 : 2};

    return confine_net(&places, NULL, err);
}

static enum err_code serve(
    const struct settings *s, const struct trust *publisher, const struct trust *authorities, struct err *err)
{
    struct worker *w = NULL;
    enum err_code rc = worker_new(WIRE_FD, s, publisher, authorities, &w);

    if (rc != OK)
        return err_set(err, rc, "worker");
    rc = worker_run(w);
    worker_free(&w);
    return rc;
}

static enum err_code run(const char *config, struct err *err)
{
    struct settings s = {0};
    struct trust *publisher = NULL, *authorities = NULL;
    enum err_code rc = wipe_install(err);

    if (rc == OK)
        rc = http_start();
    if (rc == OK)
        rc = settings_load(config, &s, err);
    if (rc == OK && s.publisher_ca != NULL)
        rc = trust_load(s.publisher_ca, &publisher, err);
    if (rc == OK)
        rc = trust_load(s.trust, &authorities, err);
    if (rc == OK)
        rc = confine(config, &s, err);
    if (rc == OK)
        rc = serve(&s, publisher, authorities, err);
    trust_free(&authorities);
    trust_free(&publisher);
    settings_free(&s);
    http_stop();
    return rc;
}

/* The last word of a worker that cannot go on; nobody may be left to hear it. */
static void report(enum err_code code, const struct err *err)
{
    static uint8_t frame[WIRE_MAX];
    char detail[sizeof err->detail];
    struct wire_out out;

    text_clean(detail, sizeof detail, err->detail, strlen(err->detail));
    wire_begin(&out, frame, M_ERR, 0);
    wire_u64(&out, F_ERROR, code);
    wire_str(&out, F_DETAIL, detail);
    (void)!wire_send(&out, WIRE_FD, -1);
}

static int exit_code(enum err_code rc)
{
    static const struct {
        enum err_code code;
        int status;
    } rows[] = {{OK, EX_OK}, {ERR_CONFIG, EX_CONFIG}, {ERR_FILE, EX_CONFIG}, {ERR_PROTOCOL, EX_PROTOCOL}};

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (rows[i].code == rc)
            return rows[i].status;
    return EX_SOFTWARE;
}

int main(int argc, char **argv)
{
    struct err err = {.code = OK};
    enum err_code rc;

    isolate();
    if (argc != 3 || strcmp(argv[1], "--config") != 0)
        return EX_USAGE;
    rc = run(argv[2], &err);
    if (rc != OK)
        report(rc, &err);
    return exit_code(rc);
}
