/* A time-stamp authority's answer to a question of ours, and a token as it stands in a file. */
#include "config.h"
#include <string.h>
#include "fuzz/fuzz.h"
#include "fuzz/world.h"
#include "sign/tst.h"

static bool read_token(const uint8_t *data, size_t len)
{
    const struct stamp_world *w = world_of_stamps();
    struct tst_facts f;
    enum tst_fault fault = TST_FORM;
    if (tst_read(data, len, &f, NULL) != OK)
        return false;
    HOLDS(len <= TST_MAX && f.unit != NULL && sk_X509_num(f.certs) >= 1 && sk_X509_num(f.certs) <= TST_CERTS_MAX);
    HOLDS(f.token.len == len && memcmp(f.token.data, data, len) == 0);
    HOLDS(f.imprint_len > 0 && f.imprint_len <= sizeof f.imprint && f.nonce_len <= sizeof f.nonce);
    HOLDS(strlen(f.policy) < sizeof f.policy);
    bool holds = tst_check(&f, f.imprint, f.imprint_len, w->trust, f.time, &fault, NULL) == OK;
    HOLDS(holds == (fault == TST_HOLDS));
    f.imprint[0] ^= 1;
    HOLDS(tst_check(&f, f.imprint, f.imprint_len - 1, w->trust, f.time, &fault, NULL) != OK && fault == TST_IMPRINT);
    tst_facts_done(&f);
    return holds;
}

static bool hear_answer(const uint8_t *data, size_t len)
{
    const struct stamp_world *w = world_of_stamps();
    struct buf token = BUF_INIT(TST_MAX);
    struct tst_facts f;
    if (tst_answer(data, len, &w->question, w->trust, w->now, &token, NULL) != OK) {
        HOLDS(token.len == 0);
        return false;
    }
    HOLDS(tst_read(token.data, token.len, &f, NULL) == OK);
    HOLDS(f.imprint_len == w->question.imprint_len && memcmp(f.imprint, w->question.imprint, f.imprint_len) == 0);
    HOLDS(f.time >= w->now - TST_SKEW_S && f.time <= w->now + TST_SKEW_S);
    tst_facts_done(&f);
    buf_done(&token);
    return true;
}

bool fuzz_tst(const uint8_t *data, size_t len)
{
    bool is_token = read_token(data, len), is_answer = hear_answer(data, len);
    HOLDS(!is_token || !is_answer);
    return is_token || is_answer;
}
