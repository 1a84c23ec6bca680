/* The background programs of one sandbox: started, waited for, found again, ended. They are found by what they are
 * (their command line names this very folder), not by a number in a file: a process that was started anew by a test is
 * found as well, and a number that meanwhile belongs to somebody else is never touched. The pid files are for people.
 */
#ifndef EONAY_SANDBOX_PROCESS_H
#define EONAY_SANDBOX_PROCESS_H

#include <stdbool.h>
#include <sys/types.h>
#include "sandbox/box.h"

/* argv of the two programs; the folder in it is what they are found by. */
#define SERVE_COMMAND "serve"
/* Starts argv (argv[0] a full path) in a session of its own: standard input empty, output and errors appended to
 * DIR/log/LOG, nothing else inherited. */
enum err_code process_start(
    const struct box *b, char *const argv[], const char *log, pid_t *ret_pid, struct err *err) MUST_CHECK;

/* Starts argv and waits for its end; any other exit status than 0 is ERR_INTERNAL. */
enum err_code process_run(char *const argv[], struct err *err) MUST_CHECK;

/* Is this program of the sandbox running ("eonayd"; NULL: any of them)? */
bool process_runs(const struct box *b, const char *program);
/* Ends them all and waits until they are gone: asked to first, and killed if still there after a moment. ERR_INTERNAL
 * when one of them does not go even then. */
enum err_code process_end_all(const struct box *b, struct err *err) MUST_CHECK;

/* Waits until the file DIR/run/NAME stands there with something in it. ERR_SLOW after limit_ms, ERR_WORKER_GONE when
 * the process ends before. */
enum err_code process_await_file(
    const struct box *b, pid_t pid, const char *name, uint64_t limit_ms, struct err *err) MUST_CHECK;

#endif
