/* First picture, a focus move, silence after the first picture and peak memory of the wizard's first menu beside
 * whiptail, dialog and pinentry-curses with the same labels, in interleaved runs. Prints a table and writes JSON
 * (second argument). bench-screen BUILD OUT.json CONFIG */
#include "config.h"
#include "tests/bench/pty.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define RUNS 15

struct sample {
    double first_ms, move_ms;
    double first_bytes, move_bytes, late_bytes, peak_kib;
};

struct peer {
    const char *name;
    const char *const *argv;
    bool assuan; /* told over standard input what to draw, and on which terminal */
    const char *move;
    struct sample runs[RUNS];
    bool present;
};

static void run(struct peer *p, struct sample *s)
{
    struct pty pty;
    char tty[64], told[256];
    double start = clock_ms();
    if (!pty_start(&pty, p->argv, p->assuan, tty))
        exit(1);
    if (p->assuan) {
        snprintf(told, sizeof told,
            "OPTION ttyname=%s\nOPTION ttytype=xterm-256color\nOPTION lc-ctype=C.UTF-8\nSETPROMPT PIN Kodu\nGETPIN\n",
            tty);
        pty_send(&pty, told);
    }
    s->first_bytes = (double)pty_until_quiet(&pty, 30, 3000);
    s->first_ms = pty.last_ms - start;
    double until = pty.last_ms + 100;
    size_t before = pty.len;
    while (clock_ms() < until)
        (void)pty_until_quiet(&pty, 1, 5);
    s->late_bytes = (double)(pty.len - before);
    start = clock_ms();
    pty_key(&pty, p->move);
    s->move_bytes = (double)pty_until_quiet(&pty, 20, 300);
    s->move_ms = s->move_bytes > 0 ? pty.last_ms - start : 0;
    s->peak_kib = (double)pty_peak_kib(&pty);
    pty_stop(&pty);
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(const struct peer *p, size_t field)
{
    double v[RUNS];
    for (size_t i = 0; i < RUNS; i++)
        v[i] = ((const double *)(const void *)&p->runs[i])[field];
    qsort(v, RUNS, sizeof v[0], by_value);
    return v[RUNS / 2];
}

int main(int argc, char **argv)
{
    if (argc != 4)
        return 64;
    char eonay[512];
    snprintf(eonay, sizeof eonay, "%s/eonay", argv[1]);
    const char *const us[] = {eonay, "--config", argv[3], NULL};
    const char *const whiptail[] = {"/usr/bin/whiptail", "--title", "Online İşlemler", "--menu",
        "Hoş geldiniz. Başlamak için Giriş'e basınız.", "20", "76", "3", "1", "Giriş", "2", "Doğrulama kodum var", "3",
        "Çıkış", NULL};
    const char *const dialog[] = {"/usr/bin/dialog", "--title", "Online İşlemler", "--menu",
        "Hoş geldiniz. Başlamak için Giriş'e basınız.", "20", "76", "3", "1", "Giriş", "2", "Doğrulama kodum var", "3",
        "Çıkış", NULL};
    const char *const pinentry[] = {"/usr/bin/pinentry-curses", NULL};
    struct peer peers[] = {
        {.name = "eonay", .argv = us, .move = "\033OB"},
        {.name = "whiptail", .argv = whiptail, .move = "\033OB"},
        {.name = "dialog", .argv = dialog, .move = "\033OB"},
        {.name = "pinentry", .argv = pinentry, .move = "\t", .assuan = true},
    };
    const size_t n = sizeof peers / sizeof peers[0];
    for (size_t k = 0; k < n; k++)
        peers[k].present = access(peers[k].argv[0], X_OK) == 0;
    for (size_t i = 0; i < RUNS; i++)
        for (size_t k = 0; k < n; k++)
            if (peers[k].present)
                run(&peers[k], &peers[k].runs[i]);

    static const char *const fields[] = {"first_ms", "move_ms", "first_bytes", "move_bytes", "late_bytes", "peak_kib"};
    FILE *out = fopen(argv[2], "w");
    if (out == NULL)
        return 73;
    fprintf(out, "{\"runs\":%d", RUNS);
    printf("%-10s", "median");
    for (size_t f = 0; f < 6; f++)
        printf(" %12s", fields[f]);
    printf("\n");
    for (size_t k = 0; k < n; k++) {
        if (!peers[k].present)
            continue;
        printf("%-10s", peers[k].name);
        fprintf(out, ",\"%s\":{", peers[k].name);
        for (size_t f = 0; f < 6; f++) {
            printf(" %12.2f", median(&peers[k], f));
            fprintf(out, "%s\"%s\":%.3f", f ? "," : "", fields[f], median(&peers[k], f));
        }
        printf("\n");
        fprintf(out, "}");
    }
    for (size_t k = 1; k < n; k++) {
        if (!peers[k].present)
            continue;
        printf("eonay / %-9s", peers[k].name);
        for (size_t f = 0; f < 6; f++)
            if (f != 4)
                printf(" %s %.2f", fields[f], median(&peers[0], f) / median(&peers[k], f));
        printf("\n");
    }
    fprintf(out, "}\n");
    return fclose(out) == 0 ? 0 : 74;
}
