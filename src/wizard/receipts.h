/* The receipt's deeds and answers: what becomes of what the net worker fetched. */
#ifndef EONAY_WIZARD_RECEIPTS_H
#define EONAY_WIZARD_RECEIPTS_H

#include "wizard/wizard.h"
#include "wire/wire.h"

/* May receipts be saved? On a kiosk only in a folder that the settings name. */
bool receipts_may_save(const struct settings *s, bool kiosk);
void receipts_deed(struct wizard *w, const struct effect *fx, uint64_t now_ms); /* FX_SAVE, FX_SHOW, FX_PRINT */
void receipts_code(struct wizard *w, const struct effect *fx, uint64_t now_ms);
/* The answers; false: no honest worker says so. */
bool receipts_take(struct wizard *w, const struct wire_msg *m, struct event *ev);
bool receipts_take_code(struct wizard *w, const struct wire_msg *m, struct event *ev);
/* Nobody wants that job's receipt any more. */
void receipts_cancel(struct wizard *w, uint32_t job);
/* The field begins with a name for the file. */
void receipts_offer_path(struct wizard *w);
/* The command is over? Then the flow hears of it. */
void receipts_watch(struct wizard *w, uint64_t now_ms);
void receipts_forget(struct wizard *w);

#endif
