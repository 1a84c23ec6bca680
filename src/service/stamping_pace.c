#include "config.h"

#include "service/stamping_pace.h"

#define FIRST_S 2
#define PAUSE_MAX_S 3600
#define RETRY_MAX_S 300
#define DAY_S 86400
#define QUOTA_LOOK_S 60
#define LIST_LOOK_S 3600

/* FIRST_S for the first, doubled with each further one. */
static int64_t doubled(uint64_t times, int64_t max_s)
{
    int64_t s = FIRST_S;
    for (uint64_t i = 1; i < times && s < max_s; i++)
        s *= 2;
    return s < max_s ? s : max_s;
}

int64_t pace_pause_s(uint64_t failures, uint64_t retry_after_s)
{
    int64_t own = doubled(failures, PAUSE_MAX_S), asked = retry_after_s < DAY_S ? (int64_t)retry_after_s : DAY_S;
    return asked > own ? asked : own;
}

static bool is_used_up(uint64_t used, uint64_t quota)
{
    return quota > 0 && used >= quota;
}

int64_t pace_open_at(const struct pace *p, const struct timestamp_conf *tsa, int64_t now)
{
    bool waits = p->not_before > now && p->not_before <= now + DAY_S;
    int64_t at = waits ? p->not_before : now;
    bool full = is_used_up(p->hour, tsa->per_hour) || is_used_up(p->day, tsa->per_day);
    return full && at < now + QUOTA_LOOK_S ? now + QUOTA_LOOK_S : at;
}

int64_t pace_list_at(int64_t now, int64_t next_update)
{
    int64_t latest = now + LIST_LOOK_S;
    return next_update <= now ? now : next_update < latest ? next_update : latest;
}

int64_t pace_retry_at(uint64_t tries, int64_t now, int64_t open_at)
{
    int64_t at = now + doubled(tries, RETRY_MAX_S);
    return open_at > at ? open_at : at;
}
