/* What the files of this room share; nobody else includes it. Every function takes the flow by value and answers the
 * new one; `now` is the event's time. */
#ifndef EONAY_FLOW_INSIDE_H
#define EONAY_FLOW_INSIDE_H

#include "flow/flow.h"

/* --- flow.c ------------------------------------------------------------------------------------------------------ */
/* More than FX_MAX effects of one step is a mistake of ours: traps. */
void fx_add(struct effects *fx, enum effect_kind kind, uint32_t job, uint32_t value, uint32_t arg);

/* --- move.c: where one stands, what is said there, what is wiped on leaving ----------------------------------------
 */
/* The message rows; behind a question (LEAVE, IDLE) it waits until the place is seen again. */
struct flow tell(struct flow f, enum err_code note, uint32_t arg);
struct flow point(struct flow f, enum focus focus);
struct flow tell_at(struct flow f, enum err_code note, uint32_t arg, enum focus focus);
/* The only way from one state to another: wipes the PIN and the password when their field is left. */
struct flow move_to(struct flow f, struct effects *fx, enum flow_state to);
/* For what comes by itself (answers, cards, expiry): a question that stands over the place stays. */
struct flow arrive(struct flow f, struct effects *fx, enum flow_state to);
/* An interruption over the place; one over another takes its stead. */
struct flow pause_with(struct flow f, struct effects *fx, enum flow_state interruption);
/* Back from an interruption to the place and its note. */
struct flow resume(struct flow f, struct effects *fx, uint64_t now);
bool holds_pin(const struct flow *f);
bool holds_password(const struct flow *f);
struct flow wipe_pin(struct flow f, struct effects *fx);
bool holds_parts(const struct flow *f); /* of a PIN's change */
struct flow wipe_parts(struct flow f, struct effects *fx, uint32_t parts);
/* The request is dropped: code, window, signature, jobs. The person stays logged in. */
struct flow give_up(struct flow f, struct effects *fx);
/* Back to the first screen with nothing left of this person. */
struct flow start_over(struct flow f, struct effects *fx);
/* Out of the program, or on a kiosk to the first screen. */
struct flow leave(struct flow f, struct effects *fx, uint64_t now);
/* Out of the program, kiosk or not. */
struct flow quit(struct flow f, struct effects *fx, uint64_t now, uint32_t status);
/* Out of the task: home, the menu, or out of the program under --code. */
struct flow go_home(struct flow f, struct effects *fx, uint64_t now);
bool at_stake(const struct flow *f);
bool is_unfinished(const struct flow *f); /* something was begun and no consent came of it */
/* Asks first when something is at stake. to: ST_HOME (go_home) or ST_DONE (leave). */
struct flow leave_asking(struct flow f, struct effects *fx, enum flow_state to, uint64_t now);

/* --- clock.c ------------------------------------------------------------------------------------------------------ */
/* Everything that is due by now. `ev` tells whether a person is there. */
struct flow time_passes(struct flow f, const struct event *ev, struct effects *fx);
struct flow time_settles(struct flow f, uint64_t now_ms); /* after the step: begins what runs where it led */
bool is_person(enum event_kind kind);
/* The time to sign is over, whatever ended it; note OK: the plain case. */
struct flow expire(struct flow f, struct effects *fx, enum err_code note);
struct flow extend(struct flow f, struct effects *fx, uint64_t now);

/* --- job.c: one net job and one token job at most ----------------------------------------------------------------- */
bool is_watching(const struct flow *f); /* a silent look whether the code of Şekil 7 was used elsewhere */
bool is_waiting(const struct flow *f);  /* for an answer the person is waiting for, too */
struct flow job_ask(struct flow f, struct effects *fx, enum effect_kind what, uint64_t now);
struct flow job_again(struct flow f, struct effects *fx); /* the same once more, under a new number */
struct flow job_retry(struct flow f, const struct event *ev, struct effects *fx);
bool job_is_retried(const struct flow *f, enum err_code err);
struct flow job_done(struct flow f);
struct flow job_drop(struct flow f, struct effects *fx);
struct flow job_away(struct flow f, struct effects *fx); /* AWAY, when the person waits for this job */
struct flow token_ask(struct flow f, struct effects *fx, enum effect_kind what, uint64_t now);
struct flow token_done(struct flow f);
struct flow token_drop(struct flow f, struct effects *fx);
uint64_t token_hang_at(const struct flow *f); /* 0: the card is not at work */

/* --- answer.c ------------------------------------------------------------------------------------------------------
 */
/* Answers and mishaps of jobs; stale ones change nothing. */
struct flow on_answer(struct flow f, const struct event *ev, struct effects *fx);
struct flow on_net_gone(struct flow f, const struct event *ev, struct effects *fx);

/* --- code.c, sign.c, change.c, card.c
 * ----------------------------------------------------------------------------------------
 */
struct flow open_application(struct flow f, struct effects *fx, uint64_t now);
struct flow show_code_entry(struct flow f, struct effects *fx); /* OPENING's end */
struct flow on_code(struct flow f, const struct event *ev, struct effects *fx);
/* Şekil 10 at the first stop that is not done: text, certificate, PIN. */
struct flow at_stop(struct flow f);
enum focus stop_of(const struct flow *f);
/* The same, but past the text a card must be there, and a barred PIN (last try, locked) has its own screen first. */
struct flow to_stop(struct flow f, struct effects *fx);
struct flow on_pin(struct flow f, const struct event *ev, struct effects *fx);
bool is_barred(const struct flow *f);
/* Before it signs, the card wants another PIN. */
bool wants_change(const struct flow *f);
struct flow on_pin_part(struct flow f, const struct event *ev, struct effects *fx);
struct flow on_pin_changed(struct flow f, const struct event *ev, struct effects *fx);
struct flow change_failed(struct flow f, const struct event *ev, struct effects *fx, enum err_code err);
/* Its card or its software went away in the middle: either PIN may hold. */
struct flow change_unsure(struct flow f, struct effects *fx);
struct flow on_cards(struct flow f, const struct event *ev, struct effects *fx);
struct flow on_token_gone(struct flow f, const struct event *ev, struct effects *fx);
struct flow card_missing(struct flow f, struct effects *fx, enum err_code why);
bool has_card(const struct flow *f);

/* --- doctor.c ----------------------------------------------------------------------------------------------------- */
struct flow doctor_open(struct flow f, struct effects *fx);
/* After the step that began at the place `before`: nobody looks on for somebody who is not there any more. */
struct flow doctor_settles(struct flow f, enum flow_state before, struct effects *fx);
struct flow on_doctor(struct flow f, const struct event *ev, struct effects *fx);

/* --- receipt.c ---------------------------------------------------------------------------------------------------- */
struct flow to_receipt(struct flow f, struct effects *fx);
struct flow on_path(struct flow f, const struct event *ev, struct effects *fx);
struct flow printing(struct flow f, struct effects *fx);
struct flow on_receipt(struct flow f, const struct event *ev, struct effects *fx);
struct flow on_short_code(struct flow f, const struct event *ev, struct effects *fx);
bool is_receipt(enum effect_kind what); /* a job of the receipt's */

/* --- one function per state: what the person chooses there (Esc is CH_CANCEL) ---------------------------------------
 */
typedef struct flow state_fn(struct flow f, enum choice wish, const struct event *ev, struct effects *fx);
state_fn in_menu, in_gateway, in_login, in_home, in_nes, in_accept, in_code, in_result, in_already; /* portal.c */
state_fn in_opening, in_code_entry;                                                                 /* code.c */
state_fn in_text_ask, in_sign, in_certs, in_signing, in_expired, in_success;                        /* sign.c */
state_fn in_no_card, in_last_try, in_locked;                                                        /* card.c */
state_fn in_doctor;                                                                                 /* doctor.c */
state_fn in_receipt, in_receipt_save, in_receipt_page, in_receipt_code;                             /* receipt.c */
state_fn in_pin_change;                                                                             /* change.c */
state_fn in_away, in_time, in_leave;                                                                /* pause.c */

#endif
