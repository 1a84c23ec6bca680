#include "ui/restore.h"

#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "ui/face.h"

#define BYTES_MAX 128

/* Read by signal handlers: `armed` is set last and cleared first. */
static struct {
    volatile sig_atomic_t armed;
    int tty_fd, out_fd;
    struct termios modes;
    char bytes[BYTES_MAX];
    size_t len;
} plan;

void restore_arm(int tty_fd, const struct termios *modes, int out_fd, const char *bytes, size_t len)
{
    plan.armed = 0;
    plan.tty_fd = tty_fd;
    plan.modes = *modes;
    plan.out_fd = out_fd;
    plan.len = len < BYTES_MAX ? len : BYTES_MAX;
    memcpy(plan.bytes, bytes, plan.len);
    plan.armed = 1;
}

void restore_disarm(void)
{
    plan.armed = 0;
}

/* Never waits: what stands before it and is not taken is thrown away. */
static void write_at_once(void)
{
    int flags = fcntl(plan.out_fd, F_GETFL);
    (void)fcntl(plan.out_fd, F_SETFL, flags | O_NONBLOCK);
    bool flushed = false;
    for (size_t at = 0; at < plan.len;) {
        ssize_t n = write(plan.out_fd, plan.bytes + at, plan.len - at);
        if (n <= 0 && flushed)
            break;
        if (n <= 0)
            flushed = tcflush(plan.tty_fd, TCOFLUSH) == 0;
        if (n <= 0 && !flushed)
            break;
        at += n > 0 ? (size_t)n : 0;
    }
    (void)fcntl(plan.out_fd, F_SETFL, flags); /* others write through the same description */
}

void face_emergency_restore(void)
{
    if (!plan.armed)
        return;
    plan.armed = 0;
    write_at_once();
    (void)tcsetattr(plan.tty_fd, TCSANOW, &plan.modes);
}
