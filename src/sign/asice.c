#include "config.h"
#include "sign/asice.h"

#include <string.h>
#include <openssl/evp.h>
#include <zlib.h>
#include "sign/asice_inside.h"

/* Named by the container's standard, EN 319 162-1 §4.4.3 and annex A.4. */
const struct asice_entry asice_entries[ASICE_ENTRIES] = {
    {"mimetype", sizeof ASICE_TYPE - 1, false},
    {"text.txt", ASICE_PART_MAX, false},
    {"consent.p7s", ASICE_PART_MAX, false},
    {"receipt.txt", ASICE_PART_MAX, false},
    {"ledger.json", ASICE_PART_MAX, true},
    {"META-INF/ASiCManifest001.xml", ASICE_MANIFEST_MAX, false},
    {"META-INF/signature001.p7s", ASICE_PART_MAX, false},
};

const char *asice_name(enum asice_part p)
{
    return asice_entries[p + 1].name;
}

/* ---- the manifest ---- */

static const char *const types[ASICE_DATA] = {
    "text/plain", "application/pkcs7-signature", "text/plain", "application/json"};

#define SHA256_LEN 32
#define SHA256_BASE64 45

static enum err_code add_reference(struct buf *b, enum asice_part p, const struct asice_view *v)
{
    uint8_t digest[EVP_MAX_MD_SIZE];
    unsigned char base64[SHA256_BASE64];
    if (EVP_Digest(v->at, v->len, digest, NULL, EVP_sha256(), NULL) != 1)
        return ERR_CRYPTO;
    EVP_EncodeBlock(base64, digest, SHA256_LEN);
    return buf_fmt(b,
        "<asic:DataObjectReference URI=\"%s\" MimeType=\"%s\">"
        "<ds:DigestMethod Algorithm=\"http://www.w3.org/2001/04/xmlenc#sha256\"/>"
        "<ds:DigestValue>%s</ds:DigestValue></asic:DataObjectReference>\n",
        asice_name(p), types[p], (const char *)base64);
}

/* Names and types are ours and hold nothing that XML would want escaped. */
enum err_code asice_manifest(const struct asice *parts, struct buf *ret)
{
    struct buf b = BUF_INIT(ASICE_MANIFEST_MAX);
    enum err_code rc = buf_fmt(&b,
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        "<asic:ASiCManifest xmlns:asic=\"http://uri.etsi.org/02918/v1.2.1#\" "
        "xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\">\n"
        "<asic:SigReference URI=\"%s\" MimeType=\"application/pkcs7-signature\"/>\n",
        asice_name(ASICE_SEAL));
    for (enum asice_part p = 0; p < ASICE_DATA && rc == OK; p++)
        if (parts->part[p].at != NULL)
            rc = add_reference(&b, p, &parts->part[p]);
    if (rc == OK)
        rc = buf_str(&b, "</asic:ASiCManifest>\n");
    if (rc == OK)
        rc = buf_move(ret, &b);
    buf_done(&b);
    return rc;
}

enum err_code asice_is_whole(const struct asice *parts, struct err *err)
{
    struct buf due = BUF_INIT(ASICE_MANIFEST_MAX);
    const struct asice_view *is = &parts->part[ASICE_MANIFEST];
    enum err_code rc = asice_manifest(parts, &due);
    if (rc != OK)
        err_set(err, rc, "manifest");
    else if (is->len != due.len || memcmp(is->at, due.data, due.len) != 0)
        rc = err_set(err, ERR_RECEIPT_CHANGED, "manifest");
    buf_done(&due);
    return rc;
}

/* ---- reading: each header is made as it must be, then compared ---- */

#define LOCAL_LEN 30
#define CENTRAL_LEN 46
#define END_LEN 22
#define NAME_MAX_LEN 32
#define SIZE_AT 22 /* of the entry, in its local header */

struct header {
    uint8_t v[CENTRAL_LEN + NAME_MAX_LEN];
    size_t len;
};

static void put(struct header *h, size_t bytes, uint32_t value) /* little endian */
{
    for (size_t i = 0; i < bytes; i++)
        h->v[h->len++] = (uint8_t)(value >> 8 * i);
}

static void put_name(struct header *h, const char *name)
{
    size_t len = strlen(name);
    memcpy(h->v + h->len, name, len);
    h->len += len;
}

/* One entry as it was found. */
struct found {
    const char *name;
    uint32_t at, crc, size;
};

/* What local and central header share: from the version needed to the length of the extra field. */
static void put_facts(struct header *h, const struct found *f)
{
    put(h, 2, ASICE_NEEDS);
    put(h, 2, 0); /* flags */
    put(h, 2, 0); /* stored */
    put(h, 2, ASICE_DOS_TIME);
    put(h, 2, ASICE_DOS_DATE);
    put(h, 4, f->crc);
    put(h, 4, f->size);
    put(h, 4, f->size);
    put(h, 2, (uint32_t)strlen(f->name));
    put(h, 2, 0);
}

static struct header local_header(const struct found *f)
{
    struct header h = {.len = 0};
    put(&h, 4, 0x04034b50);
    put_facts(&h, f);
    put_name(&h, f->name);
    return h;
}

static struct header central_header(const struct found *f)
{
    struct header h = {.len = 0};
    put(&h, 4, 0x02014b50);
    put(&h, 2, ASICE_UNIX << 8 | ASICE_MADE_BY);
    put_facts(&h, f);
    put(&h, 2, 0); /* comment */
    put(&h, 2, 0); /* disk */
    put(&h, 2, 0); /* internal attributes */
    put(&h, 4, ASICE_ATTRIBUTES);
    put(&h, 4, f->at);
    put_name(&h, f->name);
    return h;
}

static struct header end_record(uint32_t entries, uint32_t directory_at, uint32_t directory_len)
{
    struct header h = {.len = 0};
    put(&h, 4, 0x06054b50);
    put(&h, 4, 0); /* disks */
    put(&h, 2, entries);
    put(&h, 2, entries);
    put(&h, 4, directory_len);
    put(&h, 4, directory_at);
    put(&h, 2, 0); /* comment */
    return h;
}

struct reader {
    const uint8_t *bytes;
    size_t len, at;
    struct found found[ASICE_ENTRIES];
    uint32_t count;
};

static bool take_header(struct reader *r, const struct header *due)
{
    if (due->len > r->len - r->at || memcmp(r->bytes + r->at, due->v, due->len) != 0)
        return false;
    r->at += due->len;
    return true;
}

static uint32_t size_of_next(const struct reader *r)
{
    const uint8_t *b = r->bytes + r->at + SIZE_AT;
    return (uint32_t)b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
}

static bool is_next(const struct reader *r, const char *name)
{
    size_t len = strlen(name);
    return r->len - r->at >= LOCAL_LEN + len && memcmp(r->bytes + r->at + LOCAL_LEN, name, len) == 0;
}

static bool take_entry(struct reader *r, const struct asice_entry *e, struct asice_view *ret)
{
    size_t head = LOCAL_LEN + strlen(e->name);
    if (r->len - r->at < head)
        return false;
    uint32_t size = size_of_next(r);
    if (size == 0 || size > e->max || size > r->len - r->at - head)
        return false;
    const uint8_t *body = r->bytes + r->at + head;
    struct found *f = &r->found[r->count++];
    *f = (struct found){e->name, (uint32_t)r->at, (uint32_t)crc32(0, body, size), size};
    struct header due = local_header(f);
    if (!take_header(r, &due))
        return false;
    *ret = (struct asice_view){body, size};
    r->at += size;
    return true;
}

static bool take_directory(struct reader *r)
{
    size_t begin = r->at;
    for (uint32_t i = 0; i < r->count; i++) {
        struct header due = central_header(&r->found[i]);
        if (!take_header(r, &due))
            return false;
    }
    struct header end = end_record(r->count, (uint32_t)begin, (uint32_t)(r->at - begin));
    return take_header(r, &end) && r->at == r->len;
}

enum err_code asice_read(const uint8_t *bytes, size_t len, struct asice *ret, struct err *err)
{
    struct reader r = {.bytes = bytes, .len = len};
    struct asice_view view[ASICE_ENTRIES] = {{NULL, 0}};
    if (len > ASICE_MAX)
        return err_set(err, ERR_RECEIPT_FORM, "container: %zu bytes", len);
    for (size_t i = 0; i < ASICE_ENTRIES; i++)
        if (!(asice_entries[i].optional && !is_next(&r, asice_entries[i].name)) &&
            !take_entry(&r, &asice_entries[i], &view[i]))
            return err_set(err, ERR_RECEIPT_FORM, "container: %s", asice_entries[i].name);
    if (view[0].len != sizeof ASICE_TYPE - 1 || memcmp(view[0].at, ASICE_TYPE, view[0].len) != 0)
        return err_set(err, ERR_RECEIPT_FORM, "container: mimetype");
    if (!take_directory(&r))
        return err_set(err, ERR_RECEIPT_FORM, "container: directory");
    memcpy(ret->part, view + 1, sizeof ret->part);
    return OK;
}
