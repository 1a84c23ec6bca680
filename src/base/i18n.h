/* Two languages, switched while running. LC_CTYPE and LC_MESSAGES only: numbers and dates never follow the locale. */
#ifndef EONAY_BASE_I18N_H
#define EONAY_BASE_I18N_H

#include <stdbool.h>

#define N_(s) s

enum lang { LANG_TR, LANG_EN };

void i18n_init(enum lang lang);        /* setlocale, bindtextdomain beside the program, UTF-8 catalogues */
void i18n_set(enum lang lang);         /* at once, on any screen */
enum lang i18n_lang(void);
const char *tr(const char *msgid) __attribute__((format_arg(1)));
const char *tr_n(const char *one, const char *many, unsigned long n) __attribute__((format_arg(1), format_arg(2)));
/* The same message in a language that is not the current one (labels are accepted in both). */
const char *tr_in(enum lang lang, const char *msgid);
/* "3 minutes 50 seconds left" / "3 dakika 50 saniye kaldı" and without the last word ("4 minutes"). */
void i18n_time_left(char *out, unsigned long out_len, unsigned long seconds);
void i18n_duration(char *out, unsigned long out_len, unsigned long seconds);
/* Copies text (already translated), putting the number for {n} and i18n_duration(n) for {time}. No printf formats. */
void i18n_fill(char *out, unsigned long out_len, const char *text, unsigned long n);

#endif
