/* The commands of eonay-sandbox, one function each. What they have to say to a person or a script goes into `out`. */
#ifndef EONAY_SANDBOX_COMMANDS_H
#define EONAY_SANDBOX_COMMANDS_H

#include "base/buf.h"
#include "base/err.h"
#include "sandbox/kit.h"

/* Raises the outside world and one eonayd. `set`: count key=value words. ERR_ALREADY when the sandbox of this folder is
 * up; on any other failure nothing is left running. */
enum err_code command_up(const char *dir, char *const set[], size_t count, struct buf *out, struct err *err) MUST_CHECK;
/* Ends everything; fine when nothing runs. ERR_NOT_FOUND when the folder is no sandbox. */
enum err_code command_down(const char *dir, struct err *err) MUST_CHECK;
/* "+SECONDS" */
enum err_code command_clock(const char *dir, const char *by, struct err *err) MUST_CHECK;
/* A further person with a card; `out` gets the shell variables. */
enum err_code command_person(
    const char *dir, const struct kit_order *order, struct buf *out, struct err *err) MUST_CHECK;
/* Changes what a running sandbox heeds: key=value words. */
enum err_code command_set(const char *dir, char *const set[], size_t count, struct err *err) MUST_CHECK;
/* Starts eonayd again, on its old port, after somebody ended it. */
enum err_code command_service(const char *dir, struct err *err) MUST_CHECK;
/* Packs the downloadable application into `dir`; `out` gets the archive's path. */
enum err_code command_pack(const char *dir, struct buf *out, struct err *err) MUST_CHECK;

#endif
