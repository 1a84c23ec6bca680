/* The countdown on a slow line: bytes of each tick of Kalan Süre and of İmzalama Tarihi on the signing screen, how far
 * apart they go out, and bytes and milliseconds of a typed PIN digit. Walks the whole way first. bench-tick BUILD
 * OUT.json CONFIG   (TCKN and PASSWORD in the environment, as DIR/env of the sandbox gives them) */
#include "config.h"
#include "tests/bench/pty.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TICKS 12

struct burst {
    double at_ms;
    size_t bytes;
};

static void await(struct pty *p, size_t *from, const char *text)
{
    if (!pty_until_text(p, *from, text, 15000)) {
        fprintf(stderr, "bench-tick: never saw \"%s\"\n", text);
        exit(1);
    }
    (void)pty_until_quiet(p, 30, 200);
    *from = p->len;
}

static void walk(struct pty *p)
{
    static const char *const ways[][2] = {
        {"Hoş geldiniz", "\r"},
        {"yönlendirileceksiniz", "\r"},
        {"Giriş yönteminizi", NULL},
        {"Sayın", "\r"},
        {"işlemi seçiniz", "\r"},
        {"E-Onay nedir?", "\r"},
        {"Bu terminalde devam et", "\r"},
        {"Kod tamam", "\r"},
        {"Metni okuyunuz", "\r"},
        {"Sertifikanız seçili", "\r"},
    };
    size_t from = 0;
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
        await(p, &from, ways[i][0]);
        if (ways[i][1] != NULL) {
            pty_key(p, ways[i][1]);
            continue;
        }
        pty_key(p, getenv("TCKN"));
        pty_key(p, "\r");
        pty_key(p, getenv("PASSWORD"));
        pty_key(p, "\r");
    }
    await(p, &from, "PIN kodunuzu");
}

static double digit_ms(struct pty *p, size_t *bytes)
{
    double start = clock_ms();
    pty_key(p, "7");
    *bytes = pty_until_quiet(p, 20, 200);
    return p->last_ms - start;
}

int main(int argc, char **argv)
{
    char program[512], tty[64];
    struct pty p;
    struct burst bursts[TICKS];
    size_t worst = 0, digit_bytes;
    double nearest = 1e9;
    if (argc != 4 || getenv("TCKN") == NULL || getenv("PASSWORD") == NULL)
        return 64;
    snprintf(program, sizeof program, "%s/eonay", argv[1]);
    const char *const us[] = {program, "--config", argv[3], NULL};
    if (!pty_start(&p, us, false, tty))
        return 71;
    walk(&p);
    double digit = digit_ms(&p, &digit_bytes);
    for (size_t i = 0; i < TICKS; i++) {
        size_t bytes = pty_until_quiet(&p, 60, 3000);
        bursts[i] = (struct burst){p.last_ms, bytes};
        worst = bytes > worst ? bytes : worst;
        if (i > 0 && bursts[i].at_ms - bursts[i - 1].at_ms < nearest)
            nearest = bursts[i].at_ms - bursts[i - 1].at_ms;
    }
    pty_stop(&p);
    printf("tick: worst of %d %zu bytes (limit 20), nearest two %.0f ms apart; a PIN digit %zu bytes, %.2f ms\n", TICKS,
        worst, nearest, digit_bytes, digit);
    FILE *out = fopen(argv[2], "w");
    if (out == NULL)
        return 73;
    fprintf(out, "{\"worst_bytes\":%zu,\"nearest_ms\":%.1f,\"digit_bytes\":%zu,\"digit_ms\":%.3f}\n", worst, nearest,
        digit_bytes, digit);
    return fclose(out) == 0 && worst <= 20 ? 0 : 1;
}
