/* A signature file of any level, judged: every answer is one of the standard's, and what passes is what was signed. */
#include "config.h"
#include <string.h>
#include "fuzz/fuzz.h"
#include "fuzz/world.h"
#include "sign/validate.h"

#define CENTURY (INT64_C(36525) * 86400)

static void hold_blocks(const struct validation *v)
{
    bool passed = true;
    HOLDS(v->block_count > 0 && v->block_count <= VALIDATION_BLOCKS_MAX);
    HOLDS(v->status_count <= VALIDATION_STATUSES_MAX);
    for (size_t i = 0; i < v->block_count; i++) {
        const struct validation_block *b = &v->blocks[i];
        HOLDS(b->kind < BLOCK_COUNT && b->sub < SUB_COUNT);
        HOLDS(fuzz_is_clean(b->name, sizeof b->name) && fuzz_is_clean(b->detail, sizeof b->detail));
        passed &= b->sub == SUB_NONE || b->time != 0; /* a time stamp may fail and the signature hold */
    }
    for (size_t i = 0; i < v->status_count; i++)
        HOLDS(v->statuses[i].state < STATE_COUNT && fuzz_is_clean(v->statuses[i].name, sizeof v->statuses[i].name));
    HOLDS(passed || v->sub != SUB_NONE);
}

static void hold_answer(const struct validation *v, const uint8_t *data, size_t len)
{
    HOLDS(v->sub == validation_rule_sub(v->rule) && v->indication == sub_indication_of(v->sub));
    HOLDS((v->indication == TOTAL_PASSED) == (v->rule == WHY_PASSED));
    HOLDS(v->best_time <= v->judged_at);
    HOLDS(v->text == NULL || (v->text >= data && v->text + v->text_len <= data + len));
    HOLDS(v->readable || v->indication == TOTAL_FAILED);
    hold_blocks(v);
}

/* Only one text was ever signed with the keys of this world, by one person. */
static void hold_passed(const struct validation *v)
{
    HOLDS(v->text_len == sizeof WORLD_TEXT - 1 && memcmp(v->text, WORLD_TEXT, v->text_len) == 0);
    HOLDS(strcmp(v->cert.tckn, WORLD_TCKN) == 0 && v->nes == REASON_USABLE);
    HOLDS(v->revocation == STATE_GOOD || v->revocation == STATE_NOT_CHECKED);
}

bool fuzz_cms(const uint8_t *data, size_t len)
{
    const struct stamp_world *w = world_of_stamps();
    struct validate_params p = {.trust = w->trust, .now = w->now + 120, .consent = true, .nes = true};
    struct validation v;
    if (validate(data, len, &p, &v, NULL) != OK)
        return false;
    hold_answer(&v, data, len);
    bool passed = v.indication == TOTAL_PASSED;
    if (passed)
        hold_passed(&v);
    p.now += CENTURY; /* no certificate lasts so long */
    HOLDS(validate(data, len, &p, &v, NULL) == OK && v.indication != TOTAL_PASSED);
    return passed;
}
