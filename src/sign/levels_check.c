#include "config.h"
#include "sign/levels_in.h"

#include <string.h>

/* The index is judged where the imprint is made over it; *why says what is wrong with it. */
static enum err_code archive_imprint(
    const struct signed_data *d, const struct tst_facts *f, uint8_t *ret, size_t *ret_len, const char **why)
{
    struct der_item index;
    *why = levels_index_of(d, f, &index);
    return *why == NULL ? levels_archive_imprint(d, f->digest, index.whole, ret, ret_len) : OK;
}

static enum err_code make_imprint(
    const struct signed_data *d, const struct level_stamp *s, uint8_t *ret, size_t *ret_len, const char **why)
{
    *why = NULL;
    if (s->kind == STAMP_SIGNATURE)
        return levels_signature_imprint(d, s->facts.digest, ret, ret_len);
    if (s->kind == STAMP_ARCHIVE)
        return archive_imprint(d, &s->facts, ret, ret_len, why);
    enum err_code rc = levels_refs_imprint(d, s->facts.digest, ret, ret_len);
    if (rc == ERR_BAD_REQUEST)
        *why = "the complete references are missing";
    return *why == NULL ? rc : OK;
}

enum err_code levels_imprint(const struct signed_data *d, const struct level_stamp *s, uint8_t ret[TST_IMPRINT_MAX],
    size_t *ret_len, struct err *err)
{
    const char *why;
    enum err_code rc = make_imprint(d, s, ret, ret_len, &why);
    if (why != NULL)
        return err_set(err, ERR_REJ_STAMP, "%s: %s", s->kind == STAMP_ARCHIVE ? "index" : "imprint", why);
    return rc == OK ? OK : err_set(err, rc, "the imprint could not be made");
}

enum err_code level_stamp_check(const uint8_t *der, size_t len, const struct level_stamp *s, const struct trust *tsas,
    int64_t at, enum tst_fault *ret_fault, struct err *err)
{
    struct signed_data d;
    uint8_t imprint[TST_IMPRINT_MAX];
    size_t imprint_len = 0;
    enum err_code rc = levels_open(der, len, &d, err);
    if (rc != OK)
        return rc;
    rc = levels_imprint(&d, s, imprint, &imprint_len, err);
    if (rc == ERR_REJ_STAMP && ret_fault != NULL)
        *ret_fault = TST_IMPRINT;
    return rc == OK ? tst_check(&s->facts, imprint, imprint_len, tsas, at, ret_fault, err) : rc;
}
