/* What the parts of a validation share (validate.c says in which order they work). For validate_*.c only. */
#ifndef EONAY_SIGN_VALIDATE_INSIDE_H
#define EONAY_SIGN_VALIDATE_INSIDE_H

#include <stdbool.h>
#include <stdint.h>
#include <openssl/x509.h>
#include "sign/levels.h"
#include "sign/signed_data.h"
#include "sign/validate.h"

#define OID_CONTENT_TYPE "1.2.840.113549.1.9.3"
#define OID_MESSAGE_DIGEST "1.2.840.113549.1.9.4"
#define OID_SIGNING_TIME "1.2.840.113549.1.9.5"
#define OID_CONTENT_IDENTIFIER "1.2.840.113549.1.9.16.2.7"
#define OID_SIGNING_CERTIFICATE_V2 "1.2.840.113549.1.9.16.2.47"
#define OID_SIGNATURE_POLICY "1.2.840.113549.1.9.16.2.15"
#define OID_CONTENT_STAMP "1.2.840.113549.1.9.16.2.20"
#define OID_REVOCATION_VALUES "1.2.840.113549.1.9.16.2.24"

/* A time stamp under judgement. */
struct stamp {
    enum validation_block_kind kind;
    const struct level_stamp *in_file; /* NULL: the content time stamp, which the signature covers */
    const struct tst_facts *facts;
    int64_t existed;         /* it was there then: a later archive time stamp's time, or now */
    enum sub_indication sub; /* SUB_NONE: it holds */
    bool broken;             /* damaged, and not merely one that proves nothing (any more) */
    char detail[96];
};

struct room {
    const struct validate_params *p;
    struct validation *v;
    enum err_code fatal; /* the library's own trouble: there is no result */
    struct der_view file;
    struct signed_data d;
    struct der_view text;
    int digest;            /* NID */
    struct evidence found; /* all certificates and revocation values of the file, its time stamps' too */
    bool offered;          /* something about revocation is there: in the file, or handed in */
    STACK_OF(X509) *certs; /* of `found` */
    X509 *signer;          /* one of them */
    struct level_stamps in_file;
    struct tst_facts content_stamp;
    bool has_content_stamp;
    struct stamp stamps[LEVEL_STAMPS_MAX + 1];
    size_t stamp_count;
    int64_t made_after; /* a content time stamp's time, or INT64_MIN */
};

/* A block that was made; it passed unless room_fail says otherwise. */
struct validation_block *room_block(struct room *r, enum validation_block_kind kind);
/* A rule does not hold: into its block, and into the answer when it comes before what is there. */
void room_fail(struct room *r, enum validation_rule rule, const char *detail);

/* The steps. False: the ones behind it cannot work. */
bool validate_form(struct room *r);
bool validate_signer(struct room *r);
void validate_stamps(struct room *r);
void validate_path(struct room *r);

/* What the revocation values say of x at UTC second `at`. */
struct validation_status values_status(const struct room *r, X509 *x, X509 *issuer, int64_t at);

#endif
