#include "config.h"

#include "httpd/listen.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include "base/ascii.h"
#include "base/fd.h"
#include "httpd/httpd.h"

bool listen_split(const char *listen, char *host, size_t host_len, uint64_t *ret_port)
{
    const char *colon = strrchr(listen, ':');
    size_t len = colon ? (size_t)(colon - listen) : 0;
    if (len == 0 || len >= host_len || !ascii_u64(colon + 1, 65535, ret_port))
        return false;
    memcpy(host, listen, len);
    host[len] = '\0';
    return host[0] != '[' || host[len - 1] == ']';
}

bool httpd_is_loopback(const char *listen)
{
    char host[80];
    uint64_t port;
    if (!listen_split(listen, host, sizeof host, &port))
        return false;
    struct in_addr v4;
    return strcmp(host, "[::1]") == 0 || (inet_pton(AF_INET, host, &v4) == 1 && ntohl(v4.s_addr) >> 24 == 127);
}

int listen_open(const char *host, unsigned port)
{
    char bare[80], service[8];
    struct addrinfo *list = NULL,
                    hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE};
    int fd = -1, on = 1;
    size_t len = strlen(host);
    bool brackets = host[0] == '[';
    snprintf(bare, sizeof bare, "%.*s", (int)(brackets ? len - 2 : len), host + brackets);
    snprintf(service, sizeof service, "%u", port);
    if (getaddrinfo(bare, service, &hints, &list) != 0)
        return -1;
    fd = socket(list->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd >= 0 && (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0 ||
                       bind(fd, list->ai_addr, list->ai_addrlen) != 0 || listen(fd, 512) != 0))
        fd_close(&fd);
    freeaddrinfo(list);
    return fd;
}

unsigned listen_port(int fd)
{
    union {
        struct sockaddr any;
        struct sockaddr_storage space;
    } at;
    socklen_t len = sizeof at;
    char service[8];
    uint64_t port;
    if (getsockname(fd, &at.any, &len) != 0 ||
        getnameinfo(&at.any, len, NULL, 0, service, sizeof service, NI_NUMERICSERV) != 0 ||
        !ascii_u64(service, 65535, &port))
        return 0;
    return (unsigned)port;
}
