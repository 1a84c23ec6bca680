/* The doctor's words: for people line by line, for fleets as JSON, for the wizard as messages. */
#ifndef EONAY_TOOLS_DOCTOR_SAY_H
#define EONAY_TOOLS_DOCTOR_SAY_H

#include <jansson.h>
#include "tools/doctor.h"

/* One line; a doctor_said. */
void doctor_say_link(void *ctx, enum chain_link l, const struct link_found *f);
/* Sentence, action, code, and the detail when there is one. */
void doctor_say_verdict(const struct doctor *d);
/* Everything that was found, ours to keep; NULL when memory is out. */
json_t *doctor_json(const struct doctor *d);
/* The same when the settings cannot be used and nothing could be looked at: of no link, ERR_CONFIG or ERR_FILE. */
json_t *doctor_json_settings(const struct err *err);
const char *doctor_state_words(enum link_state s); /* in the language of now */
/* {n} and {time} filled, in the language of now. */
void doctor_words(const char *msgid, uint64_t arg, char *out, size_t out_len);

/* A doctor_said for the wizard: LINK on WIRE_FD; ctx is WIRE_MAX bytes. And the last word. */
void doctor_tell_link(void *ctx, enum chain_link l, const struct link_found *f);
void doctor_tell_verdict(uint8_t *frame, const struct doctor *d);

#endif
