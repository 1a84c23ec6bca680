/* A virtual card for vsmartcard's virtual reader (vpcd), so that the real pcscd can be looked at: `vicc PORT
 * live|mute`. Messages have their length before them, 16 bits, big endian; one byte alone is a command: 0 off, 1 on, 2
 * reset, 4 what is your ATR? A mute card answers that with what is none. Test use only. */
#include "config.h"

#include <arpa/inet.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define ASK_ATR 4

static bool give(int fd, const uint8_t *bytes, uint16_t len)
{
    uint16_t head = htons(len);

    return send(fd, &head, sizeof head, MSG_NOSIGNAL) == (ssize_t)sizeof head &&
           (len == 0 || send(fd, bytes, len, MSG_NOSIGNAL) == len);
}

static bool answer(int fd, const uint8_t *message, uint16_t len, bool mute)
{
    static const uint8_t atr[] = {0x3b, 0x80, 0x01, 0x81}, noise[] = {0x00, 0x00}, /* T=1 */
        refused[] = {0x6d, 0x00};

    if (len == 1 && message[0] == ASK_ATR)
        return mute ? give(fd, noise, sizeof noise) : give(fd, atr, sizeof atr);
    return len == 1 || give(fd, refused, sizeof refused);
}

static bool serve(int fd, bool mute)
{
    static uint8_t message[UINT16_MAX];
    uint16_t len;

    if (recv(fd, &len, sizeof len, MSG_WAITALL) != (ssize_t)sizeof len)
        return false;
    len = ntohs(len);
    return recv(fd, message, len, MSG_WAITALL) == len && answer(fd, message, len, mute);
}

int main(int argc, char **argv)
{
    struct sockaddr_in at = {.sin_family = AF_INET};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    (void)prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (argc != 3) {
        fputs("vicc PORT live|mute\n", stderr);
        return 64;
    }
    at.sin_port = htons((uint16_t)strtoul(argv[1], NULL, 10));
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (fd < 0 || connect(fd, (struct sockaddr *)&at, sizeof at) != 0) {
        perror("vicc");
        return 1;
    }
    while (serve(fd, strcmp(argv[2], "mute") == 0))
        continue;
    return 0;
}
