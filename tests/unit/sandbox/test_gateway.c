/* The gateway's parts: the request's query, PKCE, tickets, the lock after wrong passwords, the page. */
#include "config.h"

#include "../base/unit.h"
#include "sandbox/ask.h"
#include "sandbox/pages.h"
#include "sandbox/tickets.h"

/* RFC 7636 appendix B */
#define VERIFIER "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
#define CHALLENGE "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"

static void reads_a_query(void **state)
{
    struct ask ask;
    (void)state;
    assert_true(ask_read("response_type=code&client_id=a%2Db&redirect_uri=https%3A%2F%2F127.0.0.1%3A1%2Fx&scope=A%3BB+C"
                         "&state=s%26t&unknown=1",
        &ask));
    assert_string_equal(ask.response_type, "code");
    assert_string_equal(ask.client_id, "a-b");
    assert_string_equal(ask.redirect_uri, "https://127.0.0.1:1/x");
    assert_string_equal(ask.scope, "A;B C");
    assert_string_equal(ask.state, "s&t");
    assert_string_equal(ask.challenge, "");
}

static void refuses_a_query_that_can_be_read_two_ways(void **state)
{
    static const char *const bad[] = {
        "state=a&state=b", "state=%zz", "state=%4", "state=a%00b", "state=%", "response_type=codecodecodecode"};
    struct ask ask;
    char longest[700] = "state=";
    (void)state;
    for (size_t i = 0; i < COUNT(bad); i++)
        assert_false(ask_read(bad[i], &ask));
    memset(longest + 6, 'a', 511);
    assert_true(ask_read(longest, &ask));
    longest[6 + 511] = 'a';
    assert_false(ask_read(longest, &ask));
}

static const struct ask good = {"code", "c", "r", "Kimlik-Dogrula;Ad-Soyad", "s", CHALLENGE, "S256"};

static void judges_a_request(void **state)
{
    static const struct {
        struct ask ask;
        const char *error;
    } rows[] = {
        {{"code", "c", "r", "Kimlik-Dogrula;Ad-Soyad", "s", "", ""}, NULL},
        {{"code", "c", "r", "Ad-Soyad Kimlik-Dogrula", "s", CHALLENGE, "S256"}, NULL},
        {{"token", "c", "r", "Kimlik-Dogrula", "s", "", ""}, "unsupported_response_type"},
        {{"code", "c", "r", "Kimlik-DogrulaX", "s", "", ""}, "invalid_scope"},
        {{"code", "c", "r", "Kimlik-Dogrula", "", "", ""}, "invalid_request"},
        {{"code", "c", "r", "Kimlik-Dogrula", "s", CHALLENGE, "plain"}, "invalid_request"},
        {{"code", "c", "r", "Kimlik-Dogrula", "s", CHALLENGE, ""}, "invalid_request"},
        {{"code", "c", "r", "Kimlik-Dogrula", "s", "", "S256"}, "invalid_request"},
        {{"code", "c", "r", "Kimlik-Dogrula", "s", "short", "S256"}, "invalid_request"},
    };
    (void)state;
    assert_null(ask_error(&good));
    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *error = ask_error(&rows[i].ask);
        if (rows[i].error == NULL)
            assert_null(error);
        else
            assert_string_equal(error, rows[i].error);
    }
}

static void knows_its_own_challenge(void **state)
{
    (void)state;
    assert_true(pkce_fits(CHALLENGE, VERIFIER));
    assert_false(pkce_fits(CHALLENGE, VERIFIER "x"));
    assert_false(pkce_fits(CHALLENGE, ""));
    assert_false(pkce_fits("E9Melhoa", VERIFIER));
    assert_true(pkce_fits("", ""));
    assert_false(pkce_fits("", VERIFIER)); /* a verifier nobody announced */
}

static void gives_a_ticket_once(void **state)
{
    struct tickets *t = NULL;
    struct ticket code = {.kind = TICKET_CODE, .expires = 100, .tckn = "10000000146"}, got;
    (void)state;
    assert_int_equal(tickets_new(&t), OK);
    assert_int_equal(tickets_put(t, &code), OK);
    assert_int_equal(strlen(code.token), TICKET_TOKEN_LEN);
    assert_int_equal(tickets_see(t, TICKET_PAGE, code.token, 50, &got), ERR_NOT_FOUND);
    assert_int_equal(tickets_see(t, TICKET_CODE, "", 50, &got), ERR_NOT_FOUND);
    assert_int_equal(tickets_see(t, TICKET_CODE, code.token, 99, &got), OK);
    assert_string_equal(got.tckn, "10000000146");
    assert_int_equal(tickets_take(t, TICKET_CODE, code.token, 100, &got), ERR_NOT_FOUND); /* expired */
    assert_int_equal(tickets_take(t, TICKET_CODE, code.token, 99, &got), OK);
    assert_int_equal(tickets_take(t, TICKET_CODE, code.token, 99, &got), ERR_NOT_FOUND);
    tickets_free(&t);
    assert_null(t);
}

static void withdraws_what_a_stolen_code_was_given_for(void **state)
{
    struct tickets *t = NULL;
    struct ticket one = {.kind = TICKET_ACCESS, .expires = 100, .from_code = "aa"};
    struct ticket two = {.kind = TICKET_ACCESS, .expires = 100, .from_code = "bb"}, got;
    (void)state;
    assert_int_equal(tickets_new(&t), OK);
    assert_int_equal(tickets_put(t, &one), OK);
    assert_int_equal(tickets_put(t, &two), OK);
    tickets_withdraw(t, "aa");
    assert_int_equal(tickets_see(t, TICKET_ACCESS, one.token, 1, &got), ERR_NOT_FOUND);
    assert_int_equal(tickets_see(t, TICKET_ACCESS, two.token, 1, &got), OK);
    tickets_free(&t);
}

static void forgets_the_oldest_ticket_first(void **state)
{
    struct tickets *t = NULL;
    struct ticket first = {.kind = TICKET_PAGE, .expires = 100}, second = first, more = first, got;
    (void)state;
    assert_int_equal(tickets_new(&t), OK);
    assert_int_equal(tickets_put(t, &first), OK);
    assert_int_equal(tickets_put(t, &second), OK);
    for (int i = 0; i < 4095; i++)
        assert_int_equal(tickets_put(t, &more), OK);
    assert_int_equal(tickets_see(t, TICKET_PAGE, first.token, 1, &got), ERR_NOT_FOUND);
    assert_int_equal(tickets_see(t, TICKET_PAGE, second.token, 1, &got), OK);
    tickets_free(&t);
}

static void locks_an_account_after_five_wrong_tries(void **state)
{
    struct tickets *t = NULL;
    (void)state;
    assert_int_equal(tickets_new(&t), OK);
    for (int i = 0; i < LOCK_AFTER; i++) {
        assert_int_equal(tickets_locked_s(t, "10000000146", 1000), 0);
        tickets_count_wrong(t, "10000000146", 1000);
    }
    assert_int_equal(tickets_locked_s(t, "10000000146", 1000), LOCK_S);
    assert_int_equal(tickets_locked_s(t, "10000000146", 1000 + LOCK_S - 1), 1);
    assert_int_equal(tickets_locked_s(t, "10000000146", 1000 + LOCK_S), 0);
    assert_int_equal(tickets_locked_s(t, "12345678950", 1000), 0);
    tickets_free(&t);
}

static void a_right_password_wipes_the_wrong_ones(void **state)
{
    struct tickets *t = NULL;
    (void)state;
    assert_int_equal(tickets_new(&t), OK);
    for (int i = 0; i < 3 * LOCK_AFTER; i++) {
        tickets_count_wrong(t, "10000000146", 1000);
        if (i % 2 == 1)
            tickets_forget_wrong(t, "10000000146");
        assert_int_equal(tickets_locked_s(t, "10000000146", 1000), 0);
    }
    tickets_free(&t);
}

static void the_page_is_marked_and_cannot_be_written_into(void **state)
{
    struct buf page = BUF_INIT(65536);
    (void)state;
    assert_int_equal(page_login(&page, "password,id-card", "tok", "\"><script>alert(1)</script>&'", "<b>no</b>"), OK);
    const char *html = (const char *)page.data;
    assert_non_null(strstr(html, "TEST - resmî değildir"));
    assert_null(strstr(html, "<script"));
    assert_null(strstr(html, "<b>"));
    assert_non_null(strstr(html, "&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;&amp;"));
    assert_non_null(strstr(html, "Mobil İmza (bu test ortamında yok)"));
    assert_null(strstr(html, "T.C. Kimlik Kartı (bu"));
    buf_done(&page);
}

static void a_list_holds_whole_words(void **state)
{
    (void)state;
    assert_true(list_has("password,id-card", "id-card"));
    assert_true(list_has("password", "password"));
    assert_false(list_has("password,id-card", "id"));
    assert_false(list_has("passwords", "password"));
    assert_false(list_has("", "password"));
}

UNIT_MAIN(cmocka_unit_test(reads_a_query), cmocka_unit_test(refuses_a_query_that_can_be_read_two_ways),
    cmocka_unit_test(judges_a_request), cmocka_unit_test(knows_its_own_challenge),
    cmocka_unit_test(gives_a_ticket_once), cmocka_unit_test(withdraws_what_a_stolen_code_was_given_for),
    cmocka_unit_test(forgets_the_oldest_ticket_first), cmocka_unit_test(locks_an_account_after_five_wrong_tries),
    cmocka_unit_test(a_right_password_wipes_the_wrong_ones),
    cmocka_unit_test(the_page_is_marked_and_cannot_be_written_into), cmocka_unit_test(a_list_holds_whole_words))
