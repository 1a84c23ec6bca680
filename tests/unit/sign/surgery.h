/* Damage to the bytes of a signature file (made.h), each one thing; everything around it stays as well formed as the
 * damage lets it. */
#ifndef EONAY_TESTS_SURGERY_H
#define EONAY_TESTS_SURGERY_H

#include "base/buf.h"

void change_text(struct buf *file);            /* a letter of the text */
void change_text_and_digest(struct buf *file); /* and the digest to match */
void change_time(struct buf *file);            /* the signing time's last digit */
void change_signature(struct buf *file);       /* a bit of it */
void put_twin_in(struct buf *file); /* another certificate of the same names and serial number in the signer's place */
void take_signer_out(struct buf *file);     /* the signer's certificate */
void take_ess_out(struct buf *file);        /* the signing-certificate-v2 */
void take_attributes_out(struct buf *file); /* all signed ones */
void add_byte(struct buf *file);            /* behind the file */
void cut_off(struct buf *file);             /* the second half */
void lengthen(struct buf *file);            /* a length of three octets where two are enough */
void unbind_length(struct buf *file);       /* indefinite */
void change_version(struct buf *file);      /* of SignedData */
void take_stamp_out(struct buf *file);      /* every unsigned attribute */
void change_stamp_time(struct buf *file);   /* in its TSTInfo */
void change_archive_time(struct buf *file); /* the same of an archive time stamp */
void empty_stamp(struct buf *file);         /* a SEQUENCE of nothing in its place */
void take_crl_out(struct buf *file);
void change_crl(struct buf *file);           /* a bit of its signature */
void take_certificate_out(struct buf *file); /* one that is not the signer's */

#endif
