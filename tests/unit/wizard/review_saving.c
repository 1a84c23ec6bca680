/* A hostile service names the file and chooses its bytes; what lies in the folder already is the person's. */
#include "config.h"
#include "unit/base/unit.h"
#include "wizard/saving.h"

#include <fcntl.h>
#include <sys/stat.h>

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
    static char path[128];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static void has(const char *name, const char *content)
{
    char got[64] = "";
    FILE *f = fopen(in_folder(name), "r");
    assert_non_null(f);
    (void)!fread(got, 1, sizeof got - 1, f);
    fclose(f);
    assert_string_equal(got, content);
}

static bool opens(const char *name)
{
    int fd = -1;
    if (saving_open(folder, name, &fd) != OK) {
        assert_int_equal(fd, -1);
        return false;
    }
    close(fd);
    return true;
}

static void only_plain_names(void **state)
{
    (void)state;
    static const char *const bad[] = {"", ".", "..", ".bashrc", "-rf", "_x", "a/b", "../a", "/etc/passwd", "a b",
        "a\nb", "\xc4\xb0", "a\\b", "a:b", "a;b", "a%20b"};
    char path[SAVING_PATH] = "untouched", longest[SAVING_PATH];
    memset(longest, 'a', sizeof longest);
    longest[sizeof longest - 1] = '\0';
    for (size_t i = 0; i < COUNT(bad); i++) {
        assert_false(opens(bad[i]));
        assert_int_equal(saving_keep(folder, bad[i], path), ERR_DOWNLOAD_NOWHERE);
    }
    assert_false(opens(longest));
    assert_string_equal(path, "untouched");
    assert_true(opens("e-imza_1.0.tar.gz"));
    assert_true(opens("A"));
}

static void what_came_is_gathered_aside_and_kept(void **state)
{
    (void)state;
    int fd = -1;
    char path[SAVING_PATH];
    struct stat st;
    assert_int_equal(saving_open(folder, "a.tar.gz", &fd), OK);
    assert_int_equal(fstat(fd, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0600);
    assert_int_equal(write(fd, "half", 4), 4);
    close(fd);
    assert_int_equal(access(in_folder("a.tar.gz"), F_OK), -1);
    assert_int_equal(saving_open(folder, "a.tar.gz", &fd), OK); /* goes on where it stopped */
    assert_int_equal(lseek(fd, 0, SEEK_END), 4);
    close(fd);
    assert_int_equal(saving_keep(folder, "a.tar.gz", path), OK);
    assert_string_equal(path, in_folder("a.tar.gz"));
    has("a.tar.gz", "half");
    assert_int_equal(access(in_folder("a.tar.gz.part"), F_OK), -1);
}

static void nothing_is_written_over(void **state)
{
    (void)state;
    char path[SAVING_PATH], made[128];
    unit_write(folder, "b.tar.gz", "mine", made);
    assert_true(opens("b.tar.gz"));
    has("b.tar.gz", "mine");
    assert_int_equal(saving_keep(folder, "b.tar.gz", path), OK);
    assert_string_equal(path, in_folder("b-2.tar.gz"));
    unit_write(folder, "b.tar.gz.part", "other", made);
    assert_int_equal(saving_keep(folder, "b.tar.gz", path), OK);
    assert_string_equal(path, in_folder("b-3.tar.gz"));
    has("b.tar.gz", "mine");
    unit_write(folder, "notes", "mine", made);
    assert_true(opens("notes"));
    assert_int_equal(saving_keep(folder, "notes", path), OK);
    assert_string_equal(path, in_folder("notes-2"));
    assert_int_equal(symlink("nowhere", in_folder("c")), 0); /* a name that is taken too */
    assert_true(opens("c"));
    assert_int_equal(saving_keep(folder, "c", path), OK);
    assert_string_equal(path, in_folder("c-2"));
}

static void the_same_file_again_is_one_file(void **state)
{
    (void)state;
    char path[SAVING_PATH], made[128];
    unit_write(folder, "k.part", "same", made);
    assert_int_equal(saving_keep(folder, "k", path), OK);
    unit_write(folder, "k.part", "same", made);
    assert_int_equal(saving_keep(folder, "k", path), OK);
    assert_string_equal(path, in_folder("k"));
    assert_int_equal(access(in_folder("k.part"), F_OK), -1);
    unit_write(folder, "k.part", "same and more", made);
    assert_int_equal(saving_keep(folder, "k", path), OK);
    assert_string_equal(path, in_folder("k-2"));
    unit_write(folder, "k.part", "", made);
    assert_int_equal(saving_keep(folder, "k", path), OK);
    assert_string_equal(path, in_folder("k-3"));
    assert_int_equal(mkfifo(in_folder("l"), 0600), 0);
    unit_write(folder, "l.part", "", made);
    assert_int_equal(saving_keep(folder, "l", path), OK); /* not waited for */
    assert_string_equal(path, in_folder("l-2"));
}

static void no_file_of_another_kind(void **state)
{
    (void)state;
    char made[128];
    unit_write(folder, "mine", "mine", made);
    assert_int_equal(symlink("mine", in_folder("d.part")), 0);
    assert_false(opens("d"));
    assert_int_equal(link(made, in_folder("e.part")), 0);
    assert_false(opens("e"));
    assert_int_equal(mkfifo(in_folder("f.part"), 0600), 0);
    assert_false(opens("f"));
    assert_int_equal(mkdir(in_folder("g.part"), 0700), 0);
    assert_false(opens("g"));
    has("mine", "mine");
}

static void what_was_broken_is_gone(void **state)
{
    (void)state;
    char path[SAVING_PATH];
    assert_true(opens("h"));
    saving_drop(folder, "h");
    assert_int_equal(access(in_folder("h.part"), F_OK), -1);
    saving_drop(folder, "../h");
    assert_int_equal(saving_keep(folder, "h", path), ERR_DOWNLOAD_NOWHERE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(only_plain_names),
        cmocka_unit_test(what_came_is_gathered_aside_and_kept), cmocka_unit_test(nothing_is_written_over),
        cmocka_unit_test(the_same_file_again_is_one_file), cmocka_unit_test(no_file_of_another_kind),
        cmocka_unit_test(what_was_broken_is_gone)};
    setlocale(LC_ALL, "");
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
