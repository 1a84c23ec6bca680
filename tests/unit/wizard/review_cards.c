#include "config.h"
#include "review_rig.h"
#include "sign/cert.h"

static char letter(const struct rig *r, size_t row)
{
    return (char)r->w.facts.certs[row].ref[0];
}

/* As the loop does after each step. */
static void stand_on(struct rig *r, size_t row)
{
    r->w.flow.chosen = (uint16_t)(row + 1);
    r->w.chosen.known = true;
    r->w.chosen.module = r->w.cert_module[row];
    memcpy(r->w.chosen.ref, r->w.facts.certs[row].ref, sizeof r->w.chosen.ref);
}

static struct event last_cards(struct rig *r)
{
    struct event ev = {0};
    while (r->w.queued > 0) {
        struct event next = rig_event(r);
        if (next.kind == EV_CARDS)
            ev = next;
    }
    assert_int_equal(ev.kind, EV_CARDS);
    return ev;
}

static void usable_ones_come_first(void **state)
{
    (void)state;
    struct rig *r = rig_new(2);
    rig_say_cards(r, 0, "aB");
    rig_say_cards(r, 1, "cD");
    struct event ev = last_cards(r);
    assert_int_equal(ev.usable, 2);
    assert_int_equal(ev.certs, 4);
    assert_int_equal(ev.cards, 2);
    assert_int_equal(ev.readers, 2);
    assert_int_equal(ev.chosen, 0);
    assert_int_equal(letter(r, 0), 'B');
    assert_int_equal(letter(r, 1), 'D');
    assert_int_equal(r->w.cert_module[0], 0);
    assert_int_equal(r->w.cert_module[1], 1);
    rig_free(r);
}

static void say_two_of(struct rig *r, const char *first, const char *second)
{
    const char *masks[] = {first, second};
    struct wire_out out;
    uint8_t ref[32];
    wire_begin(&out, r->frame, M_CARDS, 0);
    wire_u64(&out, F_COUNT, 2);
    wire_u64(&out, F_CARDS, 1);
    rig_say(r, &r->w.tokens[0], r->token[0], &out);
    for (size_t i = 0; i < 2; i++) {
        memset(ref, 'A' + (int)i, sizeof ref);
        wire_begin(&out, r->frame, M_CERT, 0);
        wire_u64(&out, F_INDEX, i);
        wire_bytes(&out, F_CERT, ref, sizeof ref);
        wire_str(&out, F_MASK, masks[i]);
        rig_say(r, &r->w.tokens[0], r->token[0], &out);
    }
}

/* A driver judges for whom it was told last: what it said before the code was opened counts for the person of the code
 * alone, at once. */
static void another_persons_is_not_offered_until_it_is_judged_anew(void **state)
{
    (void)state;
    struct rig *r = rig_new(1);
    say_two_of(r, "200******22", "100******46");
    assert_int_equal(last_cards(r).usable, 2);
    snprintf(r->w.facts.person_mask, sizeof r->w.facts.person_mask, "100******46");
    say_two_of(r, "200******22", "100******46");
    struct event ev = last_cards(r);
    assert_int_equal(ev.usable, 1);
    assert_int_equal(ev.chosen, 1);
    assert_int_equal(letter(r, 0), 'B');
    assert_int_equal(r->w.facts.certs[1].reason, REASON_OTHER_TCKN);
    rig_free(r);
}

static void the_only_one_is_chosen_and_brings_its_limits(void **state)
{
    (void)state;
    struct rig *r = rig_new(2);
    rig_say_cards(r, 1, "aB");
    struct event ev = last_cards(r);
    assert_int_equal(ev.chosen, 1);
    assert_int_equal(ev.flags & FLAG_SAME_CARD, 0);
    assert_int_equal(ev.pin_min, 5);
    assert_int_equal(ev.pin_max, UINT8_MAX);
    rig_free(r);
}

static void the_chosen_one_is_found_again(void **state)
{
    (void)state;
    struct rig *r = rig_new(2);
    rig_say_cards(r, 1, "BC");
    (void)last_cards(r);
    stand_on(r, 1);            /* C */
    rig_say_cards(r, 0, "AD"); /* stands before it now */
    struct event ev = last_cards(r);
    assert_int_equal(ev.flags & FLAG_SAME_CARD, FLAG_SAME_CARD);
    assert_int_equal(letter(r, ev.chosen - 1u), 'C');
    assert_int_equal(r->w.cert_module[ev.chosen - 1u], 1);
    stand_on(r, ev.chosen - 1u);
    rig_say_cards(r, 1, "B");
    ev = last_cards(r);
    assert_int_equal(ev.chosen, 0);
    assert_int_equal(ev.flags & FLAG_SAME_CARD, 0);
    rig_free(r);
}

/* While one module tells its list anew the cards of all others, and its own, stay what they were. */
static void a_list_that_comes_takes_nothing_away(void **state)
{
    (void)state;
    struct rig *r = rig_new(2);
    struct wire_out out;
    rig_say_cards(r, 0, "A");
    (void)last_cards(r);
    stand_on(r, 0);
    wire_begin(&out, r->frame, M_CARDS, 0);
    wire_u64(&out, F_COUNT, 1);
    rig_say(r, &r->w.tokens[0], r->token[0], &out);
    rig_say_cards(r, 1, "B");
    struct event ev = last_cards(r);
    assert_int_equal(ev.flags & FLAG_SAME_CARD, FLAG_SAME_CARD);
    assert_int_equal(letter(r, ev.chosen - 1u), 'A');
    rig_free(r);
}

/* A card that two drivers see is one card, and a PIN typed for it goes where it was meant to go. */
static void two_modules_on_one_card(void **state)
{
    (void)state;
    struct rig *r = rig_new(3);
    rig_say_cards(r, 1, "A");
    rig_say_cards(r, 2, "A");
    struct event ev = last_cards(r);
    assert_int_equal(ev.usable, 1);
    assert_int_equal(ev.certs, 1);
    assert_int_equal(ev.chosen, 1);
    assert_int_equal(r->w.cert_module[0], 1);
    stand_on(r, 0);
    rig_say_cards(r, 0, "A");
    ev = last_cards(r);
    assert_int_equal(ev.flags & FLAG_SAME_CARD, FLAG_SAME_CARD);
    assert_int_equal(r->w.cert_module[ev.chosen - 1u], 1);
    assert_int_equal(ev.pin_min, 5);
    rig_say_cards(r, 1, "");
    ev = last_cards(r);
    assert_int_equal(r->w.cert_module[ev.chosen - 1u], 0);
    rig_free(r);
}

static void more_than_there_is_room_for(void **state)
{
    (void)state;
    struct rig *r = rig_new(3);
    char more[CERTS_MAX], good[CERTS_MAX];
    for (int i = 0; i < CERTS_MAX - 1; i++) {
        more[i] = (char)(128 + i);
        good[i] = (char)(1 + i); /* 1 to 63: none of a to h */
    }
    more[CERTS_MAX - 1] = good[CERTS_MAX - 1] = '\0';
    rig_say_cards(r, 0, "abcdefgh");
    rig_say_cards(r, 1, good);
    struct event ev = last_cards(r);
    assert_int_equal(ev.usable, CERTS_MAX - 1);
    assert_int_equal(ev.certs, CERTS_MAX); /* one of those that cannot sign */
    rig_say_cards(r, 2, more);
    ev = last_cards(r);
    assert_int_equal(ev.certs, CERTS_MAX);
    assert_int_equal(ev.usable, CERTS_MAX);
    rig_free(r);
}

static void say_trouble(struct rig *r, size_t module, enum err_code err, const char *detail)
{
    struct wire_out out;
    wire_begin(&out, r->frame, M_CARDS, 0);
    wire_u64(&out, F_COUNT, 0);
    wire_u64(&out, F_ERROR, err);
    wire_str(&out, F_DETAIL, detail);
    rig_say(r, &r->w.tokens[module], r->token[module], &out);
}

/* Whichever order they come in. */
static void the_trouble_that_says_most_is_told(void **state)
{
    (void)state;
    for (size_t first = 0; first < 2; first++) {
        struct rig *r = rig_new(2);
        say_trouble(r, first, ERR_MODULE_BAD, "no such \033[2J file");
        say_trouble(r, 1 - first, ERR_NO_READER, "");
        assert_int_equal(last_cards(r).err, ERR_MODULE_BAD);
        say_trouble(r, 1 - first, ERR_NO_CARD, "");
        assert_int_equal(last_cards(r).err, ERR_NO_CARD);
        assert_string_equal(r->w.facts.module_detail, "no such ?[2J file");
        say_trouble(r, first, ERR_NO_CARD, "no such \033[2J file");
        for (enum err_code cut = ERR_FORWARD_DEAD; cut != OK; cut = cut == ERR_FORWARD_DEAD ? ERR_FORWARD_OTHER : OK) {
            say_trouble(r, 1 - first, cut, "/run/socket");
            assert_int_equal(last_cards(r).err, cut);
            assert_string_equal(r->w.facts.module_detail, "/run/socket");
        }
        say_trouble(r, 1 - first, ERR_CARD_UNKNOWN, "ATR");
        assert_int_equal(last_cards(r).err, ERR_CARD_UNKNOWN);
        assert_string_equal(r->w.facts.module_detail, "ATR");
        rig_free(r);
    }
}

static void a_card_names_itself_cleanly(void **state)
{
    (void)state;
    struct rig *r = rig_new(1);
    struct wire_out out;
    uint8_t ref[32] = {1};
    wire_begin(&out, r->frame, M_CARDS, 0);
    wire_u64(&out, F_COUNT, 1);
    rig_say(r, &r->w.tokens[0], r->token[0], &out);
    wire_begin(&out, r->frame, M_CERT, 0);
    wire_u64(&out, F_INDEX, 0);
    wire_bytes(&out, F_CERT, ref, sizeof ref);
    wire_str(&out, F_OWNER, "\033[31mA");
    wire_str(&out, F_ISSUER, "B\xe2\x80\xaf\xc2\x9b");
    wire_str(&out, F_READER, "C\n");
    wire_str(&out, F_CARD, "D\r");
    wire_str(&out, F_MASK, "\b0123456789");
    rig_say(r, &r->w.tokens[0], r->token[0], &out);
    const struct cert_row *row = &r->w.facts.certs[0];
    assert_string_equal(row->owner, "?[31mA");
    assert_string_equal(row->issuer, "B??");
    assert_string_equal(row->reader, "C?");
    assert_string_equal(row->card, "D?");
    assert_string_equal(row->mask, "?0123456789");
    rig_free(r);
}

static void say_cert(struct rig *r, size_t ref_len)
{
    struct wire_out out;
    uint8_t ref[64] = {1};
    wire_begin(&out, r->frame, M_CERT, 0);
    wire_u64(&out, F_INDEX, 0);
    wire_bytes(&out, F_CERT, ref, ref_len);
    rig_say(r, &r->w.tokens[0], r->token[0], &out);
}

static void certificates_come_in_a_list(void **state)
{
    (void)state;
    struct rig *r = rig_new(1);
    say_cert(r, 32); /* in none */
    assert_int_equal(rig_event(r).kind, EV_TOKEN_GONE);
    assert_int_equal(r->w.tokens[0].fd, -1);
    rig_free(r);
    r = rig_new(1);
    rig_say_cards(r, 0, "A");
    (void)last_cards(r);
    say_cert(r, 32); /* one too many */
    assert_int_equal(rig_event(r).kind, EV_TOKEN_GONE);
    rig_free(r);
    r = rig_new(1);
    struct wire_out out;
    wire_begin(&out, r->frame, M_CARDS, 0);
    wire_u64(&out, F_COUNT, 1);
    rig_say(r, &r->w.tokens[0], r->token[0], &out);
    say_cert(r, 31); /* whose reference is none */
    assert_int_equal(rig_event(r).kind, EV_TOKEN_GONE);
    rig_free(r);
}

static void rows_of_cards_that_went_are_wiped(void **state)
{
    (void)state;
    static const struct cert_row empty;
    struct rig *r = rig_new(1);
    rig_say_cards(r, 0, "ABc");
    rig_say_cards(r, 0, "A");
    for (size_t i = 1; i < CERTS_MAX; i++)
        assert_memory_equal(&r->w.facts.certs[i], &empty, sizeof empty);
    rig_free(r);
}

UNIT_MAIN(cmocka_unit_test(usable_ones_come_first),
    cmocka_unit_test(another_persons_is_not_offered_until_it_is_judged_anew),
    cmocka_unit_test(the_only_one_is_chosen_and_brings_its_limits), cmocka_unit_test(the_chosen_one_is_found_again),
    cmocka_unit_test(a_list_that_comes_takes_nothing_away), cmocka_unit_test(two_modules_on_one_card),
    cmocka_unit_test(more_than_there_is_room_for), cmocka_unit_test(the_trouble_that_says_most_is_told),
    cmocka_unit_test(a_card_names_itself_cleanly), cmocka_unit_test(certificates_come_in_a_list),
    cmocka_unit_test(rows_of_cards_that_went_are_wiped))
