/* What the files of eonayctl share. */
#ifndef EONAY_SERVICE_EONAYCTL_H
#define EONAY_SERVICE_EONAYCTL_H

#include <jansson.h>
#include "service/program.h"
#include "service/service_conf.h"
#include "service/store.h"

struct task {
    struct store *store;
    const struct service_conf *conf;
    const struct program_args *args;
    json_t *list; /* of --json */
};
typedef enum err_code deed(struct task *t, struct err *err);

enum err_code print_json(json_t *steal); /* to standard output; NULL: ERR_NOMEM */
void print_field(const char *label, const char *value);

/* eonayctl_ledger.c */
deed ledger_verify, ledger_show_head, ledger_show_consistency, ledger_prove;

#endif
