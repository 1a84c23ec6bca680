/* A picture leaves as one: the screen library sends what it has at every movement of the cursor, and over SSH each piece
 * would travel alone. While it draws, its descriptor is a file in memory. */
#ifndef EONAY_UI_FRAME_H
#define EONAY_UI_FRAME_H

#include <stdbool.h>

struct frame {
    int library_fd;  /* the screen library writes there; not ours to close */
    int terminal_fd; /* borrowed */
    int memory_fd;   /* -1: there is none, and pictures leave in pieces */
    char *memory;    /* its first FRAME_MAPPED bytes */
    bool collects;
};
#define FRAME_MAPPED 16384 /* bytes; more than an ordinary picture has */

/* Nothing is collected yet. Cannot fail: see memory_fd. */
struct frame frame_open(int library_fd, int terminal_fd);
void frame_close(struct frame *f);

/* From now on what the library writes is kept, until frame_send lets it go as one; frame_release does, too, and gives
 * the library the terminal itself, which it needs whenever it asks or sets the terminal's modes. */
void frame_collect(struct frame *f);
void frame_send(struct frame *f);
void frame_release(struct frame *f);

#endif
