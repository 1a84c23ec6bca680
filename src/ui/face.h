/* A face shows views and turns what a person does into events. Two of them, full-screen and plain; the shell knows only this.
 * A face owns focus, scrolling and the editing of fields; typed secrets go from the terminal straight into struct secret. */
#ifndef EONAY_UI_FACE_H
#define EONAY_UI_FACE_H

#include <stdbool.h>
#include <stdint.h>
#include "base/secret.h"
#include "ui/screen.h"

struct face;

/* What a face may write while reading input. */
struct desk {
    struct form *form;
    struct secret *pin, *password;
    struct secret *parts[PART_COUNT];                            /* of a PIN's change */
};

struct face_ops {
    /* Shows the view if anything differs from what is shown; writes only what changed; the cursor ends on the focus. */
    void (*show)(struct face *f, const struct scene *s, const struct view *v);
    /* Next event from input, false when there is none now. Called after poll says input_fd is readable, after wake_ms, and
     * after each show until it answers false (a pasted line can hold many keys); between two events the shell steps the flow,
     * composes and shows. What is pasted comes as few events, whatever its length. now_ms in the event is the scene's. */
    bool (*read)(struct face *f, const struct scene *s, const struct view *v, struct desk *desk, struct event *ret);
    /* When the face itself wants to show and read again (countdown, clock, a lone ESC), absolute ms, UINT64_MAX: never. */
    uint64_t (*wake_ms)(const struct face *f, const struct scene *s);
    void (*say)(struct face *f, const char *sentence);           /* spoken threshold: a line of its own */
    void (*bell)(struct face *f);
    bool (*copy)(struct face *f, const char *text);              /* OSC 52; false: this terminal cannot */
    void (*forget)(struct face *f);                              /* the person is gone (FX_FORGET); NULL: it keeps nothing of one */
    void (*suspend)(struct face *f);                             /* terminal as it was before (SIGTSTP, exit, crash) */
    void (*free)(struct face **f);
};
struct face {
    const struct face_ops *ops;
    int input_fd; /* for poll; -1: nothing is wanted now (the plain face reads only while it asks; end of input) */
    bool input_waits; /* poll has just said so: the face need not ask again */
};

/* On standard input and output. ERR_FILE for a terminal that cannot be used so: lines are the way then. A changed window is
 * noticed at the next show: SIGWINCH has only to end the shell's poll. */
enum err_code face_fullscreen_new(struct face **ret, struct err *err) MUST_CHECK;
enum err_code face_plain_new(struct face **ret, int in_fd, int out_fd, struct err *err) MUST_CHECK;
/* For the shell, who keeps facts.signing_time: the last moment (boot ms) at which the shown clock may have changed. It changes
 * half a second apart from the countdown, so that each costs one short write; and what is signed is what stands there. */
uint64_t face_clock_ms(const struct flow *f, uint64_t now_ms);
/* True when the full-screen face need not be tried: no tty, TERM unset or dumb, or lines were asked for. */
bool face_must_be_plain(void);
/* For signal handlers and a crash: restores the terminal with async-signal-safe calls only, waiting for nobody. */
void face_emergency_restore(void);

#endif
