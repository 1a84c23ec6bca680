/* Where our own parts lie: beside /proc/self/exe when that folder carries the build stamp (.eonay-build), or when it is
 * an unpacked download (.eonay-portable), else at the compiled-in paths. Never an environment variable. */
#ifndef EONAY_BASE_PLACE_H
#define EONAY_BASE_PLACE_H

#include <stddef.h>
#include "base/err.h"

/* Full path of a program or module of ours ("eonay-net", "eonay-guard.so"). */
enum err_code place_part(char *out, size_t out_len, const char *name) MUST_CHECK;
/* The settings without --config: wizard.yaml beside the program (an unpacked download), else the machine's. */
enum err_code place_config(char *out, size_t out_len) MUST_CHECK;
/* Folder of the catalogues, for bindtextdomain. */
enum err_code place_locale(char *out, size_t out_len) MUST_CHECK;

#endif
