#include "config.h"
#include "base/modules.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ARRAY_LEN(a) (sizeof(a) / sizeof *(a))
#define PLACES_MAX 6

struct maker {
    const char *places[PLACES_MAX];
    bool last; /* only when no other is there */
};

static const struct maker makers[] = {
    /* AKIS, the card of Kamu SM */
    {.places = {"/usr/lib/libakisp11.so", "/usr/local/lib/libakisp11.so", "/usr/lib/x86_64-linux-gnu/libakisp11.so",
         "/opt/Akia/libakisp11.so", "/usr/lib/akia/libakisp11.so"}},
    /* SafeNet and Thales eToken: yes, both spellings are theirs */
    {.places = {"/usr/lib/libeToken.so", "/usr/lib64/libeToken.so", "/usr/lib/libeTPkcs11.so",
         "/usr/lib64/libeTPkcs11.so", "/usr/lib/pkcs11/libeToken.so"}},
    /* Thales and Gemalto IDPrime */
    {.places = {"/usr/lib64/libIDPrimePKCS11.so", "/usr/lib/pkcs11/libIDPrimePKCS11.so",
         "/usr/lib/libIDPrimePKCS11.so"}},
    /* Bit4id */
    {.places = {"/usr/lib/libbit4ipki.so", "/usr/lib/bit4id/libbit4xpki.so"}},
    /* Athena */
    {.places = {"/usr/lib/libasepkcs.so", "/usr/lib/libASEP11.so"}},
    /* OpenSC */
    {.places = {"/usr/lib/x86_64-linux-gnu/opensc-pkcs11.so", "/usr/lib/aarch64-linux-gnu/opensc-pkcs11.so",
         "/usr/lib/opensc-pkcs11.so"},
        .last = true},
};

static const struct maker client = {.places = {"/usr/lib/x86_64-linux-gnu/pkcs11/p11-kit-client.so",
                                        "/usr/lib/aarch64-linux-gnu/pkcs11/p11-kit-client.so",
                                        "/usr/lib64/pkcs11/p11-kit-client.so", "/usr/lib/pkcs11/p11-kit-client.so"}};

static enum err_code place_name(const char *root, const char *place, char **ret)
{
    return asprintf(ret, "%s%s", root, place) < 0 ? ERR_NOMEM : OK;
}

/* *ret stays NULL when none of the places has a file. */
static enum err_code maker_find(const char *root, const struct maker *m, char **ret)
{
    enum err_code rc = OK;

    for (size_t i = 0; rc == OK && *ret == NULL && i < PLACES_MAX && m->places[i] != NULL; i++) {
        char *path = NULL;

        rc = place_name(root, m->places[i], &path);
        if (rc == OK && access(path, F_OK) == 0)
            *ret = path;
        else if (rc == OK)
            free(path);
    }
    return rc;
}

enum err_code modules_find(const char *root, char *ret[MODULES_FOUND_MAX], size_t *ret_n)
{
    char *found[MODULES_FOUND_MAX] = {NULL};
    size_t n = 0;
    enum err_code rc = OK;

    for (size_t i = 0; rc == OK && i < ARRAY_LEN(makers); i++)
        if (!makers[i].last || n == 0) {
            rc = maker_find(root, &makers[i], &found[n]);
            n += found[n] != NULL;
        }
    if (rc == OK && n == 0) {
        rc = place_name(root, makers[0].places[0], &found[0]);
        n = rc == OK;
    }
    for (size_t i = 0; i < n; i++)
        if (rc == OK)
            ret[i] = found[i];
        else
            free(found[i]);
    if (rc == OK)
        *ret_n = n;
    return rc;
}

enum err_code modules_find_client(const char *root, char **ret)
{
    char *found = NULL;
    enum err_code rc = maker_find(root, &client, &found);

    if (rc == OK && found == NULL)
        rc = place_name(root, client.places[0], &found);
    if (rc == OK)
        *ret = found;
    return rc;
}

static bool has_name(const struct maker *m, const char *file)
{
    for (size_t i = 0; i < PLACES_MAX && m->places[i] != NULL; i++)
        if (strcmp(strrchr(m->places[i], '/') + 1, file) == 0)
            return true;
    return false;
}

bool modules_is_name(const char *file)
{
    for (size_t i = 0; i < ARRAY_LEN(makers); i++)
        if (has_name(&makers[i], file))
            return true;
    return has_name(&client, file);
}
