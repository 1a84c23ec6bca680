/* The authority: every flaw is what the product's own rules take it for, chains hold, and OCSP, CRL and the publisher's
 * signature are believed by the product's own checks. */
#include "config.h"

#include "../base/unit.h"
#include <openssl/ocsp.h>
#include "base/ascii.h"
#include "base/person.h"
#include "base/when.h"
#include "sandbox/ca.h"
#include "sandbox/people.h"
#include "sandbox/register.h"
#include "sandbox/status.h"
#include "sign/cert.h"
#include "sign/revocation.h"
#include "sign/seal.h"
#include "sign/trust.h"

#define TCKN "10000000146"
#define OCSP_URL "http://127.0.0.1:1/ocsp"
#define DEPOT_URL "http://127.0.0.1:1/depo/"

static struct {
    char dir[64];
    struct box box;
    struct ca ca;
    struct trust *trust;
    EVP_PKEY *keys[3];
} it;

static int set_up(void **state)
{
    struct err err;
    char path[PATH_MAX];
    (void)state;
    unit_folder(it.dir);
    assert_int_equal(box_claim(it.dir, &it.box, &err), OK);
    assert_int_equal(box_renew(&it.box, &err), OK);
    box_path(&it.box, path, "ca");
    assert_int_equal(ca_make(path, OCSP_URL, DEPOT_URL, when_utc(), &it.ca, &err), OK);
    box_path(&it.box, path, "ca/ca.pem");
    assert_int_equal(trust_load(path, &it.trust, &err), OK);
    for (enum key_kind k = 0; k < 3; k++)
        assert_int_equal(key_make(k, &it.keys[k], &err), OK);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    for (size_t i = 0; i < 3; i++)
        EVP_PKEY_free(it.keys[i]);
    trust_free(&it.trust);
    ca_done(&it.ca);
    box_done(&it.box);
    unit_remove(it.dir);
    return 0;
}

static X509 *issue(const char *flaw, enum key_kind kind)
{
    struct err err;
    X509 *cert = NULL;
    char tckn[TCKN_LEN + 1] = TCKN;
    const struct flaw *f = flaw_find(flaw);
    assert_non_null(f);
    if (f->other_tckn)
        tckn_of_another(TCKN, tckn);
    struct nes_order order = {it.keys[kind], "İPEK IŞIK", tckn, f, box_now(&it.box)};
    assert_int_equal(ca_issue_nes(&it.ca, &order, &cert, &err), OK);
    assert_int_equal(register_add(&it.box, cert, ca_issuer_for(it.keys[kind]), f->reason, order.now - 60, &err), OK);
    return cert;
}

static struct cert_facts facts_of(X509 *cert)
{
    unsigned char *der = NULL;
    struct cert_facts facts;
    X509 *strict = NULL;
    int len = i2d_X509(cert, &der);
    assert_true(len > 0);
    assert_int_equal(cert_parse(der, (size_t)len, &strict), OK);
    assert_int_equal(cert_read(strict, &facts), OK);
    X509_free(strict);
    OPENSSL_free(der);
    return facts;
}

static void each_flaw_is_what_the_rules_take_it_for(void **state)
{
    static const struct {
        const char *flaw;
        enum cert_reason reason;
    } rows[] = {
        {"none", REASON_USABLE},
        {"expired", REASON_EXPIRED},
        {"not-yet-valid", REASON_NOT_YET_VALID},
        {"revoked", REASON_USABLE}, /* only the authority can tell */
        {"suspended", REASON_USABLE},
        {"no-qc", REASON_NO_QC},
        {"no-notice", REASON_NO_NOTICE},
        {"seal", REASON_SEAL},
        {"mali-muhur", REASON_MALI_MUHUR},
        {"wrong-usage", REASON_WRONG_USAGE},
        {"encryption", REASON_ENCRYPTION},
        {"other-tckn", REASON_OTHER_TCKN},
    };
    char mask[TCKN_LEN + 1];
    size_t flaw_count = 0;
    struct rule nes;
    struct rule_flaw broken;
    (void)state;
    assert_true(rule_parse(RULE_NES, &nes, &broken));
    tckn_mask(mask, TCKN);
    while (flaws[flaw_count].name != NULL)
        flaw_count++;
    assert_int_equal(flaw_count, COUNT(rows)); /* none is left out */
    for (size_t i = 0; i < COUNT(rows); i++)
        for (enum key_kind k = 0; k < 3; k++) {
            int64_t at = 0;
            X509 *cert = issue(rows[i].flaw, k);
            struct cert_facts facts = facts_of(cert);
            assert_string_equal(facts.owner, "İPEK IŞIK");
            assert_int_equal(cert_judge(&facts, &nes, when_utc(), mask, &at), rows[i].reason);
            X509_free(cert);
        }
}

static void cards_of_each_kind_have_a_chain(void **state)
{
    static const enum cert_key kinds[] = {CERT_KEY_RSA, CERT_KEY_P256, CERT_KEY_P384};
    (void)state;
    for (enum key_kind k = 0; k < 3; k++) {
        X509 *cert = issue("none", k);
        struct cert_facts facts = facts_of(cert);
        STACK_OF(X509) *chain = NULL;
        char ocsp[REVOCATION_URL_MAX], crl[REVOCATION_URL_MAX];
        assert_int_equal(facts.key, kinds[k]);
        assert_true(ascii_starts(facts.issuer, "TEST "));
        assert_int_equal(trust_chain(it.trust, cert, NULL, when_utc(), &chain), OK);
        assert_int_equal(sk_X509_num(chain), 3);
        revocation_urls(cert, ocsp, crl);
        assert_string_equal(ocsp, OCSP_URL);
        assert_string_equal(crl, k == KEY_RSA2048 ? DEPOT_URL "nes-rsa.crl" : DEPOT_URL "nes-ec.crl");
        sk_X509_pop_free(chain, X509_free);
        X509_free(cert);
    }
}

static X509 *issuer_of(enum key_kind kind)
{
    return it.ca.of[ca_issuer_for(it.keys[kind])].cert;
}

/* Asks the responder as the product does and believes as the product does. */
static enum err_code ask(X509 *cert, X509 *issuer, struct revocation_answer *ret)
{
    struct err err;
    uint8_t nonce[OCSP_NONCE_LEN];
    struct buf question = BUF_INIT(65536), answer = BUF_INIT(65536);
    assert_int_equal(ocsp_request(cert, issuer, &question, nonce), OK);
    assert_int_equal(status_ocsp(&it.box, &it.ca, "good", question.data, question.len, &answer, &err), OK);
    enum err_code rc = ocsp_answer(answer.data, answer.len, cert, issuer, nonce, it.trust, box_now(&it.box), ret, &err);
    buf_done(&question);
    buf_done(&answer);
    return rc;
}

static void look_up(X509 *cert, enum key_kind kind, struct revocation_answer *ret)
{
    struct err err;
    struct buf crl = BUF_INIT(1 << 20);
    assert_int_equal(status_crl(&it.box, &it.ca, "good", ca_issuer_for(it.keys[kind]), &crl, &err), OK);
    assert_int_equal(crl_answer(crl.data, crl.len, cert, issuer_of(kind), box_now(&it.box), ret, &err), OK);
    buf_done(&crl);
}

static void revocation_is_told_and_believed(void **state)
{
    static const struct {
        const char *flaw;
        enum revocation status;
    } rows[] = {{"none", REV_GOOD}, {"revoked", REV_REVOKED}, {"suspended", REV_SUSPENDED}};
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        for (enum key_kind k = 0; k < 3; k++) {
            struct revocation_answer said, listed;
            X509 *cert = issue(rows[i].flaw, k);
            assert_int_equal(ask(cert, issuer_of(k), &said), OK);
            assert_int_equal(said.status, rows[i].status);
            look_up(cert, k, &listed);
            assert_int_equal(listed.status, rows[i].status);
            assert_int_equal(listed.at, said.at);
            X509_free(cert);
        }
}

static void what_was_never_issued_is_unknown(void **state)
{
    struct err err;
    X509 *cert = NULL;
    struct revocation_answer said = {REV_GOOD, 0, 0, 0};
    struct nes_order order = {it.keys[KEY_P256], "X", TCKN, flaw_find("none"), when_utc()};
    (void)state;
    assert_int_equal(ca_issue_nes(&it.ca, &order, &cert, &err), OK); /* and not registered */
    enum err_code rc = ask(cert, issuer_of(KEY_P256), &said);
    assert_true(rc == ERR_REJ_UNKNOWN || said.status == REV_UNKNOWN);
    X509_free(cert);
}

static int response_status(const void *question, size_t len)
{
    struct err err;
    struct buf answer = BUF_INIT(65536);
    assert_int_equal(status_ocsp(&it.box, &it.ca, "good", question, len, &answer, &err), OK);
    const unsigned char *at = answer.data;
    OCSP_RESPONSE *response = d2i_OCSP_RESPONSE(NULL, &at, (long)answer.len);
    assert_non_null(response);
    int status = OCSP_response_status(response);
    OCSP_RESPONSE_free(response);
    buf_done(&answer);
    return status;
}

static void strange_questions_are_answered_as_the_standard_says(void **state)
{
    uint8_t nonce[OCSP_NONCE_LEN];
    struct buf question = BUF_INIT(65536);
    (void)state;
    assert_int_equal(response_status("rubbish", 7), OCSP_RESPONSE_STATUS_MALFORMEDREQUEST);
    assert_int_equal(response_status("", 0), OCSP_RESPONSE_STATUS_MALFORMEDREQUEST);
    assert_int_equal(
        ocsp_request(it.ca.of[CA_TLS].cert, it.ca.of[CA_TLS_ROOT].cert, &question, nonce), OK); /* not ours to tell */
    assert_int_equal(response_status(question.data, question.len), OCSP_RESPONSE_STATUS_UNAUTHORIZED);
    buf_done(&question);
}

static void answers_follow_the_clock(void **state)
{
    struct err err;
    struct revocation_answer said, listed;
    X509 *cert = issue("none", KEY_P384);
    (void)state;
    assert_int_equal(box_clock_move(&it.box, 40 * 86400, &err), OK);
    int64_t now = box_now(&it.box);
    assert_int_equal(ask(cert, issuer_of(KEY_P384), &said), OK);
    assert_in_range(said.this_update, now - 2, now + 2);
    look_up(cert, KEY_P384, &listed);
    assert_in_range(listed.this_update, now - 2, now + 2);
    X509_free(cert);
}

static void is_the_same_when_loaded_again(void **state)
{
    struct err err;
    struct ca again;
    char path[PATH_MAX];
    (void)state;
    box_path(&it.box, path, "ca");
    assert_int_equal(ca_load(path, OCSP_URL, DEPOT_URL, &again, &err), OK);
    for (enum ca_role r = 0; r < CA_ROLES; r++) {
        assert_int_equal(X509_cmp(again.of[r].cert, it.ca.of[r].cert), 0);
        assert_int_equal(X509_check_private_key(again.of[r].cert, again.of[r].key), 1);
    }
    ca_done(&again);
}

static enum err_code seal_verdict(X509 *cert)
{
    struct err err;
    return seal_check(cert, NULL, it.trust, box_now(&it.box), &err);
}

static void the_service_has_a_seal_and_nobody_else(void **state)
{
    X509 *person = issue("none", KEY_P256), *company = issue("seal", KEY_P256);
    (void)state;
    assert_int_equal(seal_verdict(it.ca.of[CA_SERVICE_SEAL].cert), OK);
    assert_int_equal(seal_verdict(it.ca.of[CA_TSA].cert), ERR_SEAL_UNFIT);
    assert_int_equal(seal_verdict(it.ca.of[CA_ROOT].cert), ERR_SEAL_UNFIT);
    assert_int_equal(seal_verdict(person), ERR_SEAL_UNFIT);
    assert_int_equal(seal_verdict(company), ERR_SEAL_UNFIT);
    X509_free(person);
    X509_free(company);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_flaw_is_what_the_rules_take_it_for), cmocka_unit_test(cards_of_each_kind_have_a_chain),
        cmocka_unit_test(revocation_is_told_and_believed), cmocka_unit_test(what_was_never_issued_is_unknown),
        cmocka_unit_test(strange_questions_are_answered_as_the_standard_says),
        cmocka_unit_test(is_the_same_when_loaded_again), cmocka_unit_test(the_service_has_a_seal_and_nobody_else),
        cmocka_unit_test(answers_follow_the_clock), /* last: the others live in the present */
    };
    setlocale(LC_ALL, "");
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
