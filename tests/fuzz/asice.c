/* A receipt that somebody brings: the container has one form for its parts, and no part is taken for more than it is.
 * The checksums of a changed container are mended first, so that changes reach the readers behind them. */
#include "config.h"
#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include "fuzz/fuzz.h"
#include "sign/receipt.h"

#define LOCAL 30
#define CENTRAL 46

static uint32_t get(const uint8_t *at, size_t n)
{
    uint32_t v = 0;
    while (n-- > 0)
        v = v << 8 | at[n];
    return v;
}

static void put_crc(uint8_t *at, uint32_t crc)
{
    for (size_t i = 0; i < 4; i++)
        at[i] = (uint8_t)(crc >> 8 * i);
}

/* Walks the local headers by their sizes, then the directory beside them, as far as they go. */
static void mend(uint8_t *b, size_t len)
{
    uint32_t crcs[ASICE_PARTS + 1];
    size_t n = 0, at = 0, i = 0;
    while (n <= ASICE_PARTS && len - at >= LOCAL && get(b + at, 4) == 0x04034b50) {
        size_t head = LOCAL + get(b + at + 26, 2), size = get(b + at + 22, 4);
        if (len - at < head || len - at - head < size)
            return;
        crcs[n] = (uint32_t)crc32(0, b + at + head, (uInt)size);
        put_crc(b + at + 14, crcs[n++]);
        at += head + size;
    }
    for (; i < n && len - at >= CENTRAL && get(b + at, 4) == 0x02014b50; i++) {
        size_t head = CENTRAL + get(b + at + 28, 2);
        put_crc(b + at + 16, crcs[i]);
        if (len - at < head)
            return;
        at += head;
    }
}

/* Written anew from its parts a container is the same, byte for byte: there is no second form. */
static void has_one_form(const struct asice *parts, const uint8_t *bytes, size_t len)
{
    struct buf again = BUF_INIT(ASICE_MAX);
    HOLDS(asice_write(parts, &again, NULL) == OK);
    HOLDS(again.len == len && memcmp(again.data, bytes, len) == 0);
    buf_done(&again);
}

static void look_at_seal(const struct asice *parts)
{
    const struct asice_view *seal = &parts->part[ASICE_SEAL], *over = &parts->part[ASICE_MANIFEST];
    struct seal_cms s;
    if (seal_cms_read(seal->at, seal->len, over->at, over->len, &s, NULL) != OK)
        return;
    HOLDS(s.sealer != NULL && seal->len <= SEAL_CMS_MAX);
    seal_cms_done(&s);
}

static void look_at_page(const struct asice *parts)
{
    struct receipt_page p = {.format = "?"};
    const struct asice_view *v = &parts->part[ASICE_PAGE];
    if (!receipt_page_read(v->at, v->len, &p))
        return;
    HOLDS(memchr(p.number, '\0', sizeof p.number) != NULL && memchr(p.service, '\0', sizeof p.service) != NULL);
    HOLDS(strchr(p.number, '\n') == NULL && strchr(p.service, '\n') == NULL);
}

static void look_at_consent(const struct asice *parts)
{
    const struct asice_view *v = &parts->part[ASICE_CONSENT];
    struct kept k;
    uint8_t itself[32];
    consent_text_digest(v->at, v->len, itself);
    if (kept_read(v->at, v->len, itself, &k, NULL) != OK)
        return;
    HOLDS(k.stamped_at == 0 && strcmp(k.format, "CAdES-B-B") == 0); /* nothing was added */
    kept_done(&k);
}

static void look_at_parts(uint8_t *bytes, size_t len)
{
    struct asice parts;
    struct ledger_proof ledger;
    mend(bytes, len);
    if (asice_read(bytes, len, &parts, NULL) != OK)
        return;
    has_one_form(&parts, bytes, len);
    look_at_seal(&parts);
    look_at_page(&parts);
    look_at_consent(&parts);
    const struct asice_view *l = &parts.part[ASICE_LEDGER];
    if (l->at != NULL && ledger_proof_read(l->at, l->len, &ledger, NULL) == OK)
        ledger_proof_done(&ledger);
}

bool fuzz_asice(const uint8_t *data, size_t len)
{
    struct receipt r;
    bool taken = receipt_read(data, len, &r, NULL) == OK;
    if (taken) {
        HOLDS(asice_is_whole(&r.parts, NULL) == OK);
        HOLDS(r.parts.part[ASICE_TEXT].len == r.consent.facts.text_len);
        receipt_done(&r);
    }
    uint8_t *copy = malloc(len > 0 ? len : 1);
    HOLDS(copy != NULL);
    memcpy(copy, data, len);
    look_at_parts(copy, len);
    free(copy);
    return taken;
}
