#include "config.h"
#include "sign/validate.h"

#include "base/i18n.h"

const char *indication_word(enum indication i)
{
    static const char *const words[] = {
#define X(id, word) word,
        INDICATIONS(X)
#undef X
    };
    return words[i];
}

static const struct {
    const char *word, *said;
    enum indication indication;
} subs[SUB_COUNT] = {{NULL, "", TOTAL_PASSED},
#define X(id, indication, said) {#id, said, indication},
    SUB_INDICATIONS(X)
#undef X
};

const char *sub_indication_word(enum sub_indication s)
{
    return subs[s].word;
}

const char *sub_indication_said(enum sub_indication s)
{
    return subs[s].said;
}

enum indication sub_indication_of(enum sub_indication s)
{
    return subs[s].indication;
}

static const struct {
    const char *slug, *words;
} blocks[BLOCK_COUNT] = {
#define X(id, slug, words) {slug, words},
    VALIDATION_BLOCKS(X)
#undef X
};

const char *validation_block_slug(enum validation_block_kind b)
{
    return blocks[b].slug;
}

const char *validation_block_words(enum validation_block_kind b)
{
    return blocks[b].words;
}

static const struct {
    const char *slug;
    enum err_code code;
    enum sub_indication sub;
    enum validation_block_kind block;
} rules[WHY_COUNT] = {{"passed", OK, SUB_NONE, BLOCK_FORMAT},
#define X(id, slug, code, sub, block) {slug, ERR_##code, SUB_##sub, BLOCK_##block},
    VALIDATION_RULES(X)
#undef X
};

const char *validation_rule_slug(enum validation_rule r)
{
    return rules[r].slug;
}

enum err_code validation_rule_code(enum validation_rule r)
{
    return rules[r].code;
}

enum sub_indication validation_rule_sub(enum validation_rule r)
{
    return rules[r].sub;
}

enum validation_block_kind validation_rule_block(enum validation_rule r)
{
    return rules[r].block;
}

static const struct {
    const char *slug, *words;
} states[STATE_COUNT] = {
#define X(id, slug, words) {slug, words},
    VALIDATION_STATES(X)
#undef X
};

const char *validation_state_slug(enum validation_state s)
{
    return states[s].slug;
}

const char *validation_state_words(enum validation_state s)
{
    return states[s].words;
}
