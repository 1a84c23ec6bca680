/* The authority the kept corpus was made by (make_corpus.c): what a reader of its answers needs to know already. */
#ifndef EONAY_FUZZ_WORLD_H
#define EONAY_FUZZ_WORLD_H

#include <stdint.h>
#include <openssl/x509.h>
#include "sign/consent.h"
#include "sign/revocation.h"
#include "sign/trust.h"
#include "sign/tst.h"

struct world {
    struct trust *trust;
    X509 *issuer, *person;
    int64_t now;
    uint8_t nonce[OCSP_NONCE_LEN]; /* of the OCSP question */
    struct consent_claim claim;    /* what was asked to be signed, arrived at `now` */
    int file;                      /* the published file */
};
#define WORLD_TCKN "10000000146"
#define WORLD_TEXT "Kamu SM sistemleri: TEST metni, çğıİöşü.\nKABUL EDİYORUM.\n"
#define WORLD_FILE "no archive, but it will do\n"

/* Read once; a world that cannot be read ends the process. */
const struct world *world_of_corpus(void);
/* Time stamps and files that have some have authorities of their own. */
struct stamp_world {
    struct trust *trust; /* of signers and units */
    int64_t now;
    struct tst_question question; /* that some of the answers are to */
};
const struct stamp_world *world_of_stamps(void);
/* The claim of a request made at `now`. */
struct consent_claim world_claim(int64_t now);

#endif
