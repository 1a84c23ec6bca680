/* service.yaml: what eonayd and eonayctl are told (data/service.yaml explains every key). */
#ifndef EONAY_SERVICE_SERVICE_CONF_H
#define EONAY_SERVICE_SERVICE_CONF_H

#include <stdbool.h>
#include <stdint.h>
#include "base/conf.h"
#include "base/err.h"

#define TIMESTAMPS_MAX 8
#define TIMESTAMP_URL_MAX 256
/* One time-stamp authority (RFC 3161). */
struct timestamp_conf {
    char *url, *policy;         /* policy NULL: any */
    uint64_t per_hour, per_day; /* quota; 0: none */
    uint64_t timeout_ms;
};

struct service_conf {
    char *listen, *url_file, *public_url;
    char *tls_cert, *tls_key;
    char *store, *service, *trust, *nes_rule, *texts;
    char *profile; /* a name of sign/policy.h */
    struct {
        char *url, *name, *client_id, *client_secret_file, *scope_separator, *tls_ca;
        struct conf_strings scopes;
    } gateway;
    uint64_t code_lifetime_s, sign_window_s, extensions, session_s;
    uint64_t threads, ocsp_timeout_ms, gateway_timeout_ms;
    struct {
        uint64_t connections, per_address, idle_s, request_s;
    } http;
    struct {
        char *file, *signature;
    } application;
    struct {
        char *name, *key, *certificate; /* all or none: entries are kept, but no head is signed */
    } ledger;
    struct {
        char *key, *certificate; /* both or none: no receipts are given */
        uint64_t code_lifetime_s;
    } receipt;
    struct conf_maps timestamp; /* of struct timestamp_conf, in the order of preference */
    char *timestamp_trust;      /* NULL: as `trust` */
    char *clock_file, *pid_file, *log_file;
    bool test;
};

/* ERR_CONFIG with file, line and column; also for values that contradict each other. */
enum err_code service_conf_load(const char *path, struct service_conf *ret, struct err *err) MUST_CHECK;
void service_conf_free(struct service_conf *s);

#endif
