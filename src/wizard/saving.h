/* Where a download is kept. The service names the file, so it may name nothing but a plain file in our folder, and
 * nothing that lies there already is ever touched: what comes is gathered in NAME.part and gets its name once it is
 * verified. */
#ifndef EONAY_WIZARD_SAVING_H
#define EONAY_WIZARD_SAVING_H

#include <stdbool.h>
#include <stddef.h>
#include "base/err.h"

#define SAVING_PATH 512
#define SAVING_NAMES 99 /* of one file, with numbers */

/* NAME.part in `folder`, for reading and writing, made when it is not there: a regular file of our own with one name.
 * ERR_DOWNLOAD_NOWHERE. */
enum err_code saving_open(const char *folder, const char *name, int *ret_fd) MUST_CHECK;
/* NAME.part becomes NAME; where that is taken by something else, NAME with a number: "tool.tar.gz", "tool-2.tar.gz".
 * The path where it is now. ERR_DOWNLOAD_NOWHERE. */
enum err_code saving_keep(const char *folder, const char *name, char ret_path[SAVING_PATH]) MUST_CHECK;
/* NAME.part is deleted. */
void saving_drop(const char *folder, const char *name);

/* The first is the name itself, then "NAME-2", the number before an ending that we know. False: too long. */
bool saving_numbered(const char *folder, const char *name, unsigned number, char path[SAVING_PATH]);
/* Like rename, but never over what is there; errno says why not. */
bool saving_rename_beside(const char *from, const char *to);

#endif
