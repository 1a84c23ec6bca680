#include "config.h"
#include "tests/unit/service/stored.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

void stored_open(struct world *w)
{
    struct err err = {0};
    if (store_open(w->path, STORE_SERVE, &w->store, &err) != OK)
        fail_msg("%s", err.detail);
}

int stored_setup(void **state)
{
    struct world *w = calloc(1, sizeof *w);
    assert_non_null(w);
    strcpy(w->dir, "/tmp/eonay-store-XXXXXX");
    assert_non_null(mkdtemp(w->dir));
    snprintf(w->path, sizeof w->path, "%s/store.db", w->dir);
    stored_open(w);
    *state = w;
    return 0;
}

int stored_teardown(void **state)
{
    struct world *w = *state;
    char line[100];
    store_close(&w->store);
    snprintf(line, sizeof line, "rm -r %s", w->dir);
    assert_int_equal(system(line), 0);
    free(w);
    return 0;
}

struct digest numbered(const char *kind, int n)
{
    char s[64];
    snprintf(s, sizeof s, "%s %d", kind, n);
    return digest_of(s, strlen(s));
}
