/* The gateway's pages. Plain HTML without scripts, so that any browser can be used. */
#include "config.h"

#include "sandbox/pages.h"

#include <string.h>

const char *const method_words[] = {"password", "mobile-signature", "e-signature", "id-card", "internet-bank", NULL};
static const char *const method_names[] = {
    "e-Devlet Şifresi", "Mobil İmza", "e-İmza", "T.C. Kimlik Kartı", "İnternet Bankacılığı"};

static const char head[] = "<!DOCTYPE html>\n<html lang=\"tr\"><head><meta charset=\"utf-8\">"
                           "<meta name=\"viewport\" content=\"width=device-width\">"
                           "<title>TEST - e-Devlet Kapısı (deneme)</title></head><body>\n"
                           "<p role=\"alert\"><strong>TEST - resmî değildir. Deneme kapısı: gerçek e-Devlet şifrenizi "
                           "buraya yazmayınız.</strong></p>\n";
static const char foot[] = "</body></html>\n";

bool list_has(const char *list, const char *word)
{
    size_t len = strlen(word);
    while (list != NULL) {
        const char *comma = strchr(list, ',');
        size_t n = comma != NULL ? (size_t)(comma - list) : strlen(list);
        if (n == len && memcmp(list, word, n) == 0)
            return true;
        list = comma != NULL ? comma + 1 : NULL;
    }
    return false;
}

static enum err_code add_escaped(struct buf *to, const char *text)
{
    enum err_code rc = OK;
    for (; rc == OK && *text != '\0'; text++)
        switch (*text) {
        case '&':
            rc = buf_str(to, "&amp;");
            break;
        case '<':
            rc = buf_str(to, "&lt;");
            break;
        case '>':
            rc = buf_str(to, "&gt;");
            break;
        case '"':
            rc = buf_str(to, "&quot;");
            break;
        default:
            rc = buf_add(to, text, 1);
        }
    return rc;
}

static enum err_code add_all(struct buf *to, const char *const *parts, size_t n)
{
    enum err_code rc = OK;
    for (size_t i = 0; rc == OK && i < n; i++)
        rc = i % 2 == 0 ? buf_str(to, parts[i]) : add_escaped(to, parts[i]);
    return rc;
}

/* ADD(to, html, text, html, text, …): every second part is escaped. */
#define ADD(to, ...)                                                                                                   \
    add_all(to, (const char *const[]){__VA_ARGS__}, sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *))

static enum err_code add_methods(struct buf *to, const char *methods)
{
    enum err_code rc = buf_str(to, "<p>Giriş yönteminizi seçiniz.</p><ul>\n");
    for (size_t i = 0; rc == OK && method_words[i] != NULL; i++)
        rc = ADD(to, "<li>", method_names[i],
            list_has(methods, method_words[i]) ? "</li>\n" : " (bu test ortamında yok)</li>\n");
    return rc == OK ? buf_str(to, "</ul>\n") : rc;
}

static enum err_code add_form(struct buf *to, const char *page_token, const char *continue_url)
{
    return ADD(to,
        "<form method=\"post\" action=\"/Giris/gir\" autocomplete=\"off\">\n"
        "<input type=\"hidden\" name=\"page_token\" value=\"",
        page_token, "\">\n<input type=\"hidden\" name=\"continue\" value=\"", continue_url,
        "\">\n<p><label>T.C. Kimlik No <input name=\"tridField\" inputmode=\"numeric\" maxlength=\"11\"></label></p>\n"
        "<p><label>e-Devlet Şifresi <input name=\"egpField\" type=\"password\"></label></p>\n"
        "<p><button name=\"submitButton\" value=\"1\">Giriş Yap</button> "
        "<button name=\"cancel\" value=\"1\">Vazgeç</button></p></form>\n");
}

enum err_code page_login(
    struct buf *to, const char *methods, const char *page_token, const char *continue_url, const char *message)
{
    enum err_code rc =
        ADD(to, head, "", "<h1>E-Devlet Girişi</h1>\n<p role=\"status\">", message != NULL ? message : "", "</p>\n");
    if (rc == OK)
        rc = add_methods(to, methods);
    if (rc == OK && list_has(methods, "password"))
        rc = add_form(to, page_token, continue_url);
    return rc == OK ? buf_str(to, foot) : rc;
}

enum err_code page_sentence(struct buf *to, const char *title, const char *sentence)
{
    return ADD(to, head, "", "<h1>", title, "</h1>\n<p>", sentence, "</p>\n", "", foot);
}
