/* The terminal as it was before, for signal handlers and crashes: what face_emergency_restore() does is prepared here, when
 * there is time. One terminal a program. */
#ifndef EONAY_UI_RESTORE_H
#define EONAY_UI_RESTORE_H

#include <stddef.h>
#include <termios.h>

/* From now on: write `bytes` to out_fd (at most 128 are kept), then set the modes of tty_fd. */
void restore_arm(int tty_fd, const struct termios *modes, int out_fd, const char *bytes, size_t len);
void restore_disarm(void);

#endif
