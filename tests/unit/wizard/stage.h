/* The whole shell without a terminal: a folder with a wizard.yaml, fake workers beside the test program, and a face
 * that plays a script. Every line of a script waits for its screen (and note) and then does one thing. */
#ifndef EONAY_TESTS_WIZARD_STAGE_H
#define EONAY_TESTS_WIZARD_STAGE_H

#include "wizard/wizard.h"

struct cue {
    enum flow_state at;
    enum err_code note;   /* OK: whatever stands there */
    bool card_up;         /* waits for the card software too */
    bool key;             /* waits for input, see stage_knock */
    struct event ev;      /* fed to the flow; kind EV_TICK: nothing */
    const char *pin;      /* typed, then EV_PIN */
    const char *password; /* likewise */
    const char *tckn, *code;
    void (*then)(struct wizard *w); /* run when the cue comes, before the event */
};

#define CHOOSE(where, wish)                                                                                            \
    {                                                                                                                  \
        .at = (where), .ev = {.kind = EV_CHOOSE, .value = (wish) }                                                     \
    }
#define CHOOSE_SAID(where, said, wish)                                                                                 \
    {                                                                                                                  \
        .at = (where), .note = (said), .ev = {.kind = EV_CHOOSE, .value = (wish) }                                     \
    }
#define DO(where, what)                                                                                                \
    {                                                                                                                  \
        .at = (where), .then = (what)                                                                                  \
    }

struct stage {
    char folder[64];
    int status;      /* of the program */
    size_t played;   /* cues */
    char said[4096]; /* every FX_SAY, a line each */
    char copied[64];
    int bells;
    size_t keys, at_once; /* inputs that came, and those read before anything was shown again */
};

/* net_mode, token_mode: words for the fakes; modules: how many. settings: further lines of wizard.yaml ("" none). */
void stage_open(struct stage *s, const char *net_mode, const char *token_mode, size_t modules, const char *settings);
/* Runs the wizard over the script to its end; false when it did not get there in 20 seconds. Nothing of it stays. */
bool stage_play(struct stage *s, struct options options, const struct cue *script, size_t cues);
void stage_close(struct stage *s);
void stage_knock(struct wizard *w); /* for cues: there is something to read at the face's descriptor */
/* Files of the world, for cues: made, removed, read whole. */
void stage_touch(const char *name);
void stage_remove(const char *name);
const char *stage_read(const struct stage *s, const char *name); /* in a buffer of its own until the next call */
size_t stage_count(const char *text, const char *word);

#endif
