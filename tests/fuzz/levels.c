/* A file of any level: its values are found and go in again without a change, its time stamps are judged, and what can
 * be added to it makes a file again. */
#include "config.h"
#include <string.h>
#include <openssl/objects.h>
#include "fuzz/fuzz.h"
#include "fuzz/world.h"
#include "sign/levels.h"

static bool judge_stamps(const uint8_t *data, size_t len)
{
    const struct stamp_world *w = world_of_stamps();
    struct level_stamps stamps;
    if (level_stamps_read(data, len, &stamps, NULL) != OK)
        return false;
    HOLDS(stamps.count <= LEVEL_STAMPS_MAX);
    size_t good = 0;
    for (size_t i = 0; i < stamps.count; i++) {
        const struct level_stamp *s = &stamps.of[i];
        enum tst_fault fault = TST_FORM;
        bool holds = level_stamp_check(data, len, s, w->trust, s->facts.time, &fault, NULL) == OK;
        HOLDS(holds == (fault == TST_HOLDS));
        HOLDS(!level_archive_covers(data, len, s, s->facts.token.data, s->facts.token.len)); /* never itself */
        good += holds;
    }
    bool all = stamps.count > 0 && good == stamps.count;
    level_stamps_done(&stamps);
    return all;
}

/* What the file holds is not added a second time. */
static void add_again(const uint8_t *data, size_t len, const struct evidence *values)
{
    struct buf once = BUF_INIT(LEVELS_MAX), twice = BUF_INIT(LEVELS_MAX);
    if (level_add_values(data, len, PROFILE_BASELINE, values, &once, NULL) == OK) {
        HOLDS(once.len >= len);
        HOLDS(level_add_values(once.data, once.len, PROFILE_BASELINE, values, &twice, NULL) == OK);
        HOLDS(once.len == twice.len && memcmp(once.data, twice.data, once.len) == 0);
    }
    buf_done(&once);
    buf_done(&twice);
}

static void try_profile(const uint8_t *data, size_t len, const struct evidence *values)
{
    struct buf made = BUF_INIT(LEVELS_MAX);
    struct evidence again = EVIDENCE_INIT;
    if (level_add_values(data, len, PROFILE_P4, values, &made, NULL) == OK &&
        level_values(made.data, made.len, &again, NULL) == OK)
        HOLDS(again.count >= values->count);
    evidence_done(&again);
    buf_done(&made);
}

static void find_values(const uint8_t *data, size_t len)
{
    struct evidence values = EVIDENCE_INIT;
    if (level_values(data, len, &values, NULL) == OK) {
        HOLDS(values.count <= EVIDENCE_MAX);
        add_again(data, len, &values);
        try_profile(data, len, &values);
    }
    evidence_done(&values);
}

static void ask_for_more(const uint8_t *data, size_t len)
{
    const struct stamp_world *w = world_of_stamps();
    struct level_gaps gaps;
    struct buf index = BUF_INIT(LEVEL_INDEX_MAX);
    uint8_t imprint[TST_IMPRINT_MAX];
    size_t imprint_len;
    int64_t at;
    if (level_missing(data, len, PROFILE_BASELINE, w->trust, w->trust, w->now, NULL, &gaps, NULL) == OK) {
        HOLDS(gaps.count <= LEVEL_GAPS_MAX);
        level_gaps_done(&gaps);
    }
    if (level_archive_imprint(data, len, NID_sha256, imprint, &imprint_len, &index, NULL) == OK)
        HOLDS(imprint_len == 32 && index.len > 0 && index.len <= LEVEL_INDEX_MAX);
    buf_done(&index);
    (void)!level_renew_by(data, len, &at, NULL);
    (void)!level_refs_imprint(data, len, NID_sha256, imprint, &imprint_len, NULL);
}

bool fuzz_levels(const uint8_t *data, size_t len)
{
    enum level level;
    enum profile profile = PROFILE_COUNT;
    if (level_of(data, len, &level, &profile, NULL) != OK)
        return false;
    HOLDS(level <= LEVEL_LTA && profile < PROFILE_COUNT);
    find_values(data, len);
    ask_for_more(data, len);
    return judge_stamps(data, len);
}
