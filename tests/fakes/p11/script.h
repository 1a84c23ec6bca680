/* What is in the readers of the fake, and what goes wrong there: one text file, read again whenever it changes (write
 * it beside and rename it into place). A line is a verb and words; words with blanks stand in "double quotes", \xHH is
 * any byte; a line that begins with # is skipped.
 *
 *   slot NUMBER NAME                 a reader; what follows is in it, up to the next slot
 *   token LABEL [serial= maker= model= pin=] [min= max=] [tries=3] [wrong=0] [pad=PIN|cancel] WORDS
 *                                    wrong: tries spent when the serial number is first seen; pad: what is typed on the
 *                                    reader's own keys; WORDS: blank (not initialised), unknown (not recognised),
 * no-login, change (the PIN is to be changed), expired (and C_Login says so), login-first (C_SetPIN wants a login),
 * open-pad (takes a PIN from the computer as well) cert ID FILE [label=] [times=N]
 * [CKA_X=...]      FILE: a PEM beside the script with certificate and key; - for none public ID FILE ... key ID FILE
 * [always] [shown] [explicit] ...      always: a PIN for each signature; shown: seen before login; explicit: the curve
 * is spelled out instead of named CKA_X= none (no such attribute) | hidden | long:N (N bytes) | hex:HH.. | text:WORDS
 *                                    | says:N (a question for the length is answered so)
 *   fail CALL CKR [times=N] [after=N]     the call answers this code, N times (0: for ever), from its N+1st on
 *   hang CALL [after=N]                   never comes back
 *   crash CALL [times=N] [after=N] [by=abort|segv|exit]
 *   slow CALL ms=N [times=N] [after=N]    takes this long, then does its work
 *   pull CALL [after=N]                   the cards are taken out at this moment
 *   habit init-null | init-done | list-empty | lacks=CALL
 *   habit sign-short | sign-der | sign-junk   a signature that lacks its last byte, r and s in DER, or zeros
 *
 * A script that cannot be read leaves the readers as they were and its mistake in the ledger. */
#ifndef EONAY_FAKES_P11_SCRIPT_H
#define EONAY_FAKES_P11_SCRIPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <openssl/x509.h>
#include <pkcs11-helper-1.0/pkcs11.h>
#include "fakes/p11/ledger.h"

#define P11_SLOTS 16
#define P11_ATTRIBUTES 16

struct p11_attribute {
    CK_ATTRIBUTE_TYPE type;
    bool none, hidden;
    uint8_t *bytes;
    size_t len, says; /* says: 0 for the truth */
};

struct p11_object {
    CK_OBJECT_CLASS class;
    bool private, always;
    EVP_PKEY *key; /* of a private key */
    struct p11_attribute v[P11_ATTRIBUTES];
    size_t n;
};

struct p11_token {
    char label[33], serial[17], maker[33], model[17]; /* as far as the fields reach */
    char pin[65], pad[65];
    unsigned min, max, tries, wrong;
    bool blank, unknown, no_login, change, expired, has_pad, login_first, open_pad;
};

struct p11_slot {
    CK_SLOT_ID id;
    char name[65];
    bool full; /* there is a token */
    struct p11_token token;
    struct p11_object **objects; /* borrowed from the script; handles are index + 1 */
    size_t n;
};

enum p11_fault_kind { P11_FAIL, P11_HANG, P11_CRASH, P11_SLOW, P11_PULL };
enum p11_crash { P11_ABORT, P11_SEGV, P11_EXIT };
struct p11_fault {
    enum p11_fault_kind kind;
    enum p11_call call;
    CK_RV rv;
    enum p11_crash by;
    uint64_t times, after, ms;
};

enum p11_habit {
    P11_INIT_NULL = 1,
    P11_INIT_DONE = 2,
    P11_LIST_EMPTY = 4,
    P11_SIGN_SHORT = 8,
    P11_SIGN_DER = 16,
    P11_SIGN_JUNK = 32
};

struct p11_script {
    char dir[512];
    struct p11_slot slots[P11_SLOTS];
    size_t slot_n;
    struct p11_fault faults[P11_FAULTS];
    size_t fault_n;
    unsigned habits;
    bool lacks[P11_CALLS];
    struct p11_object **own; /* each once */
    size_t own_n;
    char mistake[128];
};

/* NULL only without memory; a mistake is told in it. */
struct p11_script *p11_script_read(const char *dir);
void p11_script_free(struct p11_script **s);

/* objects.c: from a PEM file with a certificate and perhaps its key (NULL: neither). False when it cannot be read. */
bool p11_object_make(struct p11_object *o, CK_OBJECT_CLASS class, const char *path, bool explicit_curve);
bool p11_object_put(
    struct p11_object *o, CK_ATTRIBUTE_TYPE type, const void *bytes, size_t len); /* instead of an old one */
struct p11_attribute *p11_object_find(struct p11_object *o, CK_ATTRIBUTE_TYPE type);
void p11_object_free(struct p11_object **o);
void p11_objects_done(void); /* what was read of PEM files */

#endif
