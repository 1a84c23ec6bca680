/* Inside of the plain face: what is said (plain_say.c), read (plain.c) and answered (plain_answer.c). */
#ifndef EONAY_UI_PLAIN_H
#define EONAY_UI_PLAIN_H

#include <stdint.h>
#include <stdio.h>
#include <termios.h>
#include "base/i18n.h"
#include "ui/face.h"
#include "ui/question.h"

#define PLAIN_LINES 256
#define PLAIN_LINE 512

/* What was said on this page already: hashes of its lines. */
struct said_lines {
    uint64_t hash[PLAIN_LINES];
    size_t n;
};

struct plain {
    struct face face;
    int in_fd;
    bool in_tty, out_tty;
    bool ended;               /* end of input was read */
    FILE *out;
    struct said_lines said;
    bool any;                 /* something was shown */
    enum flow_state state;    /* of the page that was shown last */
    enum flow_state asked_in; /* the last page with a question */
    enum lang lang;
    uint32_t focus_seq;
    size_t at;                /* which question */
    enum flow_state place;    /* where a question stood before an interruption, and which */
    size_t place_at;
    size_t asked;             /* its item, when its answers were listed last; SIZE_MAX: none on this page */
    bool asking;              /* its prompt stands there unanswered */
    bool rest;                /* the rest of the line being typed belongs to a question that went away */
    uint64_t match_since_ms;  /* the page of the text is held back since then; 0: it is not */
    uint64_t waits_since_ms;  /* nothing to answer since then; 0: there is */
    bool hears;               /* ... and for so long that words are heard all the same */
    bool text_shown;          /* a text to be signed was printed; the flow is to be told */
    char note[PLAIN_LINE];    /* the message said last */
    char due[PLAIN_LINE];     /* a sentence for before the next prompt */
    struct termios modes;     /* the terminal's own, while echo is off */
    bool echo_off;
    char line[PLAIN_LINE];
    size_t line_len;
    bool line_long, line_begun;
    uint8_t pending[4];       /* bytes of one character of a secret */
    size_t pending_len;
    enum field_id begun;      /* the secret the line goes into, while it is not whole */
    struct event refused;     /* the first character the secret did not take */
    struct event queue[4];
    size_t queued;
};

/* The prompt is answered or no longer wanted: what comes next begins on a line of its own. */
void plain_stop_asking(struct plain *p, bool typed_newline);
void plain_forget_line(struct plain *p);
/* An event for the next read. */
void plain_put(struct plain *p, struct event ev);
/* The line that was read, as events; the line is wiped. */
void plain_answer(
    struct plain *p, const struct scene *s, const struct view *v, struct desk *d, const struct question *q);

/* A line typed while there is nothing to answer: a command word, or nothing that could be understood. */
void plain_answer_waiting(struct plain *p, const struct scene *s, const struct view *v);

/* A line of clean words in the terminal's own characters. */
void plain_line(struct plain *p, const char *words);
/* The same without the newline: a prompt. */
void plain_words(struct plain *p, const char *words);
/* Title, texts and facts of the page that were not said yet, up to the item before `until`. */
void plain_page(struct plain *p, const struct view *v, size_t until);
/* The message when it is a new one. */
bool plain_note_is_new(const struct plain *p, const struct scene *s, const struct view *v);
void plain_note(struct plain *p, const struct scene *s, const struct view *v);
/* The answers with their numbers unless the question is only asked again, and the prompt. */
void plain_ask(struct plain *p, const struct view *v, const struct question *q, bool again);
void plain_help(struct plain *p, const struct scene *s, const struct view *v);
void plain_time(struct plain *p, const struct view *v);
/* The words of a note, when the flow need not be asked. */
void plain_tell(struct plain *p, enum err_code note);

#endif
