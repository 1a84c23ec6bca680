/* The text to be signed, and its match code wherever one is told. */
#include "config.h"
#include "wizard/texts.h"

#include <sha2.h>
#include <string.h>

#include "base/ascii.h"
#include "base/match.h"
#include "base/text.h"

bool texts_read_match(const struct wire_msg *m, char out[MATCH_TEXT_LEN + 1])
{
    const struct wire_view *v = &m->val[F_MATCH];
    out[0] = '\0';
    return !m->has[F_MATCH] || match_read((const char *)v->data, v->len, out);
}

static void digest_text(struct wizard *w, uint8_t sum[SHA256_DIGEST_LENGTH])
{
    SHA2_CTX sha;
    SHA256Init(&sha);
    SHA256Update(&sha, w->text.data, w->text.len);
    SHA256Final(sum, &sha);
    ascii_hex(w->facts.digest, sum, SHA256_DIGEST_LENGTH);
}

void texts_tell(struct wizard *w, struct worker *worker)
{
    struct wire_out out;
    if (w->opened_job == 0)
        return;
    wire_begin(&out, w->out_frame, M_TEXT, w->opened_job);
    wire_bytes(&out, F_TEXT, w->text.data, w->text.len);
    wire_str(&out, F_CODE, w->opened_code);
    (void)!worker_tell(worker, &out, 0, -1, NULL); /* one that is gone hears it when it starts again */
}

/* The text of before is gone by then, whatever becomes of this one. */
static bool take_text(struct wizard *w, const struct wire_view *text)
{
    buf_reset(&w->text);
    bool good = text_is_safe((const char *)text->data, text->len) && buf_add(&w->text, text->data, text->len) == OK;
    w->facts.text = good ? (const char *)w->text.data : "";
    w->facts.text_len = w->text.len;
    return good;
}

/* A code that was issued here opens the text that its page spoke of. */
static bool is_text_of_page(const struct wizard *w, const char *match)
{
    bool known = w->facts.code_match[0] != '\0' && strcmp(w->facts.code, w->opened_code) == 0;
    return !known || strcmp(w->facts.code_match, match) == 0;
}

static void drop_text(struct wizard *w)
{
    buf_reset(&w->text);
    w->facts.text = "";
    w->facts.text_len = 0;
}

/* Judges what take_text kept; then the workers hear it. */
static enum err_code settle_text(struct wizard *w, uint32_t job)
{
    uint8_t sum[SHA256_DIGEST_LENGTH];
    char match[MATCH_TEXT_LEN + 1];
    digest_text(w, sum);
    match_code(sum, match);
    if (!is_text_of_page(w, match)) {
        drop_text(w);
        return ERR_MATCH_DIFFERS;
    }
    w->opened_job = job;
    for (size_t i = 0; i < w->modules; i++)
        texts_tell(w, &w->tokens[i]);
    return OK;
}

enum err_code texts_open(struct wizard *w, const struct wire_msg *m)
{
    w->opened_job = 0;
    w->facts.match[0] = '\0';
    return take_text(w, &m->val[F_TEXT]) ? settle_text(w, m->job) : ERR_TEXT_UNSAFE;
}

bool texts_match(struct wizard *w, const struct wire_msg *m)
{
    uint8_t sum[SHA256_DIGEST_LENGTH];
    char told[MATCH_TEXT_LEN + 1], ours[MATCH_TEXT_LEN + 1];
    if (m->job == 0 || m->job != w->opened_job)
        return true;
    digest_text(w, sum);
    match_code(sum, ours);
    if (!texts_read_match(m, told) || strcmp(told, ours) != 0)
        return false;
    memcpy(w->facts.match, told, sizeof told);
    return true;
}
