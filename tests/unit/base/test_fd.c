#include "config.h"
#include "base/fd.h"
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/prctl.h>
#include <sys/wait.h>

/* In a child: closes the descriptors of `holes`, hardens, and answers a bit for every thing that is wrong. */
static int look_at(unsigned holes)
{
    int wrong = 0;
    for (int fd = 0; fd < 3; fd++)
        if (holes >> fd & 1)
            close(fd);
    process_harden();
    int next = open("/dev/null", O_RDONLY);
    wrong |= next < 3 ? 1 : 0;
    for (int fd = 0; fd < 3; fd++) {
        if (!(holes >> fd & 1))
            continue;
        char c = 0;
        errno = 0;
        ssize_t n = fd == 0 ? read(fd, &c, 1) : write(fd, &c, 1);
        wrong |= n != -1 || errno != EBADF ? 2 << fd : 0;
    }
    return wrong;
}

static void holes_are_filled_by_what_cannot_be_used(void **state)
{
    (void)state;
    for (unsigned holes = 0; holes < 8; holes++) {
        int status = -1;
        fflush(NULL);
        pid_t pid = fork();
        if (pid == 0)
            _exit(look_at(holes));
        assert_int_equal(waitpid(pid, &status, 0), pid);
        assert_true(WIFEXITED(status));
        assert_int_equal(WEXITSTATUS(status), 0);
    }
}

static void what_is_open_stays(void **state)
{
    (void)state;
    int fd = open("/dev/null", O_RDONLY);
    int before = fcntl(STDOUT_FILENO, F_GETFL);
    process_harden();
    assert_int_equal(fcntl(STDOUT_FILENO, F_GETFL), before);
    fd_close(&fd);
    assert_int_equal(fd, -1);
    fd_close(&fd);
}

static void *drain(void *arg)
{
    static char sink[4096];
    size_t sum = 0;
    for (ssize_t n; (n = read(*(int *)arg, sink, sizeof sink)) > 0;)
        sum += (size_t)n;
    return (void *)sum;
}

/* More than a pipe holds, into one that would rather not wait. */
static void all_is_written_however_little_fits(void **state)
{
    static const char bytes[300000];
    int ends[2];
    pthread_t reader;
    void *got;
    (void)state;
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    assert_int_equal(fcntl(ends[1], F_SETFL, O_NONBLOCK), 0);
    assert_int_equal(pthread_create(&reader, NULL, drain, &ends[0]), 0);
    assert_true(fd_write_all(ends[1], bytes, sizeof bytes));
    fd_close(&ends[1]);
    assert_int_equal(pthread_join(reader, &got), 0);
    assert_int_equal((size_t)got, sizeof bytes);
    assert_false(fd_write_all(ends[0], bytes, 1)); /* the end that only reads */
    fd_close(&ends[0]);
}

static void an_argument_is_blanked_whole(void **state)
{
    (void)state;
    char arg[] = "K7QM-3XPD-9R4T", blank[sizeof arg] = "";
    argv_blank(arg);
    assert_memory_equal(arg, blank, sizeof arg);
}

UNIT_MAIN(cmocka_unit_test(holes_are_filled_by_what_cannot_be_used), cmocka_unit_test(what_is_open_stays),
    cmocka_unit_test(all_is_written_however_little_fits), cmocka_unit_test(an_argument_is_blanked_whole))
