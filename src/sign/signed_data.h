/* SignedData (RFC 5652 §5) of any CAdES level and of a time-stamp token, taken apart: views into the caller's bytes,
 * nothing copied, nothing believed. For this room only. */
#ifndef EONAY_SIGN_SIGNED_DATA_H
#define EONAY_SIGN_SIGNED_DATA_H

#include <stdbool.h>
#include <stddef.h>
#include "sign/der.h"

/* An element that may be absent is all zeros then (tag 0, both views empty). */
struct signed_data {
    struct der_view file;         /* the whole ContentInfo */
    struct der_item body;         /* the SignedData SEQUENCE */
    struct der_item version;      /* INTEGER; it is the one that §5.1 asks for */
    struct der_item digests;      /* SET OF AlgorithmIdentifier, one at least */
    struct der_item encapsulated; /* the EncapsulatedContentInfo SEQUENCE */
    struct der_item type;         /* eContentType, OBJECT IDENTIFIER */
    struct der_item content;      /* OCTET STRING; its body is what was signed */
    bool attached;                /* content is there */
    struct der_item certs;        /* [0], or absent: CertificateChoices */
    struct der_item crls;         /* [1], or absent: RevocationInfoChoice */
    struct der_item signers;      /* the SET around the one signer */
    /* the one SignerInfo, §5.3 */
    struct der_item signer;
    struct der_item signer_version;      /* 1 with issuer and serial number, 3 with a key identifier */
    struct der_item sid;                 /* SEQUENCE { issuer, serialNumber }, or [0] subjectKeyIdentifier */
    struct der_item digest;              /* AlgorithmIdentifier */
    struct der_item attributes;          /* [0] as it stands; never absent */
    struct der_item signature_alg;       /* AlgorithmIdentifier */
    struct der_item signature;           /* OCTET STRING */
    struct der_item unsigned_attributes; /* [1], or absent */
};

/* NULL, or what is wrong in words for a log. At most `max` bytes; DER all the way down (der_is_strict), nothing behind
 * it, exactly one signer, the versions that belong to the contents. At most 32 signed attributes in the order of DER,
 * each type once with one value. Certificates, CRLs and unsigned attributes may stand in any order: RFC 5652 asks for
 * DER of the signed attributes alone, widely used time-stamp authorities write certificates as they come, and what is
 * added to a file later must not move what is there (EN 319 122-1 §5.5). What the OCTET STRINGs hold is not looked
 * into. */
const char *signed_data_split(struct der_view file, size_t max, struct signed_data *ret);

/* Attribute ::= SEQUENCE { type, SET OF value }. */
struct attribute {
    struct der_item whole;
    struct der_item type;
    struct der_view values; /* one at least */
};
/* The next one of an attribute list's body; false at the end, and for one that is none. */
bool attribute_next(struct der_view *rest, struct attribute *ret);
/* The first of that type ("1.2.840.…"); false when there is none. */
bool attribute_find(struct der_view attributes, const char *oid, struct attribute *ret);
/* The same for a signed attribute's one value. */
bool attribute_value(struct der_view attributes, const char *oid, struct der_item *ret);

#endif
