/* The worker as a process: broken off, left alone, spoken to wrongly, started wrongly, and how it is shut in. */
#include "config.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sysexits.h>
#include <unistd.h>
#include "base/when.h"
#include "rig.h"

static void say(struct rig *r, enum wire_type type, uint32_t job)
{
    struct wire_out out;

    wire_begin(&out, r->out, type, job);
    rig_say(r, &out, -1);
}

static void test_cancel(void **state)
{
    struct rig *r = *state;
    uint64_t start;
    struct wire_out out;

    rig_fresh(r, "silent");
    rig_begin(r, &out, M_METHODS);
    rig_say(r, &out, -1);
    say(r, M_CANCEL, r->job + 7); /* another job: deaf */
    say(r, M_CANCEL, r->job);
    start = when_boot_ms();
    rig_refused(r, rig_hear(r), ERR_CANCELLED, 0);
    assert_true(when_boot_ms() - start < 2000);
    say(r, M_CANCEL, r->job); /* after the answer: nothing to break off */
    hostile_do(&r->service, "none");
    assert_int_equal(rig_ask(r, M_METHODS), M_METHODS_OK);
}

/* A message sent while a job runs waits for its turn. */
static void test_queue(void **state)
{
    struct rig *r = *state;
    struct wire_out out;

    r->answer_ms = 600;
    rig_fresh(r, "silent");
    rig_begin(r, &out, M_METHODS);
    rig_say(r, &out, -1);
    say(r, M_STATUS, r->job + 1);
    rig_refused(r, rig_hear(r), ERR_SLOW, 0);
    r->job++;
    rig_refused(r, rig_hear(r), ERR_SESSION_OVER, 0);
    r->answer_ms = 5000;
}

static void test_interface_goes_away(void **state)
{
    struct rig *r = *state;
    struct wire_out out;

    rig_fresh(r, "none");
    assert_int_equal(rig_stop(r), EX_OK);
    rig_fresh(r, "silent");
    rig_begin(r, &out, M_METHODS);
    rig_say(r, &out, -1);
    assert_int_equal(rig_stop(r), EX_OK); /* in the middle of a job */
}

static void test_protocol_breach(void **state)
{
    static const uint8_t odd[] = {99, 0, 0, 0, 1, 0, 0, 0};
    struct rig *r = *state;
    struct wire_out out;

    rig_fresh(r, "none");
    assert_int_equal(send(r->fd, odd, sizeof odd, 0), sizeof odd);
    assert_int_equal(rig_stop(r), EX_PROTOCOL);
    rig_fresh(r, "none");
    say(r, M_HOLDER, 1); /* the other worker's */
    assert_int_equal(rig_stop(r), EX_PROTOCOL);
    rig_fresh(r, "none");
    rig_begin(r, &out, M_LOGIN);
    wire_str(&out, F_TCKN, RIG_TCKN);
    rig_say(r, &out, -1);
    say(r, M_STATUS, 9); /* where the secret should be */
    assert_int_equal(rig_stop(r), EX_PROTOCOL);
}

/* The value of a line of /proc/PID/status. */
static long status_of(pid_t pid, const char *name)
{
    char path[64], line[256];
    long value = -1;
    FILE *f;

    snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
    f = fopen(path, "re");
    assert_non_null(f);
    while (fgets(line, sizeof line, f) != NULL)
        if (strncmp(line, name, strlen(name)) == 0 && line[strlen(name)] == ':')
            value = strtol(line + strlen(name) + 1, NULL, 10);
    fclose(f);
    return value;
}

static void test_shut_in(void **state)
{
    struct rig *r = *state;

    rig_fresh(r, "none");
    assert_int_equal(status_of(r->pid, "Seccomp"), 2);
    assert_int_equal(status_of(r->pid, "NoNewPrivs"), 1);
    assert_int_equal(rig_ask(r, M_METHODS), M_METHODS_OK);
#ifndef WITH_SANITIZERS
    assert_int_equal(status_of(r->pid, "Threads"), 1);
#endif
}

/* A worker that cannot start says why before it goes. */
static void test_bad_configuration(void **state)
{
    struct rig *r = *state;

    rig_fresh(r, "none");
    rig_stop(r);
    r->portal = "http://127.0.0.1:1";
    rig_refused(r, rig_try(r), ERR_CONFIG, 0);
    assert_non_null(strstr(rig_str(r, F_DETAIL), "wizard.yaml:1"));
    assert_int_equal(rig_stop(r), EX_CONFIG);
    r->portal = NULL;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cancel),
        cmocka_unit_test(test_queue),
        cmocka_unit_test(test_interface_goes_away),
        cmocka_unit_test(test_protocol_breach),
        cmocka_unit_test(test_shut_in),
        cmocka_unit_test(test_bad_configuration),
    };

    return cmocka_run_group_tests_name("net worker", tests, rig_up, rig_down);
}
