/* memscan PID...: looks through all readable memory of the processes for the words on standard input (one a line), as
 * bytes and as 32-bit characters: in a row, the way curses keeps keys, and in the cells of our canvas and of curses'
 * windows. Prints "PID WORD-NUMBER HITS" for each find. Needs root.
 * Exit 0: nothing found, 1: found, 2: could not look. The words come over a pipe, so that the scanner's own argv never
 * holds them. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define WORDS 16
#define LONGEST 128
#define CHUNK (1u << 20)

struct word {
    uint8_t bytes[LONGEST]; /* ASCII */
    size_t len;
};

/* How far its characters may lie apart: 1 is bytes, else 32-bit numbers. */
static const size_t strides[] = {1, 4, 8, 28};
#define STRIDE_MAX 28

static size_t read_words(struct word words[WORDS])
{
    char line[LONGEST];
    size_t n = 0;
    while (n < WORDS && fgets(line, sizeof line, stdin) != NULL) {
        size_t len = strcspn(line, "\n");
        if (len < 6)
            continue; /* too short to mean anything */
        struct word *w = &words[n++];
        memset(w, 0, sizeof *w);
        memcpy(w->bytes, line, len);
        w->len = len;
    }
    return n;
}

static bool is_char(const uint8_t *at, uint8_t c, size_t stride)
{
    return at[0] == c && (stride == 1 || (at[1] | at[2] | at[3]) == 0);
}

static bool is_word(const uint8_t *at, const struct word *w, size_t stride)
{
    size_t i = 0;
    while (i < w->len && is_char(at + i * stride, w->bytes[i], stride))
        i++;
    return i == w->len;
}

static unsigned count_in(const uint8_t *mem, size_t len, const struct word *w, size_t stride)
{
    unsigned hits = 0;
    size_t need = (w->len - 1) * stride + (stride == 1 ? 1 : 4);
    const uint8_t *at = mem;
    while (len - (size_t)(at - mem) >= need &&
           (at = memchr(at, w->bytes[0], len - (size_t)(at - mem) - need + 1)) != NULL) {
        hits += is_word(at, w, stride);
        at++;
    }
    return hits;
}

static int scan_range(int mem, uint64_t from, uint64_t to, const struct word *words, size_t n, unsigned hits[WORDS])
{
    static uint8_t buffer[CHUNK + LONGEST * STRIDE_MAX];
    size_t kept = 0;
    for (uint64_t at = from; at < to;) {
        size_t want = to - at < CHUNK ? (size_t)(to - at) : CHUNK;
        ssize_t got = pread(mem, buffer + kept, want, (off_t)at);
        if (got <= 0)
            return 0; /* guard pages, [vvar] */
        size_t len = kept + (size_t)got;
        for (size_t i = 0; i < n; i++)
            for (size_t k = 0; k < sizeof strides / sizeof strides[0]; k++)
                hits[i] += count_in(buffer, len, &words[i], strides[k]);
        at += (uint64_t)got;
        kept = len < LONGEST * STRIDE_MAX ? len : LONGEST * STRIDE_MAX - 1;
        memmove(buffer, buffer + len - kept, kept);
    }
    return 0;
}

static int scan(const char *pid, const struct word *words, size_t n)
{
    char path[64], line[512];
    unsigned hits[WORDS] = {0};
    snprintf(path, sizeof path, "/proc/%s/mem", pid);
    int mem = open(path, O_RDONLY | O_CLOEXEC);
    snprintf(path, sizeof path, "/proc/%s/maps", pid);
    FILE *maps = fopen(path, "re");
    if (mem < 0 || maps == NULL) {
        fprintf(stderr, "memscan: %s: %s\n", pid, strerror(errno));
        if (mem >= 0)
            close(mem);
        return 2;
    }
    while (fgets(line, sizeof line, maps) != NULL) {
        unsigned long long from, to;
        char rights[8];
        if (sscanf(line, "%llx-%llx %7s", &from, &to, rights) == 3 && rights[0] == 'r')
            scan_range(mem, from, to, words, n, hits);
    }
    fclose(maps);
    close(mem);
    int found = 0;
    for (size_t i = 0; i < n; i++)
        if (hits[i] > 0) {
            printf("%s %zu %u\n", pid, i + 1, hits[i]);
            found = 1;
        }
    return found;
}

int main(int argc, char **argv)
{
    static struct word words[WORDS];
    size_t n = read_words(words);
    int worst = n == 0 || argc < 2 ? 2 : 0;
    for (int i = 1; i < argc; i++) {
        int one = scan(argv[i], words, n);
        worst = one > worst ? one : worst;
    }
    return worst;
}
