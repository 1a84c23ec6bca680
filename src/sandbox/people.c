/* The people of the sandbox. */
#include "config.h"

#include "sandbox/people.h"

#include <stdio.h>
#include <string.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include "base/ascii.h"
#include "base/buf.h"
#include "base/text.h"
#include "http/json.h"
#include "sandbox/draw.h"

#define FILE_LEN 48

static void file_name(const char *tckn, const char *ending, char out[FILE_LEN])
{
    snprintf(out, FILE_LEN, "people/%s.%s", tckn, ending);
}

static enum err_code read_file(
    const struct box *b, const char *tckn, const char *ending, struct buf *to, struct err *err)
{
    char name[FILE_LEN], path[PATH_MAX];
    file_name(tckn, ending, name);
    box_path(b, path, name);
    return buf_read_file(to, path, err);
}

static enum err_code digest_of(const char *salt, const char *password, char out[65])
{
    struct buf text = BUF_INIT(1024);
    unsigned char md[32];
    enum err_code rc = buf_fmt(&text, "%s:%s", salt, password);
    if (rc == OK && EVP_Digest(text.data, text.len, md, NULL, EVP_sha256(), NULL) != 1)
        rc = ERR_CRYPTO;
    if (rc == OK)
        ascii_hex(out, md, sizeof md);
    buf_done(&text);
    return rc;
}

enum err_code people_find(const struct box *b, const char *tckn, struct person *ret, struct err *err)
{
    struct buf text = BUF_INIT(4096);
    struct person p = {.tckn = ""};
    json_t *object = NULL;
    if (!tckn_is_valid(tckn)) /* also keeps the file name harmless */
        return err_set(err, ERR_BAD_REQUEST, "not a T.C. ID number");
    enum err_code rc = read_file(b, tckn, "json", &text, err);
    if (rc == ERR_FILE)
        rc = ERR_NOT_FOUND;
    if (rc == OK)
        rc = json_parse(text.data, text.len, &object, err);
    if (rc == OK) {
        struct json_in in = json_read(object, err);
        json_need_str(&in, "tckn", p.tckn, sizeof p.tckn);
        json_need_str(&in, "name", p.name, sizeof p.name);
        json_need_str(&in, "salt", p.salt, sizeof p.salt);
        json_need_str(&in, "digest", p.digest, sizeof p.digest);
        rc = json_done(&in);
    }
    if (rc == OK)
        *ret = p;
    json_decref(object);
    buf_done(&text);
    return rc;
}

bool person_knows(const struct person *p, const char *password)
{
    char digest[65];
    return digest_of(p->salt, password, digest) == OK && CRYPTO_memcmp(digest, p->digest, sizeof digest) == 0;
}

void person_names(const struct person *p, char given[NAME_LEN], char surname[NAME_LEN])
{
    const char *blank = strrchr(p->name, ' ');
    size_t len = blank != NULL ? (size_t)(blank - p->name) : 0;
    memcpy(given, p->name, len);
    given[len] = '\0';
    snprintf(surname, NAME_LEN, "%s", blank != NULL ? blank + 1 : p->name);
}

static enum err_code save_password(const struct box *b, const char *tckn, const char *password, struct err *err)
{
    char name[FILE_LEN];
    struct buf text = BUF_INIT(64);
    file_name(tckn, "password", name);
    enum err_code rc = buf_str(&text, password);
    if (rc == OK)
        rc = box_write(b, name, &text, err);
    buf_done(&text);
    return rc;
}

static enum err_code load_password(const struct box *b, const char *tckn, char password[PASSWORD_LEN], struct err *err)
{
    struct buf text = BUF_INIT(PASSWORD_LEN - 1);
    enum err_code rc = read_file(b, tckn, "password", &text, err);
    if (rc == OK)
        snprintf(password, PASSWORD_LEN, "%s", text.len > 0 ? (const char *)text.data : "");
    buf_done(&text);
    return rc;
}

static enum err_code save(const struct box *b, const struct person *p, struct err *err)
{
    char name[FILE_LEN];
    struct buf text = BUF_INIT(4096);
    json_t *object =
        json_pack("{s:s,s:s,s:s,s:s}", "tckn", p->tckn, "name", p->name, "salt", p->salt, "digest", p->digest);
    enum err_code rc = object != NULL ? json_write(object, &text) : ERR_NOMEM;
    file_name(p->tckn, "json", name);
    if (rc == OK)
        rc = box_write(b, name, &text, err);
    json_decref(object);
    buf_done(&text);
    return rc;
}

static enum err_code add_new(
    const struct box *b, const char *tckn, const char *name, char password[PASSWORD_LEN], struct err *err)
{
    struct person p;
    snprintf(p.tckn, sizeof p.tckn, "%s", tckn);
    snprintf(p.name, sizeof p.name, "%s", name);
    enum err_code rc = draw_hex(p.salt, 16);
    if (rc == OK)
        rc = draw_word(password, 12);
    if (rc == OK)
        rc = digest_of(p.salt, password, p.digest);
    if (rc == OK)
        rc = save_password(b, tckn, password, err);
    return rc == OK ? save(b, &p, err) : rc;
}

static enum err_code check_name(const char *name, struct err *err)
{
    char upper[NAME_LEN];
    size_t len = strlen(name);
    if (len == 0 || strchr(name, '\n') != NULL || !text_is_safe(name, len) || name_upper(name, upper) != OK)
        return err_set(err, ERR_BAD_REQUEST, "the name must be 1 to %d bytes of Turkish text", NAME_LEN - 1);
    return OK;
}

enum err_code people_add(
    const struct box *b, const char *tckn, const char *name, char password[PASSWORD_LEN], struct err *err)
{
    struct person known;
    enum err_code rc = check_name(name, err);
    if (rc == OK)
        rc = people_find(b, tckn, &known, err);
    if (rc == ERR_NOT_FOUND)
        return add_new(b, tckn, name, password, err);
    if (rc == OK && strcmp(known.name, name) != 0)
        rc = err_set(err, ERR_BAD_REQUEST, "%s is %s in this sandbox", tckn, known.name);
    return rc == OK ? load_password(b, tckn, password, err) : rc;
}

/* Latin Extended-A pairs stand next to each other, the capital on the even number (U+0139..0148 and U+0179..017E: odd).
 */
static uint32_t upper_of(uint32_t cp)
{
    if (cp == 'i')
        return 0x130;
    if (cp == 0x131)
        return 'I';
    if (cp >= 'a' && cp <= 'z')
        return cp - 32;
    if (cp >= 0xe0 && cp <= 0xfe && cp != 0xf7)
        return cp - 32;
    if (cp == 0xff)
        return 0x178;
    bool odd = (cp >= 0x139 && cp <= 0x148) || (cp >= 0x179 && cp <= 0x17e);
    bool paired = cp >= 0x100 && cp <= 0x17e && cp != 0x130 && cp != 0x138 && cp != 0x149 && cp != 0x178;
    return paired && (cp % 2 == 1) != odd ? cp - 1 : cp;
}

enum err_code name_upper(const char *name, char out[NAME_LEN])
{
    size_t len = strlen(name), n = 0;
    for (size_t at = 0; at < len;) {
        char utf8[4];
        size_t k = utf8_put(utf8, upper_of(utf8_next(name, len, &at)));
        if (k == 0 || n + k >= NAME_LEN)
            return ERR_TOO_BIG;
        memcpy(out + n, utf8, k);
        n += k;
    }
    out[n] = '\0';
    return OK;
}

/* The two check digits of nine; see base/person.h. */
static void set_check_digits(char tckn[TCKN_LEN + 1])
{
    int odd = 0, even = 0, all = 0;
    for (int i = 0; i < 9; i++)
        *(i % 2 == 0 ? &odd : &even) += tckn[i] - '0';
    tckn[9] = (char)('0' + ((7 * odd - even) % 10 + 10) % 10);
    for (int i = 0; i < 10; i++)
        all += tckn[i] - '0';
    tckn[10] = (char)('0' + all % 10);
}

void tckn_of_another(const char *tckn, char out[TCKN_LEN + 1])
{
    memcpy(out, tckn, TCKN_LEN + 1);
    out[8] = out[8] == '9' ? '0' : (char)(out[8] + 1);
    set_check_digits(out);
}
