/* eonay-readers: what the card reader service (pcscd) says of its readers, one line a finding on standard output. A
 * program of its own, because a service that says nothing would hold whoever asks: eonay-doctor starts it and ends it.
 *
 *   context CODE                      of SCardEstablishContext, hexadecimal; 0: we are let in
 *   list CODE                         of SCardListReaders
 *   reader empty|present CODE NAME    CODE: of powering the card up, shared with others; 0 when there is none
 *   end
 *
 * Its argument is the number of the process that wants to know: it ends with that.
 * No byte is sent to the card itself. */
#include "config.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sysexits.h>
#include <unistd.h>
#include <winscard.h>
#include "base/ascii.h"
#include "base/fd.h"
#include "base/text.h"

#define SOCKET "/run/pcscd/pcscd.comm" /* libpcsclite's own, in Debian */
#define NAMES_MAX (PCSCLITE_MAX_READERS_CONTEXTS * (MAX_READERNAME + 1) + 1)

static void say_code(const char *what, LONG rv)
{
    printf("%s %08" PRIx32 "\n", what, (uint32_t)rv);
    (void)fflush(stdout); /* whoever ends us knows how far we came */
}

static LONG power_up(SCARDCONTEXT context, const char *name)
{
    SCARDHANDLE card;
    DWORD protocol;
    LONG rv = SCardConnect(context, name, SCARD_SHARE_SHARED, SCARD_PROTOCOL_T0 | SCARD_PROTOCOL_T1, &card, &protocol);

    if (rv == SCARD_S_SUCCESS)
        (void)SCardDisconnect(card, SCARD_LEAVE_CARD);
    return rv;
}

static void say_reader(SCARDCONTEXT context, const char *name)
{
    SCARD_READERSTATE state = {.szReader = name, .dwCurrentState = SCARD_STATE_UNAWARE};
    LONG rv = SCardGetStatusChange(context, 0, &state, 1);
    bool present = rv == SCARD_S_SUCCESS && (state.dwEventState & SCARD_STATE_PRESENT) != 0;
    char clean[MAX_READERNAME + 1];

    text_clean(clean, sizeof clean, name, strlen(name));
    printf("reader %s %08" PRIx32 " %s\n", present ? "present" : "empty",
        (uint32_t)(present ? power_up(context, name) : rv), clean);
    (void)fflush(stdout);
}

static void say_readers(SCARDCONTEXT context)
{
    static char names[NAMES_MAX];
    DWORD len = sizeof names - 1;
    LONG rv = SCardListReaders(context, NULL, names, &len);

    say_code("list", rv);
    if (rv != SCARD_S_SUCCESS)
        return;
    for (const char *name = names; *name != '\0'; name += strlen(name) + 1)
        say_reader(context, name);
}

/* Does anybody listen where the library asks? */
static bool is_there(void)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    const char *own = getenv("PCSCLITE_CSOCK_NAME");
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool there;

    snprintf(at.sun_path, sizeof at.sun_path, "%s", own != NULL ? own : SOCKET);
    there = fd >= 0 && connect(fd, (struct sockaddr *)&at, sizeof at) == 0;
    fd_close(&fd);
    return there;
}

/* One that refuses us hangs up. When the library meets that while it still sends, it speaks of no service. */
static LONG enter(SCARDCONTEXT *context)
{
    LONG rv = SCardEstablishContext(SCARD_SCOPE_SYSTEM, NULL, NULL, context);

    return rv == SCARD_E_NO_SERVICE && is_there() ? SCARD_W_SECURITY_VIOLATION : rv;
}

/* With whoever started us; named, because it may be gone already. */
static bool is_wanted(int argc, char **argv)
{
    uint64_t parent;

    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    return argc < 2 || (ascii_u64(argv[1], INT32_MAX, &parent) && (pid_t)parent == getppid());
}

int main(int argc, char **argv)
{
    SCARDCONTEXT context;
    LONG rv;

    if (!is_wanted(argc, argv))
        return EX_UNAVAILABLE;
    rv = enter(&context);
    say_code("context", rv);
    if (rv == SCARD_S_SUCCESS) {
        say_readers(context);
        (void)SCardReleaseContext(context);
    }
    puts("end");
    return fflush(stdout) == 0 ? EX_OK : EX_IOERR;
}
