/* The page is the secret's own address, which lets the tests look at it from outside. */
#include "config.h"
#include "base/secret.h"
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>

#define CANARY "KANARYA-4711"

static struct secret *filled(void)
{
    struct secret *s;
    assert_int_equal(secret_new(&s), OK);
    for (const char *c = CANARY; *c != '\0'; c++)
        assert_true(secret_push(s, c, 1));
    return s;
}

static bool page_holds(const struct secret *s, const char *bytes)
{
    return memmem(s, (size_t)sysconf(_SC_PAGESIZE), bytes, strlen(bytes)) != NULL;
}

static void assert_wiped(const struct secret *s)
{
    assert_int_equal(secret_len(s), 0);
    for (size_t i = 0; i + 3 <= strlen(CANARY); i++) /* no three characters of it */
        assert_false(page_holds(s, (char[]){CANARY[i], CANARY[i + 1], CANARY[i + 2], '\0'}));
}

static void pair(int fds[2])
{
    assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds), 0);
}

static void unpair(int fds[2])
{
    close(fds[0]);
    close(fds[1]);
}

/* The VmFlags of the mapping at an address. */
static void flags_of(const void *address, char out[256])
{
    FILE *f = fopen("/proc/self/smaps", "r");
    char line[256];
    bool inside = false;
    out[0] = '\0';
    assert_non_null(f);
    while (fgets(line, sizeof line, f) != NULL) {
        unsigned long from, to;
        if (sscanf(line, "%lx-%lx ", &from, &to) == 2)
            inside = (unsigned long)address >= from && (unsigned long)address < to;
        else if (inside && strncmp(line, "VmFlags:", 8) == 0)
            snprintf(out, 256, "%s", line);
    }
    fclose(f);
}

static void the_page_is_locked_hidden_and_alone(void **state)
{
    (void)state;
    struct secret *s = filled();
    char flags[256];
    assert_int_equal((uintptr_t)s % (uintptr_t)sysconf(_SC_PAGESIZE), 0);
    assert_true(page_holds(s, CANARY)); /* the positive control of every search below */
    flags_of(s, flags);
    assert_non_null(strstr(flags, " dd")); /* not in core dumps */
    assert_non_null(strstr(flags, " wf")); /* wiped in a child */
#ifndef WITH_SANITIZERS                    /* under them mlock does nothing and says it did */
    assert_int_equal(secret_locked(s), strstr(flags, " lo") != NULL);
#endif
    secret_free(&s);
    assert_null(s);
    secret_free(&s);
}

static int in_child(int (*run)(void *), void *with)
{
    int status;
    fflush(NULL);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0)
        _exit(run(with));
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static int finds_nothing(void *secret)
{
    return secret_len(secret) == 0 && !page_holds(secret, "KAN") && !page_holds(secret, "4711") ? 0 : 1;
}

static void a_child_finds_zeros(void **state)
{
    (void)state;
    struct secret *s = filled();
    assert_int_equal(in_child(finds_nothing, s), 0);
    assert_true(page_holds(s, CANARY));
    secret_free(&s);
}

#ifndef WITH_SANITIZERS
static int without_memlock(void *unused)
{
    (void)unused;
    struct secret *s;
    if (setrlimit(RLIMIT_MEMLOCK, &(struct rlimit){0, 0}) != 0 || (geteuid() == 0 && setuid(65534) != 0))
        return 2;
    if (secret_new(&s) != OK)
        return 3;
    return !secret_locked(s) && secret_push(s, "1", 1) && secret_len(s) == 1 ? 0 : 4;
}

static void an_unlocked_page_is_said_not_refused(void **state)
{
    (void)state;
    assert_int_equal(in_child(without_memlock, NULL), 0);
}
#endif

static void grows_by_characters(void **state)
{
    (void)state;
    struct secret *s;
    assert_int_equal(secret_new(&s), OK);
    assert_false(secret_push(s, "", 0));
    assert_true(secret_push(s, "a", 1));
    assert_true(secret_push(s, "ş", 2));
    assert_true(secret_push(s, "€", 3));
    assert_int_equal(secret_len(s), 6);
    assert_int_equal(secret_chars(s), 3);
    secret_free(&s);
}

static void is_full_at_its_limit(void **state)
{
    (void)state;
    struct secret *s;
    assert_int_equal(secret_new(&s), OK);
    for (int i = 0; i < SECRET_MAX - 1; i++)
        assert_true(secret_push(s, "x", 1));
    assert_false(secret_push(s, "ş", 2)); /* never half a character */
    assert_int_equal(secret_len(s), SECRET_MAX - 1);
    assert_true(secret_push(s, "x", 1));
    assert_false(secret_push(s, "x", 1));
    assert_int_equal(secret_len(s), SECRET_MAX);
    assert_false(secret_push(s, "x", SIZE_MAX));
    secret_free(&s);
}

static void pop_zeroes_the_whole_character(void **state)
{
    (void)state;
    struct secret *s;
    assert_int_equal(secret_new(&s), OK);
    assert_true(secret_push(s, "7", 1) && secret_push(s, "ş", 2) && secret_push(s, "€", 3) && secret_push(s, "9", 1));
    assert_true(page_holds(s, "7ş€9"));
    secret_pop(s);
    assert_false(page_holds(s, "9"));
    secret_pop(s);
    assert_false(page_holds(s, "\xE2") || page_holds(s, "\x82") || page_holds(s, "\xAC"));
    assert_int_equal(secret_len(s), 3);
    secret_pop(s);
    assert_int_equal(secret_chars(s), 1);
    assert_false(page_holds(s, "\xC5") || page_holds(s, "\x9F"));
    secret_pop(s);
    secret_pop(s);
    assert_int_equal(secret_len(s), 0);
    assert_false(page_holds(s, "7"));
    assert_true(secret_push(s, "\x80", 1)); /* not UTF-8 at all: goes too, and stops at the front */
    secret_pop(s);
    assert_int_equal(secret_len(s), 0);
    secret_free(&s);
}

static void wipe_leaves_nothing(void **state)
{
    (void)state;
    struct secret *s = filled();
    secret_wipe(s);
    assert_wiped(s);
    secret_free(&s);
}

static void send_is_one_message_and_wipes(void **state)
{
    (void)state;
    int fds[2];
    char got[64] = "";
    struct secret *s = filled();
    pair(fds);
    assert_int_equal(secret_send(s, fds[0], "HEADER..", 8), OK);
    assert_wiped(s);
    assert_int_equal(recv(fds[1], got, sizeof got, 0), 8 + (ssize_t)strlen(CANARY));
    assert_string_equal(got, "HEADER.." CANARY);
    unpair(fds);
    secret_free(&s);
}

static void send_wipes_on_failure_too(void **state)
{
    (void)state;
    int fds[2];
    pair(fds);
    struct secret *s = filled();
    close(fds[1]);
    assert_int_equal(secret_send(s, fds[0], "H", 1), ERR_WORKER_GONE);
    assert_wiped(s);
    close(fds[0]);
    secret_free(&s);

    s = filled();
    assert_int_not_equal(secret_send(s, -1, "H", 1), OK);
    assert_wiped(s);
    secret_free(&s);

    s = filled();
    pair(fds);
    assert_int_equal(fcntl(fds[0], F_SETFL, O_NONBLOCK), 0);
    while (send(fds[0], "x", 1, MSG_NOSIGNAL) == 1) {
    }
    assert_int_equal(errno, EAGAIN);
    assert_int_equal(secret_send(s, fds[0], "H", 1), ERR_SLOW);
    assert_wiped(s);
    unpair(fds);
    secret_free(&s);
}

static void receives_into_its_own_page(void **state)
{
    (void)state;
    int fds[2];
    char header[8];
    struct secret *from = filled(), *to = filled();
    pair(fds);
    secret_pop(from);
    assert_int_equal(secret_send(from, fds[0], "HEADER..", 8), OK);
    assert_int_equal(secret_recv(to, fds[1], header, 8), OK);
    assert_memory_equal(header, "HEADER..", 8);
    assert_int_equal(secret_len(to), strlen(CANARY) - 1);
    assert_true(page_holds(to, "KANARYA-471"));
    assert_false(page_holds(to, CANARY)); /* what was there before is gone */
    unpair(fds);
    secret_free(&from);
    secret_free(&to);
}

static size_t open_files(void)
{
    size_t n = 0;
    for (int fd = 0; fd < 256; fd++)
        n += fcntl(fd, F_GETFD) >= 0;
    return n;
}

static void send_with_fd(int to, int fd)
{
    char byte[] = "HEADER..1", space[CMSG_SPACE(sizeof fd)] = {0};
    struct iovec part = {byte, 9};
    struct msghdr msg = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = space, .msg_controllen = sizeof space};
    struct cmsghdr *c = CMSG_FIRSTHDR(&msg);
    *c = (struct cmsghdr){.cmsg_len = CMSG_LEN(sizeof fd), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS};
    memcpy(CMSG_DATA(c), &fd, sizeof fd);
    assert_int_equal(sendmsg(to, &msg, 0), 9);
}

static void receives_only_what_fits(void **state)
{
    (void)state;
    int fds[2];
    char header[8], longest[8 + SECRET_MAX + 1];
    struct secret *s = filled();
    memset(longest, 'x', sizeof longest);
    pair(fds);
    assert_int_equal(send(fds[0], longest, sizeof longest, 0), (ssize_t)sizeof longest);
    assert_int_equal(secret_recv(s, fds[1], header, 8), ERR_PROTOCOL);
    assert_wiped(s);
    assert_false(page_holds(s, "xxx"));
    assert_int_equal(send(fds[0], "short", 5, 0), 5);
    assert_int_equal(secret_recv(s, fds[1], header, 8), ERR_PROTOCOL);
    size_t before = open_files();
    send_with_fd(fds[0], 0);
    assert_int_equal(secret_recv(s, fds[1], header, 8), ERR_PROTOCOL);
    assert_int_equal(open_files(), before);
    assert_int_equal(send(fds[0], longest, sizeof longest - 1, 0), (ssize_t)sizeof longest - 1);
    assert_int_equal(secret_recv(s, fds[1], header, 8), OK);
    assert_int_equal(secret_len(s), SECRET_MAX);
    assert_int_equal(send(fds[0], "HEADER..", 8, 0), 8);
    assert_int_equal(secret_recv(s, fds[1], header, 8), OK); /* an empty secret is a secret */
    assert_int_equal(secret_len(s), 0);
    close(fds[0]);
    assert_int_equal(secret_recv(s, fds[1], header, 8), ERR_WORKER_GONE);
    close(fds[1]);
    secret_free(&s);
}

static enum err_code sees_it(void *ctx, const char *bytes, size_t len)
{
    *(int *)ctx += 1;
    assert_int_equal(len, strlen(CANARY));
    assert_string_equal(bytes, CANARY); /* NUL-terminated for the calls that want it */
    return *(int *)ctx == 1 ? OK : ERR_PIN_WRONG;
}

static void use_happens_once(void **state)
{
    (void)state;
    int calls = 0;
    struct secret *s = filled();
    assert_int_equal(secret_use(s, sees_it, &calls), OK);
    assert_wiped(s);
    secret_free(&s);
    s = filled();
    assert_int_equal(secret_use(s, sees_it, &calls), ERR_PIN_WRONG);
    assert_wiped(s);
    assert_int_equal(calls, 2);
    secret_free(&s);
}

static struct secret *of(const char *bytes)
{
    struct secret *s;
    assert_int_equal(secret_new(&s), OK);
    assert_true(bytes[0] == '\0' || secret_push(s, bytes, strlen(bytes)));
    return s;
}

static void two_are_compared_where_they_live(void **state)
{
    static const struct {
        const char *a, *b;
        bool same;
    } cases[] = {{"", "", true}, {"1234", "1234", true}, {"1234", "1235", false}, {"1234", "12345", false},
        {"", "1", false}, {"2234", "1234", false}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct secret *a = of(cases[i].a), *b = of(cases[i].b);
        assert_int_equal(secret_same(a, b), cases[i].same);
        secret_free(&a);
        secret_free(&b);
    }
    struct secret *a = of("12345"), *b = of("1234");
    secret_pop(a);
    assert_true(secret_same(a, b));
    secret_free(&a);
    secret_free(&b);
}

static void digits_are_told_from_others(void **state)
{
    static const char *const others[] = {"12a4", "/", ":", "12\xc4\xb1", " 1", "1 "};
    struct secret *s = of("0123456789");
    (void)state;
    assert_true(secret_is_digits(s));
    secret_wipe(s);
    assert_true(secret_is_digits(s));
    secret_free(&s);
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        s = of(others[i]);
        assert_false(secret_is_digits(s));
        secret_free(&s);
    }
}

#ifndef WITH_SANITIZERS
#define PLAIN_ONLY cmocka_unit_test(an_unlocked_page_is_said_not_refused),
#else
#define PLAIN_ONLY
#endif
UNIT_MAIN(PLAIN_ONLY cmocka_unit_test(the_page_is_locked_hidden_and_alone), cmocka_unit_test(a_child_finds_zeros),
    cmocka_unit_test(grows_by_characters), cmocka_unit_test(is_full_at_its_limit),
    cmocka_unit_test(pop_zeroes_the_whole_character), cmocka_unit_test(wipe_leaves_nothing),
    cmocka_unit_test(send_is_one_message_and_wipes), cmocka_unit_test(send_wipes_on_failure_too),
    cmocka_unit_test(receives_into_its_own_page), cmocka_unit_test(receives_only_what_fits),
    cmocka_unit_test(use_happens_once), cmocka_unit_test(two_are_compared_where_they_live),
    cmocka_unit_test(digits_are_told_from_others))
