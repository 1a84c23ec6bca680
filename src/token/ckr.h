/* Return codes of PKCS#11 as our errors, by one table. */
#ifndef EONAY_TOKEN_CKR_H
#define EONAY_TOKEN_CKR_H

#include "base/err.h"
#include "token/guard.h"

/* Never OK: a code that is not in the table is ERR_CRYPTO. */
enum err_code ckr_error(CK_RV rv);
/* The same of C_SetPIN and the session opened for it. */
enum err_code ckr_change_error(CK_RV rv);
/* Sets err to it with "CALL: CKR_NAME" for the help page. */
enum err_code ckr_fail(struct err *err, struct guard_trouble trouble);
enum err_code ckr_fail_as(struct err *err, enum err_code code, struct guard_trouble trouble);

#endif
