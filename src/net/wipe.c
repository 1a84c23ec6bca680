#include "config.h"
#include "net/wipe.h"
#include <curl/curl.h>
#include <jansson.h>
#include <malloc.h>
#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>

static void wiping_free(void *p)
{
    if (p == NULL)
        return;
    explicit_bzero(p, malloc_usable_size(p));
    free(p);
}

/* realloc(3) would leave the old block behind unwiped when it moves. */
static void *wiping_realloc(void *p, size_t size)
{
    size_t had = p != NULL ? malloc_usable_size(p) : 0;
    void *q = malloc(size);

    if (q == NULL)
        return NULL;
    if (had > 0)
        memcpy(q, p, had < size ? had : size);
    wiping_free(p);
    return q;
}

/* OpenSSL's form: with the place of the call, and size 0 gives NULL. */
static void *openssl_malloc(size_t size, const char *file, int line)
{
    (void)file, (void)line;
    return size > 0 ? malloc(size) : NULL;
}

static void *openssl_realloc(void *p, size_t size, const char *file, int line)
{
    (void)file, (void)line;
    if (size > 0)
        return wiping_realloc(p, size);
    wiping_free(p);
    return NULL;
}

static void openssl_free(void *p, const char *file, int line)
{
    (void)file, (void)line;
    wiping_free(p);
}

enum err_code wipe_install(struct err *err)
{
    if (CRYPTO_set_mem_functions(openssl_malloc, openssl_realloc, openssl_free) != 1)
        return err_set(err, ERR_INTERNAL, "OpenSSL has allocated already");
    json_set_alloc_funcs(malloc, wiping_free);
    if (curl_global_init_mem(CURL_GLOBAL_DEFAULT, malloc, wiping_free, wiping_realloc, strdup, calloc) != CURLE_OK)
        return err_set(err, ERR_NOMEM, "libcurl could not start");
    return OK;
}
