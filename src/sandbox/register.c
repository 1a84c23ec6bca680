/* One file per certificate: {"issuer":"nes-rsa","reason":-1,"revoked_at":0}, named by its serial number. */
#include "config.h"

#include "sandbox/register.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <openssl/bn.h>
#include <openssl/crypto.h>
#include "base/buf.h"
#include "http/json.h"
#include "sandbox/pki.h"

#define FOLDER "ca/issued"

static enum err_code serial_hex(const ASN1_INTEGER *serial, char out[80], struct err *err)
{
    BIGNUM *n = ASN1_INTEGER_to_BN(serial, NULL);
    char *hex = n != NULL && BN_num_bytes(n) < 40 ? BN_bn2hex(n) : NULL;
    enum err_code rc = hex != NULL ? OK : crypto_fail(err, "serial number");
    if (rc == OK)
        snprintf(out, 80, "%s", hex);
    OPENSSL_free(hex);
    BN_free(n);
    return rc;
}

#define FILE_LEN 128

static void file_name(const char *serial, char out[FILE_LEN])
{
    snprintf(out, FILE_LEN, FOLDER "/%s", serial);
}

enum err_code register_add(
    const struct box *b, X509 *cert, enum ca_role issuer, int reason, int64_t revoked_at, struct err *err)
{
    char serial[80], name[FILE_LEN];
    enum err_code rc = serial_hex(X509_get0_serialNumber(cert), serial, err);
    if (rc != OK)
        return rc;
    file_name(serial, name);
    struct buf text = BUF_INIT(512);
    json_t *object =
        json_pack("{s:s,s:i,s:I}", "issuer", ca_stem(issuer), "reason", reason, "revoked_at", (json_int_t)revoked_at);
    rc = object != NULL ? json_write(object, &text) : ERR_NOMEM;
    if (rc == OK)
        rc = box_write(b, name, &text, err);
    json_decref(object);
    buf_done(&text);
    return rc;
}

static enum err_code parse(const struct buf *text, struct record *r, struct err *err)
{
    json_t *object = NULL;
    enum err_code rc = json_parse(text->data, text->len, &object, err);
    const char *issuer = json_string_value(json_object_get(object, "issuer"));
    r->issuer = CA_ROLES;
    for (enum ca_role i = 0; issuer != NULL && i < CA_ROLES; i++)
        if (strcmp(ca_stem(i), issuer) == 0)
            r->issuer = i;
    r->reason = (int)json_integer_value(json_object_get(object, "reason"));
    r->revoked_at = json_integer_value(json_object_get(object, "revoked_at"));
    if (rc == OK && r->issuer == CA_ROLES)
        rc = err_set(err, ERR_STORE, "register: unknown issuer");
    json_decref(object);
    return rc;
}

static enum err_code load(const struct box *b, const char *serial, struct record *ret, struct err *err)
{
    char name[FILE_LEN], path[PATH_MAX];
    struct buf text = BUF_INIT(512);
    struct record r = {0};
    snprintf(r.serial, sizeof r.serial, "%s", serial);
    file_name(serial, name);
    box_path(b, path, name);
    enum err_code rc = buf_read_file(&text, path, err);
    if (rc == OK)
        rc = parse(&text, &r, err);
    else if (rc == ERR_FILE)
        rc = ERR_NOT_FOUND;
    if (rc == OK)
        *ret = r;
    buf_done(&text);
    return rc;
}

enum err_code register_find(
    const struct box *b, enum ca_role issuer, const ASN1_INTEGER *serial, struct record *ret, struct err *err)
{
    char hex[80];
    struct record r;
    enum err_code rc = serial_hex(serial, hex, err);
    if (rc == OK)
        rc = load(b, hex, &r, err);
    if (rc == OK && r.issuer != issuer)
        rc = err_set(err, ERR_NOT_FOUND, "the serial number is another issuer's");
    if (rc == OK)
        *ret = r;
    return rc;
}

enum err_code register_each(
    const struct box *b, enum err_code (*fn)(void *ctx, const struct record *r), void *ctx, struct err *err)
{
    char path[PATH_MAX];
    box_path(b, path, FOLDER);
    DIR *dir = opendir(path);
    if (dir == NULL)
        return err_set(err, ERR_FILE, "%s: %s", path, strerror(errno));
    enum err_code rc = OK;
    for (struct dirent *e; rc == OK && (e = readdir(dir)) != NULL;) {
        struct record r;
        if (strspn(e->d_name, "0123456789ABCDEF") != strlen(e->d_name))
            continue; /* ".", "..", a file being written */
        rc = load(b, e->d_name, &r, err);
        if (rc == OK)
            rc = fn(ctx, &r);
    }
    closedir(dir);
    return rc;
}
