/* The downloadable application: the programs of Şekil 8 to 11 as an archive that runs where it is unpacked, signed by
 * the publisher. */
#ifndef EONAY_SANDBOX_PUBLISH_H
#define EONAY_SANDBOX_PUBLISH_H

#include <stdbool.h>
#include "sandbox/box.h"

#define APPLICATION_NAME_LEN 96
/* "eonay-application-0.1.0-linux-x86_64" */
void publish_name(char out[APPLICATION_NAME_LEN]);
/* Are all programs there that go into it? */
bool publish_is_possible(void);
/* Packs the programs into PATH (….tar.gz); `extra`: further files, NULL-terminated. */
enum err_code publish_pack(const char *path, char *const extra[], struct err *err) MUST_CHECK;
/* The archive DIR/application/NAME.tar.gz with the wizard.yaml and certificates that lie there, and its detached CMS
 * (DER) NAME.tar.gz.p7s. */
enum err_code publish(const struct box *b, struct err *err) MUST_CHECK;

#endif
