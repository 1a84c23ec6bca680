/* One HTTPS request as a client of particular habits, or from a particular loopback address, would send it. The
 * server's certificate is not looked at. */
#ifndef EONAY_TESTS_TLS_ASK_H
#define EONAY_TESTS_TLS_ASK_H

#include <stdbool.h>
#include <stddef.h>

struct tls_habit {
    const char *from;    /* IPv4 source address; NULL: the system's choice */
    int version;         /* TLS1_2_VERSION … and no other; 0: any */
    const char *ciphers; /* of TLS 1.2, as OpenSSL names them; NULL: the usual */
    const char *signing; /* signature algorithms; NULL: the usual */
};
/* Everything until the server closes goes to `out` as a string. False when no TLS connection came about. */
bool tls_ask(unsigned port, const struct tls_habit *habit, const char *request, char *out, size_t out_len);

#endif
