/* A person with a card. */
#include "config.h"

#include "sandbox/kit.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <openssl/crypto.h>
#include "sandbox/draw.h"
#include "sandbox/register.h"

#define CARDS_MAX 10000

/* The next free cards/N. */
static enum err_code make_folder(const struct box *b, char folder[32], struct err *err)
{
    char path[PATH_MAX];
    for (int n = 1; n <= CARDS_MAX; n++) {
        snprintf(folder, 32, "cards/%d", n);
        box_path(b, path, folder);
        if (mkdir(path, 0700) == 0)
            return OK;
        if (errno != EEXIST)
            break;
    }
    return err_set(err, ERR_FILE, "%s: %s", path, strerror(errno));
}

static enum err_code choose_pins(const struct kit_order *order, struct kit *kit, struct err *err)
{
    size_t len = order->pin != NULL ? strlen(order->pin) : CARD_PIN_LEN;
    if (len < 4 || len >= sizeof kit->pin || (order->pin != NULL && strspn(order->pin, "0123456789") != len))
        return err_set(err, ERR_BAD_REQUEST, "a PIN has 4 to 16 digits");
    enum err_code rc = draw_digits(kit->puk, CARD_PUK_LEN);
    if (rc != OK || order->pin == NULL)
        return rc == OK ? draw_digits(kit->pin, CARD_PIN_LEN) : rc;
    memcpy(kit->pin, order->pin, len + 1);
    return OK;
}

static enum err_code issue(const struct box *b, const struct ca *ca, const struct kit_order *order, EVP_PKEY *key,
    const char *upper, X509 **ret, struct err *err)
{
    char tckn[TCKN_LEN + 1];
    int64_t now = box_now(b);
    X509 *cert = NULL;
    snprintf(tckn, sizeof tckn, "%s", order->tckn);
    if (order->flaw->other_tckn)
        tckn_of_another(order->tckn, tckn);
    struct nes_order nes = {.key = key, .name = upper, .tckn = tckn, .flaw = order->flaw, .now = now};
    enum err_code rc = ca_issue_nes(ca, &nes, &cert, err);
    if (rc == OK)
        rc = register_add(b, cert, ca_issuer_for(key), order->flaw->reason, now - 60, err);
    if (rc == OK)
        *ret = cert;
    else
        X509_free(cert);
    return rc;
}

/* The card makes the key, the authority the certificate, which goes onto the card and beside it. */
static enum err_code make_card(
    const struct box *b, const struct ca *ca, const struct kit_order *order, const struct kit *kit, struct err *err)
{
    char dir[PATH_MAX], cert_path[PATH_MAX], cert_name[64], label[NAME_LEN + 16], upper[NAME_LEN];
    struct card *card = NULL;
    EVP_PKEY *key = NULL;
    X509 *cert = NULL;
    enum err_code rc = name_upper(order->name, upper);
    if (rc != OK)
        return rc;
    snprintf(label, sizeof label, "TEST KART %s", upper);
    snprintf(cert_name, sizeof cert_name, "%s/certificate.pem", kit->folder);
    box_path(b, dir, kit->folder);
    box_path(b, cert_path, cert_name);
    struct card_order want = {.dir = dir, .label = label, .pin = kit->pin, .puk = kit->puk, .key = order->key};
    rc = card_make(&want, &card, &key, err);
    if (rc == OK)
        rc = issue(b, ca, order, key, upper, &cert, err);
    if (rc == OK)
        rc = card_put(card, cert, err);
    if (rc == OK)
        rc = cert_save(cert_path, cert, err);
    X509_free(cert);
    EVP_PKEY_free(key);
    card_close(&card);
    return rc;
}

static enum err_code load_ca(const struct box *b, const struct state *s, struct ca *ret, struct err *err)
{
    char dir[PATH_MAX], ocsp[URL_LEN + 8], depot[URL_LEN + 8];
    box_path(b, dir, "ca");
    state_urls(s, ocsp, depot);
    return ca_load(dir, ocsp, depot, ret, err);
}

static enum err_code make_all(
    const struct box *b, const struct ca *ca, const struct kit_order *order, struct kit *kit, struct err *err)
{
    enum err_code rc = choose_pins(order, kit, err);
    if (rc == OK)
        rc = people_add(b, order->tckn, order->name, kit->password, err);
    if (rc == OK)
        rc = make_folder(b, kit->folder, err);
    if (rc == OK)
        rc = make_card(b, ca, order, kit, err);
    snprintf(kit->tckn, sizeof kit->tckn, "%s", order->tckn);
    snprintf(kit->name, sizeof kit->name, "%s", order->name);
    return rc;
}

enum err_code kit_make(
    const struct box *b, const struct state *s, const struct kit_order *order, struct kit *ret, struct err *err)
{
    struct ca ca;
    struct kit kit = {.folder = ""};
    enum err_code rc = load_ca(b, s, &ca, err);
    if (rc != OK)
        return rc;
    rc = make_all(b, &ca, order, &kit, err);
    if (rc == OK)
        *ret = kit;
    OPENSSL_cleanse(&kit, sizeof kit);
    ca_done(&ca);
    return rc;
}
