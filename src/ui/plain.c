/* The plain face: questions on lines, answers on lines. It reads only while it asks, a byte at a time, so that lines
 * that come faster than the answers stay in the pipe, and a secret goes from there straight into struct secret. Lines
 * of a program answer the questions of the way only: what comes between (the connection is away, is somebody there?)
 * is said and waited out, or the next line would be taken for its answer. */
#include "config.h"
#include "ui/plain.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/ascii.h"
#include "base/text.h"
#include "ui/edit.h"
#include "ui/input.h"
#include "ui/restore.h"

static struct plain *self(struct face *f)
{
    return (struct plain *)f;
}

/* --- asking ------------------------------------------------------------------------------------------------------ */

static void echo(struct plain *p, bool on)
{
    if (!p->in_tty || p->echo_off == !on)
        return;
    if (on) {
        (void)tcsetattr(p->in_fd, TCSANOW, &p->modes);
        restore_disarm();
        p->echo_off = false;
        return;
    }
    if (tcgetattr(p->in_fd, &p->modes) != 0)
        return;
    struct termios silent = p->modes;
    silent.c_lflag &= ~(tcflag_t)(ECHO | ECHOE | ECHOK | ECHONL);
    restore_arm(p->in_fd, &p->modes, fileno(p->out), "", 0);
    p->echo_off = tcsetattr(p->in_fd, TCSANOW, &silent) == 0;
}

/* A person is told how to stop waiting after so long; input that ended waits for a connection no longer than that. */
#define PATIENCE_MS 3000
#define AHEAD_MS 15000 /* ... later when lines were typed ahead: they are answers to what comes */
#define AWAY_MS 120000

/* Nothing to answer while something runs, unless it was interrupted to ask a person. What goes on behind the pages
 * (looking for news of a signature, more time; where a person can type, a download) is not waited for. */
static bool waits(const struct plain *p, const struct flow *f)
{
    if (f->state >= ST_FIRST_INTERRUPTION)
        return f->state == ST_DONE || (f->state != ST_LEAVE && !p->in_tty);
    enum effect_kind net = f->net_what;
    bool behind = net == FX_NONE || net == FX_STATUS || net == FX_EXTEND || (net == FX_DOWNLOAD && p->in_tty);
    bool looking = f->state == ST_DOCTOR && f->doctor == DOCTOR_LOOKING;
    return f->state == ST_OPENING || f->state == ST_SIGNING || looking || !behind || f->token_job != 0;
}

void plain_forget_line(struct plain *p)
{
    explicit_bzero(p->line, sizeof p->line);
    explicit_bzero(p->pending, sizeof p->pending);
    p->line_len = p->pending_len = 0;
    p->line_long = p->line_begun = false;
    p->refused = (struct event){.kind = EV_TOUCH};
}

/* Said into the middle of a prompt: the question comes again and its answer goes on being typed, with no echo where
 * there was none. */
static void step_aside(struct plain *p, bool typed_newline)
{
    if (p->asking && (!typed_newline || !p->in_tty || p->echo_off))
        fputc('\n', p->out);
    p->asking = false;
}

void plain_stop_asking(struct plain *p, bool typed_newline)
{
    step_aside(p, typed_newline);
    echo(p, true);
}

/* The question goes away unanswered, and what was begun of its answer belongs to no other. Nobody can tell how much of
 * a secret a terminal holds: it hands over whole lines. So the rest of that line is waited for without echo. */
static void break_off(struct plain *p, bool person_did)
{
    bool secret = p->echo_off;
    if (!p->asking && !secret)
        return;
    step_aside(p, false);
    if (secret)
        (void)tcflush(p->in_fd, TCIFLUSH);
    p->rest = p->rest || p->line_begun || (secret && !person_did);
    plain_forget_line(p);
    if (!p->rest || person_did)
        echo(p, true);
}

/* Lines said before stay unsaid while one screen only waits or is interrupted and comes back. */
static void begin_page(struct plain *p, const struct scene *s, const struct view *v)
{
    bool same_words = p->any && p->lang == i18n_lang();
    if (same_words && p->state == v->state)
        return;
    break_off(p, v->state == ST_LEAVE);
    bool asks = !waits(p, s->flow) && v->state < ST_FIRST_INTERRUPTION;
    if (!same_words || (asks && v->state != p->asked_in))
        p->said.n = 0;
    if (asks)
        p->asked_in = v->state;
    p->note[0] = '\0';
    p->asked = SIZE_MAX;
}

/* Which question is next: where the flow sends the focus, else where the page begins, else on from the last one. A page
 * that begins with a method begins there even when the flow points at the first field: what is chosen there decides
 * which fields mean anything. After an interruption the question that stood there comes again. */
static void settle(
    struct plain *p, const struct scene *s, const struct view *v, const struct question list[QUESTIONS_MAX], size_t n)
{
    bool new_page = !p->any || p->state != v->state;
    bool back = new_page && p->any && p->state >= ST_FIRST_INTERRUPTION && v->state == p->place && p->place_at < n;
    size_t at = p->at;
    if (new_page)
        at = back ? p->place_at : question_first(v, list, n);
    bool sends = p->focus_seq != s->flow->focus_seq && !(back && s->flow->focus == FOCUS_DEFAULT);
    if (sends && !(new_page && list[at].ask == ASK_METHOD)) {
        size_t sent = question_with(v, list, n, view_find_focus(v, s->flow->focus));
        at = sent < n ? sent : at;
    }
    at = at < n ? at : n - 1;
    if (at != p->at)
        break_off(p, false);
    p->at = at;
    p->focus_seq = s->flow->focus_seq;
    if (v->state < ST_FIRST_INTERRUPTION) {
        p->place = v->state;
        p->place_at = at;
    }
}

static void say_due(struct plain *p)
{
    if (p->due[0] != '\0')
        plain_line(p, p->due);
    p->due[0] = '\0';
}

static bool is_about_text(const struct item *i)
{
    return i->role == ROLE_TEXT || i->role == ROLE_FACT;
}

/* What stands above the question; of a text to be read the sentences about it, too. */
static size_t end_of_page(const struct view *v, const struct question *q, bool last)
{
    if (last)
        return v->count;
    size_t end = q->item;
    while (q->ask == ASK_DOCUMENT && (end == q->item || (end < v->count && is_about_text(&v->items[end]))))
        end++;
    return end;
}

static void ask(
    struct plain *p, const struct scene *s, const struct view *v, const struct question list[QUESTIONS_MAX], size_t n)
{
    const struct question *q = &list[p->at];
    bool rest = p->rest && p->in_tty; /* in a pipe the line ends by itself */
    if (p->asking && p->out_tty && plain_note_is_new(p, s, v))
        step_aside(p, false);
    if (!p->asking) {
        plain_page(p, v, end_of_page(v, q, p->at + 1 == n));
        plain_note(p, s, v);
        say_due(p);
        if (rest)
            plain_words(p, tr("What you had begun to type was dropped. Press Enter to go on: "));
        else
            plain_ask(p, v, q, p->asked == q->item);
        p->asked = rest ? SIZE_MAX : q->item;
        p->asking = true;
    }
    echo(p, !rest && q->ask != ASK_SECRET);
}

static bool has_input(const struct plain *p)
{
    struct pollfd now = {.fd = p->in_fd, .events = POLLIN};
    return poll(&now, 1, 0) > 0;
}

/* A person who waits for long is told how not to, and heard. */
static void wait_aloud(struct plain *p, const struct scene *s)
{
    if (p->waits_since_ms == 0)
        p->waits_since_ms = s->now_ms;
    p->hears = p->hears && s->flow->state != ST_DONE;
    if (!p->in_tty || p->hears || s->flow->state == ST_DONE || s->now_ms < p->waits_since_ms + PATIENCE_MS)
        return;
    if (s->now_ms < p->waits_since_ms + AHEAD_MS && has_input(p))
        return;
    p->hears = true;
    if (s->flow->note != ERR_SLOW) /* it says the same */
        plain_line(p, tr("You can wait, or type 'back' and press Enter."));
}

/* The page of the text is said with its match code, which the card's process finds out: a pipe is quicker than that.
 * One that has none to say is not waited for long. */
static bool is_held_back(struct plain *p, const struct scene *s)
{
    bool due = s->flow->state == ST_SIGN && s->flow->token_up && !s->flow->text_accepted && s->facts->text_len > 0 &&
               s->facts->match[0] == '\0';
    if (!due)
        p->match_since_ms = 0;
    else if (p->match_since_ms == 0)
        p->match_since_ms = s->now_ms;
    return due && s->now_ms < p->match_since_ms + PATIENCE_MS;
}

static void show(struct face *face, const struct scene *s, const struct view *v)
{
    struct plain *p = self(face);
    struct question list[QUESTIONS_MAX];
    size_t n = questions_of(v, s->flow, list);
    if (p->queued > 0 || is_held_back(p, s))
        return; /* one answer may be two events: nothing is said between them */
    begin_page(p, s, v);
    if (n > 0 && !waits(p, s->flow)) {
        p->waits_since_ms = 0;
        p->hears = false;
        settle(p, s, v, list, n);
        ask(p, s, v, list, n);
    } else {
        break_off(p, false);
        if (v->state != ST_IDLE || p->state != ST_IDLE) /* its time runs: said once */
            plain_page(p, v, v->count);
        plain_note(p, s, v);
        wait_aloud(p, s);
    }
    p->any = true;
    p->lang = i18n_lang();
    p->state = v->state;
    bool listens = p->asking || p->hears || v->state == ST_IDLE;
    p->face.input_fd = listens && !p->ended ? p->in_fd : -1;
    fflush(p->out);
}

/* --- reading ----------------------------------------------------------------------------------------------------- */

/* One byte if there is one now. False: none, or the end (p->ended). */
static bool read_byte(struct plain *p, uint8_t *ret)
{
    struct pollfd now = {.fd = p->in_fd, .events = POLLIN};
    if (p->ended || poll(&now, 1, 0) <= 0)
        return false;
    ssize_t n = read(p->in_fd, ret, 1);
    p->ended = n == 0 || (n < 0 && errno != EINTR && errno != EAGAIN);
    return n == 1;
}

static void take_secret_byte(struct plain *p, const struct scene *s, struct desk *d, enum field_id field, uint8_t byte)
{
    p->pending[p->pending_len++] = byte;
    uint32_t cp = input_char(i18n_charset(), p->pending, p->pending_len);
    if (cp == INPUT_MORE && p->pending_len < sizeof p->pending)
        return;
    struct event ev = edit_add(d, s->flow, field, cp == INPUT_MORE ? '?' : cp);
    if (p->refused.kind == EV_TOUCH && (ev.kind == EV_PIN || ev.kind == EV_PIN_PART) && ev.err != OK)
        p->refused = ev;
    explicit_bzero(&cp, sizeof cp);
    explicit_bzero(p->pending, sizeof p->pending);
    p->pending_len = 0;
}

/* The line in UTF-8. */
static void take_byte(struct plain *p, uint8_t byte)
{
    char bytes[4];
    size_t len = 1;
    bytes[0] = (char)byte;
    if (i18n_charset() == CHARSET_LATIN5)
        len = utf8_put(bytes, input_char(CHARSET_LATIN5, &byte, 1));
    p->line_long = p->line_long || p->line_len + len + 1 > sizeof p->line;
    if (p->line_long)
        return;
    memcpy(p->line + p->line_len, bytes, len);
    p->line_len += len;
}

/* What no PIN takes may be a word: 'back' is heard there, too. Any other secret may be one. */
static bool is_no_digit(enum field_id secret, uint8_t byte)
{
    return edit_is_pin(secret) && !ascii_is_digit((char)byte);
}

static void take(struct plain *p, const struct scene *s, struct desk *d, enum field_id secret, uint8_t byte)
{
    if (secret != FIELD_NONE && !p->line_begun)
        (void)edit_clear(d, secret);
    p->line_begun = true;
    p->begun = secret;
    if (secret != FIELD_NONE)
        take_secret_byte(p, s, d, secret, byte);
    if (secret == FIELD_NONE || is_no_digit(secret, byte))
        take_byte(p, byte);
}

/* True when a whole line is there; the last one may end with the input. `secret`: the field it goes into, or none. */
static bool read_line(struct plain *p, const struct scene *s, struct desk *d, enum field_id secret)
{
    uint8_t byte;
    bool whole = false;
    while (!whole && read_byte(p, &byte)) {
        whole = byte == '\n' && !p->rest;
        if (byte == '\n') {
            p->rest = false;
            p->begun = FIELD_NONE;
        }
        if (byte != '\n' && byte != '\r' && !p->rest)
            take(p, s, d, secret, byte);
    }
    explicit_bzero(&byte, sizeof byte);
    return whole || (p->ended && p->line_begun);
}

/* What was begun for a question that went away, up to the end of its line. */
static bool read_rest(struct plain *p)
{
    uint8_t byte;
    while (p->rest && read_byte(p, &byte))
        p->rest = byte != '\n';
    explicit_bzero(&byte, sizeof byte);
    return !p->rest;
}

/* Nothing more can come: a pipe that was closed, a file read to its end. Nothing is taken from it. */
static bool is_over(const struct plain *p)
{
    struct pollfd now = {.fd = p->in_fd, .events = POLLIN};
    int left = 0;
    bool counts = ioctl(p->in_fd, FIONREAD, &left) == 0;
    return p->ended || (poll(&now, 1, 0) > 0 && (!counts || left == 0));
}

/* Half a secret is nobody's. */
static void forget_begun(struct plain *p, struct desk *d)
{
    (void)edit_clear(d, p->begun);
    p->begun = FIELD_NONE;
}

static bool take_event(struct plain *p, const struct scene *s, struct event *ret)
{
    if (p->queued == 0)
        return false;
    *ret = p->queue[0];
    ret->now_ms = s->now_ms;
    p->queued--;
    memmove(p->queue, p->queue + 1, p->queued * sizeof p->queue[0]);
    return true;
}

/* What could not be written was read by nobody: a text that nobody saw is not signed, nothing more is asked. */
static void hear_failure(struct plain *p)
{
    if (!ferror(p->out) || p->ended)
        return;
    p->ended = true;
    p->text_shown = false;
    p->queued = 0;
    plain_stop_asking(p, false);
    plain_forget_line(p);
    plain_put(p, (struct event){.kind = EV_LEAVE, .flags = FLAG_INPUT_END});
}

static void end_input(struct plain *p)
{
    p->ended = true;
    plain_stop_asking(p, false);
    plain_forget_line(p);
    plain_put(p, (struct event){.kind = EV_LEAVE, .flags = FLAG_INPUT_END});
}

/* Lines of a program are left for the questions they were written for: they only show that it is still there. */
static void pass_by(struct plain *p, const struct scene *s)
{
    enum flow_state state = s->flow->state;
    if (state == ST_TIME) {
        plain_put(p, (struct event){.kind = EV_BACK});
    } else if (state == ST_IDLE && has_input(p)) {
        if (is_over(p))
            end_input(p);
        else
            plain_put(p, (struct event){.kind = EV_TOUCH});
    } else if (state == ST_AWAY && p->waits_since_ms != 0 && s->now_ms >= p->waits_since_ms + AWAY_MS) {
        p->waits_since_ms = s->now_ms;
        if (is_over(p))
            end_input(p);
    }
}

static void listen(struct plain *p, const struct scene *s, const struct view *v, struct desk *d)
{
    struct question list[QUESTIONS_MAX];
    size_t n = questions_of(v, s->flow, list);
    if (p->asking && p->rest && p->in_tty) {
        if (read_rest(p)) {
            plain_stop_asking(p, true);
            plain_put(p, (struct event){.kind = EV_TOUCH});
        }
    } else if (p->asking && p->at < n) {
        const struct question *q = &list[p->at];
        if (read_line(p, s, d, q->ask == ASK_SECRET ? v->items[q->item].field : FIELD_NONE)) {
            plain_answer(p, s, v, d, q);
            if (p->queued == 0)
                plain_put(p, (struct event){.kind = EV_TOUCH});
        }
    } else if (p->hears && read_line(p, s, d, FIELD_NONE)) {
        plain_answer_waiting(p, s, v);
        plain_put(p, (struct event){.kind = EV_TOUCH});
    }
    if (p->ended && p->queued == 0 && (p->asking || p->hears))
        end_input(p);
}

static bool read_event(
    struct face *face, const struct scene *s, const struct view *v, struct desk *d, struct event *ret)
{
    struct plain *p = self(face);
    hear_failure(p);
    if (p->rest && p->begun != FIELD_NONE)
        forget_begun(p, d);
    if (p->text_shown) {
        p->text_shown = false;
        plain_put(p, (struct event){.kind = EV_TEXT_END});
    }
    if (take_event(p, s, ret))
        return true;
    if (!p->in_tty && p->any)
        pass_by(p, s);
    listen(p, s, v, d);
    fflush(p->out);
    if (take_event(p, s, ret)) {
        p->face.input_fd = -1;
        return true;
    }
    return false;
}

/* A person may be told something, a program may be left alone with the connection it waits for. */
static uint64_t wake_ms(const struct face *face, const struct scene *s)
{
    const struct plain *p = (const struct plain *)face;
    if (p->match_since_ms != 0 && s->now_ms < p->match_since_ms + PATIENCE_MS)
        return p->match_since_ms + PATIENCE_MS;
    if (p->waits_since_ms == 0 || s->flow->state == ST_DONE)
        return UINT64_MAX;
    if (!p->in_tty)
        return s->flow->state == ST_AWAY ? p->waits_since_ms + AWAY_MS : UINT64_MAX;
    bool told = s->now_ms >= p->waits_since_ms + PATIENCE_MS;
    return p->hears ? UINT64_MAX : p->waits_since_ms + (told ? AHEAD_MS : PATIENCE_MS);
}

/* On a terminal at once, on a line of its own; the next show asks again. In a pipe before the next prompt. */
static void say(struct face *face, const char *sentence)
{
    struct plain *p = self(face);
    if (!p->asking || !p->out_tty) {
        snprintf(p->due, sizeof p->due, "%s", sentence);
        return;
    }
    step_aside(p, false);
    snprintf(p->note, sizeof p->note, "%s", sentence); /* need not be said once more */
    plain_line(p, sentence);
    fflush(p->out);
}

static void bell(struct face *face)
{
    struct plain *p = self(face);
    if (p->out_tty) {
        fputc('\a', p->out);
        fflush(p->out);
    }
}

static bool copy(struct face *face, const char *text)
{
    (void)face;
    (void)text;
    return false;
}

static void suspend(struct face *face)
{
    struct plain *p = self(face);
    break_off(p, false); /* nothing of a secret is left to whoever reads next */
    echo(p, true);
    fflush(p->out);
}

static void free_plain(struct face **face)
{
    if (*face == NULL)
        return;
    struct plain *p = self(*face);
    break_off(p, false); /* what the shell says next begins on a line of its own, and it reads nothing of a secret */
    echo(p, true);
    fclose(p->out);
    explicit_bzero(p, sizeof *p);
    free(p);
    *face = NULL;
}

static const struct face_ops plain_ops = {
    .show = show,
    .read = read_event,
    .wake_ms = wake_ms,
    .say = say,
    .bell = bell,
    .copy = copy,
    .suspend = suspend,
    .free = free_plain,
};

enum err_code face_plain_new(struct face **ret, int in_fd, int out_fd, struct err *err)
{
    struct plain *p = calloc(1, sizeof *p);
    int fd = dup(out_fd);
    FILE *out = fd >= 0 ? fdopen(fd, "w") : NULL;
    if (p == NULL || out == NULL) {
        free(p);
        if (out == NULL && fd >= 0)
            (void)close(fd);
        if (out != NULL)
            fclose(out);
        return p == NULL ? err_set(err, ERR_NOMEM, "plain face")
                         : err_set(err, ERR_FILE, "standard output: %s", strerror(errno));
    }
    p->face = (struct face){.ops = &plain_ops, .input_fd = -1};
    p->in_fd = in_fd;
    p->in_tty = isatty(in_fd) == 1;
    p->out_tty = isatty(out_fd) == 1;
    p->out = out;
    plain_forget_line(p);
    *ret = &p->face;
    return OK;
}
