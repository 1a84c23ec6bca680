/* The signing application that is offered for download: one file and its detached CMS. */
#ifndef EONAY_SERVICE_APPLICATION_H
#define EONAY_SERVICE_APPLICATION_H

#include <stdint.h>
#include "base/err.h"
#include "service/keyed.h"

struct application;
struct application_facts {
    const char *name; /* the file's, without folders */
    uint64_t size;
    struct digest sha256;
};
/* Both NULL: *ret is NULL, none is offered. ERR_FILE when one cannot be read, ERR_CONFIG for a name that no URL holds.
 */
enum err_code application_open(
    const char *file, const char *signature, struct application **ret, struct err *err) MUST_CHECK;
void application_close(struct application **a);
/* As the file is now: a new release is noticed by its size and time. ERR_FILE. */
enum err_code application_read(struct application *a, struct application_facts *ret) MUST_CHECK;
/* The path behind a download name ("NAME" or "NAME.p7s"), NULL for any other. *ret_type: its content type. */
const char *application_path(const struct application *a, const char *name, const char **ret_type);

#endif
