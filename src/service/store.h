/* The service's memory. Every call is one transaction; a writing call returns when what it wrote would survive kill -9
 * and a power cut. Values in, values out: nothing here knows HTTP, rules or words. Backends: store_sqlite.c.
 * (PostgreSQL gets a file of its own behind this same header; tests/unit/service/test_store.c is written against the
 * header alone.) Thread-safe. All times are UTC seconds of the service's clock, given by the caller. Errors beside
 * those named: ERR_STORE, ERR_NOMEM. */
#ifndef EONAY_SERVICE_STORE_H
#define EONAY_SERVICE_STORE_H

#include <stdbool.h>
#include <stdint.h>
#include "base/buf.h"
#include "base/err.h"
#include "base/person.h"
#include "service/keyed.h"

#define STORE_NAME 200  /* bytes of a person's name, with NUL */
#define STORE_NUMBER 16 /* "2026-000042" */
#define STORE_RULE 32   /* slug of a rule */

struct store;

enum store_use {
    STORE_SERVE, /* made when missing, migrated, read and written */
    STORE_LOOK,  /* must be there and of this program's version; only read */
};
/* ERR_FILE when it cannot be opened, ERR_STORE when it is of a newer program or damaged; detail says what. */
enum err_code store_open(const char *path, enum store_use use, struct store **ret, struct err *err) MUST_CHECK;
void store_close(struct store **s);
/* The service's own key for keyed digests, made with the store. */
void store_key(const struct store *s, uint8_t out[DIGEST_LEN]);

struct person {
    struct digest digest; /* keyed */
    char tckn[TCKN_LEN + 1], name[STORE_NAME];
};

/* ---- logins ---- */

enum login_standing { LOGIN_PENDING, LOGIN_REDEEMING, LOGIN_COMPLETE, LOGIN_REFUSED };
struct login {
    struct digest token, state;
    char verifier[TOKEN_LEN + 1]; /* PKCE (RFC 7636) */
    enum login_standing standing;
    struct person person; /* when complete */
    int64_t expires;
};
enum err_code store_login_add(struct store *s, const struct login *l) MUST_CHECK;
/* OK when there is a pending login with this state. ERR_NOT_FOUND. */
enum err_code store_login_waits(struct store *s, const struct digest *state, int64_t now) MUST_CHECK;
/* The pending login with this state, which is then no longer pending: only one caller ever gets it. ERR_NOT_FOUND. */
enum err_code store_login_claim(struct store *s, const struct digest *state, int64_t now, struct login *ret) MUST_CHECK;
/* A claimed login becomes complete with this person, or refused when person is NULL. ERR_NOT_FOUND: dropped meanwhile.
 */
enum err_code store_login_finish(
    struct store *s, const struct digest *token, const struct person *person, int64_t expires) MUST_CHECK;
enum err_code store_login_get(struct store *s, const struct digest *token, int64_t now, struct login *ret) MUST_CHECK;
enum err_code store_login_drop(struct store *s, const struct digest *token) MUST_CHECK;

/* ---- consent requests ---- */

enum request_standing { REQUEST_ISSUED, REQUEST_OPENED, REQUEST_USED, REQUEST_REPLACED };
struct request {
    int64_t id;
    enum request_standing standing;
    struct digest code, text; /* text: SHA-256 of what is to be signed */
    struct person person;
    int64_t created, expires; /* expires: it must be opened before */
    uint64_t extensions;      /* left */
    /* since it was opened */
    struct digest nonce, token;
    uint8_t content_id[DIGEST_LEN];
    int64_t opened, closes;
};
/* A new request of r->person; earlier ones of the person that are issued or opened become replaced. *ret_id: its id.
 * ERR_ALREADY when the person has a consent, ERR_REQUEST_REFUSED when more than `max_since` were made since `since`. */
enum err_code store_request_add(struct store *s, const struct request *r, const void *text, size_t text_len,
    int64_t since, uint64_t max_since, int64_t *ret_id) MUST_CHECK;
enum err_code store_request_by_code(struct store *s, const struct digest *code, struct request *ret) MUST_CHECK;
enum err_code store_request_by_token(struct store *s, const struct digest *token, struct request *ret) MUST_CHECK;
/* issued -> opened with r's nonce, token, content_id, opened, closes. ERR_NOT_OPEN when it was not issued any more. */
enum err_code store_request_open(struct store *s, const struct request *r) MUST_CHECK;
/* One extension less, a later close. ERR_EXTEND_REFUSED when none is left, ERR_NOT_OPEN when it is not open any more
 * (at `now`). *ret: as it is afterwards. */
enum err_code store_request_extend(
    struct store *s, int64_t id, int64_t now, int64_t closes, struct request *ret) MUST_CHECK;
enum err_code store_text(struct store *s, const struct digest *text, struct buf *ret) MUST_CHECK; /* ERR_NOT_FOUND */

/* ---- refusals: the first answer to a signature, for whoever sends it again ---- */

/* The first one stays. ERR_BUSY when the request already has `max` different ones, ERR_ALREADY when it gave a consent
 * by this very signature meanwhile: that is then the answer. */
enum err_code store_refusal_add(
    struct store *s, int64_t request, const struct digest *signature, const char *rule, uint64_t max) MUST_CHECK;
enum err_code store_refusal_get(
    struct store *s, int64_t request, const struct digest *signature, char ret_rule[STORE_RULE]) MUST_CHECK;
enum err_code store_refusal_count(struct store *s, int64_t request, uint64_t *ret) MUST_CHECK;

/* ---- consents ---- */

enum consent_standing { CONSENT_CHECKING, CONSENT_ACCEPTED, CONSENT_REFUSED };
struct consent {
    char number[STORE_NUMBER]; /* YEAR-NNNNNN, one sequence a year */
    enum consent_standing standing;
    int64_t request; /* id */
    struct person person;
    struct digest text, signature; /* SHA-256 of the text and of the CMS file */
    int64_t accepted;              /* when it arrived */
    int64_t settled;               /* when its revocation status was known; 0 while checking */
    char rule[STORE_RULE];         /* slug of the rule that refused it in the end, else "" */
    int64_t next_check;
    uint64_t checks; /* so many times asked in vain */
    int level;       /* of its evidence: enum level of sign/levels.h; 0 (B-B) as received */
};
/* Takes a consent in: the request becomes used, the number is the next of `year`, and one that is accepted already gets
 * its entry in the ledger (store_ledger.h). All of it or nothing:
 *   the request already gave this very signature: *ret is that consent, OK
 *   ERR_ALREADY          this very signature was refused meanwhile: that is then the answer
 *   ERR_ALREADY_RACED    the person has another consent, or the request gave another signature
 *   ERR_NOT_OPEN         the request is not open any more (replaced) */
enum err_code store_consent_add(struct store *s, const struct consent *c, const void *cms, size_t cms_len,
    unsigned year, struct consent *ret) MUST_CHECK;
/* The consent of a person that is accepted or being checked. ERR_NOT_FOUND. */
enum err_code store_consent_by_person(struct store *s, const struct digest *person, struct consent *ret) MUST_CHECK;
enum err_code store_consent_by_number(struct store *s, const char *number, struct consent *ret) MUST_CHECK;
enum err_code store_consent_by_request(struct store *s, int64_t request, struct consent *ret) MUST_CHECK;
enum err_code store_consent_by_signature(
    struct store *s, const struct digest *signature, struct consent *ret) MUST_CHECK;
enum err_code store_consent_cms(struct store *s, const char *number, struct buf *ret) MUST_CHECK;
/* Every consent in the order of numbers; `each` may end the walk with its own code, which is returned. */
enum err_code store_consent_walk(
    struct store *s, enum err_code (*each)(void *ctx, const struct consent *c), void *ctx) MUST_CHECK;
/* The consent longest due for a check at `now`, put off until `lease`, so that two services never ask at once.
 * ERR_NOT_FOUND: none is due. */
enum err_code store_consent_claim(struct store *s, int64_t now, int64_t lease, struct consent *ret) MUST_CHECK;
/* A consent being checked becomes accepted (rule NULL), and then gets its entry in the ledger, or refused by `rule`.
 * ERR_NOT_FOUND: it was settled before. */
enum err_code store_consent_settle(struct store *s, const char *number, const char *rule, int64_t now) MUST_CHECK;
enum err_code store_consent_retry(struct store *s, const char *number, int64_t next_check) MUST_CHECK;

/* ---- evidence: beside the signature as received, which never changes, its file at the level it has grown to ---- */

struct growing {
    char number[STORE_NUMBER];
    enum consent_standing standing;
    int level;
    int64_t accepted;
    int64_t revision; /* 0 as received, one more each time the file grows */
    uint64_t tries;   /* in vain since it last grew */
};
/* The evidence at this level whose next step is longest due at `now`, put off until `lease`: several services share the
 * work, and what one of them dies over is taken up when its lease ends. That of a consent being checked is due for its
 * first step only, that of a refused one never. ERR_NOT_FOUND: none of this level is due. */
enum err_code store_evidence_claim(
    struct store *s, int level, int64_t now, int64_t lease, struct growing *ret) MUST_CHECK;
enum err_code store_evidence_get(struct store *s, const char *number, struct growing *ret) MUST_CHECK;
/* The file at its present level; appended to *ret. ERR_NOT_FOUND. */
enum err_code store_evidence_file(struct store *s, const char *number, struct buf *ret) MUST_CHECK;
/* A grown file in the place of the one that was->revision names; its next step is due at `due`, or, while the consent
 * is being checked, when it is settled. ERR_ALREADY when another service was quicker: its file stays. */
enum err_code store_evidence_grow(
    struct store *s, const struct growing *was, const void *file, size_t len, int level, int64_t due) MUST_CHECK;
/* One more try in vain; the next one at `due`. ERR_ALREADY when it has grown meanwhile. */
enum err_code store_evidence_retry(struct store *s, const struct growing *was, int64_t due) MUST_CHECK;

/* ---- the pace at which a time-stamp authority (by its address) is asked; every service on this store counts ---- */

struct pace {
    uint64_t failures;  /* in a row */
    int64_t not_before; /* it is left alone until then */
    uint64_t hour, day; /* questions of the last hour and the last day, this minute's among them */
};
/* All zero for one that was never asked. */
enum err_code store_pace_get(struct store *s, const char *url, int64_t now, struct pace *ret) MUST_CHECK;
/* Counts one question. ERR_BUSY and nothing counted when so many (0: any number) were asked in the last hour or day. */
enum err_code store_pace_take(
    struct store *s, const char *url, int64_t now, uint64_t per_hour, uint64_t per_day) MUST_CHECK;
enum err_code store_pace_note(struct store *s, const char *url, uint64_t failures, int64_t not_before) MUST_CHECK;

/* ---- the short codes of receipts ---- */

/* The consent's receipt can be had by this code until `expires`; an earlier code of it ends. */
enum err_code store_receipt_code_set(
    struct store *s, const char *number, const struct digest *code, int64_t expires) MUST_CHECK;
/* ERR_NOT_FOUND: nobody has this code, or its time is over at `now`. */
enum err_code store_consent_by_receipt_code(
    struct store *s, const struct digest *code, int64_t now, struct consent *ret) MUST_CHECK;

/* ---- care ---- */

/* Forgets logins and receipt codes that expired before `now`, requests without consent that ended before
 * `requests_before`, and counts of questions more than a day old. Checks and steps of evidence, renewals aside, that
 * are due more than a day from now were put off by a clock that ran ahead: they are due now. */
enum err_code store_purge(struct store *s, int64_t now, int64_t requests_before) MUST_CHECK;

/* Figures for tests and the log: durable commits made, and writes they carried. */
void store_commits(struct store *s, uint64_t *ret_commits, uint64_t *ret_writes);

#endif
