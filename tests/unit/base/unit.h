/* What every unit test begins with: cmocka, and the whole locale of the environment, so that the suite run under
 * tr_TR.UTF-8 meets that locale's numbers and letter pairs. */
#ifndef EONAY_TESTS_UNIT_H
#define EONAY_TESTS_UNIT_H

#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define UNIT_MAIN(...)                                                                                                 \
    int main(void)                                                                                                     \
    {                                                                                                                  \
        const struct CMUnitTest tests[] = {__VA_ARGS__};                                                               \
        setlocale(LC_ALL, "");                                                                                         \
        return cmocka_run_group_tests(tests, NULL, NULL);                                                              \
    }

/* A small generator of our own, the same numbers in every run. */
static inline uint32_t unit_random(uint32_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return *state;
}

/* A fresh folder; the caller removes it. */
static inline void unit_folder(char out[64])
{
    strcpy(out, "/tmp/eonay-unit-XXXXXX");
    assert_non_null(mkdtemp(out));
}

static inline void unit_write(const char *folder, const char *name, const char *text, char out_path[128])
{
    snprintf(out_path, 128, "%s/%s", folder, name);
    FILE *f = fopen(out_path, "w");
    assert_non_null(f);
    assert_int_equal(fwrite(text, 1, strlen(text), f), strlen(text));
    assert_int_equal(fclose(f), 0);
}

static inline void unit_remove(const char *folder)
{
    char command[128];
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    assert_int_equal(system(command), 0);
}

#endif
