/* A token bucket: so many at once, so many a second after that. */
#ifndef EONAY_SERVICE_BUCKET_H
#define EONAY_SERVICE_BUCKET_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

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

#endif
