#include "config.h"
#include "tools/ask.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "base/say.h"
#include "base/text.h"

/* ---- the terminal ---- */

static struct termios modes; /* as they were */
static volatile sig_atomic_t is_silent;

static void restore(void)
{
    if (!is_silent)
        return;
    (void)tcsetattr(STDIN_FILENO, TCSANOW, &modes);
    (void)signal(SIGTSTP, SIG_DFL);
    is_silent = 0;
}

/* With the echo back on, the signal does what it would have done. */
static void on_signal(int signo)
{
    restore();
    (void)signal(signo, SIG_DFL);
    (void)raise(signo);
}

static void silence(void)
{
    static const int ends[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
    struct termios silent;
    if (tcgetattr(STDIN_FILENO, &modes) != 0)
        return;
    silent = modes;
    silent.c_lflag &= ~(tcflag_t)(ECHO | ECHOE | ECHOK | ECHONL);
    is_silent = 1;
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++)
        (void)signal(ends[i], on_signal);
    (void)signal(SIGTSTP, SIG_IGN); /* continued, it would show what is typed */
    (void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
}

bool ask_is_terminal(void)
{
    return isatty(STDIN_FILENO) == 1;
}

/* ---- words ---- */

void ask_say(bool error, const char *words)
{
    FILE *to = error ? stderr : stdout;
    say_line(to, words);
    (void)fflush(to);
}

static void prompt_put(const char *prompt)
{
    if (!ask_is_terminal())
        return;
    say_text(stdout, prompt);
    (void)fflush(stdout);
}

/* ---- lines ---- */

static bool read_byte(char *ret)
{
    ssize_t n;
    do
        n = read(STDIN_FILENO, ret, 1);
    while (n < 0 && errno == EINTR);
    return n == 1;
}

bool ask_line(const char *prompt, char *out, size_t out_len)
{
    char line[128] = "", byte;
    size_t len = 0;
    bool any = false;
    prompt_put(prompt);
    while (read_byte(&byte)) {
        any = true;
        if (byte == '\n')
            break;
        if (len + 1 < sizeof line && byte != '\r')
            line[len++] = byte;
    }
    text_clean(out, out_len, line, len);
    return any;
}

static enum err_code read_pin(struct secret *pin)
{
    char byte;
    bool any = false, taken = true;
    while (read_byte(&byte)) {
        any = true;
        if (byte == '\n')
            break;
        if (byte != '\r')
            taken = secret_push(pin, &byte, 1) && taken;
    }
    explicit_bzero(&byte, sizeof byte);
    if (!any)
        return ERR_CANCELLED;
    if (!taken)
        return ERR_PIN_LONG;
    return secret_is_digits(pin) ? OK : ERR_PIN_LETTER;
}

enum err_code ask_pin(const char *prompt, struct secret *pin)
{
    bool person = ask_is_terminal();
    enum err_code rc;
    secret_wipe(pin);
    if (person)
        silence();
    prompt_put(prompt);
    rc = read_pin(pin);
    restore();
    if (person) {
        fputc('\n', stdout);
        (void)fflush(stdout);
    }
    if (rc != OK)
        secret_wipe(pin);
    return rc;
}
