#include "config.h"

#include "service/guess.h"

#include "base/when.h"
#include "service/answers.h"

#define STRIKES_MAX 10 /* wrong codes on one connection */
#define FEW_WRONG 5    /* of a sender, of late */

bool guess_is_welcome(struct portal *p, const struct httpd_request *q)
{
    uint8_t who[HTTPD_PEER_LEN];
    uint64_t now_ms = when_boot_ms();
    bool calm = bucket_has(&p->wrong_codes, now_ms);
    if (!p->wrong_by_sender)
        return calm || httpd_strikes(q) == 0;
    httpd_peer(q, who);
    return crowd_has(p->wrong_by_sender, who, calm ? 1 : WRONG_CODES_OF_ONE - FEW_WRONG, now_ms);
}

void guess_was_wrong(struct portal *p, struct httpd_request *q, struct httpd_answer *a, enum err_code code)
{
    uint8_t who[HTTPD_PEER_LEN];
    uint64_t now_ms = when_boot_ms();
    httpd_peer(q, who);
    (void)bucket_take(&p->wrong_codes, now_ms);
    if (p->wrong_by_sender)
        (void)crowd_take(p->wrong_by_sender, who, now_ms);
    answer_problem(a, code);
    a->close = httpd_strike(q) >= STRIKES_MAX;
}
