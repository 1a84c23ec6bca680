/* The listening socket. */
#ifndef EONAY_HTTPD_LISTEN_H
#define EONAY_HTTPD_LISTEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* "127.0.0.1:0" or "[::1]:0" into host (brackets kept for the URL) and port. */
bool listen_split(const char *listen, char *host, size_t host_len, uint64_t *ret_port);
int listen_open(const char *host, unsigned port); /* numeric hosts only; -1 with errno */
unsigned listen_port(int fd);                     /* the port it got; 0 on failure */

#endif
