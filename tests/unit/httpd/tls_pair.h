/* A throw-away certificate for 127.0.0.1 and its key, as PEM files in a folder. */
#ifndef TESTS_TLS_PAIR_H
#define TESTS_TLS_PAIR_H

struct tls_pair {
    char cert[256], key[256];
};
void tls_pair_make(struct tls_pair *pair, const char *dir);
void tls_pair_make_of(struct tls_pair *pair, const char *dir, const char *algorithm); /* "EC" or "RSA" */

#endif
