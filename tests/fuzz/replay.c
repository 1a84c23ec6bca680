/* replay                  every target over its kept corpus, each file as it is and shaken (TAP)
 * replay TARGET FILE...   the files alone, as they are: to look at a crash
 * A target runs in a child of its own; the input it died of is left as crash-TARGET beside this program's run. */
#include "config.h"
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include "base/buf.h"
#include "fuzz/fuzz.h"
#include "fuzz/shake.h"

#define FILES_MAX 512
#define SHAKES 4000 /* a target's, shared among its files */

/* The input at work, where the parent can see it after a crash. */
struct stage {
    size_t believed; /* inputs of the corpus that were taken for good */
    size_t len;
    uint8_t bytes[FUZZ_INPUT_MAX];
};
static struct stage *stage;

struct corpus {
    struct buf file[FILES_MAX];
    size_t n;
};
static struct corpus corpus;

static bool is_visible(const char *name)
{
    return name[0] != '.';
}

static bool corpus_add(const char *path)
{
    struct err err = {OK, ""};
    struct buf *b = &corpus.file[corpus.n];
    *b = BUF_INIT(FUZZ_INPUT_MAX);
    if (corpus.n + 1 < FILES_MAX && buf_read_file(b, path, &err) == OK) {
        corpus.n++;
        return true;
    }
    printf("# %s: %s\n", path, err.detail);
    return false;
}

static bool corpus_open(const char *target)
{
    char folder[512], path[1024];
    snprintf(folder, sizeof folder, "%s/corpus/%s", FUZZ_DIR, target);
    DIR *d = opendir(folder);
    if (d == NULL)
        return false;
    bool good = true;
    for (struct dirent *e; good && (e = readdir(d)) != NULL;) {
        snprintf(path, sizeof path, "%s/%s", folder, e->d_name);
        good = !is_visible(e->d_name) || corpus_add(path);
    }
    closedir(d);
    return good && corpus.n > 0;
}

static void corpus_close(void)
{
    while (corpus.n > 0)
        buf_done(&corpus.file[--corpus.n]);
}

/* From a copy of exactly this length, so that a byte read too far is one the sanitizers see. */
static bool run(const struct fuzz_target *t)
{
    uint8_t *exact = malloc(stage->len > 0 ? stage->len : 1);
    if (exact == NULL)
        abort();
    memcpy(exact, stage->bytes, stage->len);
    bool believed = t->run(exact, stage->len);
    free(exact);
    return believed;
}

static void put_on_stage(const struct buf *b)
{
    stage->len = b->len;
    if (b->len > 0)
        memcpy(stage->bytes, b->data, b->len);
}

static void run_files(const struct fuzz_target *t)
{
    for (size_t i = 0; i < corpus.n; i++) {
        put_on_stage(&corpus.file[i]);
        stage->believed += run(t);
    }
}

static void run_shaken(const struct fuzz_target *t)
{
    uint64_t state = 88172645463325252U;
    for (size_t i = 0; i < SHAKES; i++) {
        const struct buf *other = &corpus.file[shake_random(&state) % corpus.n];
        put_on_stage(&corpus.file[i % corpus.n]);
        stage->len = shake(stage->bytes, stage->len, sizeof stage->bytes, other->data, other->len, &state);
        (void)run(t);
    }
}

static bool keep_crash(const char *target)
{
    char path[64];
    struct buf b = BUF_INIT(FUZZ_INPUT_MAX);
    snprintf(path, sizeof path, "crash-%s", target);
    bool kept = buf_add(&b, stage->bytes, stage->len) == OK && buf_write_file(&b, path, 0600, NULL) == OK;
    printf("# %zu bytes %s %s\n", stage->len, kept ? "kept as" : "could not be kept as", path);
    buf_done(&b);
    return false;
}

static bool in_child(const struct fuzz_target *t)
{
    int status = -1;
    fflush(stdout);
    stage->believed = 0;
    pid_t pid = fork();
    if (pid == 0) {
        run_files(t);
        run_shaken(t);
        corpus_close();
        exit(0);
    }
    bool good = pid > 0 && waitpid(pid, &status, 0) == pid && status == 0;
    return good || keep_crash(t->name);
}

static int replay_all(void)
{
    size_t n = 0, bad = 0;
    for (const struct fuzz_target *t; (t = fuzz_target_at(n)) != NULL;) {
        bool good = corpus_open(t->name) && in_child(t) && stage->believed > 0;
        bad += !good;
        printf("%sok %zu - %s: %zu files, %zu believed, %d shaken\n", good ? "" : "not ", ++n, t->name, corpus.n,
            stage->believed, SHAKES);
        corpus_close();
    }
    printf("1..%zu\n", n);
    return bad > 0;
}

static int replay_files(const struct fuzz_target *t, char **files)
{
    bool good = t != NULL;
    for (; good && *files != NULL; files++)
        good = corpus_add(*files);
    if (good)
        run_files(t);
    corpus_close();
    return !good;
}

int main(int argc, char **argv)
{
    stage = mmap(NULL, sizeof *stage, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (stage == MAP_FAILED)
        return 1;
    return argc > 1 ? replay_files(fuzz_target_named(argv[1]), argv + 2) : replay_all();
}
