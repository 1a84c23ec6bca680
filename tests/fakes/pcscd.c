/* A fake card reader service: speaks the socket protocol of pcscd (version 4:4, that of Debian 12's libpcsclite) as far
 * as looking at readers needs it. `pcscd SOCKET SCRIPT`; the script is read anew for each client, one word a line:
 *
 *   denied              hangs up, as pcscd does where polkit refuses
 *   silent              takes the connection and says nothing
 *   deaf                lets in, then says nothing
 *   version             is of another version
 *   reader CODE NAME    an empty reader (CODE -), or one with a card that gives this PC/SC code when it is powered up
 *                       (hexadecimal; denied: hangs up, as for polkit's second question)
 *
 * Test use only. */
#include "config.h"

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <winscard.h>

/* What goes over the socket; the numbers are pcscd's. */
enum command {
    ESTABLISH = 1,
    RELEASE = 2,
    CONNECT = 4,
    DISCONNECT = 6,
    GET_VERSION = 0x11,
    GET_STATES = 0x12,
    WAIT_CHANGE = 0x13,
    STOP_WAITING = 0x14,
};
struct head {
    uint32_t size, command;
};
struct version {
    int32_t major, minor;
    uint32_t rv;
};
struct establish {
    uint32_t scope, context, rv;
};
struct release {
    uint32_t context, rv;
};
struct connect {
    uint32_t context;
    char reader[MAX_READERNAME];
    uint32_t share, protocols;
    int32_t card;
    uint32_t protocol, rv;
};
struct disconnect {
    int32_t card;
    uint32_t disposition, rv;
};
struct waiting {
    uint32_t timeout_ms, rv;
};
struct reader {
    char name[MAX_READERNAME];
    uint32_t events, state;
    int32_t sharing;
    uint8_t atr[MAX_ATR_SIZE];
    uint32_t atr_len, protocol;
};

struct script {
    bool denied, silent, deaf, version;
    struct reader readers[PCSCLITE_MAX_READERS_CONTEXTS];
    uint32_t codes[PCSCLITE_MAX_READERS_CONTEXTS];
    bool refuses[PCSCLITE_MAX_READERS_CONTEXTS];
    size_t n;
};

static void die(const char *what)
{
    perror(what);
    exit(1);
}

static void add_reader(struct script *s, const char *code, const char *name)
{
    static const uint8_t atr[] = {0x3b, 0x00};
    struct reader *r = &s->readers[s->n];
    bool empty = strcmp(code, "-") == 0;

    snprintf(r->name, sizeof r->name, "%s", name);
    s->refuses[s->n] = strcmp(code, "denied") == 0;
    s->codes[s->n] = empty || s->refuses[s->n] ? 0 : (uint32_t)strtoul(code, NULL, 16);
    r->state = empty ? SCARD_ABSENT : SCARD_PRESENT;
    if (!empty && s->codes[s->n] == 0) {
        r->state |= SCARD_POWERED | SCARD_NEGOTIABLE;
        memcpy(r->atr, atr, sizeof atr);
        r->atr_len = sizeof atr;
    }
    s->n++;
}

static void script_read(const char *path, struct script *s)
{
    char line[256], code[16], name[MAX_READERNAME];
    FILE *f = fopen(path, "re");

    memset(s, 0, sizeof *s);
    if (f == NULL)
        die(path);
    while (fgets(line, sizeof line, f) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        s->denied |= strcmp(line, "denied") == 0;
        s->silent |= strcmp(line, "silent") == 0;
        s->deaf |= strcmp(line, "deaf") == 0;
        s->version |= strcmp(line, "version") == 0;
        if (sscanf(line, "reader %15s %127[^\n]", code, name) == 2 && s->n < PCSCLITE_MAX_READERS_CONTEXTS)
            add_reader(s, code, name);
    }
    fclose(f);
}

static bool take(int fd, void *into, size_t len)
{
    return recv(fd, into, len, MSG_WAITALL) == (ssize_t)len;
}

static bool give(int fd, const void *bytes, size_t len)
{
    return send(fd, bytes, len, MSG_NOSIGNAL) == (ssize_t)len;
}

static void wait_for_end(int fd)
{
    char some[256];

    while (recv(fd, some, sizeof some, 0) > 0)
        continue;
}

/* With what was asked still unread, as whoever had to ask polkit first: the client may still be sending, or wait. */
static void wait_for_word(int fd)
{
    char first;

    (void)!recv(fd, &first, 1, MSG_PEEK);
}

static bool on_version(const struct script *s, int fd)
{
    struct version v;

    if (!take(fd, &v, sizeof v))
        return false;
    v.rv = (uint32_t)(s->version ? SCARD_E_SERVICE_STOPPED : SCARD_S_SUCCESS);
    v.minor += s->version;
    return give(fd, &v, sizeof v);
}

static bool on_establish(const struct script *s, int fd)
{
    struct establish e;

    (void)s;
    if (!take(fd, &e, sizeof e))
        return false;
    e.context = 0x7e57;
    e.rv = SCARD_S_SUCCESS;
    return give(fd, &e, sizeof e);
}

static bool on_release(const struct script *s, int fd)
{
    struct release r;

    (void)s;
    if (!take(fd, &r, sizeof r))
        return false;
    r.rv = SCARD_S_SUCCESS;
    return give(fd, &r, sizeof r);
}

static bool on_states(const struct script *s, int fd)
{
    if (!s->deaf)
        return give(fd, s->readers, sizeof s->readers);
    wait_for_end(fd);
    return false;
}

static bool on_stop(const struct script *s, int fd)
{
    const struct waiting w = {0};

    (void)s;
    return give(fd, &w, sizeof w);
}

static bool on_connect(const struct script *s, int fd)
{
    struct connect c;
    size_t i = 0;

    if (!take(fd, &c, sizeof c))
        return false;
    while (i < s->n && strncmp(s->readers[i].name, c.reader, sizeof c.reader) != 0)
        i++;
    if (i == s->n || s->refuses[i])
        return false;
    c.rv = s->codes[i];
    c.card = c.rv == SCARD_S_SUCCESS ? 0x7e57 : 0;
    c.protocol = SCARD_PROTOCOL_T1;
    return give(fd, &c, sizeof c);
}

static bool on_disconnect(const struct script *s, int fd)
{
    struct disconnect d;

    (void)s;
    if (!take(fd, &d, sizeof d))
        return false;
    d.rv = SCARD_S_SUCCESS;
    return give(fd, &d, sizeof d);
}

static const struct {
    enum command command;
    bool (*act)(const struct script *s, int fd);
} deeds[] = {
    {GET_VERSION, on_version},
    {ESTABLISH, on_establish},
    {RELEASE, on_release},
    {GET_STATES, on_states},
    {WAIT_CHANGE, on_states},
    {STOP_WAITING, on_stop},
    {CONNECT, on_connect},
    {DISCONNECT, on_disconnect},
};

static bool act(const struct script *s, int fd, uint32_t command)
{
    for (size_t i = 0; i < sizeof deeds / sizeof *deeds; i++)
        if (deeds[i].command == (enum command)command)
            return deeds[i].act(s, fd);
    fprintf(stderr, "pcscd: command %u is not known here\n", command);
    return false;
}

static void serve(const char *path, int fd)
{
    static struct script s;
    struct head head;

    script_read(path, &s);
    if (s.silent)
        wait_for_end(fd);
    if (s.denied)
        wait_for_word(fd);
    if (s.denied || s.silent)
        return;
    while (take(fd, &head, sizeof head) && act(&s, fd, head.command))
        continue;
}

int main(int argc, char **argv)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    int door = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    (void)prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (argc != 3 || strlen(argv[1]) >= sizeof at.sun_path) {
        fputs("pcscd SOCKET SCRIPT\n", stderr);
        return 64;
    }
    strcpy(at.sun_path, argv[1]);
    if (door < 0 || bind(door, (struct sockaddr *)&at, sizeof at) != 0 || listen(door, 16) != 0)
        die(argv[1]);
    for (int fd; (fd = accept(door, NULL, NULL)) >= 0; close(fd))
        serve(argv[2], fd);
    return 1;
}
