/* deck BOX FOLDER TCKN OTHER OCSP-URL: certificates with their keys for the fake cards of FOLDER, issued by the
 * authority of the sandbox BOX: a perfect one, one more for the same key, and one of each kind that cannot be used.
 * Everything is synthetic. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/when.h"
#include "fakes/p11/fake.h"
#include "fakes/pki.h"
#include "sandbox/register.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))
#define DAY 86400

static const struct {
    const char *file, *name;
    enum pki_key key;
    unsigned flaws;
    bool other, foreign;
} kinds[] = {
    {"usable", "İPEK IŞIK", PKI_P256, 0, false, false},
    {"expired", "SÜRESİ DOLMUŞ", PKI_P256, PKI_EXPIRED, false, false}, /* for the key of the first */
    {"not-yet", "HENÜZ BAŞLAMAMIŞ", PKI_P256, PKI_NOT_YET, false, false},
    {"no-qc", "NES OLMAYAN", PKI_RSA2048, PKI_NO_BTK, false, false},
    {"no-notice", "BİLDİRİMSİZ", PKI_P384, PKI_NO_NOTICE, false, false},
    {"seal", "ÖRNEK A.Ş.", PKI_P256, PKI_SEAL, false, false},
    {"mali-muhur", "ÖRNEK LTD.", PKI_P384, PKI_MALI_MUHUR, false, false},
    {"encryption", "ŞİFRELEYEN", PKI_RSA2048, PKI_ENCRYPTION, false, false},
    {"other-tckn", "BAŞKA BİRİ", PKI_P256, 0, true, false},
    {"no-tckn", "NUMARASIZ", PKI_P256, PKI_NO_TCKN, false, false},
    {"weak-key", "ZAYIF ANAHTARLI", PKI_RSA1024, 0, false, false},
    {"untrusted", "TANINMAYAN", PKI_P256, 0, false, true},
    {"wrong-usage", "İMZASIZ", PKI_P256, PKI_WRONG_USAGE, false, false},
    {"ca", "TEST KURUMU", PKI_P256, PKI_CA, false, false},
    {"two-tckn", "İKİ NUMARALI", PKI_P256, PKI_TWO_TCKN, false, false},
    {"no-key", "ANAHTARSIZ", PKI_P256, 0, false, false},
    {"ambiguous", "İKİ ANAHTARLI", PKI_P256, 0, false, false},
    {"escape", "KAÇIŞ\x1b[2J\x07LI", PKI_P256, PKI_SEAL, false, false},
    {"soon", "BİTMEK ÜZERE", PKI_P256, 0, false, false},
};

static int fail(const char *what, const struct err *err)
{
    fprintf(stderr, "deck: %s: %s\n", what, err->detail);
    return 1;
}

static enum err_code keep(const struct box *b, const struct fake *f, const char *file, const struct pki_identity *who,
    bool is_registered, struct err *err)
{
    char pem[64];
    snprintf(pem, sizeof pem, "%s.pem", file);
    fake_put(f, pem, who);
    return is_registered ? register_add(b, who->cert, CA_EC, FLAW_NOT_REVOKED, 0, err) : OK;
}

static enum err_code deal(
    struct box *b, struct pki *pki, struct pki *foreign, const struct fake *f, char **argv, struct err *err)
{
    struct pki_identity first = {NULL, NULL};
    enum err_code rc = OK;
    for (size_t i = 0; rc == OK && i < COUNT(kinds); i++) {
        struct pki_spec spec = {.name = kinds[i].name,
            .tckn = argv[kinds[i].other ? 4 : 3],
            .key = kinds[i].key,
            .flaws = kinds[i].flaws,
            .ocsp_url = argv[5],
            .not_after = strcmp(kinds[i].file, "soon") == 0 ? pki->now + 30 * DAY : 0,
            .same = strcmp(kinds[i].file, "expired") == 0 ? &first : NULL};
        struct pki_identity who = pki_issue(kinds[i].foreign ? foreign : pki, &spec);
        rc = keep(b, f, kinds[i].file, &who, !kinds[i].foreign, err);
        if (i == 0)
            first = who;
        else
            pki_identity_done(&who);
    }
    pki_identity_done(&first);
    return rc;
}

int main(int argc, char **argv)
{
    struct err err = {0};
    struct box box;
    struct ca ca;
    struct fake fake;
    struct pki pki, foreign;
    char dir[PATH_MAX];
    if (argc != 6)
        return 64;
    if (box_open(argv[1], &box, &err) != OK || box_lock(&box, &err) != OK)
        return fail(argv[1], &err);
    box_path(&box, dir, "ca");
    if (ca_load(dir, argv[5], "", &ca, &err) != OK)
        return fail(dir, &err);
    fake_open(&fake, argv[2]);
    pki_init(&foreign);
    pki = (struct pki){.now = box_now(&box),
        .serial = box_now(&box), /* of no other card of the sandbox: theirs are drawn at random */
        .issuer = {ca.of[CA_EC].cert, ca.of[CA_EC].key}};
    enum err_code rc = deal(&box, &pki, &foreign, &fake, argv, &err);
    fake_close(&fake);
    pki_done(&foreign);
    ca_done(&ca);
    box_done(&box);
    return rc == OK ? 0 : fail(argv[2], &err);
}
