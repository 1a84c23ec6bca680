#include "config.h"
#include "sign/receipt_page.h"

#include <string.h>
#include "base/ascii.h"
#include "base/match.h"
#include "base/text.h"
#include "base/when.h"

#define FORM "Biçim / Form: eonay-receipt-1\n"
#define TEST                                                                                                           \
    "*** TEST *** Bu bir deneme kaydıdır, hukuki sonucu yoktur.\n"                                                   \
    "*** TEST *** This is a test record without legal effect.\n\n"
#define SERVICE "Hizmet / Service: "
#define NUMBER "Makbuz No / Receipt number: "
#define ACCEPTED "Alındığı an / Received: "
#define RECEIVED "Alınan dosyanın SHA-256 özeti / SHA-256 of the file as received:\n  "

/* In lines that fit into a page of the wizard. */
static const char how[] = "DOĞRULAMA\n"
                          "Bu makbuz ağ bağlantısı olmadan ve hizmete sorulmadan doğrulanabilir:\n"
                          "  eonay verify receipt.asice --ca DOSYA\n"
                          "DOSYA, güvendiğiniz sertifika makamlarının sertifikalarıdır (PEM).\n"
                          "Makbuzun tek bir baytı değişmişse doğrulama başarısız olur. Makbuz\n"
                          "bir ZIP dosyasıdır (ETSI EN 319 162-1, ASiC-E); consent.p7s imzanın\n"
                          "kendisidir ve başka programlarla da doğrulanabilir. Eşleşme kodu\n"
                          "imza ekranındakiyle aynıysa metin de aynıdır. Adınız ve T.C. Kimlik\n"
                          "Numaranız burada maskelidir, ancak consent.p7s içindeki\n"
                          "sertifikanızda açıkça yazılıdır: makbuzu yalnızca güvendiğiniz\n"
                          "kişilere veriniz.\n"
                          "\n"
                          "HOW TO CHECK\n"
                          "This receipt can be checked without a network and without asking\n"
                          "the service:\n"
                          "  eonay verify receipt.asice --ca FILE\n"
                          "FILE holds the certificates of the authorities you rely on (PEM). If\n"
                          "a single byte of the receipt has changed, the check fails. The\n"
                          "receipt is a ZIP file (ETSI EN 319 162-1, ASiC-E); consent.p7s is\n"
                          "the signature itself and can be checked with other programs, too. If\n"
                          "the match code is the one of the signing screen, so is the text.\n"
                          "Your name and T.C. ID number are masked here, but written in full in\n"
                          "your certificate in consent.p7s: give the receipt only to people you\n"
                          "trust.\n";

/* ---- making ---- */

/* The first failure stays, and turns the rest into nothing. */
struct page {
    struct buf buf;
    enum err_code rc;
};

static void put(struct page *p, const char *s)
{
    if (p->rc == OK)
        p->rc = buf_str(&p->buf, s);
}

static void put_line(struct page *p, const char *label, const char *value)
{
    put(p, label);
    put(p, value);
    put(p, "\n");
}

static void put_time(struct page *p, const char *label, int64_t utc)
{
    char shown[WHEN_SHOWN], rfc3339[WHEN_RFC3339];
    when_show(shown, utc);
    when_rfc3339(rfc3339, utc);
    put(p, label);
    if (p->rc == OK)
        p->rc = shown[0] == '\0' ? ERR_INTERNAL : buf_fmt(&p->buf, "%s (%s)\n", shown, rfc3339);
}

static void put_digest(struct page *p, const char *label, const uint8_t digest[32])
{
    char hex[65];
    ascii_hex(hex, digest, 32);
    put_line(p, label, hex);
}

static void put_text(struct page *p, const struct receipt_page *f)
{
    char match[MATCH_TEXT_LEN + 1];
    match_code(f->text, match);
    put(p, "\nİMZALANAN METİN / SIGNED TEXT (text.txt)\n");
    put_digest(p, "SHA-256:\n  ", f->text);
    put_line(p, "Eşleşme kodu / Match code: ", match);
}

static void put_stamp(struct page *p, int64_t stamped_at)
{
    static const char label[] = "Zaman damgası / Time stamp: ";
    if (stamped_at != 0)
        put_time(p, label, stamped_at);
    else
        put_line(p, label, "yok, eklenirse sonraki makbuzdadır /\n  none; once added, a later receipt holds it");
}

static void put_signature(struct page *p, const struct receipt_page *f)
{
    put(p, "\nİMZA / SIGNATURE (consent.p7s)\n");
    put_line(p, "İmzalayan / Signer: ", f->signer);
    put_line(p, "T.C. Kimlik No / T.C. ID number: ", f->tckn);
    put_line(p, "Sertifika seri no / Certificate serial number:\n  ", f->serial);
    put_line(p, "Sertifikayı veren / Issuer: ", f->issuer);
    put_time(p, "İmzalayanın bildirdiği an / Time claimed by the signer:\n  ", f->signed_at);
    put_line(p, "Algoritma / Algorithm: ", f->algorithm);
    put_line(p, "Düzey / Level: ", f->format);
    put_stamp(p, f->stamped_at);
    put_digest(p, RECEIVED, f->received);
}

static void put_ledger(struct page *p, const struct receipt_page *f)
{
    static const char *const words[] = {
        [RECEIPT_LEDGER_NONE] = "Yok, eklenirse sonraki makbuzdadır /\nNone; once added, a later receipt holds it\n",
        [RECEIPT_LEDGER_PROMISED] = "Söz verildi, sonraki makbuzda tamamdır /\nPromised, complete in a later receipt\n",
        [RECEIPT_LEDGER_INSIDE] = "Kayıtlı / Entered: ",
    };
    put(p, "\nKAYIT DEFTERİ / LEDGER (ledger.json)\n");
    put(p, words[f->ledger]);
    if (f->ledger == RECEIPT_LEDGER_INSIDE && p->rc == OK)
        p->rc = buf_fmt(&p->buf, "%llu / %llu\n", (unsigned long long)f->index + 1, (unsigned long long)f->size);
}

enum err_code receipt_page_make(const struct receipt_page *f, struct buf *ret)
{
    struct page p = {BUF_INIT(RECEIPT_PAGE_MAX), OK};
    put(&p, "E-ONAY MAKBUZU / E-ONAY RECEIPT\n" FORM "\n");
    put(&p, f->test ? TEST : "");
    put_line(&p, SERVICE, f->service);
    put_line(&p, NUMBER, f->number);
    put_time(&p, ACCEPTED, f->accepted);
    put_time(&p, "Düzenlendiği an / Made: ", f->made);
    put_text(&p, f);
    put_signature(&p, f);
    put_ledger(&p, f);
    put(&p, "\n");
    put(&p, how);
    if (p.rc == OK)
        p.rc = buf_move(ret, &p.buf);
    buf_done(&p.buf);
    return p.rc;
}

/* ---- reading ---- */

/* What stands between the first `label` and the end of its line. */
static bool find(const char *page, const char *label, char *out, size_t out_len)
{
    const char *at = strstr(page, label);
    if (at == NULL)
        return false;
    at += strlen(label);
    size_t len = strcspn(at, "\n");
    if (at[len] != '\n' || len >= out_len)
        return false;
    memcpy(out, at, len);
    out[len] = '\0';
    return true;
}

/* "27.11.2026 13:40:17 (2026-11-27T10:40:17Z)" */
static bool read_time(const char *line, int64_t *ret)
{
    const char *open = strchr(line, '(');
    char rfc3339[WHEN_RFC3339];
    if (open == NULL || strlen(open + 1) != WHEN_RFC3339)
        return false;
    memcpy(rfc3339, open + 1, WHEN_RFC3339 - 1);
    rfc3339[WHEN_RFC3339 - 1] = '\0';
    return when_parse(rfc3339, ret);
}

static bool read_claims(const char *page, struct receipt_page *ret)
{
    char time[WHEN_SHOWN + WHEN_RFC3339 + 4], hex[65];
    ret->test = strstr(page, TEST) != NULL;
    return find(page, SERVICE, ret->service, sizeof ret->service) &&
           find(page, NUMBER, ret->number, sizeof ret->number) && find(page, ACCEPTED, time, sizeof time) &&
           read_time(time, &ret->accepted) && find(page, RECEIVED, hex, sizeof hex) &&
           ascii_unhex(ret->received, sizeof ret->received, hex);
}

static bool is_utf8(const uint8_t *page, size_t len)
{
    for (size_t at = 0; at < len;)
        if (page[at] == '\0' || utf8_next((const char *)page, len, &at) == UINT32_MAX)
            return false;
    return true;
}

bool receipt_page_read(const uint8_t *page, size_t len, struct receipt_page *ret)
{
    struct receipt_page claims = *ret;
    struct buf copy = BUF_INIT(RECEIPT_PAGE_MAX);
    bool read = is_utf8(page, len) && buf_add(&copy, page, len) == OK && read_claims((const char *)copy.data, &claims);
    buf_done(&copy);
    if (read)
        *ret = claims;
    return read;
}

/* ---- masks ---- */

void receipt_mask_name(char out[RECEIPT_NAME], const char *name)
{
    size_t len = strlen(name), at = 0, n = 0;
    bool begins = true;
    while (at < len && n + 9 < RECEIPT_NAME) { /* a blank, a letter, three stars and NUL */
        size_t first = at;
        (void)utf8_next(name, len, &at);
        bool blank = name[first] == ' ';
        if (begins && !blank) {
            if (n > 0)
                out[n++] = ' ';
            memcpy(out + n, name + first, at - first);
            n += at - first;
            memcpy(out + n, "***", 3);
            n += 3;
        }
        begins = blank;
    }
    out[n] = '\0';
}
