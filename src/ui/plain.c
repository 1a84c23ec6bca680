/* The plain face: questions on lines, answers on lines. It reads only while it asks, a byte at a time, so that lines
 * that come faster than the answers stay in the pipe, and a secret goes from there straight into struct secret. */
#include "config.h"
#include "ui/plain.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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

/* Nothing to answer while something runs, unless it was interrupted to ask. Looking for news of a signature (FX_STATUS)
 * goes on behind the last pages. */
static bool waits(const struct flow *f)
{
    if (f->state >= ST_FIRST_INTERRUPTION)
        return f->state == ST_DONE;
    bool net = f->net_what != FX_NONE && f->net_what != FX_STATUS;
    bool looking = f->state == ST_DOCTOR && f->doctor == DOCTOR_LOOKING;
    return f->state == ST_OPENING || f->state == ST_SIGNING || looking || net || f->token_job != 0;
}

void plain_forget_line(struct plain *p)
{
    explicit_bzero(p->line, sizeof p->line);
    explicit_bzero(p->pending, sizeof p->pending);
    p->line_len = p->pending_len = 0;
    p->line_long = p->line_begun = false;
    p->refused = (struct event){.kind = EV_TOUCH};
}

/* The prompt is answered or no longer wanted: what comes next begins on a line of its own. */
void plain_stop_asking(struct plain *p, bool typed_newline)
{
    if (!p->asking)
        return;
    if (!typed_newline || !p->in_tty || p->echo_off)
        fputc('\n', p->out);
    echo(p, true);
    p->asking = false;
}

/* Lines said before stay unsaid while one screen only waits or is interrupted and comes back. */
static void begin_page(struct plain *p, const struct scene *s, const struct view *v)
{
    bool same_words = p->any && p->lang == i18n_lang();
    if (same_words && p->state == v->state)
        return;
    plain_stop_asking(p, false);
    bool asks = !waits(s->flow) && v->state < ST_FIRST_INTERRUPTION;
    if (!same_words || (asks && v->state != p->asked_in))
        p->said.n = 0;
    if (asks)
        p->asked_in = v->state;
    p->note[0] = '\0';
    p->asked = SIZE_MAX;
}

/* Which question is next: where the flow sends the focus, else where the page begins, else on from the last one. A page
 * that begins with a method begins there even when the flow points at the first field: what is chosen there decides
 * which fields mean anything. */
static void settle(
    struct plain *p, const struct scene *s, const struct view *v, const struct question list[QUESTIONS_MAX], size_t n)
{
    bool new_page = !p->any || p->state != v->state;
    size_t at = p->at;
    if (new_page)
        at = question_first(v, list, n);
    if (p->focus_seq != s->flow->focus_seq && !(new_page && list[at].ask == ASK_METHOD)) {
        size_t sent = question_with(v, list, n, view_find_focus(v, s->flow->focus));
        at = sent < n ? sent : at;
    }
    at = at < n ? at : n - 1;
    if (at != p->at)
        plain_stop_asking(p, false);
    p->at = at;
    p->focus_seq = s->flow->focus_seq;
}

static void say_due(struct plain *p)
{
    if (p->due[0] != '\0')
        plain_line(p, p->due);
    p->due[0] = '\0';
}

static void ask(
    struct plain *p, const struct scene *s, const struct view *v, const struct question list[QUESTIONS_MAX], size_t n)
{
    const struct question *q = &list[p->at];
    if (p->asking && p->out_tty && plain_note_is_new(p, s, v))
        plain_stop_asking(p, false);
    if (!p->asking) {
        plain_page(p, v, p->at + 1 == n ? v->count : q->item + (q->ask == ASK_DOCUMENT));
        plain_note(p, s, v);
        say_due(p);
        plain_ask(p, v, q, p->asked == q->item);
        p->asked = q->item;
        p->asking = true;
    }
    echo(p, q->ask != ASK_SECRET);
}

static void show(struct face *face, const struct scene *s, const struct view *v)
{
    struct plain *p = self(face);
    struct question list[QUESTIONS_MAX];
    size_t n = questions_of(v, s->flow, list);
    if (p->queued > 0)
        return; /* one answer may be two events: nothing is said between them */
    begin_page(p, s, v);
    if (n > 0 && !waits(s->flow)) {
        settle(p, s, v, list, n);
        ask(p, s, v, list, n);
    } else {
        plain_stop_asking(p, false);
        plain_page(p, v, v->count);
        plain_note(p, s, v);
    }
    p->any = true;
    p->lang = i18n_lang();
    p->state = v->state;
    p->face.input_fd = p->asking && !p->ended ? p->in_fd : -1;
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

/* True when a whole line is there; the last one may end with the input. */
static bool read_line(
    struct plain *p, const struct scene *s, const struct view *v, struct desk *d, const struct question *q)
{
    uint8_t byte;
    bool secret = q->ask == ASK_SECRET;
    enum field_id field = v->items[q->item].field;
    while (read_byte(p, &byte)) {
        if (byte == '\n')
            return true;
        if (byte == '\r')
            continue;
        if (secret && !p->line_begun)
            (void)edit_clear(d, field);
        p->line_begun = true;
        if (secret)
            take_secret_byte(p, s, d, field, byte);
        else
            take_byte(p, byte);
    }
    return p->ended && p->line_begun;
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

static bool read_event(
    struct face *face, const struct scene *s, const struct view *v, struct desk *d, struct event *ret)
{
    struct plain *p = self(face);
    struct question list[QUESTIONS_MAX];
    hear_failure(p);
    if (p->text_shown) {
        p->text_shown = false;
        plain_put(p, (struct event){.kind = EV_TEXT_END});
    }
    if (take_event(p, s, ret))
        return true;
    size_t n = questions_of(v, s->flow, list);
    if (!p->asking || p->at >= n)
        return false;
    if (read_line(p, s, v, d, &list[p->at])) {
        plain_answer(p, s, v, d, &list[p->at]);
        if (p->queued == 0)
            plain_put(p, (struct event){.kind = EV_TOUCH});
    } else if (p->ended) {
        plain_stop_asking(p, false);
        plain_forget_line(p);
        plain_put(p, (struct event){.kind = EV_LEAVE, .flags = FLAG_INPUT_END});
    }
    fflush(p->out);
    p->face.input_fd = -1;
    bool any = take_event(p, s, ret);
    if (!any && p->asking)
        p->face.input_fd = p->in_fd;
    return any;
}

static uint64_t wake_ms(const struct face *face, const struct scene *s)
{
    (void)face;
    (void)s;
    return UINT64_MAX;
}

/* On a terminal at once, on a line of its own; the next show asks again. In a pipe before the next prompt. */
static void say(struct face *face, const char *sentence)
{
    struct plain *p = self(face);
    if (!p->asking || !p->out_tty) {
        snprintf(p->due, sizeof p->due, "%s", sentence);
        return;
    }
    plain_stop_asking(p, false);
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
    echo(p, true);
    fflush(p->out);
}

static void free_plain(struct face **face)
{
    if (*face == NULL)
        return;
    struct plain *p = self(*face);
    plain_stop_asking(p, false); /* what the shell says next begins on a line of its own */
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
