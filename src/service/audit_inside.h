/* What the two files of the audit share. */
#ifndef EONAY_SERVICE_AUDIT_INSIDE_H
#define EONAY_SERVICE_AUDIT_INSIDE_H

#include "service/audit.h"

struct audit_row {
    struct merkle_hash leaf; /* zeros: the row is missing */
    char number[STORE_NUMBER];
};
struct audit_head {
    uint64_t size;
    struct merkle_hash root;
    bool sealed; /* its signature holds */
};
struct audit {
    struct store *store;
    const char *log;
    const struct trust *trust;
    void (*found)(void *ctx, const struct audit_finding *f);
    void *ctx;
    struct audit_sum sum;
    struct audit_row *rows;
    size_t row_count, row_room;
    struct audit_head *heads;
    size_t head_count, head_room;
    bool roots_hold; /* of every head that is sealed */
};
void audit_say(struct audit *a, struct audit_finding f);
/* The kept nodes against the rows; says which rows are not those that were sealed. */
enum err_code audit_tree(struct audit *a) MUST_CHECK;

#endif
