/* Two languages through gettext, switched while running. LC_CTYPE and LC_MESSAGES only: numbers and dates never follow
 * the locale. LC_MESSAGES is always C.UTF-8, which every machine has, and LANGUAGE is ours: no installed locale is
 * needed, and no variable of the user's decides. A msgid "context|Words" (one word of small letters) shows as "Words"
 * where it has no translation. */
#ifndef EONAY_BASE_I18N_H
#define EONAY_BASE_I18N_H

#include <stdbool.h>

#define N_(s) s

enum lang { LANG_TR, LANG_EN };
/* What the terminal takes. Inside the program all is UTF-8; the faces convert (text_ascii, text_latin5). */
enum charset { CHARSET_UTF8, CHARSET_LATIN5, CHARSET_ASCII };

/* Sets the locale and binds the catalogues of place_locale(). No locale named at all, or one in UTF-8 that is not
 * installed: C.UTF-8. A catalogue that cannot be read leaves its language in English. */
void i18n_init(enum lang lang);
/* The same with the catalogues of another folder, FOLDER/tr/LC_MESSAGES/eonay.mo (tests). */
void i18n_init_at(enum lang lang, const char *folder);
enum charset i18n_charset(void);
void i18n_set(enum lang lang); /* at once, on any screen */
enum lang i18n_lang(void);
/* English for those whose locale is English, Turkish for everyone else: for programs without settings. */
enum lang i18n_lang_of_locale(void);
/* The language a command line names with --lang, wherever it stands: before anything else of it is answered. */
void i18n_heed(int argc, char *const argv[]);
/* Never NULL, valid for the life of the program: the message, or msgid itself when the catalogue lacks it. A msgid is a
 * constant of the program: it is known again by its address. */
const char *tr(const char *msgid) __attribute__((format_arg(1)));
/* English picks by n; Turkish has one form after a number ("2 dakika"). */
const char *tr_n(const char *one, const char *many, unsigned long n) __attribute__((format_arg(1), format_arg(2)));
/* The same message in either language (labels are accepted in both). Like i18n_set it changes LANGUAGE, so neither is
 * for programs with threads. */
const char *tr_in(enum lang lang, const char *msgid) __attribute__((format_arg(2)));
/* "3 minutes 50 seconds left" / "3 dakika 50 saniye kaldı" ("Time is up" at 0), and without the last word. */
void i18n_time_left(char *out, unsigned long out_len, unsigned long seconds);
void i18n_duration(char *out, unsigned long out_len, unsigned long seconds);
/* Copies text (already translated), putting the number for {n} and i18n_duration(n) for {time}. No printf formats.
 * What does not fit is left out from there on, never half a character. */
void i18n_fill(char *out, unsigned long out_len, const char *text, unsigned long n);

#endif
