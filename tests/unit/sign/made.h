/* Signature files made by a recipe: whole at every level, or with one thing wrong in what they are made of; and surgery
 * on what is made. A failure aborts: it is a broken test. */
#ifndef EONAY_TESTS_MADE_H
#define EONAY_TESTS_MADE_H

#include "base/buf.h"
#include "fakes/pki.h"
#include "forge.h"
#include "sign/levels.h"
#include "sign/signed_data.h"

#define HOUR 3600
#define DAY 86400
#define MADE_AGO (10 * DAY) /* the signature is made so long ago */

enum made_issuer { BY_OURS, BY_STRANGER, BY_PERSON, BY_WEAK };
enum made_unit { UNIT, UNIT_ENDED, UNIT_STRANGER, UNIT_PLAIN, UNIT_PERSON, UNITS };
enum made_status { STATUS_OCSP, STATUS_OTHER_RESPONDER, STATUS_TO_CHECK, STATUS_CRL, STATUS_BOTH };

/* All zeros is a perfect B-B. Times are seconds after the signing time, 0: the usual one. */
struct recipe {
    enum forge_flaw flaw;
    unsigned cert;  /* flaws of the signer's certificate (enum pki_flaw) */
    bool fresh_key; /* a key of its own, of this kind: */
    enum pki_key key;
    enum made_issuer issuer;
    int digest;         /* NID; 0: SHA-256 */
    int64_t created_at; /* the claim's, and so a content time stamp's */
    enum level level;
    enum made_unit unit, archive_unit;
    int64_t stamp_at, archive_at;
    bool stamp_of_other; /* over another file's signature */
    /* the signer's revocation status, of level LT and above */
    enum made_status by;
    int status, reason; /* V_OCSP_CERTSTATUS_…, CRL_REASON_… */
    int64_t revoked_at, this_update, next_update;
    bool of_other_cert;
    bool issuer_revoked;
    bool status_held; /* not in the file, but handed to the verifier */
};

void made_open(void); /* the authorities and keys */
void made_close(void);
extern struct pki made_pki;
extern struct trust *made_trust, *made_others;
extern struct pki_identity made_twin; /* of a perfect signer: the same names and serial number, another key */
int64_t made_signed_at(void);
const uint8_t *made_text(size_t *ret_len);
/* The same recipe gives the same bytes up to the first time stamp. `held` gets what status_held keeps back. */
void made_make(const struct recipe *r, struct buf *ret_der, struct evidence *held);

/* Surgery: the file with one of its elements in another's place (or without it: none), all lengths around it right. */
void made_replace(struct buf *file, struct der_view old, struct der_view by);
struct signed_data made_split(const struct buf *file);

#endif
