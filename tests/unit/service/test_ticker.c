/* A ticker works at once, again and again, and ends when it is told to. */
#include "config.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <cmocka.h>
#include "base/when.h"
#include "service/ticker.h"

struct counter {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    unsigned times;
    bool long_work; /* goes on until it is time to come back */
    bool came_back;
};

static void count(void *ctx, struct ticker *t)
{
    struct counter *c = ctx;
    pthread_mutex_lock(&c->lock);
    c->times++;
    pthread_cond_broadcast(&c->changed);
    bool long_work = c->long_work;
    pthread_mutex_unlock(&c->lock);
    while (long_work && !ticker_stops(t))
        ;
    c->came_back = true;
}

static void await(struct counter *c, unsigned times)
{
    pthread_mutex_lock(&c->lock);
    while (c->times < times)
        pthread_cond_wait(&c->changed, &c->lock);
    pthread_mutex_unlock(&c->lock);
}

#define COUNTER                                                                                                        \
    {                                                                                                                  \
        .lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER                                         \
    }

static void it_works_again_and_again(void **state)
{
    struct counter c = COUNTER;
    struct ticker *t = NULL;
    uint64_t began = when_boot_ms();
    (void)state;
    assert_int_equal(ticker_new(20, count, &c, &t), OK);
    await(&c, 4);
    assert_true(when_boot_ms() - began >= 3 * 19); /* not sooner than it was told to */
    ticker_free(&t);
    assert_null(t);
    ticker_free(&t);
}

static void it_does_not_wait_for_the_next_time(void **state)
{
    struct counter c = COUNTER;
    struct ticker *t = NULL;
    uint64_t began = when_boot_ms();
    (void)state;
    assert_int_equal(ticker_new(3600 * 1000, count, &c, &t), OK);
    await(&c, 1); /* at once */
    ticker_free(&t);
    assert_true(when_boot_ms() - began < 60 * 1000);
    assert_int_equal(c.times, 1);
}

static void long_work_is_told_and_waited_for(void **state)
{
    struct counter c = COUNTER;
    struct ticker *t = NULL;
    (void)state;
    c.long_work = true;
    assert_int_equal(ticker_new(1, count, &c, &t), OK);
    await(&c, 1);
    ticker_free(&t);
    assert_true(c.came_back);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_works_again_and_again),
        cmocka_unit_test(it_does_not_wait_for_the_next_time),
        cmocka_unit_test(long_work_is_told_and_waited_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
