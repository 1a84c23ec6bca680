#include "base/match.h"
#include "base/code.h"

#include <sha2.h>
#include <string.h>

#define GROUP 4
#define BITS 5 /* of a symbol */

static void group(char out[MATCH_TEXT_LEN + 1], const char symbols[MATCH_LEN])
{
    memcpy(out, symbols, GROUP);
    out[GROUP] = ' ';
    memcpy(out + GROUP + 1, symbols + GROUP, MATCH_LEN - GROUP);
    out[MATCH_TEXT_LEN] = '\0';
}

void match_code(const uint8_t text_sha256[32], char out[MATCH_TEXT_LEN + 1])
{
    static const uint8_t label[] = {'e', 'o', 'n', 'a', 'y', '-', 'm', 'a', 't', 'c', 'h', '-', '1'};
    uint8_t sum[SHA256_DIGEST_LENGTH];
    char symbols[MATCH_LEN];
    uint64_t bits = 0;
    SHA2_CTX sha;
    SHA256Init(&sha);
    SHA256Update(&sha, label, sizeof label);
    SHA256Update(&sha, text_sha256, 32);
    SHA256Final(sum, &sha);
    for (size_t i = 0; i < MATCH_LEN * BITS / 8; i++)
        bits = bits << 8 | sum[i];
    for (size_t i = MATCH_LEN; i-- > 0; bits >>= BITS)
        symbols[i] = code_symbols[bits & 31];
    group(out, symbols);
}

void match_plain(const char grouped[MATCH_TEXT_LEN + 1], char out[MATCH_LEN + 1])
{
    memcpy(out, grouped, GROUP);
    memcpy(out + GROUP, grouped + GROUP + 1, MATCH_LEN - GROUP);
    out[MATCH_LEN] = '\0';
}

bool match_read(const char *s, size_t len, char out[MATCH_TEXT_LEN + 1])
{
    out[0] = '\0';
    if (len != MATCH_LEN)
        return false;
    for (size_t i = 0; i < MATCH_LEN; i++)
        if (memchr(code_symbols, s[i], 32) == NULL)
            return false;
    group(out, s);
    return true;
}
