#include "config.h"
#include "base/i18n.h"
#include "base/ascii.h"
#include "base/place.h"
#include "base/text.h"

#include <langinfo.h>
#include <libintl.h>
#include <limits.h>
#include <locale.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DOMAIN "eonay"

/* glibc's own counter: raised after a change of LANGUAGE, it makes gettext look again. */
extern int _nl_msg_cat_cntr;

/* The room's memory: which language the person reads now. */
static struct {
    enum lang lang;
    enum charset charset;
} now = {LANG_TR, CHARSET_UTF8};

/* A picture asks for sixty messages, and gettext finds each by comparing words, whose memory has to come anew to a
 * processor that did something else since the last key. Here an address is enough. */
#define KNOWN 256
static struct known {
    const char *msgid, *said;
} known[2][KNOWN];

/* What the user named for this category, in the order POSIX gives; "" when nothing. */
static const char *named_locale(const char *category)
{
    const char *const variables[] = {"LC_ALL", category, "LANG"};
    for (size_t i = 0; i < 3; i++) {
        const char *value = getenv(variables[i]);
        if (value != NULL && value[0] != '\0')
            return value;
    }
    return "";
}

static bool names_utf8(const char *locale)
{
    const char *codeset = strchr(locale, '.');
    if (codeset == NULL)
        return false;
    char word[6] = "";
    size_t n = 0;
    for (codeset++; *codeset != '\0' && *codeset != '@' && n + 1 < sizeof word; codeset++)
        if (*codeset != '-')
            word[n++] = *codeset;
    return ascii_casecmp(word, "utf8") == 0;
}

static enum charset set_ctype(void)
{
    const char *named = named_locale("LC_CTYPE");
    if (named[0] == '\0' || (setlocale(LC_CTYPE, "") == NULL && names_utf8(named)))
        (void)setlocale(LC_CTYPE, "C.UTF-8");
    const char *codeset = nl_langinfo(CODESET);
    if (strcmp(codeset, "UTF-8") == 0)
        return CHARSET_UTF8;
    return strcmp(codeset, "ISO-8859-9") == 0 ? CHARSET_LATIN5 : CHARSET_ASCII;
}

enum lang i18n_lang_of_locale(void)
{
    return ascii_starts(named_locale("LC_MESSAGES"), "en") ? LANG_EN : LANG_TR;
}

/* English has no catalogue: its words are the msgids. */
static void ask_for(enum lang lang)
{
    (void)setenv("LANGUAGE", lang == LANG_TR ? "tr" : "en", 1);
    ++_nl_msg_cat_cntr;
}

void i18n_init_at(enum lang lang, const char *folder)
{
    now.charset = set_ctype();
    memset(known, 0, sizeof known);
    (void)setlocale(LC_MESSAGES, "C.UTF-8"); /* any name but C makes gettext read LANGUAGE */
    (void)bindtextdomain(DOMAIN, folder);
    (void)bind_textdomain_codeset(DOMAIN, "UTF-8");
    i18n_set(lang);
}

void i18n_init(enum lang lang)
{
    char folder[PATH_MAX];
    if (place_locale(folder, sizeof folder) != OK)
        folder[0] = '\0';
    i18n_init_at(lang, folder);
}

enum charset i18n_charset(void)
{
    return now.charset;
}

void i18n_set(enum lang lang)
{
    now.lang = lang;
    ask_for(lang);
}

enum lang i18n_lang(void)
{
    return now.lang;
}

/* "dialog|Leave": a word in lower case before a bar tells words of one English form apart; it is not for people. */
static const char *without_context(const char *msgid)
{
    size_t len = strspn(msgid, "abcdefghijklmnopqrstuvwxyz");
    return len > 0 && msgid[len] == '|' ? msgid + len + 1 : msgid;
}

static const char *look_up(const char *msgid)
{
    if (msgid[0] == '\0')
        return msgid; /* the empty msgid is the catalogue's header, which nobody is to read */
    const char *found = dgettext(DOMAIN, msgid);
    return found == msgid ? without_context(msgid) : found;
}

const char *tr(const char *msgid)
{
    struct known *k = &known[now.lang][((uintptr_t)msgid ^ (uintptr_t)msgid >> 8) % KNOWN];
    if (k->msgid != msgid)
        *k = (struct known){msgid, look_up(msgid)};
    return k->said;
}

const char *tr_in(enum lang lang, const char *msgid)
{
    enum lang before = now.lang;
    if (lang == before)
        return tr(msgid);
    i18n_set(lang);
    const char *found = tr(msgid);
    i18n_set(before);
    return found;
}

const char *tr_n(const char *one, const char *many, unsigned long n)
{
    return dngettext(DOMAIN, one, many, n);
}

void i18n_duration(char *out, unsigned long out_len, unsigned long seconds)
{
    unsigned long minutes = seconds / 60, rest = seconds % 60;
    char first[64] = "", second[64] = "";
    if (minutes > 0)
        snprintf(first, sizeof first, tr_n("%lu minute", "%lu minutes", minutes), minutes);
    if (rest > 0 || minutes == 0)
        snprintf(second, sizeof second, tr_n("%lu second", "%lu seconds", rest), rest);
    snprintf(out, out_len, "%s%s%s", first, first[0] != '\0' && second[0] != '\0' ? " " : "", second);
}

void i18n_time_left(char *out, unsigned long out_len, unsigned long seconds)
{
    i18n_fill(out, out_len, seconds > 0 ? tr("{time} left") : tr("Time is up"), seconds);
}

/* The slot that begins at text: its length, with its words in out; 0 when there is none. */
static size_t slot_at(const char *text, char *out, size_t out_len, unsigned long n)
{
    if (ascii_starts(text, "{n}")) {
        snprintf(out, out_len, "%lu", n);
        return 3;
    }
    if (ascii_starts(text, "{time}")) {
        i18n_duration(out, out_len, n);
        return 6;
    }
    return 0;
}

void i18n_fill(char *out, unsigned long out_len, const char *text, unsigned long n)
{
    size_t used = 0, len = strlen(text);
    for (size_t at = 0; at < len;) {
        char words[128];
        const char *from = words;
        size_t slot = slot_at(text + at, words, sizeof words, n), size = slot > 0 ? strlen(words) : 0;
        if (slot == 0) {
            from = text + at;
            (void)utf8_next(text, len, &at);
            size = (size_t)(text + at - from);
        }
        at += slot;
        if (size >= out_len - used)
            break;
        memcpy(out + used, from, size);
        used += size;
    }
    out[used] = '\0';
}

void i18n_heed(int argc, char *const argv[])
{
    static const char option[] = "--lang";
    const char *named = NULL;
    for (int i = 1; i < argc; i++) {
        const char *rest = strncmp(argv[i], option, sizeof option - 1) == 0 ? argv[i] + sizeof option - 1 : "";
        if (*rest == '=')
            named = rest + 1;
        else if (strcmp(argv[i], option) == 0 && i + 1 < argc)
            named = argv[i + 1];
    }
    if (named != NULL)
        i18n_set(strcmp(named, "en") == 0 ? LANG_EN : LANG_TR);
}
