/* The page of a receipt (receipt.txt): what a person reads, in both languages, made from the facts and nothing else, so
 * that whoever holds the facts can make it again and compare. Its words are part of the form "eonay-receipt-1" and
 * never change: another wording is another form, and this one is still made for receipts that are out. */
#ifndef EONAY_SIGN_RECEIPT_PAGE_H
#define EONAY_SIGN_RECEIPT_PAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/buf.h"
#include "base/err.h"
#include "base/person.h"

#define RECEIPT_PAGE_MAX 16384
#define RECEIPT_SERVICE 65 /* bytes with NUL, as all of these */
#define RECEIPT_NUMBER 16
#define RECEIPT_NAME 200
#define RECEIPT_SERIAL 129
#define RECEIPT_WORDS 64

enum receipt_ledger { RECEIPT_LEDGER_NONE, RECEIPT_LEDGER_PROMISED, RECEIPT_LEDGER_INSIDE };

/* Strings are clean (text_clean) and NUL-terminated; times are UTC seconds. */
struct receipt_page {
    /* what the service alone knows */
    char service[RECEIPT_SERVICE], number[RECEIPT_NUMBER];
    int64_t accepted;     /* when the signature arrived */
    uint8_t received[32]; /* SHA-256 of the signature file as it arrived */
    bool test;            /* a test system made it */
    /* what the other parts show */
    int64_t made;                                  /* the seal's time */
    uint8_t text[32];                              /* SHA-256 of the text */
    char signer[RECEIPT_NAME], tckn[TCKN_LEN + 1]; /* masked */
    char serial[RECEIPT_SERIAL];                   /* of the certificate, hexadecimal */
    char issuer[RECEIPT_NAME];
    int64_t signed_at; /* as the signer claims */
    char algorithm[RECEIPT_WORDS];
    const char *format; /* "CAdES-B-B" */
    int64_t stamped_at; /* by the signature's time stamp; 0: there is none yet */
    enum receipt_ledger ledger;
    uint64_t index, size; /* its place among so many, when it is inside */
};
/* ERR_TOO_BIG, ERR_NOMEM, ERR_INTERNAL for a moment outside the years 1000 to 9999. */
enum err_code receipt_page_make(const struct receipt_page *p, struct buf *ret) MUST_CHECK;
/* Takes what the service alone knows from a page; the rest of *ret stays. That the page says nothing else, making it
 * again tells. False when a line is missing or cannot be read. */
bool receipt_page_read(const uint8_t *page, size_t len, struct receipt_page *ret);
/* "AYŞE NUR YILMAZ" -> "A*** N*** Y***": so many stars whatever the name. */
void receipt_mask_name(char out[RECEIPT_NAME], const char *name);

#endif
