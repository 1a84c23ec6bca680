/* Archive time stamp v3, EN 319 122-1 §5.5.2 and §5.5.3. Hashes are of elements as they stand in the file. */
#include "config.h"
#include "sign/levels_in.h"

#include <string.h>
#include <openssl/evp.h>
#include "sign/alg.h"

#define HASHES_MAX 256

/* Of one list's elements, in their order. */
struct hashes {
    uint8_t of[HASHES_MAX][TST_IMPRINT_MAX];
    size_t count, len; /* len: bytes of each */
};

static bool add_hash(struct hashes *h, int digest, const struct der_view *pieces, size_t count)
{
    return h->count < HASHES_MAX && levels_digest(digest, pieces, count, h->of[h->count], &h->len) == OK &&
           ++h->count > 0;
}

static bool hash_elements(struct der_view rest, int digest, struct hashes *h)
{
    struct der_item item;
    while (rest.len > 0)
        if (!der_next(&rest, &item) || !add_hash(h, digest, &item.whole, 1))
            return false;
    return true;
}

/* One for each value of each attribute: the type and that value. */
static bool hash_attribute(const struct attribute *a, int digest, struct hashes *h)
{
    struct der_view values = a->values;
    struct der_item value;
    while (values.len > 0) {
        if (!der_next(&values, &value))
            return false;
        const struct der_view pieces[] = {a->type.whole, value.whole};
        if (!add_hash(h, digest, pieces, 2))
            return false;
    }
    return true;
}

static bool hash_attributes(struct der_view rest, int digest, struct hashes *h)
{
    struct attribute a;
    while (rest.len > 0)
        if (!attribute_next(&rest, &a) || !hash_attribute(&a, digest, h))
            return false;
    return true;
}

/* The index's three lists, in its order. */
enum { CERTS, CRLS, VALUES, LISTS };
static bool hash_list(const struct signed_data *d, int list, int digest, struct hashes *h)
{
    h->count = 0;
    h->len = 0;
    if (list == VALUES)
        return hash_attributes(d->unsigned_attributes.body, digest, h);
    return hash_elements(list == CERTS ? d->certs.body : d->crls.body, digest, h);
}

/* ---- making ---- */

static void put_hashes(struct der_out *out, const struct hashes *h)
{
    size_t mark = der_mark(out);
    for (size_t i = 0; i < h->count; i++)
        der_put(out, DER_OCTET_STRING, h->of[i], h->len);
    der_wrap(out, mark, DER_SEQUENCE);
}

static void put_index(struct der_out *out, const struct signed_data *d, int digest)
{
    struct hashes h;
    size_t mark = der_mark(out);
    alg_put_digest(out, digest);
    for (int list = 0; list < LISTS; list++) {
        if (!hash_list(d, list, digest, &h))
            out->rc = out->rc == OK ? ERR_TOO_BIG : out->rc;
        put_hashes(out, &h);
    }
    der_wrap(out, mark, DER_SEQUENCE);
}

enum err_code levels_archive_imprint(
    const struct signed_data *d, int digest, struct der_view index, uint8_t ret[TST_IMPRINT_MAX], size_t *ret_len)
{
    uint8_t content[TST_IMPRINT_MAX];
    size_t content_len = 0;
    enum err_code rc = levels_digest(digest, &d->content.body, 1, content, &content_len);
    if (rc != OK)
        return rc;
    const struct der_view pieces[] = {d->type.whole, {content, content_len}, d->signer_version.whole, d->sid.whole,
        d->digest.whole, d->attributes.whole, d->signature_alg.whole, d->signature.whole, index};
    return levels_digest(digest, pieces, sizeof pieces / sizeof pieces[0], ret, ret_len);
}

enum err_code level_archive_imprint(const uint8_t *der, size_t len, int digest, uint8_t ret_imprint[TST_IMPRINT_MAX],
    size_t *ret_len, struct buf *ret_index, struct err *err)
{
    struct signed_data d;
    struct der_out out = DER_OUT_INIT(LEVEL_INDEX_MAX);
    enum err_code rc = levels_open(der, len, &d, err);
    if (rc != OK)
        return rc;
    put_index(&out, &d, digest);
    rc = out.rc;
    if (rc == OK)
        rc = levels_archive_imprint(&d, digest, (struct der_view){out.buf.data, out.buf.len}, ret_imprint, ret_len);
    if (rc == OK)
        rc = buf_move(ret_index, &out.buf);
    der_out_done(&out);
    return rc == OK ? OK : err_set(err, rc, "the archive index could not be made");
}

/* The token with the index as its signer's only unsigned attribute. */
static enum err_code put_in(struct der_view token, const struct buf *index, struct buf *ret, struct err *err)
{
    struct signed_data d;
    struct der_out out = DER_OUT_INIT(2 * LEVEL_INDEX_MAX);
    const char *why = signed_data_split(token, TST_MAX, &d);
    if (why == NULL && d.unsigned_attributes.body.len > 0)
        why = "the token has unsigned attributes";
    if (why != NULL)
        return err_set(err, ERR_REJ_STAMP, "%s: %s", tst_fault_word(TST_FORM), why);
    levels_put_oid(&out, OID_INDEX);
    size_t value = der_mark(&out);
    der_raw(&out, index->data, index->len);
    levels_end_attribute(&out, 0, value);
    struct splice add = {.attributes = {out.buf.data, out.buf.len}};
    enum err_code rc = out.rc == OK ? levels_splice(&d, &add, ret, err) : err_set(err, out.rc, "archive index");
    der_out_done(&out);
    return rc;
}

static enum err_code judge_imprint(const struct signed_data *d, const struct level_stamp *s, struct err *err)
{
    uint8_t want[TST_IMPRINT_MAX];
    size_t len = 0;
    enum err_code rc = levels_imprint(d, s, want, &len, err);
    if (rc == OK && (len != s->facts.imprint_len || memcmp(want, s->facts.imprint, len) != 0))
        rc = err_set(err, ERR_REJ_STAMP, "%s", tst_fault_word(TST_IMPRINT));
    return rc;
}

enum err_code level_add_archive(const uint8_t *der, size_t len, const struct buf *index, const uint8_t *token,
    size_t token_len, struct buf *ret_der, struct err *err)
{
    struct signed_data d;
    struct level_stamp s = {.kind = STAMP_ARCHIVE};
    struct buf whole = BUF_INIT(TST_MAX);
    enum err_code rc = levels_open(der, len, &d, err);
    if (rc == OK)
        rc = put_in((struct der_view){token, token_len}, index, &whole, err);
    if (rc == OK)
        rc = tst_read(whole.data, whole.len, &s.facts, err);
    if (rc == OK)
        rc = judge_imprint(&d, &s, err);
    if (rc == OK)
        rc = levels_add_token(&d, OID_ARCHIVE, (struct der_view){whole.data, whole.len}, ret_der, err);
    tst_facts_done(&s.facts);
    buf_done(&whole);
    return rc;
}

/* ---- verifying ---- */

static bool holds_hash(const struct hashes *h, struct der_view hash)
{
    for (size_t i = 0; i < h->count; i++)
        if (der_same(hash, (struct der_view){h->of[i], h->len}))
            return true;
    return false;
}

/* Every entry is the hash of something that is there. */
static const char *judge_list(struct der_view *rest, const struct signed_data *d, int list, int digest)
{
    struct hashes h;
    struct der_item entries, entry;
    if (!der_take(rest, DER_SEQUENCE, &entries))
        return "a list is missing";
    if (!hash_list(d, list, digest, &h))
        return "there are too many elements";
    while (entries.body.len > 0) {
        if (!der_take(&entries.body, DER_OCTET_STRING, &entry))
            return "an entry cannot be read";
        if (!holds_hash(&h, entry.body))
            return "an element is missing";
    }
    return NULL;
}

static const char *find_index(const struct tst_facts *archive, struct der_item *ret)
{
    struct signed_data token;
    struct attribute a;
    const char *why = signed_data_split((struct der_view){archive->token.data, archive->token.len}, TST_MAX, &token);
    if (why != NULL)
        return why;
    struct der_view rest = token.unsigned_attributes.body;
    if (!attribute_next(&rest, &a) || !levels_oid_is(&a.type, OID_INDEX))
        return "there is none";
    if (rest.len > 0 || !der_next(&a.values, ret) || a.values.len > 0)
        return "there is more than one";
    return NULL;
}

const char *levels_index_of(const struct signed_data *d, const struct tst_facts *archive, struct der_item *ret)
{
    struct der_item index, identifier;
    const char *why = find_index(archive, &index);
    if (why != NULL)
        return why;
    struct der_view rest = index.body;
    if (index.tag != DER_SEQUENCE || !der_take(&rest, DER_SEQUENCE, &identifier))
        return "it cannot be read";
    if (alg_read_digest(&identifier) != archive->digest)
        return "its digest is not that of the time stamp";
    for (int list = 0; list < LISTS && why == NULL; list++)
        why = judge_list(&rest, d, list, archive->digest);
    if (why == NULL && rest.len > 0)
        why = "there is more in it than three lists";
    if (why == NULL)
        *ret = index;
    return why;
}

/* ---- what it covers ---- */

static bool is_entry(struct der_view entries, int digest, const struct der_view *pieces, size_t count)
{
    struct der_item entry;
    uint8_t hash[TST_IMPRINT_MAX];
    size_t len = 0;
    if (levels_digest(digest, pieces, count, hash, &len) != OK)
        return false;
    while (der_next(&entries, &entry))
        if (der_same(entry.body, (struct der_view){hash, len}))
            return true;
    return false;
}

static bool take_elements(struct der_view rest, struct der_view entries, int digest,
    enum err_code (*read)(const struct der_item *, struct evidence *, struct err *), struct evidence *ret)
{
    struct der_item item;
    while (rest.len > 0)
        if (!der_next(&rest, &item) || (is_entry(entries, digest, &item.whole, 1) && read(&item, ret, NULL) != OK))
            return false;
    return true;
}

/* Of a covered value of an attribute: what it brings. *stamp: it is that time stamp. */
static bool take_values(const struct attribute *a, struct der_view entries, int digest, struct der_view element,
    struct evidence *ret, bool *stamp)
{
    struct der_view values = a->values;
    struct der_item value;
    while (values.len > 0) {
        if (!der_next(&values, &value))
            return false;
        const struct der_view pieces[] = {a->type.whole, value.whole};
        if (!is_entry(entries, digest, pieces, 2))
            continue;
        *stamp |= der_same(value.whole, element);
        if (levels_read_value(&a->type, &value, ret, NULL) != OK)
            return false;
    }
    return true;
}

static bool is_covered(const struct signed_data *d, struct der_item index, int digest, struct der_view element)
{
    struct evidence covered = EVIDENCE_INIT;
    struct der_item identifier, certs, crls, values;
    struct der_view rest = d->unsigned_attributes.body;
    struct attribute a;
    bool is_stamp = false;
    bool read = der_next(&index.body, &identifier) && der_next(&index.body, &certs) && der_next(&index.body, &crls) &&
                der_next(&index.body, &values) &&
                take_elements(d->certs.body, certs.body, digest, levels_read_cert, &covered) &&
                take_elements(d->crls.body, crls.body, digest, levels_read_crl, &covered);
    while (read && attribute_next(&rest, &a))
        read = take_values(&a, values.body, digest, element, &covered, &is_stamp);
    bool found = is_stamp;
    for (int kind = EVIDENCE_CERT; kind <= EVIDENCE_CRL; kind++)
        found |= evidence_holds(&covered, (enum evidence_kind)kind, element.at, element.len);
    evidence_done(&covered);
    return read && found;
}

bool level_archive_covers(
    const uint8_t *der, size_t len, const struct level_stamp *s, const void *element, size_t element_len)
{
    struct signed_data d;
    struct der_item index;
    return s->kind == STAMP_ARCHIVE && levels_open(der, len, &d, NULL) == OK &&
           levels_index_of(&d, &s->facts, &index) == NULL &&
           is_covered(&d, index, s->facts.digest, (struct der_view){element, element_len});
}
