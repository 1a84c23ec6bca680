#include "config.h"
#include "ui/frame.h"

#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/fd.h"

static void drop_memory(struct frame *f)
{
    if (f->memory != NULL)
        (void)munmap(f->memory, FRAME_MAPPED);
    f->memory = NULL;
    fd_close(&f->memory_fd);
}

static bool make_memory(struct frame *f)
{
    f->memory_fd = memfd_create("frame", MFD_CLOEXEC);
    if (f->memory_fd < 0 || ftruncate(f->memory_fd, FRAME_MAPPED) != 0)
        return false;
    void *map = mmap(NULL, FRAME_MAPPED, PROT_READ | PROT_WRITE, MAP_SHARED, f->memory_fd, 0);
    f->memory = map != MAP_FAILED ? map : NULL;
    return f->memory != NULL;
}

struct frame frame_open(int library_fd, int terminal_fd)
{
    struct frame f = {.library_fd = library_fd, .terminal_fd = terminal_fd};
    if (!make_memory(&f))
        drop_memory(&f);
    return f;
}

void frame_close(struct frame *f)
{
    frame_release(f);
    drop_memory(f);
}

void frame_collect(struct frame *f)
{
    f->collects = f->collects || (f->memory_fd >= 0 && dup3(f->memory_fd, f->library_fd, O_CLOEXEC) >= 0);
}

/* What did not fit into the mapped part. */
static void send_rest(const struct frame *f, off_t len)
{
    char bytes[4096];
    for (off_t at = FRAME_MAPPED; at < len;) {
        ssize_t n = pread(f->memory_fd, bytes, sizeof bytes, at);
        if (n <= 0)
            break;
        (void)!fd_write_all(f->terminal_fd, bytes, (size_t)n);
        at += n;
    }
    explicit_bzero(bytes, sizeof bytes);
    (void)!ftruncate(f->memory_fd, FRAME_MAPPED);
}

void frame_send(struct frame *f)
{
    off_t len = f->collects ? lseek(f->memory_fd, 0, SEEK_CUR) : 0;
    if (len <= 0)
        return;
    size_t mapped = len < FRAME_MAPPED ? (size_t)len : FRAME_MAPPED;
    (void)!fd_write_all(f->terminal_fd, f->memory, mapped);
    if (len > FRAME_MAPPED)
        send_rest(f, len);
    explicit_bzero(f->memory, mapped); /* a picture may name a person */
    (void)lseek(f->memory_fd, 0, SEEK_SET);
}

void frame_release(struct frame *f)
{
    if (!f->collects)
        return;
    frame_send(f);
    (void)dup3(f->terminal_fd, f->library_fd, O_CLOEXEC);
    f->collects = false;
}
