#include "config.h"

#include "tls_ask.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

static void need(int ok, const char *what)
{
    if (ok)
        return;
    fprintf(stderr, "tls_ask: %s\n", what);
    abort();
}

static int dial(unsigned port, const char *from)
{
    struct sockaddr_in at = {
        .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct sockaddr_in mine = {.sin_family = AF_INET};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (from) {
        need(inet_pton(AF_INET, from, &mine.sin_addr) == 1, from);
        need(bind(fd, (const struct sockaddr *)&mine, sizeof mine) == 0, "bind");
    }
    need(connect(fd, (const struct sockaddr *)&at, sizeof at) == 0, "connect");
    return fd;
}

static SSL *client(const struct tls_habit *habit)
{
    SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
    need(ctx != NULL, "memory");
    SSL_CTX_set_security_level(ctx, 0); /* it is the server that is to refuse */
    if (habit->version != 0) {
        need(SSL_CTX_set_min_proto_version(ctx, habit->version) == 1, "version");
        need(SSL_CTX_set_max_proto_version(ctx, habit->version) == 1, "version");
    }
    need(!habit->ciphers || SSL_CTX_set_cipher_list(ctx, habit->ciphers) == 1, "ciphers");
    void *signing = (void *)(uintptr_t)habit->signing; /* the macro for this casts const away itself */
    need(!signing || SSL_CTX_ctrl(ctx, SSL_CTRL_SET_SIGALGS_LIST, 0, signing) == 1, "signing");
    SSL *ssl = SSL_new(ctx);
    need(ssl != NULL, "memory");
    SSL_CTX_free(ctx);
    return ssl;
}

bool tls_ask(unsigned port, const struct tls_habit *habit, const char *request, char *out, size_t out_len)
{
    int fd = dial(port, habit->from), n;
    size_t len = 0;
    SSL *ssl = client(habit);
    need(SSL_set_fd(ssl, fd) == 1, "memory");
    bool greeted = SSL_connect(ssl) == 1;
    if (greeted)
        need(SSL_write(ssl, request, (int)strlen(request)) > 0, "write");
    while (greeted && len + 1 < out_len && (n = SSL_read(ssl, out + len, (int)(out_len - 1 - len))) > 0)
        len += (size_t)n;
    out[len] = '\0';
    SSL_free(ssl);
    close(fd);
    ERR_clear_error();
    return greeted;
}
