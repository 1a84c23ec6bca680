/* The receipt's container: ASiC-E with CAdES (ETSI EN 319 162-1 §4.4), a ZIP file of stored entries in one canonical
 * form. There is exactly one file for given parts, and the reader takes no other: order, dates, versions, attributes
 * and lengths are all known beforehand, so that it accounts for every byte by comparing, and nothing that ZIP allows
 * (comments, extra fields, gaps, descriptors, encryption, ZIP64, strange names) can be there.
 *
 *     mimetype                      application/vnd.etsi.asic-e+zip
 *     text.txt                      what was signed
 *     consent.p7s                   the signature, at the level it has by now
 *     receipt.txt                   the page for people (receipt_page.h)
 *     ledger.json                   the ledger's proof (ledger_proof.h); may be absent
 *     META-INF/ASiCManifest001.xml  SHA-256 of each of the four
 *     META-INF/signature001.p7s     the service's seal over the manifest (seal.h) */
#ifndef EONAY_SIGN_ASICE_H
#define EONAY_SIGN_ASICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/buf.h"
#include "base/err.h"

#define ASICE_TYPE "application/vnd.etsi.asic-e+zip"

/* In the order of the file, behind mimetype. */
enum asice_part {
    ASICE_TEXT,
    ASICE_CONSENT,
    ASICE_PAGE,
    ASICE_LEDGER,
    ASICE_MANIFEST,
    ASICE_SEAL,
    ASICE_PARTS,
    ASICE_DATA = ASICE_MANIFEST, /* the parts before it are what the manifest names */
};
#define ASICE_PART_MAX (3u << 20) /* bytes of one part; none is empty */
#define ASICE_MANIFEST_MAX 4096
#define ASICE_MAX (ASICE_PART_MAX + (1u << 19)) /* bytes of a whole container */

/* A container's parts: views into bytes that are not ours. `at` NULL: absent. */
struct asice {
    struct asice_view {
        const uint8_t *at;
        size_t len;
    } part[ASICE_PARTS];
};
const char *asice_name(enum asice_part p); /* the entry's name */

/* The one manifest of these data parts. ERR_TOO_BIG, ERR_NOMEM, ERR_CRYPTO. */
enum err_code asice_manifest(const struct asice *parts, struct buf *ret) MUST_CHECK;
/* All parts to the bytes of the container, read again before they are handed out. ERR_INTERNAL when a part is missing
 * or the library did not write the canonical form; ERR_TOO_BIG past a ceiling. */
enum err_code asice_write(const struct asice *parts, struct buf *ret, struct err *err) MUST_CHECK;
/* The parts of a container, views into `bytes`; whether the manifest is true is asked of asice_is_whole.
 * ERR_RECEIPT_FORM, with a detail that names the place. */
enum err_code asice_read(const uint8_t *bytes, size_t len, struct asice *ret, struct err *err) MUST_CHECK;
/* Is the manifest, byte for byte, the one of these data parts? ERR_RECEIPT_CHANGED when it is not. */
enum err_code asice_is_whole(const struct asice *parts, struct err *err) MUST_CHECK;

#endif
