/* What the portal's answers say (docs/protocol.md §2), member by member into values: types, sizes, forms and sense
 * checked, names cleaned. Every reader answers ERR_GARBLED with the member in err->detail unless it says more. */
#ifndef EONAY_NET_ANSWERS_H
#define EONAY_NET_ANSWERS_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include "base/code.h"
#include "base/err.h"
#include "base/match.h"
#include "base/person.h"
#include "sign/policy.h"

#define PORTAL_NAME 200
#define PORTAL_URL 2048
#define PORTAL_TEXT_MAX 16384
#define PORTAL_ADDRESS 257 /* that a person types */
#define PORTAL_CODE_S 2592000
#define PORTAL_DAY_S 86400
#define TOKEN_SIZE 65

struct portal_consent {
    char number[33];
    int64_t at;
    bool checking;
    int stamp; /* 0 none, 1 added, 2 pending */
    uint8_t sha256[32];
};

struct portal_person {
    char name[PORTAL_NAME]; /* clean */
    char mask[TCKN_LEN + 1];
    bool consented;
    struct portal_consent consent;
};

struct portal_policy {
    uint64_t window_s, extensions;
};

struct portal_file {
    bool offered;
    char name[129]; /* letters, digits, . - _ */
    uint64_t size;
    uint8_t sha256[32];
};

struct portal_login {
    char token[TOKEN_SIZE];
    char authorize_url[PORTAL_URL]; /* where the gateway is said to be */
    struct portal_policy policy;
};

struct portal_code {
    char code[CODE_LEN + 1];
    char match[MATCH_LEN + 1]; /* of the text that the code opens */
    uint64_t lifetime_s;
    struct portal_policy policy;
    struct portal_file file;
};

struct portal_short_code {
    char code[CODE_LEN + 1];
    char address[PORTAL_ADDRESS]; /* https, printable ASCII */
    uint64_t lifetime_s;
};

struct portal_opening {
    char token[TOKEN_SIZE];
    const char *text; /* borrowed from the answer until it is kept */
    size_t text_len;
    uint8_t sha256[32];
    int64_t created, server_time;
    struct portal_policy left;
    enum profile profile; /* BASELINE: no signature policy is asked for */
    char name[PORTAL_NAME], mask[TCKN_LEN + 1];
};

enum err_code answer_login(const json_t *json, struct portal_login *ret, struct err *err) MUST_CHECK;
/* ERR_LOGIN_CANCELLED when the login was refused at the gateway. */
enum err_code answer_session(const json_t *json, struct portal_person *ret, struct err *err) MUST_CHECK;
enum err_code answer_code(const json_t *json, struct portal_code *ret, struct err *err) MUST_CHECK;
/* The member `consent` of the problem `already`. */
enum err_code answer_already(const json_t *json, struct portal_consent *ret, struct err *err) MUST_CHECK;
/* Exactly one text, which is the one its digest announces; ERR_TEXT_UNSAFE when it may not be shown. */
enum err_code answer_opening(const json_t *json, struct portal_opening *ret, struct err *err) MUST_CHECK;
enum err_code answer_short_code(const json_t *json, struct portal_short_code *ret, struct err *err) MUST_CHECK;
enum err_code answer_extended(const json_t *json, struct portal_policy *ret, struct err *err) MUST_CHECK;
enum err_code answer_consent(const json_t *json, struct portal_consent *ret, struct err *err) MUST_CHECK;

#endif
