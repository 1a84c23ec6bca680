#include "config.h"
#include "tools/verify.h"

void finding_make(struct finding *f, const void *der, size_t len, const struct validate_params *p)
{
    *f = (struct finding){.v = {.judged_at = p->now, .format = ""}};
    f->code = validate(der, len, p, &f->v, &f->err);
    if (f->code == OK && f->v.rule != WHY_PASSED)
        f->code = err_set(&f->err, validation_rule_code(f->v.rule), "%s", f->v.detail);
}

/* What could not be judged is nothing of the standard's. */
static bool is_judged(const struct finding *f)
{
    return f->v.block_count > 0;
}

const char *finding_indication(const struct finding *f)
{
    return indication_word(is_judged(f) ? f->v.indication : INDETERMINATE);
}

const char *finding_sub_indication(const struct finding *f)
{
    return is_judged(f) ? sub_indication_word(f->v.sub) : "CUSTOM";
}
