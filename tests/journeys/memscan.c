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

/* How far from `at` the memory is of one kind: pages that have ever been touched (present or swapped out), or pages
 * that have not and so hold nothing. Where that cannot be asked everything is looked through. */
static uint64_t same_kind_until(int pagemap, uint64_t at, uint64_t to, bool *ret_touched)
{
    uint64_t entries[512];
    uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
    ssize_t got = pread(pagemap, entries, sizeof entries, (off_t)(at / page * sizeof entries[0]));
    if (got < (ssize_t)sizeof entries[0]) {
        *ret_touched = true;
        return to;
    }
    size_t n = (size_t)got / sizeof entries[0], i = 1;
    *ret_touched = entries[0] >> 62 != 0;
    while (i < n && (entries[i] >> 62 != 0) == *ret_touched)
        i++;
    return at + i * page < to ? at + i * page : to;
}

static void scan_run(int mem, uint64_t from, uint64_t to, const struct word *words, size_t n, unsigned hits[WORDS])
{
    static uint8_t buffer[CHUNK + LONGEST * STRIDE_MAX];
    size_t kept = 0;
    for (uint64_t at = from; at < to;) {
        size_t want = to - at < CHUNK ? (size_t)(to - at) : CHUNK;
        ssize_t got = pread(mem, buffer + kept, want, (off_t)at);
        if (got <= 0)
            return; /* guard pages, [vvar] */
        size_t len = kept + (size_t)got;
        for (size_t i = 0; i < n; i++)
            for (size_t k = 0; k < sizeof strides / sizeof strides[0]; k++)
                hits[i] += count_in(buffer, len, &words[i], strides[k]);
        at += (uint64_t)got;
        kept = len < LONGEST * STRIDE_MAX ? len : LONGEST * STRIDE_MAX - 1;
        memmove(buffer, buffer + len - kept, kept);
    }
}

/* Runs of touched pages, so that a thread's untouched stack costs nothing; neighbouring pieces are one run. */
static void scan_range(
    int mem, int pagemap, uint64_t from, uint64_t to, const struct word *words, size_t n, unsigned hits[WORDS])
{
    uint64_t begun = from;
    bool in_run = false;
    for (uint64_t at = from; at < to;) {
        bool touched;
        uint64_t until = same_kind_until(pagemap, at, to, &touched);
        if (touched && !in_run)
            begun = at;
        if (!touched && in_run)
            scan_run(mem, begun, at, words, n, hits);
        in_run = touched;
        at = until;
    }
    if (in_run)
        scan_run(mem, begun, to, words, n, hits);
}

static int open_proc(const char *pid, const char *name)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%s/%s", pid, name);
    return open(path, O_RDONLY | O_CLOEXEC);
}

static bool scan_maps(const char *pid, const struct word *words, size_t n, unsigned hits[WORDS])
{
    char line[512];
    int mem = open_proc(pid, "mem"), pagemap = open_proc(pid, "pagemap"), list = open_proc(pid, "maps");
    FILE *maps = list >= 0 ? fdopen(list, "r") : NULL;
    bool ok = mem >= 0 && maps != NULL;
    while (ok && fgets(line, sizeof line, maps) != NULL) {
        unsigned long long from, to;
        char rights[8];
        if (sscanf(line, "%llx-%llx %7s", &from, &to, rights) == 3 && rights[0] == 'r')
            scan_range(mem, pagemap, from, to, words, n, hits);
    }
    if (maps != NULL)
        fclose(maps);
    if (pagemap >= 0)
        close(pagemap);
    if (mem >= 0)
        close(mem);
    return ok;
}

static int scan(const char *pid, const struct word *words, size_t n)
{
    unsigned hits[WORDS] = {0};
    int found = 0;
    if (!scan_maps(pid, words, n, hits)) {
        fprintf(stderr, "memscan: %s: %s\n", pid, strerror(errno));
        return 2;
    }
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
