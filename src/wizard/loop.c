/* The one place that blocks: poll over the terminal, the signals and the workers, until the next moment anything is
 * due. */
#include "config.h"
#include "wizard/wizard.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/place.h"
#include "base/say.h"
#include "base/text.h"
#include "base/when.h"
#include "ui/edit.h"
#include "wizard/keypad.h"
#include "wizard/receipts.h"
#include "wizard/stuck.h"

void wizard_queue(struct wizard *w, struct event ev)
{
    if (w->queued < EVENTS_MAX)
        w->queue[w->queued++] = ev;
}

int64_t wizard_signing_time(const struct wizard *w, uint64_t now_ms)
{
    uint64_t at_ms = face_clock_ms(&w->flow, now_ms);
    uint64_t elapsed_ms = at_ms > w->opened_ms ? at_ms - w->opened_ms : 0;
    return w->server_time == 0 ? 0 : w->server_time + (int64_t)(elapsed_ms / 1000);
}

bool wizard_is_forwarded(const struct wizard *w, const struct worker *token)
{
    const struct settings *s = &w->settings;
    return token->module < s->modules.n && settings_forward_address(settings_module_at(s, token->module)) != NULL;
}

/* --- events through the flow ------------------------------------------------------------------------------------- */

/* Only what the person confirmed: one that merely was the only one for a moment is not chosen when more come. */
static void remember_certificate(struct wizard *w)
{
    if (w->flow.chosen == 0 || w->flow.chosen > w->facts.cert_count)
        return;
    w->chosen.known = w->flow.cert_confirmed;
    w->chosen.module = w->cert_module[w->flow.chosen - 1];
    memcpy(w->chosen.ref, w->facts.certs[w->flow.chosen - 1].ref, sizeof w->chosen.ref);
}

static bool has_keypad(enum flow_state place)
{
    return place == ST_SIGN || place == ST_PIN_CHANGE;
}

static void step(struct wizard *w, const struct event *ev)
{
    struct effects fx;
    struct flow was = w->flow;
    bool english = was.english;
    enum flow_state before = flow_place(&was);
    w->flow = flow_step(w->flow, ev, &fx);
    if (w->flow.english != english)
        i18n_set(w->flow.english ? LANG_EN : LANG_TR);
    was.idle_at_ms = w->flow.idle_at_ms;
    w->stale = w->stale || ev->kind != EV_TOUCH || fx.n > 0 || memcmp(&was, &w->flow, sizeof was) != 0;
    remember_certificate(w);
    deeds_do(w, &fx, ev->now_ms);
    enum flow_state place = flow_place(&w->flow);
    if (place != before && has_keypad(place) && w->settings.keypad_order == KEYPAD_SHUFFLED)
        keypad_shuffle(w->facts.keypad);
    if (place != before && place == ST_RECEIPT_SAVE)
        receipts_offer_path(w);
    if (place != ST_SIGN && place != ST_SIGNING)
        deeds_let_card_go(w);
}

static void drain(struct wizard *w, uint64_t now_ms)
{
    while (w->queued > 0) {
        struct event ev = w->queue[0];
        memmove(w->queue, w->queue + 1, --w->queued * sizeof w->queue[0]);
        if (ev.now_ms == 0)
            ev.now_ms = now_ms;
        step(w, &ev);
    }
}

static void feed(struct wizard *w, struct event ev, uint64_t now_ms)
{
    ev.now_ms = now_ms;
    step(w, &ev);
    drain(w, now_ms);
}

/* --- showing ------------------------------------------------------------------------------------------------------ */

/* From İMZALA on the time stands still: it is what is signed. */
static bool is_time_running(const struct wizard *w)
{
    return w->server_time != 0 && w->flow.token_what != FX_SIGN && w->flow.net_what != FX_SUBMIT && !w->flow.have_cms &&
           !w->flow.accepted;
}

static struct scene scene_now(struct wizard *w, uint64_t now_ms)
{
    if (is_time_running(w))
        w->facts.signing_time = wizard_signing_time(w, now_ms);
    return (struct scene){.flow = &w->flow, .facts = &w->facts, .form = &w->form, .now_ms = now_ms, .plain = w->plain};
}

static void show(struct wizard *w, uint64_t now_ms)
{
    struct scene s = scene_now(w, now_ms);
    const struct screen *screen = screen_of(w->flow.state);
    if (screen == NULL)
        return;
    if (w->stale || flow_left_s(&w->flow, now_ms) != UINT32_MAX) /* else only the focus moved, and no time is shown */
        view_compose(&w->view, screen, &s);
    w->face->ops->show(w->face, &s, &w->view);
    w->stale = false;
}

/* The flow holds no rows; it is told what the chosen one says of its PIN. */
static void add_pin_limits(const struct wizard *w, struct event *ev)
{
    if (ev->arg >= w->facts.cert_count)
        return;
    const struct cert_row *row = &w->facts.certs[ev->arg];
    ev->pin_min = row->pin_min;
    ev->pin_max = row->pin_max;
    ev->pin_flags = row->pin_flags;
}

/* --- workers ------------------------------------------------------------------------------------------------------ */

#define RETIRE_MS 200 /* a driver's time to close in peace while a person waits */
#define LEAVE_MS 1000 /* ... and when nobody does */

static size_t worker_count(const struct wizard *w)
{
    return w->modules + 2;
}
#define LAST_WORDS_MS 2000 /* how long the last picture and words may take to get out */

static struct worker *worker_at(struct wizard *w, size_t i)
{
    return i == 0 ? &w->net : i == w->modules + 1 ? &w->doctor : &w->tokens[i - 1];
}

static void start_one(struct wizard *w, struct worker *worker, uint64_t now_ms)
{
    if (worker->start_at_ms == 0 || worker->start_at_ms > now_ms || worker->pid != 0)
        return;
    if (worker_start(worker, now_ms) != OK)
        inbox_lose(w, worker);
}

/* A worker that served another person ends, the net worker once its logout is answered or given up. */
static void retire(struct wizard *w, struct worker *worker, uint64_t now_ms)
{
    if (!worker->tired || w->done || (worker->kind == WIRE_NET && w->flow.net_what == FX_LOGOUT))
        return;
    worker_end(worker, worker->kind == WIRE_TOKEN ? RETIRE_MS : 0);
    inbox_lose(w, worker);
    worker->start_at_ms = now_ms;
}

static void start_due(struct wizard *w, uint64_t now_ms)
{
    for (size_t i = 0; i < worker_count(w); i++) {
        retire(w, worker_at(w, i), now_ms);
        start_one(w, worker_at(w, i), now_ms);
        drain(w, now_ms);
    }
}

static uint64_t earlier(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

static uint64_t next_start_ms(const struct wizard *w)
{
    uint64_t at = w->net.pid == 0 && w->net.start_at_ms != 0 ? w->net.start_at_ms : UINT64_MAX;
    for (size_t i = 0; i < w->modules; i++)
        if (w->tokens[i].pid == 0 && w->tokens[i].start_at_ms != 0)
            at = earlier(at, w->tokens[i].start_at_ms);
    return at;
}

/* --- drivers that hang ---------------------------------------------------------------------------------------------
 */

#define LATE_MS 1000 /* woken so much later than wished, it was we who slept: stopped, or the whole machine */

/* While one signs, the flow keeps the time: somebody may be typing on the reader's own keys. */
static bool is_listened_to(const struct wizard *w, const struct worker *t)
{
    return t->pid != 0 && t->fd >= 0 && !(w->flow.token_job != 0 && t->module == w->signer);
}

static uint64_t next_silence_ms(const struct wizard *w)
{
    uint64_t at = UINT64_MAX;
    for (size_t i = 0; i < w->modules; i++)
        if (is_listened_to(w, &w->tokens[i]))
            at = earlier(at, w->tokens[i].heard_ms + w->settings.hang_ms);
    return at;
}

static void end_silent(struct wizard *w, uint64_t now_ms)
{
    for (size_t i = 0; i < w->modules; i++)
        if (is_listened_to(w, &w->tokens[i]) && now_ms >= w->tokens[i].heard_ms + w->settings.hang_ms) {
            inbox_lose_silent(w, &w->tokens[i]);
            drain(w, now_ms);
        }
}

static void forgive_silence(struct wizard *w, uint64_t now_ms)
{
    for (size_t i = 0; i < w->modules; i++)
        w->tokens[i].heard_ms = now_ms;
}

/* --- signals ------------------------------------------------------------------------------------------------------ */

/* Stops as the shell expects, with the terminal as it was, and draws again when continued. By the signal itself, not by
 * SIGSTOP: where there is no shell that could continue us, the kernel lets it pass. On a kiosk there never is one. */
static void stop_for_shell(struct wizard *w)
{
    const struct sigaction plain = {.sa_handler = SIG_DFL};
    struct sigaction before; /* ours, or what whoever started us wants ignored */
    sigset_t stop;
    if (w->flow.kiosk || sigaction(SIGTSTP, &plain, &before) != 0)
        return;
    if (before.sa_handler != SIG_IGN) {
        w->face->ops->suspend(w->face);
        sigemptyset(&stop);
        sigaddset(&stop, SIGTSTP);
        raise(SIGTSTP);
        sigprocmask(SIG_UNBLOCK, &stop, NULL);
        sigprocmask(SIG_BLOCK, &stop, NULL);
    }
    (void)sigaction(SIGTSTP, &before, NULL);
    forgive_silence(w, when_boot_ms());
}

static void on_signal(struct wizard *w, uint32_t signo, uint64_t now_ms)
{
    switch (signo) {
    case SIGTSTP:
        stop_for_shell(w);
        return;
    case SIGINT:
    case SIGQUIT: /* a key as well */
        feed(w, (struct event){.kind = EV_LEAVE}, now_ms);
        return;
    case SIGWINCH: /* the face asks for its size when it shows; this had only to end the wait */
        return;
    default:
        feed(w, (struct event){.kind = EV_LEAVE, .flags = FLAG_AT_ONCE}, now_ms);
    }
}

static void never(int signo)
{
    (void)signo;
}

static void read_signals(struct wizard *w, uint64_t now_ms)
{
    struct signalfd_siginfo info;
    while (read(w->signal_fd, &info, sizeof info) == (ssize_t)sizeof info)
        on_signal(w, info.ssi_signo, now_ms);
}

/* With a handler in place, which never runs, the screen library leaves the signal alone; else it would ignore it during
 * each picture, and lose one that waits. */
static void claim_stop(void)
{
    struct sigaction before;
    if (sigaction(SIGTSTP, NULL, &before) == 0 && before.sa_handler == SIG_DFL)
        signal(SIGTSTP, never);
}

static int catch_signals(void)
{
    static const int signals[] = {SIGHUP, SIGTERM, SIGINT, SIGQUIT, SIGTSTP, SIGWINCH};
    sigset_t caught;
    sigemptyset(&caught);
    for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++)
        sigaddset(&caught, signals[i]);
    signal(SIGPIPE, SIG_IGN);
    claim_stop();
    signal(SIGCHLD, SIG_DFL); /* whoever started us may ignore it: then our workers could not be waited for */
    sigprocmask(SIG_BLOCK, &caught, NULL);
    return signalfd(-1, &caught, SFD_NONBLOCK | SFD_CLOEXEC);
}

static void die(int signo)
{
    face_emergency_restore();
    signal(signo, SIG_DFL);
    raise(signo);
}

static void catch_crashes(void)
{
#ifndef WITH_SANITIZERS
    static const int crashes[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
    for (size_t i = 0; i < sizeof crashes / sizeof crashes[0]; i++)
        signal(crashes[i], die);
#else
    (void)die;
#endif
}

#define READ_EVENTS 64
#define READ_MS 50

/* Every key is composed against the view it was typed on. However much is typed or pasted: now and then time passes and
 * workers are heard. */
static void read_face(struct wizard *w, uint64_t now_ms)
{
    struct event ev = {0};
    uint64_t until_ms = when_boot_ms() + READ_MS;
    for (int n = 0; n == 0 || (n < READ_EVENTS && when_boot_ms() < until_ms); n++) {
        struct scene s = scene_now(w, now_ms);
        ev = (struct event){.now_ms = now_ms};
        w->more_input = !w->done && w->face->ops->read(w->face, &s, &w->view, &w->desk, &ev);
        if (!w->more_input)
            return;
        if (ev.kind == EV_CHOOSE && ev.value == CH_CERT)
            add_pin_limits(w, &ev);
        feed(w, ev, now_ms);
        show(w, now_ms);
    }
}

/* --- the loop ----------------------------------------------------------------------------------------------------- */

/* Deadlines count the time the machine sleeps; poll's own does not. */
static void set_timer(const struct wizard *w, uint64_t until_ms)
{
    struct itimerspec at = {.it_value = {0}};
    if (until_ms != UINT64_MAX) {
        at.it_value.tv_sec = (time_t)(until_ms / 1000);
        at.it_value.tv_nsec = (long)(until_ms % 1000) * 1000000 + (until_ms == 0); /* all zero would mean never */
    }
    (void)timerfd_settime(w->timer_fd, TFD_TIMER_ABSTIME, &at, NULL);
}

static void wait_for_something(struct pollfd *fds, nfds_t n)
{
    int ready;
    do
        ready = poll(fds, n, -1);
    while (ready < 0 && errno == EINTR); /* the watch of stuck.c, looking in vain */
    for (nfds_t i = 0; ready < 0 && i < n; i++)
        fds[i].revents = 0;
}

/* Woken by the terminal's input alone: what is shown is still what it was typed on. */
static bool is_input_alone(const struct pollfd *fds, nfds_t n)
{
    for (nfds_t i = 1; i < n; i++)
        if (fds[i].revents != 0)
            return false;
    return fds[0].revents != 0;
}

/* What is due then, and would not be done while output blocks: the person's secrets leave, then the program. */
static uint64_t must_end_ms(const struct wizard *w)
{
    const struct flow *f = &w->flow;
    if (w->done || f->state == ST_DONE)
        return when_boot_ms() + LAST_WORDS_MS;
    uint64_t at = f->sign_deadline_ms != 0 ? f->sign_deadline_ms : UINT64_MAX;
    return f->idle_at_ms != 0 ? earlier(at, f->idle_at_ms) : at;
}

enum { OTHERS = 4 }; /* that are polled beside the workers */

/* What came from elsewhere than the terminal, and what is due by now. */
static void catch_up(struct wizard *w, const struct pollfd *fds, uint64_t now_ms)
{
    if (fds[1].revents != 0)
        read_signals(w, now_ms);
    for (size_t i = 0; i < worker_count(w); i++)
        if (fds[OTHERS + i].revents != 0 && worker_at(w, i)->fd >= 0) {
            inbox_read(w, worker_at(w, i), now_ms);
            drain(w, now_ms); /* flow and facts agree before the next message changes them */
        }
    receipts_watch(w, now_ms);
    drain(w, now_ms);
    end_silent(w, now_ms);
    if (flow_wake_ms(&w->flow, now_ms) <= now_ms)
        feed(w, (struct event){.kind = EV_TICK}, now_ms);
    start_due(w, now_ms);
    stuck_work(must_end_ms(w));
    w->stale = true;
    show(w, now_ms);
    w->face->input_waits = false; /* meanwhile a shell may have read it */
}

static void turn(struct wizard *w)
{
    struct pollfd fds[OTHERS + 2 + MODULES_MAX] = {{.fd = w->face->input_fd, .events = POLLIN},
        {.fd = w->signal_fd, .events = POLLIN}, {.fd = w->timer_fd, .events = POLLIN},
        {.fd = w->printing.fd, .events = POLLIN}};
    for (size_t i = 0; i < worker_count(w); i++)
        fds[OTHERS + i] = (struct pollfd){.fd = worker_at(w, i)->fd, .events = POLLIN};
    struct scene s = scene_now(w, when_boot_ms());
    uint64_t until_ms = earlier(flow_wake_ms(&w->flow, s.now_ms), w->face->ops->wake_ms(w->face, &s));
    until_ms = earlier(until_ms, earlier(next_start_ms(w), next_silence_ms(w)));
    if (w->printing.pid != 0)
        until_ms = earlier(until_ms, w->printing.until_ms);
    if (w->more_input)
        until_ms = earlier(until_ms, s.now_ms);
    set_timer(w, until_ms);
    stuck_rest();
    wait_for_something(fds, OTHERS + worker_count(w));

    uint64_t now_ms = when_boot_ms();
    if (now_ms > until_ms && now_ms - until_ms > LATE_MS)
        forgive_silence(w, now_ms);
    w->face->input_waits = fds[0].revents != 0;
    stuck_work(must_end_ms(w));
    if (w->stale || now_ms >= until_ms || !is_input_alone(fds, OTHERS + worker_count(w)))
        catch_up(w, fds, now_ms);
    read_face(w, now_ms);
}

static struct event start_event(const struct wizard *w)
{
    const struct options *o = w->options;
    struct event ev = {
        .kind = EV_START, .arg = (uint32_t)(w->settings.idle_s * 1000), .value = (uint32_t)w->settings.hang_ms};
    ev.flags |= o->code_mode ? FLAG_CODE_MODE : 0u;
    ev.flags |= o->kiosk || w->settings.kiosk ? FLAG_KIOSK : 0u;
    ev.flags |= o->reader ? FLAG_READER : 0u;
    ev.flags |= receipts_may_save(&w->settings, (ev.flags & FLAG_KIOSK) != 0) ? FLAG_SAVES : 0u;
    ev.flags |= w->settings.receipt.print.n > 0 ? FLAG_PRINTS : 0u;
    ev.flags |= w->settings.receipt.code ? FLAG_CODES : 0u;
    ev.flags |= i18n_lang() == LANG_EN ? FLAG_ENGLISH : 0u;
    return ev;
}

/* The code of the command line as if it were pasted: only symbols of codes come into the field. */
static void paste_code(struct wizard *w, uint64_t now_ms)
{
    char *typed = w->given_code;
    struct event refused = {.kind = EV_TOUCH};
    bool surplus = false;
    for (size_t at = 0, len = strlen(typed); at < len;) {
        uint32_t cp = utf8_next(typed, len, &at);
        struct event ev = edit_add(&w->desk, &w->flow, FIELD_CODE, cp);
        if (ev.kind == EV_CODE && ev.arg == CODE_BAD_LETTER)
            refused = ev;
        surplus = surplus || (ev.kind == EV_TOUCH && code_symbol(cp) != 0);
    }
    explicit_bzero(typed, sizeof w->given_code);
    struct event ev = refused.kind == EV_CODE ? refused : edit_state(&w->desk, FIELD_CODE, FLAG_WHOLE);
    if (surplus)
        ev.flags &= ~(uint32_t)FLAG_FITS;
    feed(w, ev, now_ms);
}

int wizard_run(struct wizard *w)
{
    uint64_t now_ms = when_boot_ms();
    stuck_work(UINT64_MAX);
    feed(w, start_event(w), now_ms);
    if (w->given_code[0] != '\0')
        paste_code(w, now_ms);
    show(w, now_ms);
    /* Workers start while the first picture is already on the screen. */
    for (size_t i = 0; i < w->modules; i++)
        w->tokens[i].start_at_ms = now_ms;
    read_face(w, now_ms);
    while (!w->done)
        turn(w);
    return w->status;
}

/* --- opening and closing ------------------------------------------------------------------------------------------ */

static const char *find_config(void)
{
    static char found[PATH_MAX];
    return place_config(found, sizeof found) == OK ? found : CONF_DIR "/wizard.yaml";
}

static void complain(const char *detail)
{
    say_text(stderr, "eonay: ");
    say_word(stderr, detail);
    say_text(stderr, "\n");
}

/* The workers read them, but a person would hear of a missing one only in the middle of the way, as something else. */
static bool are_files_readable(const struct settings *s)
{
    struct err err;
    const struct {
        const char *key, *path;
    } files[] = {{"tls_ca", s->tls_ca}, {"trust", s->trust}, {"publisher_ca", s->publisher_ca}};
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++)
        if (files[i].path != NULL && access(files[i].path, R_OK) != 0) {
            (void)err_set(&err, ERR_FILE, "%s: %s: %s", files[i].key, files[i].path, strerror(errno));
            complain(err.detail);
            return false;
        }
    return true;
}

static bool make_secrets(struct wizard *w)
{
    bool made = secret_new(&w->desk.pin) == OK && secret_new(&w->desk.password) == OK;
    for (size_t i = 0; i < PART_COUNT && made; i++)
        made = secret_new(&w->desk.parts[i]) == OK;
    return made;
}

static bool watch_output(const struct wizard *w)
{
    struct secret *all[2 + PART_COUNT] = {w->desk.pin, w->desk.password};
    memcpy(all + 2, w->desk.parts, sizeof w->desk.parts);
    return stuck_watch(all, 2 + PART_COUNT) == OK;
}

/* A card at another desk is offered to us, and the settings let nobody look at it. */
static bool is_offer_ignored(const struct wizard *w)
{
    const char *address = getenv(SETTINGS_FORWARD);
    return address != NULL && address[0] != '\0' && !w->settings.forwarded_cards && !w->settings.kiosk;
}

static void fill_facts(struct wizard *w)
{
    const char *ssh = getenv("SSH_CONNECTION");
    w->facts.forward_ignored = is_offer_ignored(w);
    w->facts.text = w->facts.page = "";
    w->facts.trust = w->settings.trust;
    w->facts.test = w->settings.test;
    w->facts.keypad_keys = w->settings.keypad == KEYPAD_KEYS;
    w->facts.ssh = ssh != NULL && ssh[0] != '\0';
    if (w->settings.test && w->settings.test_hint != NULL)
        snprintf(w->facts.test_hint, sizeof w->facts.test_hint, "%s", w->settings.test_hint);
    if (w->settings.help_line != NULL)
        snprintf(w->facts.help_line, sizeof w->facts.help_line, "%s", w->settings.help_line);
}

/* It reads the settings anew, with what of our environment counts for them. */
static void set_up_doctor(struct wizard *w)
{
    const char *address = getenv(SETTINGS_FORWARD);
    w->doctor = (struct worker){.kind = WIRE_DOCTOR, .config = w->config_path, .remote = w->facts.ssh, .fd = -1};
    if (address == NULL || strlen(address) + sizeof SETTINGS_FORWARD >= sizeof w->forward_word)
        return;
    snprintf(w->forward_word, sizeof w->forward_word, SETTINGS_FORWARD "=%s", address);
    w->forward_words[0] = w->forward_word;
    w->doctor_environment = (struct conf_strings){w->forward_words, 1};
    w->doctor.environment = &w->doctor_environment;
}

static void set_up_workers(struct wizard *w)
{
    w->net = (struct worker){.kind = WIRE_NET, .config = w->config_path, .fd = -1};
    set_up_doctor(w);
    w->modules = w->settings.modules.n < MODULES_MAX ? w->settings.modules.n : MODULES_MAX;
    for (size_t i = 0; i < w->modules; i++)
        w->tokens[i] = (struct worker){.kind = WIRE_TOKEN,
            .config = w->config_path,
            .module = i,
            .environment = &settings_module_at(&w->settings, i)->environment,
            .fd = -1};
    for (size_t i = 0; i < w->modules; i++)
        w->facts.forwarded |= wizard_is_forwarded(w, &w->tokens[i]);
}

static bool open_face(struct wizard *w, struct err *err)
{
    if (w->face != NULL)
        return true;
    w->plain = w->options->plain || face_must_be_plain() || face_fullscreen_new(&w->face, err) != OK;
    return !w->plain || face_plain_new(&w->face, STDIN_FILENO, STDOUT_FILENO, err) == OK;
}

bool wizard_open(struct wizard *w, const struct options *o, struct face *face, int *ret_status)
{
    struct err err = {0};
    w->options = o; /* field by field: of the rows of cards most are never touched, and stay pages that are none */
    w->signal_fd = w->timer_fd = w->net.fd = w->doctor.fd = -1;
    w->text = BUF_INIT(16384);
    w->cms = BUF_INIT(49152);
    w->page = BUF_INIT(2 * 16384);
    w->keeping.fd = w->printing.fd = -1;
    w->face = face;
    w->desk.form = &w->form;
    memcpy(w->given_code, o->code, sizeof w->given_code);
    w->config_path = o->config != NULL ? o->config : find_config();
    *ret_status = EX_CONFIG;
    if (o->kiosk)
        settings_forget_environment();
    if (settings_load(w->config_path, &w->settings, &err) != OK) {
        complain(err.detail);
        if (o->config == NULL && access(w->config_path, F_OK) != 0)
            say_line(stderr, tr("Name the settings with --config FILE; to try the program: ./bootstrap demo"));
        return false;
    }
    if (!are_files_readable(&w->settings))
        return false;
    w->flow = flow_init();
    i18n_set((enum lang)(o->lang >= 0 ? o->lang : w->settings.lang));
    fill_facts(w);
    set_up_workers(w);
    *ret_status = EX_OSERR;
    w->signal_fd = catch_signals();
    w->timer_fd = timerfd_create(CLOCK_BOOTTIME, TFD_NONBLOCK | TFD_CLOEXEC);
    if (w->signal_fd < 0 || w->timer_fd < 0 || !make_secrets(w) || !watch_output(w)) {
        complain(strerror(errno));
        return false;
    }
    catch_crashes();
    *ret_status = EX_UNAVAILABLE;
    stuck_work(UINT64_MAX);
    if (open_face(w, &err))
        return true;
    complain(err.detail);
    return false;
}

/* After the terminal is as it was; a reader of lines hears it as the last line. */
static void say_goodbye(const struct wizard *w)
{
    const struct note *note = note_of(w->flow.note);
    if (!w->done || w->flow.note == OK) /* by a signal: nobody waits for it */
        return;
    if (w->receipt[0] != '\0')
        say_fmt(stdout, "%s: %s. ", tr("Receipt number"), w->receipt);
    say_fmt(stdout, "%s%s%s\n", tr(note->said), note->advice[0] != '\0' ? " " : "", tr(note->advice));
}

static void end_workers(struct wizard *w)
{
    struct worker *all[2 + MODULES_MAX];
    for (size_t i = 0; i < worker_count(w); i++)
        all[i] = worker_at(w, i);
    workers_end(all, worker_count(w), LEAVE_MS);
}

void wizard_close(struct wizard *w)
{
    stuck_work(when_boot_ms() + LAST_WORDS_MS);
    if (w->face != NULL)
        w->face->ops->free(&w->face);
    say_goodbye(w);
    (void)fflush(stdout);
    end_workers(w);
    stuck_done();
    for (size_t i = 0; i < w->modules; i++)
        cards_clear(&w->cards[i]);
    secret_free(&w->desk.pin);
    secret_free(&w->desk.password);
    for (size_t i = 0; i < PART_COUNT; i++)
        secret_free(&w->desk.parts[i]);
    receipts_forget(w);
    buf_done(&w->text);
    buf_done(&w->cms);
    explicit_bzero(&w->form, sizeof w->form);
    explicit_bzero(&w->facts, sizeof w->facts);
    explicit_bzero(w->receipt, sizeof w->receipt);
    settings_free(&w->settings);
    fd_close(&w->signal_fd);
    fd_close(&w->timer_fd);
}
