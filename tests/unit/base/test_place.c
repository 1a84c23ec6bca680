/* Copies itself into folders with and without the stamps and asks the copy. */
#include "config.h"
#include "base/fd.h"
#include "base/place.h"
#include "unit.h"

#include <limits.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>

static int tell(const char *what)
{
    char out[PATH_MAX];
    enum err_code code =
        strcmp(what, "locale") == 0 ? place_locale(out, sizeof out) : place_part(out, sizeof out, "eonay-net");
    if (code != OK)
        return 1;
    return puts(out) >= 0 ? 0 : 1;
}

static void ask(const char *folder, const char *what, const char *stamp, char out[PATH_MAX])
{
    char command[PATH_MAX];
    snprintf(command, sizeof command,
        "cp \"$(readlink /proc/%d/exe)\" %s/copy && rm -f %s/.eonay-* && { test -z '%s' || touch '%s/%s'; } && "
        "EONAY_BUILD=/evil EONAY_LIBEXEC=/evil TEXTDOMAINDIR=/evil %s/copy %s",
        (int)getpid(), folder, folder, stamp, folder, stamp, folder, what);
    FILE *f = popen(command, "r");
    assert_non_null(f);
    assert_non_null(fgets(out, PATH_MAX, f));
    out[strcspn(out, "\n")] = '\0';
    assert_int_equal(pclose(f), 0);
}

static void parts_lie_beside_a_stamped_program(void **state)
{
    (void)state;
    static const char *const stamps[] = {".eonay-build", ".eonay-portable"};
    char folder[64], out[PATH_MAX], expected[PATH_MAX];
    unit_folder(folder);
    for (size_t i = 0; i < COUNT(stamps); i++) {
        ask(folder, "part", stamps[i], out);
        snprintf(expected, sizeof expected, "%s/eonay-net", folder);
        assert_string_equal(out, expected);
        ask(folder, "locale", stamps[i], out);
        snprintf(expected, sizeof expected, "%s/locale", folder);
        assert_string_equal(out, expected);
    }
    unit_remove(folder);
}

static void parts_are_installed_otherwise(void **state)
{
    (void)state;
    char folder[64], out[PATH_MAX];
    unit_folder(folder);
    ask(folder, "part", "", out);
    assert_string_equal(out, LIBEXEC_DIR "/eonay-net");
    ask(folder, "locale", "", out);
    assert_string_equal(out, LOCALE_DIR);
    ask(folder, "part", ".eonay-other", out);
    assert_string_equal(out, LIBEXEC_DIR "/eonay-net");
    unit_remove(folder);
}

static void a_short_buffer_is_said(void **state)
{
    (void)state;
    char out[8];
    assert_int_equal(place_part(out, sizeof out, "eonay-net"), ERR_TOO_BIG);
    assert_int_equal(place_locale(out, 4), ERR_TOO_BIG);
}

static void close_once(void **state)
{
    (void)state;
    int fds[2];
    assert_int_equal(pipe(fds), 0);
    int copy = fds[0];
    fd_close(&fds[0]);
    assert_int_equal(fds[0], -1);
    assert_int_equal(close(copy), -1);
    fd_close(&fds[0]);
    fd_close(&fds[1]);
}

static void arguments_are_blanked(void **state)
{
    (void)state;
    char arg[] = "K7QM-3XPD-9R4T";
    argv_blank(arg);
    for (size_t i = 0; i < sizeof arg; i++)
        assert_int_equal(arg[i], 0);
}

static void a_hardened_process_leaves_no_core(void **state)
{
    (void)state;
    int status;
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        struct rlimit core;
        process_harden();
        bool dark = getrlimit(RLIMIT_CORE, &core) == 0 && core.rlim_cur == 0 && core.rlim_max == 0;
#ifndef WITH_SANITIZERS
        dark = dark && prctl(PR_GET_DUMPABLE) == 0;
#endif
        _exit(dark ? 0 : 1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(parts_lie_beside_a_stamped_program),
        cmocka_unit_test(parts_are_installed_otherwise), cmocka_unit_test(a_short_buffer_is_said),
        cmocka_unit_test(close_once), cmocka_unit_test(arguments_are_blanked),
        cmocka_unit_test(a_hardened_process_leaves_no_core)};
    setlocale(LC_ALL, "");
    return argc > 1 ? tell(argv[1]) : cmocka_run_group_tests(tests, NULL, NULL);
}
