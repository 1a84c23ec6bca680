/* Cards at another desk: p11-kit's server there, its client in our worker, and the link between them cut and mended. */
#include "config.h"

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>
#include "base/modules.h"
#include "base/when.h"
#include "cast.h"
#include "token/forward.h"

#define PATIENCE_MS 20000

static struct cast cast;
static struct desk desk;
static char socket_path[108];
static pid_t server;
static unsigned hang_ms = 20000;
static char cards_shared[] = "pkcs11:serial=0"; /* all, without the end */

/* ---- the far desk ---- */

static bool is_answered(void)
{
    char address[160];

    snprintf(address, sizeof address, "unix:path=%s", socket_path);
    return forward_knock(address, PATIENCE_MS, NULL) == OK;
}

static void wait_until(bool (*holds)(void))
{
    uint64_t until_ms = when_boot_ms() + PATIENCE_MS;

    while (!holds()) {
        if (when_boot_ms() >= until_ms)
            fail_msg("it does not come to pass");
        (void)poll(NULL, 0, 5);
    }
}

/* In a process group of its own, because it serves every connection by a child. */
static void server_exec(void)
{
    char conf[160];
    char *argv[] = {(char[]){"p11-kit"}, (char[]){"server"}, (char[]){"-f"}, (char[]){"-n"}, socket_path,
        (char[]){"--provider"}, (char *)(uintptr_t)softhsm_module(), cards_shared, NULL};
    char *environment[] = {(char[]){"PATH=/usr/bin:/bin"}, conf, NULL};
    int nothing = open("/dev/null", O_RDWR);

    snprintf(conf, sizeof conf, "SOFTHSM2_CONF=%s/softhsm2.conf", desk.dir);
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (setpgid(0, 0) == 0 && dup2(nothing, 0) == 0 && dup2(nothing, 1) == 1 && dup2(nothing, 2) == 2)
        (void)execvpe("p11-kit", argv, environment);
    _exit(127);
}

static void server_start(bool with_card)
{
    cards_shared[strlen("pkcs11:")] = with_card ? '\0' : 's';
    server = fork();
    if (server == 0)
        server_exec();
    assert_true(server > 0);
    wait_until(is_answered);
}

/* With all whom it serves, as a connection that breaks takes both ends along. The socket's file stays, as ssh's does.
 */
static void server_end(void)
{
    assert_int_equal(kill(-server, SIGKILL), 0);
    assert_int_equal(waitpid(server, NULL, 0), server);
    server = 0;
}

/* After a test that failed in the middle. */
static int tidy(void **state)
{
    (void)state;
    hang_ms = 20000;
    if (server > 0)
        server_end();
    return 0;
}

/* ---- the worker at this one ---- */

static void settings_write(const char *address)
{
    char path[128], *client;
    FILE *f;

    assert_int_equal(modules_find_client("", &client), OK);
    snprintf(path, sizeof path, "%s/wizard.yaml", desk.dir);
    f = fopen(path, "w");
    assert_non_null(f);
    fprintf(f,
        "portal: https://localhost/\ntls_ca: ca.pem\nservice: \"" DESK_SERVICE
        "\"\ntrust: ca.pem\npoll_ms: 20\nhang_ms: %u\n"
        "modules:\n  - path: \"%s\"\n    environment: {P11_KIT_SERVER_ADDRESS: \"%s\"}\n",
        hang_ms, client, address);
    assert_int_equal(fclose(f), 0);
    free(client);
}

static void settings_write_for(const char *path)
{
    char address[160];

    snprintf(address, sizeof address, "unix:path=%s", path);
    settings_write(address);
}

static void far_desk(void)
{
    cast_desk_one(&cast, &desk);
    snprintf(socket_path, sizeof socket_path, "%s/card.sock", desk.dir);
    settings_write_for(socket_path);
}

static void worker_start(void)
{
    desk_spawn(&desk);
    assert_int_equal(desk_answer(&desk), M_READY);
}

static bool is_card_there(const struct desk *d)
{
    return d->cards == 1 && d->n == 1 && d->trouble == OK;
}

static bool is_card_out(const struct desk *d)
{
    return d->cards == 0 && d->n == 0 && d->trouble == ERR_NO_CARD;
}

static bool is_link_dead(const struct desk *d)
{
    return d->cards == 0 && d->n == 0 && d->trouble == ERR_FORWARD_DEAD;
}

static bool is_another_users(const struct desk *d)
{
    return d->cards == 0 && d->trouble == ERR_FORWARD_OTHER;
}

static bool is_no_address(const struct desk *d)
{
    return d->cards == 0 && d->trouble == ERR_FORWARD_ADDRESS;
}

static void signs(void)
{
    assert_int_equal(desk_sign(&desk, &desk.v[0], DESK_TEXT, when_utc(), DESK_PIN), M_SIGNED);
}

/* ---- tests ---- */

static void a_card_at_another_desk_signs(void **state)
{
    (void)state;
    far_desk();
    server_start(true);
    worker_start();
    desk_until(&desk, is_card_there);
    assert_int_equal(desk_sign(&desk, &desk.v[0], DESK_TEXT, when_utc(), "000000"), M_ERR); /* the card's own words */
    assert_true(desk_error(&desk) == ERR_PIN_WRONG || desk_error(&desk) == ERR_PIN_LOW);
    assert_int_equal(desk.answer.num[F_LOGINS], 1);
    signs();
    assert_int_equal(desk.answer.num[F_LOGINS], 2);
    desk_close(&desk);
    server_end();
    desk_remove(&desk);
}

static void nobody_at_the_desk_is_told_and_waited_for(void **state)
{
    (void)state;
    far_desk();
    worker_start();
    desk_until(&desk, is_link_dead);
    assert_non_null(strstr(desk.detail, "card.sock: No such file"));
    server_start(true);
    desk_until(&desk, is_card_there);
    signs();
    desk_close(&desk);
    server_end();
    desk_remove(&desk);
}

static void a_link_that_is_cut_is_told_and_mends_by_itself(void **state)
{
    (void)state;
    far_desk();
    server_start(true);
    worker_start();
    desk_until(&desk, is_card_there);
    signs();
    for (int i = 0; i < 3; i++) {
        server_end();
        desk_until(&desk, is_link_dead);
        server_start(true);
        desk_until(&desk, is_card_there);
        signs();
    }
    desk_close(&desk);
    server_end();
    desk_remove(&desk);
}

/* Nothing is said of the desk's readers; the way there is not what is missing. */
static void a_card_that_is_not_at_the_desk_is_no_cut_link(void **state)
{
    (void)state;
    far_desk();
    server_start(false);
    worker_start();
    desk_until(&desk, is_card_out);
    server_end();
    desk_until(&desk, is_link_dead);
    server_start(false);
    desk_until(&desk, is_card_out);
    server_end();
    server_start(true);
    desk_until(&desk, is_card_there);
    signs();
    desk_close(&desk);
    server_end();
    desk_remove(&desk);
}

/* The card has been chosen, the PIN is asked for, the link breaks: whatever comes first, the person is told of the
 * link, no login was made and the PIN serves again. */
static void a_pin_is_not_spent_on_a_cut_link(void **state)
{
    struct desk_cert chosen;

    (void)state;
    far_desk();
    server_start(true);
    worker_start();
    desk_until(&desk, is_card_there);
    chosen = desk.v[0];
    desk_send_sign(&desk, chosen.ref, DESK_TEXT, desk_code(), when_utc());
    server_end();
    assert_int_equal(desk_pin(&desk, DESK_PIN), M_ERR);
    assert_int_equal(desk_error(&desk), ERR_FORWARD_DEAD);
    server_start(true);
    desk_until(&desk, is_link_dead);
    desk_until(&desk, is_card_there);
    assert_memory_equal(desk.v[0].ref, chosen.ref, sizeof chosen.ref); /* the same certificate, found again */
    signs();
    desk_close(&desk);
    server_end();
    desk_remove(&desk);
}

static void a_pin_is_changed_over_the_link_or_not_at_all(void **state)
{
    static const char new_pin[] = "246813";

    (void)state;
    far_desk();
    server_start(true);
    worker_start();
    desk_until(&desk, is_card_there);
    desk_send_change(&desk, F_CERT, desk.v[0].ref);
    server_end();
    desk_send_pin(&desk, DESK_PIN);
    assert_int_equal(desk_pin(&desk, new_pin), M_ERR);
    assert_int_equal(desk_error(&desk), ERR_FORWARD_DEAD); /* nothing was tried: nothing is unsure */
    server_start(true);
    desk_until(&desk, is_link_dead);
    desk_until(&desk, is_card_there);
    signs();
    assert_int_equal(desk_change(&desk, desk.v[0].ref, DESK_PIN, new_pin), M_OK);
    assert_int_equal(desk_change(&desk, desk.v[0].ref, new_pin, DESK_PIN), M_OK);
    signs();
    desk_close(&desk);
    server_end();
    desk_remove(&desk);
}

static int listen_at(const char *path)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    snprintf(at.sun_path, sizeof at.sun_path, "%s", path);
    assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof at), 0);
    assert_int_equal(listen(fd, 8), 0);
    return fd;
}

static size_t descriptors_of(pid_t pid)
{
    char path[64];
    size_t n = 0;
    DIR *dir;

    snprintf(path, sizeof path, "/proc/%d/fd", (int)pid);
    dir = opendir(path);
    assert_non_null(dir);
    while (readdir(dir) != NULL)
        n++;
    closedir(dir);
    return n;
}

/* ssh's own end of the forwarding is there and hangs up, for nobody listens at the desk's end. However often that is
 * tried, it costs nothing: p11-kit's client would lose a descriptor each time. */
static void a_socket_that_leads_nowhere_is_no_card(void **state)
{
    size_t before = 0;
    char greeting;
    int fd, other;

    (void)state;
    far_desk();
    fd = listen_at(socket_path);
    worker_start();
    for (int i = 0; i < 30; i++) {
        other = accept(fd, NULL, NULL);
        assert_int_equal(recv(other, &greeting, 1, 0), 1);
        before = i == 1 ? descriptors_of(desk.pid) : before;
        assert_true(i < 2 || descriptors_of(desk.pid) <= before);
        close(other);
    }
    desk_until(&desk, is_link_dead);
    assert_non_null(strstr(desk.detail, "card.sock: hung up"));
    close(fd);
    unlink(socket_path);
    server_start(true);
    desk_until(&desk, is_card_there);
    signs();
    desk_close(&desk);
    server_end();
    desk_remove(&desk);
}

/* It was cut so that neither end knows: told without waiting for the driver to be ended. */
static void a_desk_that_does_not_answer_is_told(void **state)
{
    int fd;

    (void)state;
    far_desk();
    hang_ms = 800;
    settings_write_for(socket_path);
    fd = listen_at(socket_path);
    worker_start();
    desk_until(&desk, is_link_dead);
    assert_non_null(strstr(desk.detail, "card.sock: no answer"));
    close(fd);
    unlink(socket_path);
    hang_ms = 20000;
    server_start(true);
    desk_until(&desk, is_card_there);
    desk_close(&desk);
    server_end();
    desk_remove(&desk);
}

/* Only root can play another user. */
static void a_socket_of_another_user_is_not_spoken_to(void **state)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    struct pollfd p = {.fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), .events = POLLIN};
    char byte;

    (void)state;
    if (geteuid() != 0) {
        close(p.fd);
        return;
    }
    far_desk();
    snprintf(at.sun_path, sizeof at.sun_path, "%s", socket_path);
    assert_int_equal(bind(p.fd, (struct sockaddr *)&at, sizeof at), 0);
    assert_int_equal(seteuid(65534), 0);
    assert_int_equal(listen(p.fd, 8), 0);
    assert_int_equal(seteuid(0), 0);
    worker_start();
    desk_until(&desk, is_another_users);
    assert_non_null(strstr(desk.detail, "card.sock: user 65534"));
    for (int i = 0; i < 3; i++) { /* knocks only: not a byte comes */
        int other = accept(p.fd, NULL, NULL);

        assert_int_equal(recv(other, &byte, 1, 0), 0);
        close(other);
    }
    desk_close(&desk);
    close(p.fd);
    desk_remove(&desk);
}

/* The client connects anew, by the path: what stands there has to stay what was looked at. A listener that says nothing
 * is as far as a knock gets at a good place. */
static void a_place_that_others_can_change_is_not_spoken_to(void **state)
{
    enum { SELF = -1, OTHER = 65534 };
    static const struct {
        unsigned outer, inner; /* modes of the folders, one in the other */
        int owner, socket;     /* of the inner one; of the socket */
        bool linked;           /* named by a link beside the inner folder */
        enum err_code code;
        const char *detail;
    } cases[] = {
        {0700, 0700, SELF, SELF, false, ERR_FORWARD_DEAD, "inner/card.sock: no answer"},
        {0755, 0755, SELF, SELF, false, ERR_FORWARD_DEAD, "inner/card.sock: no answer"},
        {01777, 0700, SELF, SELF, false, ERR_FORWARD_DEAD, "inner/card.sock: no answer"},
        {0700, 01777, SELF, SELF, false, ERR_FORWARD_DEAD, "inner/card.sock: no answer"},
        {0700, 0700, SELF, SELF, true, ERR_FORWARD_DEAD, "link/card.sock: no answer"},
        {0700, 0777, SELF, SELF, false, ERR_FORWARD_OTHER, "inner: others may write"},
        {0700, 0702, SELF, SELF, false, ERR_FORWARD_OTHER, "inner: others may write"},
        {0700, 0770, SELF, SELF, false, ERR_FORWARD_OTHER, "inner: others may write"},
        {0777, 0700, SELF, SELF, false, ERR_FORWARD_OTHER, "outer: others may write"},
        {0777, 0700, SELF, SELF, true, ERR_FORWARD_OTHER, "outer: others may write"},
        {0700, 0777, SELF, SELF, true, ERR_FORWARD_OTHER, "inner: others may write"},
        {0755, 0755, OTHER, SELF, false, ERR_FORWARD_OTHER, "inner: user 65534"},
        {0755, 0755, OTHER, SELF, true, ERR_FORWARD_OTHER, "inner: user 65534"},
        {0700, 0700, SELF, OTHER, false, ERR_FORWARD_OTHER, "inner/card.sock: user 65534"},
        {0700, 01777, SELF, OTHER, false, ERR_FORWARD_OTHER, "inner/card.sock: user 65534"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char root[] = "/tmp/eonay-place-XXXXXX", outer[64], inner[72], link[72], at[96], address[128];
        struct err err = {.code = OK};
        int fd;

        if ((cases[i].owner == OTHER || cases[i].socket == OTHER) && geteuid() != 0)
            continue; /* only root can give away */
        assert_non_null(mkdtemp(root));
        snprintf(outer, sizeof outer, "%s/outer", root);
        snprintf(inner, sizeof inner, "%s/inner", outer);
        snprintf(link, sizeof link, "%s/link", outer);
        snprintf(at, sizeof at, "%s/card.sock", inner);
        snprintf(address, sizeof address, "unix:path=%s/card.sock", cases[i].linked ? link : inner);
        assert_int_equal(mkdir(outer, 0700), 0);
        assert_int_equal(mkdir(inner, 0700), 0);
        assert_int_equal(symlink("inner", link), 0);
        fd = listen_at(at);
        if (cases[i].socket == OTHER)
            assert_int_equal(chown(at, OTHER, OTHER), 0);
        if (cases[i].owner == OTHER)
            assert_int_equal(chown(inner, OTHER, OTHER), 0);
        assert_int_equal(chmod(inner, cases[i].inner), 0);
        assert_int_equal(chmod(outer, cases[i].outer), 0);
        if (forward_knock(address, 0, &err) != cases[i].code || strstr(err.detail, cases[i].detail) == NULL)
            fail_msg("%zu: %d %s", i, (int)err.code, err.detail);
        close(fd);
        assert_int_equal(unlink(at), 0);
        assert_int_equal(unlink(link), 0);
        assert_int_equal(rmdir(inner), 0);
        assert_int_equal(rmdir(outer), 0);
        assert_int_equal(rmdir(root), 0);
    }
}

/* A link of somebody else's leads elsewhere tomorrow. */
static void a_link_of_another_user_is_not_followed(void **state)
{
    char root[] = "/tmp/eonay-place-XXXXXX", link[64], at[64], address[96];
    struct err err = {.code = OK};
    int fd;

    (void)state;
    if (geteuid() != 0)
        return;
    assert_non_null(mkdtemp(root));
    snprintf(at, sizeof at, "%s/card.sock", root);
    snprintf(link, sizeof link, "%s/link.sock", root);
    snprintf(address, sizeof address, "unix:path=%s", link);
    fd = listen_at(at);
    assert_int_equal(symlink(at, link), 0);
    assert_int_equal(lchown(link, 65534, 65534), 0);
    assert_int_equal(forward_knock(address, 0, &err), ERR_FORWARD_OTHER);
    assert_non_null(strstr(err.detail, "link.sock: user 65534"));
    close(fd);
    assert_int_equal(unlink(link), 0);
    assert_int_equal(unlink(at), 0);
    assert_int_equal(rmdir(root), 0);
}

static void only_a_socket_is_an_address(void **state)
{
    static const char *const bad[] = {"", "unix:path=", "unix:path=card.sock", "unix:/run/card", "|/bin/sh",
        "vsock:cid=2;port=1", "unix:path=/a%", "unix:path=/a%4", "unix:path=/a%zz", "unix:path=/a%00b", "UNIX:path=/a"};
    char address[300] = "unix:path=/";
    struct err err;

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (forward_knock(bad[i], 0, &err) != ERR_FORWARD_ADDRESS)
            fail_msg("%s: %s", bad[i], err.detail);
    memset(address + strlen(address), 'x', 107);
    assert_int_equal(forward_knock(address, 0, &err), ERR_FORWARD_ADDRESS); /* longer than a socket's name can be */
    assert_int_equal(forward_knock("unix:path=/nowhere/a%20%C3%A7", 0, &err), ERR_FORWARD_DEAD);
    assert_string_equal(err.detail, "/nowhere/a ç: No such file or directory");
    far_desk();
    settings_write("|touch /tmp/eonay-forward-ran");
    worker_start();
    desk_until(&desk, is_no_address);
    assert_int_equal(access("/tmp/eonay-forward-ran", F_OK), -1);
    desk_close(&desk);
    desk_remove(&desk);
}

static int make(void **state)
{
    (void)state;
    cast_make(&cast);
    return 0;
}

static int done(void **state)
{
    (void)state;
    cast_done(&cast);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test_teardown(a_card_at_another_desk_signs, tidy),
        cmocka_unit_test_teardown(nobody_at_the_desk_is_told_and_waited_for, tidy),
        cmocka_unit_test_teardown(a_link_that_is_cut_is_told_and_mends_by_itself, tidy),
        cmocka_unit_test_teardown(a_card_that_is_not_at_the_desk_is_no_cut_link, tidy),
        cmocka_unit_test_teardown(a_pin_is_not_spent_on_a_cut_link, tidy),
        cmocka_unit_test_teardown(a_pin_is_changed_over_the_link_or_not_at_all, tidy),
        cmocka_unit_test_teardown(a_socket_that_leads_nowhere_is_no_card, tidy),
        cmocka_unit_test_teardown(a_desk_that_does_not_answer_is_told, tidy),
        cmocka_unit_test_teardown(a_socket_of_another_user_is_not_spoken_to, tidy),
        cmocka_unit_test(a_place_that_others_can_change_is_not_spoken_to),
        cmocka_unit_test(a_link_of_another_user_is_not_followed),
        cmocka_unit_test_teardown(only_a_socket_is_an_address, tidy)};

    return cmocka_run_group_tests_name("token forward", tests, make, done);
}
