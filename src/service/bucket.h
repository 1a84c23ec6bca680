/* A token bucket: so many at once, so many a second after that. */
#ifndef EONAY_SERVICE_BUCKET_H
#define EONAY_SERVICE_BUCKET_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include "base/err.h"
#include "httpd/httpd.h"

struct bucket {
    pthread_mutex_t lock;
    uint64_t burst, per_s;
    uint64_t level_ms; /* tokens * 1000 */
    uint64_t at_ms;
};
void bucket_init(struct bucket *b, uint64_t burst, uint64_t per_s, uint64_t now_ms);
void bucket_done(struct bucket *b);
bool bucket_take(struct bucket *b, uint64_t now_ms); /* takes one; false when there is none */
bool bucket_has(struct bucket *b, uint64_t now_ms);  /* only looks */

/* A bucket for every sender (httpd_peer). It remembers the few thousand that took most; who is forgotten has a full one
 * again. A hall of kiosks may be one sender: its share is generous and soon full again. */
struct crowd;
enum err_code crowd_new(uint64_t burst, uint64_t per_s, struct crowd **ret) MUST_CHECK;
void crowd_free(struct crowd **c);
bool crowd_take(struct crowd *c, const uint8_t who[HTTPD_PEER_LEN], uint64_t now_ms);
/* Are there `least` left? Only looks. */
bool crowd_has(struct crowd *c, const uint8_t who[HTTPD_PEER_LEN], uint64_t least, uint64_t now_ms);

#endif
