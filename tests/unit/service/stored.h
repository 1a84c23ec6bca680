/* A store of its own for each test, and numbered values to put into it. */
#ifndef EONAY_TESTS_SERVICE_STORED_H
#define EONAY_TESTS_SERVICE_STORED_H

#include "service/store.h"

struct world {
    char dir[64], path[96];
    struct store *store;
};
/* For cmocka: *state is a struct world with an empty store, open to serve; afterwards its folder is gone. */
int stored_setup(void **state);
int stored_teardown(void **state);
void stored_open(struct world *w); /* again, once the test has closed it */
struct digest numbered(const char *kind, int n);

#endif
