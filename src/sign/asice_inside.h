/* The canonical form of the container, for who writes and for who reads it. */
#ifndef EONAY_SIGN_ASICE_INSIDE_H
#define EONAY_SIGN_ASICE_INSIDE_H

#include "sign/asice.h"

/* Every entry of the file: mimetype, then the parts. */
#define ASICE_ENTRIES (ASICE_PARTS + 1)
struct asice_entry {
    const char *name;
    size_t max; /* bytes */
    bool optional;
};
extern const struct asice_entry asice_entries[ASICE_ENTRIES];

#define ASICE_DOS_DATE 0x0021 /* 1980-01-01, the first day ZIP can name: an entry's date says nothing */
#define ASICE_DOS_TIME 0
#define ASICE_MADE_BY 63 /* APPNOTE.TXT 6.3, as libzip writes it; the upper byte is 3, Unix */
#define ASICE_UNIX 3
#define ASICE_NEEDS 10 /* 1.0: stored */
#define ASICE_ATTRIBUTES (UINT32_C(0100644) << 16)

#endif
