/* What several screens share: the consent's facts, the countdown, dates and masked numbers in words. */
#ifndef EONAY_SCREENS_PARTS_H
#define EONAY_SCREENS_PARTS_H

#include "ui/keymap.h"
#include "ui/screen.h"

extern const struct keybind keys_choose[];        /* Enter Seç, Esc Geri */
extern const struct keybind keys_choose_cancel[]; /* Enter Seç, Esc Vazgeç */

/* Kalan Süre at the foot when a clock runs on this screen. */
void parts_timer(const struct scene *s, struct view *v);
/* Receipt number and date, as on the result screens. */
void parts_consent(const struct scene *s, struct view *v);
/* What leads to the receipt is called. */
const char *parts_receipt(const struct scene *s);
/* "K7QM-3XPD-9R4T" */
const char *parts_groups(struct view *v, const char *code);
/* "27.08.2019 11:10:52" and the same with "(time in Türkiye)"; kept in the view. */
const char *parts_time(struct view *v, int64_t utc);
const char *parts_time_named(struct view *v, int64_t utc);
const char *parts_day(struct view *v, int64_t utc);
/* "T.C. ID number begins with 100 and ends with 46." */
const char *parts_mask_spoken(struct view *v, const char *mask);
/* The row of one certificate for the standard look, and as a sentence for reader look and plain face. */
const char *parts_cert_row(struct view *v, const struct cert_row *c);
const char *parts_cert_spoken(struct view *v, const struct cert_row *c, bool chosen, bool in_list);
/* What else there is to know of it: issuer, reader, card; number, validity, purpose; and whether it ends soon. Lines.
 */
const char *parts_cert_detail(const struct scene *s, struct view *v, const struct cert_row *c);
/* "Your certificate expires in less than 2 months: 14.01.2029."; "" where that is not so. */
const char *parts_cert_ending(const struct scene *s, struct view *v, const struct cert_row *c);
/* The field of the verification code with Next and Cancel: Şekil 8 and 9. */
void parts_code_entry(const struct scene *s, struct view *v);
extern const struct keybind keys_code_entry[];

#endif
