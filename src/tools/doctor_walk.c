#include "config.h"
#include "tools/doctor.h"

#include <stdlib.h>

bool doctor_ignores_card(const struct settings *s)
{
    const char *address = getenv(SETTINGS_FORWARD);

    return address != NULL && address[0] != '\0' && !s->forwarded_cards && !s->kiosk;
}

/* What has to be looked at before a link can be judged. */
static void look(struct doctor *d, enum chain_link l)
{
    if (l <= LINK_CERT && !d->looked_cards) {
        d->looked_cards = true;
        doctor_look_cards(d);
    }
    if (l <= LINK_POWER && !d->looked_readers && doctor_asks_pcsc(d)) {
        d->looked_readers = true;
        doctor_look_readers(d);
    }
    if (l >= LINK_CLOCK && !d->looked_service) {
        d->looked_service = true;
        doctor_look_service(d);
    }
}

void doctor_run(struct doctor *d, doctor_said *said, void *ctx)
{
    for (enum chain_link l = 0; l < LINK_COUNT; l++) {
        look(d, l);
        d->links[l] = doctor_judge(d, l);
        if (said != NULL)
            said(ctx, l, &d->links[l]);
        if (d->links[l].state == LINK_BROKEN)
            return;
    }
}

void doctor_finish(struct doctor *d)
{
    for (enum chain_link l = 0; l < LINK_COUNT; l++)
        if (d->links[l].state == LINK_UNJUDGED) {
            look(d, l);
            d->links[l] = doctor_judge(d, l);
        }
}

enum err_code doctor_verdict(const struct doctor *d, enum chain_link *ret_link)
{
    *ret_link = LINK_COUNT;
    for (enum chain_link l = 0; l < LINK_COUNT; l++)
        if (d->links[l].state == LINK_BROKEN) {
            *ret_link = l;
            return d->links[l].code;
        }
    return ERR_DR_WHOLE;
}

void doctor_done(struct doctor *d)
{
    for (size_t i = 0; i < d->module_n; i++)
        cards_clear(&d->modules[i].cards);
}
