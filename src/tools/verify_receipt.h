/* eonay-verify of a receipt (sign/receipt.h): the receipt's verdict, and that of the consent in it. */
#ifndef EONAY_TOOLS_VERIFY_RECEIPT_H
#define EONAY_TOOLS_VERIFY_RECEIPT_H

#include "sign/receipt.h"
#include "tools/verify.h"

/* Containers begin like every ZIP file; no signature does. */
bool verify_is_receipt(const struct buf *file);

struct receipt_finding {
    enum err_code code; /* of the receipt and all that is in it */
    struct err err;
    bool readable; /* receipt and consent are filled */
    struct receipt receipt;
    struct finding consent;
};
/* In the language and charset in force: of the receipt, then of the consent. */
void receipt_finding_say(const struct receipt_finding *f, enum verify_depth depth);
void receipt_finding_say_json(const struct receipt_finding *f); /* one object, ASCII only */

#endif
