/* The service's table of routes (docs/openapi.yaml), and its handlers, one file a resource. */
#ifndef EONAY_SERVICE_ROUTES_H
#define EONAY_SERVICE_ROUTES_H

#include "httpd/httpd.h"

#define LOGIN_CALLBACK "/v1/login/callback"
#define LOGIN_LIFETIME_S 600

const struct httpd_route *routes_all(size_t *ret_count);

/* login.c */
httpd_handler on_login_start, on_login_callback, on_login_read, on_login_end;
/* issue.c */
httpd_handler on_request_issue;
/* opening.c */
httpd_handler on_opening, on_extend;
/* signature.c */
httpd_handler on_signature;
/* receipt_routes.c */
httpd_handler on_receipt, on_receipt_code, on_receipt_by_code;
/* ledger_routes.c */
httpd_handler on_ledger_head, on_ledger_consistency, on_ledger_proof;
/* routes.c */
httpd_handler on_health, on_consent, on_application;

#endif
