/* What the files of the SQLite store share. */
#ifndef EONAY_SERVICE_STORE_INSIDE_H
#define EONAY_SERVICE_STORE_INSIDE_H

#include "service/lite.h"
#include "service/store.h"

struct store {
    struct lite_group *group;
    uint8_t key[DIGEST_LEN];
};

void read_person(struct row *r, struct person *p);     /* digest, tckn, name */
bool read_consent(struct row *r, struct consent *ret); /* the next row of CONSENT_COLUMNS */
void put_person(struct row *r, const struct person *p);
/* Runs a changing statement; `none` when it changed no row. */
enum err_code run_changing(struct lite *l, struct row *r, enum err_code none) MUST_CHECK;
/* Within a transaction: did the request give a consent by this signature (ERR_ALREADY), or was it refused
 * (ERR_ALREADY)? OK: neither. */
enum err_code consent_is_none(struct lite *l, int64_t request, const struct digest *signature) MUST_CHECK;
enum err_code refusal_is_none(struct lite *l, int64_t request, const struct digest *signature) MUST_CHECK;
/* Within the transaction in which it takes effect: the consent's entry in the ledger. */
enum err_code ledger_enter(struct lite *l, const struct consent *c, int64_t now) MUST_CHECK;
/* Entries for the consents that were accepted before there was a ledger. */
enum err_code ledger_adopt(struct lite *l) MUST_CHECK;
/* Steps to the end and row_end; ERR_NOT_FOUND when it went well but found nothing. */
enum err_code row_end_found(struct row *r, bool found) MUST_CHECK;

#endif
