/* A receipt's file and its command: what lies there stays, what fails leaves nothing, and no command hears more than
 * the page. */
#include "config.h"
#include "unit/base/unit.h"
#include "wizard/keeping.h"
#include "wizard/printing.h"

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/stat.h>

#include "base/when.h"

static char folder[64];

static int set_up(void **state)
{
    (void)state;
    unit_folder(folder);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    unit_remove(folder);
    return 0;
}

static const char *in_folder(const char *name)
{
    static char path[SAVING_PATH];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static size_t files(void)
{
    size_t n = 0;
    DIR *d = opendir(folder);
    assert_non_null(d);
    for (struct dirent *e = readdir(d); e != NULL; e = readdir(d))
        n += e->d_name[0] != '.' || strlen(e->d_name) > 2;
    closedir(d);
    return n;
}

static void put(const char *name, const char *content)
{
    FILE *f = fopen(in_folder(name), "w");
    assert_non_null(f);
    fputs(content, f);
    fclose(f);
}

static void has(const char *name, const char *content)
{
    char got[256] = "";
    FILE *f = fopen(in_folder(name), "r");
    assert_non_null(f);
    (void)!fread(got, 1, sizeof got - 1, f);
    fclose(f);
    assert_string_equal(got, content);
}

static void keep(const char *name, const char *content, const char *as)
{
    struct keeping k = KEEPING_NONE;
    char path[SAVING_PATH];
    assert_int_equal(keeping_open(&k, in_folder(name)), OK);
    assert_int_equal(write(k.fd, content, strlen(content)), strlen(content));
    assert_int_equal(keeping_end(&k, path), OK);
    assert_string_equal(path, in_folder(as));
    assert_int_equal(k.fd, -1);
}

static void a_name_is_given_last_and_taken_from_nobody(void **state)
{
    (void)state;
    struct stat st;
    struct keeping k = KEEPING_NONE;
    put("makbuz.asice", "mine");
    assert_int_equal(keeping_open(&k, in_folder("makbuz.asice")), OK);
    assert_int_equal(files(), 1); /* what is not whole has no name */
    keeping_drop(&k);
    assert_int_equal(files(), 1);
    keep("makbuz.asice", "second", "makbuz-2.asice");
    keep("makbuz.asice", "third", "makbuz-3.asice");
    keep("Dosya adı", "plain", "Dosya adı");
    has("makbuz.asice", "mine");
    has("makbuz-2.asice", "second");
    assert_int_equal(stat(in_folder("makbuz-2.asice"), &st), 0);
    assert_int_equal(st.st_mode & 07777, 0600);
    assert_int_equal(symlink("/etc/passwd", in_folder("link.asice")), 0);
    keep("link.asice", "beside it", "link-2.asice");
    assert_int_equal(files(), 6);
}

static void one_at_a_time(void **state)
{
    (void)state;
    struct keeping k = KEEPING_NONE;
    char path[SAVING_PATH];
    assert_int_equal(keeping_open(&k, in_folder("a")), OK);
    assert_int_equal(keeping_open(&k, in_folder("b")), OK);
    assert_int_equal(keeping_end(&k, path), OK);
    assert_int_equal(files(), 1);
    keeping_drop(&k); /* nothing: harmless */
}

static void what_cannot_be_is_named(void **state)
{
    (void)state;
    struct keeping k = KEEPING_NONE;
    put("file", "x");
    assert_int_equal(keeping_open(&k, in_folder("none/x.asice")), ERR_RECEIPT_FOLDER);
    assert_int_equal(keeping_open(&k, in_folder("file/x.asice")), ERR_RECEIPT_FOLDER);
    assert_int_not_equal(keeping_open(&k, "/proc/self/x.asice"), OK);
    assert_int_equal(k.fd, -1);
    char longest[300];
    memset(longest, 'a', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    assert_int_equal(keeping_open(&k, in_folder(longest)), OK);
    assert_int_equal(keeping_end(&k, (char[SAVING_PATH]){""}), ERR_RECEIPT_NAME);
    assert_int_equal(files(), 1);
}

static void names_are_typed_in_many_ways(void **state)
{
    (void)state;
    char folder_typed[80], inside[160];
    snprintf(folder_typed, sizeof folder_typed, "%s", folder);
    snprintf(inside, sizeof inside, "%s/m.asice", folder);
    const struct {
        const char *typed;
        bool alone;
        const char *due;
    } rows[] = {{"x.asice", false, "dir/x.asice"}, {"sub/x", false, "dir/sub/x"}, {"/a/x", false, "/a/x"},
        {"", false, "dir/m.asice"}, {"/a/", false, "/a/m.asice"}, {folder_typed, false, inside},
        {"/etc/x", true, "dir/x"}, {"../../x", true, "dir/x"}, {"a/", true, "dir/m.asice"}, {"..", true, "dir/m.asice"},
        {"a/..", true, "dir/m.asice"}, {".", true, "dir/m.asice"}};
    char out[SAVING_PATH], longest[SAVING_PATH + 10];
    for (size_t i = 0; i < COUNT(rows); i++) {
        assert_int_equal(keeping_path("dir", rows[i].typed, "m.asice", rows[i].alone, out), OK);
        assert_string_equal(out, rows[i].due);
    }
    memset(longest, 'a', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    assert_int_equal(keeping_path("dir", longest, "m.asice", false, out), ERR_RECEIPT_NAME);
}

/* On a kiosk the folder is the one of the settings, whatever lies in it. */
static void alone_nothing_leads_out_of_the_folder(void **state)
{
    (void)state;
    char out[SAVING_PATH];
    assert_int_equal(mkdir(in_folder("sub"), 0700), 0);
    assert_int_equal(symlink("/tmp", in_folder("out")), 0);
    const char *const typed[] = {"sub", "out"};
    for (size_t i = 0; i < COUNT(typed); i++) {
        assert_int_equal(keeping_path(folder, typed[i], "m.asice", true, out), OK);
        assert_string_equal(out, in_folder(typed[i]));
    }
    keep("out", "beside it", "out-2");
}

/* ---- the command ---- */

static enum err_code run(char **argv, size_t n, const char *page)
{
    struct printing p = PRINTING_NONE;
    enum err_code rc = printing_start(&p, &(struct conf_strings){argv, n}, page, strlen(page), when_boot_ms());
    if (rc != OK)
        return rc;
    struct pollfd over = {.fd = p.fd, .events = POLLIN};
    assert_int_equal(poll(&over, 1, 20000), 1);
    assert_true(printing_is_over(&p, when_boot_ms(), &rc));
    assert_int_equal(p.pid, 0);
    assert_int_equal(p.fd, -1);
    return rc;
}

static enum err_code shell(const char *command, const char *page)
{
    char sh[] = "/bin/sh", c[] = "-c", words[512], out[SAVING_PATH];
    snprintf(words, sizeof words, "%s", command);
    snprintf(out, sizeof out, "%s", in_folder("printed"));
    char *argv[] = {sh, c, words, out};
    return run(argv, 4, page);
}

static void a_command_hears_the_page_and_nothing_else(void **state)
{
    (void)state;
    char big[100000];
    struct stat st;
    memset(big, 'x', sizeof big - 1);
    big[sizeof big - 1] = '\0';
    int kept = open("/dev/null", O_RDONLY); /* not close-on-exec */
    assert_true(kept > 2);
    assert_int_equal(shell("cat >\"$0\"", "sayfa\n"), OK);
    has("printed", "sayfa\n");
    assert_int_equal(shell("env | grep -v ^PWD= | grep -v ^_= | sort >\"$0\"", ""), OK);
    has("printed", "LC_ALL=C.UTF-8\nPATH=/usr/local/bin:/usr/bin:/bin\n");
    char closed[64];
    snprintf(closed, sizeof closed, "! test -e /proc/self/fd/%d && ! sh -c ': </dev/tty'", kept);
    assert_int_equal(shell(closed, ""), OK);
    assert_int_equal(shell("cat >\"$0\"", big), OK);
    assert_int_equal(stat(in_folder("printed"), &st), 0);
    assert_int_equal(st.st_size, sizeof big - 1);
    close(kept);
}

static void what_fails_is_told(void **state)
{
    (void)state;
    char nowhere[] = "/no/such/program", *argv[] = {nowhere};
    assert_int_equal(shell("exit 3", "x"), ERR_PRINT_FAILED);
    assert_int_equal(shell("kill -9 $$", "x"), ERR_PRINT_FAILED);
    assert_int_equal(run(argv, 1, "x"), ERR_PRINT_FAILED);
    assert_int_equal(run(argv, 0, "x"), ERR_PRINT_FAILED);
}

static void one_that_stays_is_ended_with_all_its_own(void **state)
{
    (void)state;
    char sh[] = "/bin/sh", c[] = "-c", words[] = "cat <\"$0\" & cat <\"$0\"", fifo[SAVING_PATH];
    struct printing p = PRINTING_NONE;
    enum err_code rc = OK;
    snprintf(fifo, sizeof fifo, "%s", in_folder("fifo"));
    assert_int_equal(mkfifo(fifo, 0600), 0);
    int end = open(fifo, O_RDWR | O_NONBLOCK | O_CLOEXEC);
    char *argv[] = {sh, c, words, fifo};
    assert_int_equal(printing_start(&p, &(struct conf_strings){argv, 4}, "x", 1, 1000), OK);
    assert_false(printing_is_over(&p, 1000 + PRINTING_MS - 1, &rc));
    pid_t group = p.pid;
    assert_true(printing_is_over(&p, 1000 + PRINTING_MS, &rc));
    assert_int_equal(rc, ERR_PRINT_SLOW);
    assert_int_equal(p.fd, -1);
    for (int i = 0; i < 2000 && kill(-group, 0) == 0; i++)
        (void)poll(NULL, 0, 5);
    assert_int_not_equal(kill(-group, 0), 0);
    assert_false(printing_is_over(&p, UINT64_MAX, &rc));
    close(end);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_name_is_given_last_and_taken_from_nobody, set_up, tear_down),
        cmocka_unit_test_setup_teardown(one_at_a_time, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_cannot_be_is_named, set_up, tear_down),
        cmocka_unit_test_setup_teardown(names_are_typed_in_many_ways, set_up, tear_down),
        cmocka_unit_test_setup_teardown(alone_nothing_leads_out_of_the_folder, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_command_hears_the_page_and_nothing_else, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_fails_is_told, set_up, tear_down),
        cmocka_unit_test_setup_teardown(one_that_stays_is_ended_with_all_its_own, set_up, tear_down),
    };
    return cmocka_run_group_tests_name("keeping", tests, NULL, NULL);
}
