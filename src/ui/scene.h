/* All a screen may look at: values and const pointers. No file handle, no secret, no clock of its own. */
#ifndef EONAY_UI_SCENE_H
#define EONAY_UI_SCENE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/chain.h"
#include "flow/flow.h"

#define CERTS_MAX 64

/* One certificate as the token worker told it; strings are clean. `reason` is enum cert_reason, 0 usable, and
 * `purpose` enum cert_purpose (sign/cert.h). */
struct cert_row {
    uint8_t ref[32];
    char owner[200], mask[12], issuer[200], reader[128], card[64];
    int64_t not_before, not_after, reason_at;
    uint8_t reason, pin_min, pin_max, pin_flags, purpose;
};

/* Long things, owned and written by the shell, read-only for flow, screens and faces. Empty string or 0: not known. */
struct facts {
    char person_name[200], person_mask[12];
    char consent_number[32];                    /* receipt number */
    int64_t consent_at;
    char code[13];                              /* the issued code */
    char code_match[10];                        /* match code of the text it opens, as the service says: "5YGJ RXC1" */
    char match[10];                             /* of the opened text, as the card's worker read it */
    const char *text;                           /* to be signed; exact bytes, NUL-terminated, already judged text_is_safe */
    size_t text_len;
    char digest[65];
    int64_t created, signing_time;              /* UTC; signing_time: what İmzalama Tarihi shows now */
    struct cert_row certs[CERTS_MAX];           /* usable first */
    size_t cert_count;
    char reader[128];                           /* first reader that is there */
    char module_detail[256];                    /* why a module did not open */
    char file[128], path[512];                  /* download: name, where it is saved */
    uint64_t size, done;                        /* bytes */
    const char *page;                           /* of the receipt, lines; each clean */
    uint8_t receipt_early;                      /* what it lacks: 1 the ledger's proof, 2 the time stamp */
    char receipt_code[13], receipt_address[257];
    int64_t receipt_until;                      /* UTC, by this machine's clock: the short code's end */
    char receipt_path[512];                     /* where it was saved */
    const char *trust;                          /* the file with which a receipt is checked */
    uint8_t stamp;                              /* 0 none, 1 added, 2 pending */
    uint32_t window_s;                          /* the service's policy: seconds to sign */
    uint32_t extensions;                        /* granted by policy at the start */
    bool test;                                  /* TEST - resmî değildir */
    bool keypad_keys;                           /* the keypad can be walked with the arrows */
    char keypad[11];                            /* the digits in the order of its cells, "": 1 to 9 and 0 */
    bool ssh;                                   /* the terminal is remote */
    uint8_t doctor[LINK_COUNT];                 /* enum link_state of the links judged so far, */
    size_t doctor_count;                        /* so many */
    enum err_code doctor_code;                  /* the verdict, once the flow says there is one */
    uint32_t doctor_arg;
    char doctor_detail[256];
    bool forwarded;                             /* a card may be at another desk: one of the drivers serves that */
    bool forward_ignored;                       /* one is offered, and the settings do not allow it */
    char test_hint[160];                        /* only on a test system */
    char help_line[64], gateway_name[64];
};

/* What is being typed. Secrets show their length only; their bytes are in struct secret, which screens never see. */
struct form {
    char tckn[12];
    char code[48];                              /* as typed or pasted, UTF-8 */
    char path[256];                             /* where the receipt is to be kept */
    size_t password_chars, pin_chars, part_chars[PART_COUNT];
};

struct scene {
    const struct flow *flow;
    const struct facts *facts;
    const struct form *form;
    uint64_t now_ms;
    bool plain;                                 /* composed for the plain face */
};

#endif
