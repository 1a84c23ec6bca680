/* What the store holds as JSON for others. NULL when memory is out. */
#ifndef EONAY_SERVICE_TELL_H
#define EONAY_SERVICE_TELL_H

#include <jansson.h>
#include "service/store.h"

json_t *json_time(int64_t utc);
json_t *json_digest(const struct digest *d);
json_t *json_person(const struct person *person); /* name, masked number */
/* stamps: does the service get time stamps? receipt: is there one to be had? */
json_t *json_consent(const struct consent *c, bool stamps, bool receipt);

#endif
