/* eonay-report: what somebody who helps from afar needs to know, as plain text that the person can read first.
 *
 * By allow-list: only what stands in report_text.c is told, and of values that come from outside (paths, words of a
 * driver, of a library or a card) only those of a form that can hold nothing of anybody. Never: names, T.C. ID numbers,
 * PINs, passwords, codes, tokens of a session, labels of cards, owners and issuers of certificates, free words of the
 * settings. As a last line, any run of nine digits or more becomes "#". */
#ifndef EONAY_TOOLS_REPORT_H
#define EONAY_TOOLS_REPORT_H

#include "base/buf.h"
#include "tools/doctor.h"

#define REPORT_MAX 65536

/* Appends the whole report, in the language of now, of a doctor that has run. ERR_NOMEM, ERR_TOO_BIG. */
enum err_code report_compose(const struct doctor *d, struct buf *to) MUST_CHECK;
/* What can be told when the settings cannot be used (why: settings_load's): nothing of the doctor but `ssh`. */
enum err_code report_compose_without(const struct doctor *d, enum err_code why, struct buf *to) MUST_CHECK;

/* ---- what may be told; for the tests, too ---- */
/* A path below the system's own folders as it is, of any other its last part behind "…/", if a maker of drivers
 * names one so. */
void report_path(char *out, size_t out_len, const char *path);
/* "https://host:port" of an address. */
void report_host(char *out, size_t out_len, const char *url);
/* A finding's detail when it has one of the forms of ours, else "". */
const char *report_detail(enum chain_link l, const char *detail);
/* Runs of nine digits and more become "#". */
void report_mask_digits(struct buf *b);

#endif
