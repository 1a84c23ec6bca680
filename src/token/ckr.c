#include "config.h"
#include "token/ckr.h"

#include <pkcs11-helper-1.0/pkcs11h-core.h>

struct row {
    CK_RV rv;
    enum err_code code;
};

static const struct row errors[] = {
    {CKR_PIN_INCORRECT, ERR_PIN_WRONG},
    {CKR_PIN_INVALID, ERR_PIN_WRONG},
    {CKR_PIN_LEN_RANGE, ERR_PIN_WRONG},
    {CKR_PIN_LOCKED, ERR_PIN_LOCKED},
    {CKR_PIN_EXPIRED, ERR_PIN_CHANGE},
    {CKR_USER_PIN_NOT_INITIALIZED, ERR_PIN_NONE},
    {CKR_FUNCTION_CANCELED, ERR_PAD_CANCEL},
    {CKR_CANCEL, ERR_PAD_CANCEL},
    {CKR_DEVICE_REMOVED, ERR_CARD_GONE},
    {CKR_TOKEN_NOT_PRESENT, ERR_CARD_GONE},
    {CKR_SESSION_HANDLE_INVALID, ERR_CARD_GONE},
    {CKR_SESSION_CLOSED, ERR_CARD_GONE},
    {CKR_SLOT_ID_INVALID, ERR_CARD_GONE},
    {CKR_TOKEN_NOT_RECOGNIZED, ERR_CARD_UNKNOWN},
    {CKR_DEVICE_ERROR, ERR_CARD_SILENT},
    {CKR_KEY_HANDLE_INVALID, ERR_CERT_CANNOT},
    {CKR_OBJECT_HANDLE_INVALID, ERR_CERT_CANNOT},
    {CKR_KEY_TYPE_INCONSISTENT, ERR_CERT_CANNOT},
    {CKR_KEY_FUNCTION_NOT_PERMITTED, ERR_CERT_CANNOT},
    {CKR_KEY_SIZE_RANGE, ERR_CERT_CANNOT},
    {CKR_MECHANISM_INVALID, ERR_CERT_CANNOT},
    {CKR_FUNCTION_REJECTED, ERR_CERT_CANNOT}, /* pkcs11-helper: no key of this identifier */
    {CKR_HOST_MEMORY, ERR_NOMEM},
    {CKR_BUFFER_TOO_SMALL, ERR_TOO_BIG},
    {CKR_CRYPTOKI_NOT_INITIALIZED, ERR_MODULE_BAD},
    {GUARD_REFUSED, ERR_INTERNAL},
};

/* Of C_SetPIN: what is said of a PIN's form is said of the new one, for the old one's is known to fit; a card that goes
 * away in the middle, or a driver that says no more than that it failed, may have taken it already. */
static const struct row change_errors[] = {
    {CKR_PIN_INVALID, ERR_NEW_PIN_REFUSED},
    {CKR_PIN_LEN_RANGE, ERR_NEW_PIN_REFUSED},
    {CKR_PIN_TOO_WEAK, ERR_NEW_PIN_REFUSED},
    {CKR_PIN_EXPIRED, ERR_PIN_FIXED},
    {CKR_FUNCTION_NOT_SUPPORTED, ERR_PIN_FIXED},
    {CKR_TOKEN_WRITE_PROTECTED, ERR_PIN_FIXED},
    {CKR_SESSION_READ_ONLY, ERR_PIN_FIXED},
    {CKR_USER_NOT_LOGGED_IN, ERR_PIN_FIXED},
    {CKR_DEVICE_ERROR, ERR_PIN_UNSURE},
    {CKR_DEVICE_REMOVED, ERR_PIN_UNSURE},
    {CKR_TOKEN_NOT_PRESENT, ERR_PIN_UNSURE},
    {CKR_SESSION_HANDLE_INVALID, ERR_PIN_UNSURE},
    {CKR_SESSION_CLOSED, ERR_PIN_UNSURE},
    {CKR_FUNCTION_FAILED, ERR_PIN_UNSURE},
    {CKR_GENERAL_ERROR, ERR_PIN_UNSURE},
};

static enum err_code find(const struct row *rows, size_t n, CK_RV rv)
{
    for (size_t i = 0; i < n; i++)
        if (rows[i].rv == rv)
            return rows[i].code;
    return OK;
}

enum err_code ckr_error(CK_RV rv)
{
    enum err_code code = find(errors, sizeof errors / sizeof *errors, rv);

    return code != OK ? code : ERR_CRYPTO;
}

enum err_code ckr_change_error(CK_RV rv)
{
    enum err_code code = find(change_errors, sizeof change_errors / sizeof *change_errors, rv);

    return code != OK ? code : ckr_error(rv);
}

enum err_code ckr_fail_as(struct err *err, enum err_code code, struct guard_trouble trouble)
{
    return err_set(err, code, "%s: %s (0x%lx)", trouble.call, pkcs11h_getMessage(trouble.rv), trouble.rv);
}

enum err_code ckr_fail(struct err *err, struct guard_trouble trouble)
{
    return ckr_fail_as(err, ckr_error(trouble.rv), trouble);
}
