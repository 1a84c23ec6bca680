/* eonayd: the service. One process, threads inside; `eonayd --config service.yaml`, ends on SIGTERM or SIGINT after
 * draining, opens its log anew on SIGHUP. */
#include "config.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/buf.h"
#include "base/fd.h"
#include "base/i18n.h"
#include "http/http.h"
#include "service/portal.h"
#include "service/program.h"

#define FILES_MAX 65536

static void block_signals(sigset_t *set)
{
    sigemptyset(set);
    sigaddset(set, SIGTERM);
    sigaddset(set, SIGINT);
    sigaddset(set, SIGHUP);
    pthread_sigmask(SIG_BLOCK, set, NULL); /* before there are threads: they inherit it */
    signal(SIGPIPE, SIG_IGN);
}

/* The usual 1024 would be fewer than the connections we take. */
static void raise_file_limit(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return;
    limit.rlim_cur = limit.rlim_max < FILES_MAX ? limit.rlim_max : FILES_MAX;
    (void)setrlimit(RLIMIT_NOFILE, &limit);
}

static enum err_code write_line(const char *path, const char *line, struct err *err)
{
    struct buf b = BUF_INIT(1024);
    enum err_code e = path ? buf_fmt(&b, "%s\n", line) : OK;
    if (path && e == OK)
        e = buf_write_file(&b, path, 0644, err);
    buf_done(&b);
    return e;
}

static enum err_code announce(const struct portal *p, struct err *err)
{
    char url[300], pid[24];
    httpd_url(p->server, url, sizeof url);
    snprintf(pid, sizeof pid, "%ld", (long)getpid());
    enum err_code e = write_line(p->conf->pid_file, pid, err);
    if (e == OK)
        e = write_line(p->conf->url_file, url, err); /* last: whoever waits for it finds everything ready */
    diary_say(p->diary, "started", "url=%s service=\"%s\" test=%d", url, p->conf->service, p->conf->test);
    return e;
}

static void withdraw(const struct service_conf *s)
{
    if (s->url_file)
        (void)unlink(s->url_file);
    if (s->pid_file)
        (void)unlink(s->pid_file);
}

static void wait_for_end(struct portal *p, const sigset_t *set)
{
    for (int sig = 0; sigwait(set, &sig) == 0 && sig == SIGHUP;)
        diary_reopen(p->diary);
    diary_say(p->diary, "stopping", "draining");
}

static enum err_code serve(const char *config, const sigset_t *set, struct err *err)
{
    struct service_conf conf;
    struct portal *portal = NULL;
    enum err_code e = service_conf_load(config, &conf, err);
    if (e != OK)
        return e;
    e = portal_open(&conf, &portal, err);
    if (e == OK)
        e = announce(portal, err);
    if (e == OK)
        wait_for_end(portal, set);
    withdraw(&conf);
    portal_close(&portal);
    service_conf_free(&conf);
    return e;
}

static const char usage[] = N_("eonayd --config FILE");

int main(int argc, char **argv)
{
    sigset_t set;
    struct err err = {0};
    struct program_args args;
    process_harden();
    umask(077);
    i18n_init(program_lang(argc, argv));
    if (!program_read(argc, argv, &args) || args.rest_count > 0)
        return program_usage(usage);
    if (args.help)
        return program_help(usage);
    block_signals(&set);
    raise_file_limit();
    enum err_code e = http_start();
    if (e == OK)
        e = serve(args.config, &set, &err);
    http_stop();
    return e == OK ? 0 : program_fail("eonayd", e, &err);
}
