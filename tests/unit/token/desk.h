/* A desk for tests: one eonay-token process with cards before it, and our side of its socket. */
#ifndef EONAY_TEST_DESK_H
#define EONAY_TEST_DESK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include "fakes/p11/fake.h"
#include "fakes/softhsm.h"
#include "sign/cert.h"
#include "wire/wire.h"

#define DESK_PIN "135792" /* of every card */
#define DESK_SERVICE "TEST Online Islemler"
#define DESK_LISTED_MAX 64
#define DESK_TEXT "Kamu SM sistemleri üzerinden güvenilir bir şekilde\ndüzenlenen sözleşmeyi KABUL EDİYORUM.\n"

struct desk_cert {
    uint8_t ref[32];
    char owner[201], mask[12], reader[129], card[65];
    char issuer[201];
    enum cert_reason reason;
    enum cert_purpose purpose;
    uint64_t not_before, not_after;
    uint64_t reason_at, pin_min, pin_max, pin_flags;
};

struct desk {
    char dir[64]; /* wizard.yaml, ca.pem, and softhsm2.conf, tokens/ or fake/ */
    struct pki *pki;
    struct fake fake;   /* ledger NULL: SoftHSM's cards */
    unsigned fake_card; /* the serial number of its card */
    const char *token_words, *key_words;
    unsigned poll_ms;     /* 0: by the settings' own */
    uint64_t profile;     /* the signature policy asked for; 0: none */
    const char *settings; /* further lines of wizard.yaml; NULL: none */
    pid_t pid;
    int fd;
    uint32_t job;
    /* the last list */
    uint64_t cards, readers, lists;
    enum err_code trouble;
    char detail[257];
    struct desk_cert v[DESK_LISTED_MAX];
    size_t n;
    /* the last answer */
    uint8_t frame[WIRE_MAX];
    struct wire_msg answer;
};

/* A folder with cards; no process yet. */
void desk_make(struct desk *d, struct pki *pki, const struct softhsm_token *tokens, size_t n);
/* The same with the fake: one reader, and in it a card of `who`; key_words: of its key, see script.h. */
void desk_make_fake(struct desk *d, struct pki *pki, const struct pki_identity *who, const char *key_words);
void desk_remove(struct desk *d);
/* Another card of the same person, with these words behind it, and lines of what goes wrong; desk_faults alone: the
 * card stays; desk_take_out: the reader is empty. */
void desk_card(struct desk *d, const char *token_words, const char *faults);
void desk_faults(struct desk *d, const char *faults);
void desk_take_out(struct desk *d);

void desk_settings(const struct desk *d, const char *module); /* wizard.yaml over one module */
void desk_spawn(struct desk *d);
/* Both, and waits for the first list. */
void desk_open(struct desk *d, const char *module);
/* Hangs up and checks that the worker leaves with success. */
void desk_close(struct desk *d);

void desk_holder(struct desk *d, const char *mask, int64_t server_time); /* and waits for the list */
/* Waits for lists until one is as wanted; fails the test after ten seconds. */
void desk_until(struct desk *d, bool (*wanted)(const struct desk *));
const struct desk_cert *desk_find(const struct desk *d, const char *owner);

const char *desk_code(void); /* one whose check symbol fits */
/* SIGN with a PIN behind it (NULL: none), and the answer to it: M_SIGNED or M_ERR. */
enum wire_type desk_sign(struct desk *d, const struct desk_cert *c, const char *text, int64_t at, const char *pin);
enum wire_type desk_pin(struct desk *d, const char *pin); /* a further PIN for the same job, and the answer */
/* The text and its code, as before every signature; the answer: M_MATCH or M_ERR. */
enum wire_type desk_text(struct desk *d, const char *text, const char *code);
void desk_send_untold(struct desk *d, const uint8_t ref[32], const char *text, const char *code, int64_t at);
void desk_send_sign(struct desk *d, const uint8_t ref[32], const char *text, const char *code, int64_t at);
void desk_send_pin(struct desk *d, const char *pin);
/* CHANGE_PIN for a certificate's card with both PINs behind it (NULL: none), and the answer to it: M_OK or M_ERR. */
enum wire_type desk_change(struct desk *d, const uint8_t ref[32], const char *old_pin, const char *new_pin);
void desk_send_change(struct desk *d, enum wire_field field, const uint8_t ref[32]); /* by F_CERT or F_CARD_REF */
enum wire_type desk_answer(struct desk *d);
enum wire_type desk_job_answer(struct desk *d); /* the answer to the last SIGN; lists before it are kept */
enum err_code desk_error(const struct desk *d); /* of an M_ERR answer */

/* For a word in the worker's memory, by tests/journeys/memscan: 0 nowhere, 1 found, 2 could not look. */
int desk_memory_search(const struct desk *d, const char *word);
/* Only root may look; and the sanitizers' shadow is terabytes, and they keep freed memory. (Not cmocka's skip(): in TAP
 * it says "not ok".) */
bool desk_memory_can_be_searched(void);

#endif
