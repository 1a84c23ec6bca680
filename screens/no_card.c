/* No card in the reader: goes on by itself when one is put in. */
#include "screens/parts.h"

#include "base/ascii.h"
#include "ui/wording.h"

/* What keeps a card from being seen though it may well be there; OK: nothing known, one is waited for. */
static enum err_code trouble_of(const struct flow *f)
{
    enum err_code why = f->cards_err != OK ? f->cards_err : f->note;
    const char *slug = note_of(why)->slug;
    bool stands = why == ERR_NO_PCSCD || why == ERR_NO_READER_SSH || why == ERR_WORKER_GONE;
    return stands || ascii_starts(slug, "module-") || ascii_starts(slug, "forward-") ? why : OK;
}

/* The message row may say something else meanwhile; where line after line is read, it is not said twice. */
static void say_trouble(const struct scene *s, struct view *v, enum err_code why)
{
    bool read_out = s->plain || s->flow->look == LOOK_READER;
    if (read_out && s->flow->note == why)
        return;
    view_text(v, 0, tr(note_of(why)->said));
    view_text(v, ITEM_DENSE, tr(words_for(s->plain, note_of(why)->advice)));
}

static void say_what_to_do(const struct scene *s, struct view *v)
{
    if (trouble_of(s->flow) == ERR_FORWARD_DEAD) {
        view_text(v, 0, tr("The reader at your desk cannot be reached from here."));
        view_text(v, ITEM_DENSE, tr("When the link to it is back, the way goes on by itself."));
        return;
    }
    view_text(v, 0,
        s->flow->readers > 0 || s->flow->cards > 0 ? tr("There is no card in the reader.")
                                                   : tr("No card reader was found."));
    view_text(v, ITEM_DENSE, tr("Please put your NES card into the reader; the way then goes on by itself."));
}

static void compose(const struct scene *s, struct view *v)
{
    enum err_code trouble = trouble_of(s->flow);
    if (trouble != OK && trouble != ERR_FORWARD_DEAD)
        say_trouble(s, v, trouble);
    else
        say_what_to_do(s, v);
    view_fact(v, ITEM_INDENT, tr("Card reader"), s->flow->readers > 0 ? s->facts->reader : tr("none"));
    view_fact(v, ITEM_INDENT | ITEM_STANDARD, tr("Card"), tr("none"));
    view_button(v, ITEM_GAP | ITEM_DEFAULT, N_("Why is it not seen?"), CH_WHY);
    view_button(v, ITEM_BESIDE, N_("Cancel"), CH_CANCEL);
    parts_timer(s, v);
}

const struct screen screen_no_card = {
    .state = ST_NO_CARD,
    .place = PLACE_APPLICATION,
    .section = SECTION_SIGNATURE,
    .title = N_("Put in your card"),
    .help = N_("Check that the reader is plugged in and the card's chip goes in first. If the card is in and still not "
               "seen, tell the staff: the card software may be missing on this computer."),
    .keys = keys_choose_cancel,
    .compose = compose,
};
