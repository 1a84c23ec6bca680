/* The ledger of a running service: who seals, what is proved and when, and that `eonayctl ledger verify` names every
 * row that was changed, removed or put elsewhere behind the service's back. */
#include "config.h"

#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>
#include <cmocka.h>
#include <openssl/pem.h>
#include <sqlite3.h>
#include "base/ascii.h"
#include "base/when.h"
#include "service/store_ledger.h"
#include "sign/trust.h"
#include "world.h"

#define ME "10000000146"
#define LOG "TEST E-Onay"
#define LATEST_MS 20000 /* until something that takes a second is given up */

struct stage {
    struct world world;
    struct pki_identity seal;
    struct trust *trust;
    char said[20000]; /* what the last program wrote */
};

static void write_key(const struct world *w, const char *name, EVP_PKEY *key)
{
    char *path = world_path(w, name);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    assert_int_equal(PEM_write_PrivateKey(f, key, NULL, NULL, 0, NULL, NULL), 1);
    assert_int_equal(fclose(f), 0);
    free(path);
}

static void write_seal(const struct world *w, const struct pki_identity *seal)
{
    char *cert = world_path(w, "seal.pem");
    pki_write_cert(seal->cert, cert, "w");
    write_key(w, "seal.key", seal->key);
    free(cert);
}

static int setup(void **state)
{
    struct stage *s = calloc(1, sizeof *s);
    struct err err = {0};
    world_open(&s->world, "ledger:\n  name: " LOG "\n  key: seal.key\n  certificate: seal.pem\n");
    s->seal = pki_issue(&s->world.pki, &(struct pki_spec){.name = "TEST Mühür", .flaws = PKI_SERVICE_SEAL});
    write_seal(&s->world, &s->seal);
    assert_int_equal(trust_load(s->world.conf.trust, &s->trust, &err), OK);
    *state = s;
    return 0;
}

static int teardown(void **state)
{
    struct stage *s = *state;
    trust_free(&s->trust);
    pki_identity_done(&s->seal);
    world_close(&s->world);
    free(s);
    return 0;
}

/* ---- values ---- */

static struct digest numbered(const char *kind, int n)
{
    char s[64];
    snprintf(s, sizeof s, "%s %d", kind, n);
    return digest_of(s, strlen(s));
}

/* Person n's consent, past the rules: what the store keeps of it. */
static struct consent accept(struct store *store, int n, enum consent_standing standing)
{
    char text[32], cms[32];
    int64_t now = when_utc();
    snprintf(text, sizeof text, "Metin %d", n);
    snprintf(cms, sizeof cms, "imza %d", n);
    struct request r = {.code = numbered("code", n),
        .text = digest_of(text, strlen(text)),
        .person = {.digest = numbered("person", n), .tckn = ME, .name = "Deneme"},
        .created = now,
        .expires = now + INT64_C(1000) * 86400}; /* a clock that is moved forgets it not */
    struct consent got;
    assert_int_equal(store_request_add(store, &r, text, strlen(text), 0, 100, &r.id), OK);
    r.nonce = numbered("nonce", n);
    r.token = numbered("token", n);
    r.opened = now;
    r.closes = now + 250;
    assert_int_equal(store_request_open(store, &r), OK);
    struct consent c = {.standing = standing,
        .request = r.id,
        .person = r.person,
        .text = r.text,
        .signature = digest_of(cms, strlen(cms)),
        .accepted = now,
        .settled = standing == CONSENT_ACCEPTED ? now : 0};
    assert_int_equal(store_consent_add(store, &c, cms, strlen(cms), 2020, &got), OK);
    return got;
}

static struct ledger_sizes sizes_of(struct store *store)
{
    struct ledger_sizes s;
    assert_int_equal(store_ledger_sizes(store, &s), OK);
    return s;
}

/* The sealer looks five times a second; a slow machine may take its time. */
static void await_sealed(struct store *store, uint64_t n)
{
    uint64_t until = when_boot_ms() + LATEST_MS;
    while (sizes_of(store).sealed < n) {
        assert_true(when_boot_ms() < until);
        poll(NULL, 0, 2); /* leaves the others some of the machine; nothing depends on how long */
    }
}

static void await_log(const struct world *w, const char *part)
{
    uint64_t until = when_boot_ms() + LATEST_MS;
    char *path = world_path(w, "log");
    struct buf log = BUF_INIT(1u << 20);
    do {
        assert_true(when_boot_ms() < until);
        poll(NULL, 0, 2);
        buf_reset(&log);
        assert_int_equal(buf_read_file(&log, path, NULL), OK);
    } while (!log.data || !strstr((char *)log.data, part));
    free(path);
    buf_done(&log);
}

static void check(const struct stage *s, const struct ledger_proof *p, const struct consent *c)
{
    struct err err = {0};
    struct ledger_record r = ledger_record_of(c);
    if (ledger_proof_check(p, &r, s->trust, &err) != OK)
        fail_msg("%s", err.detail);
}

/* ---- proofs ---- */

/* Another sealer that took the lease and hangs. */
static const uint8_t another[LEDGER_HOLDER] = "another sealer";
#define HANGS_S 50
#define LEASE_LASTS_MS 3000 /* at least, without being prolonged */
#define OURS_ENDS_S 5       /* when a lease that a service took just now is over */

static void a_promise_is_kept(void **state)
{
    struct stage *s = *state;
    struct world *w = &s->world;
    struct ledger_proof promised, sealed;
    struct buf json = BUF_INIT(LEDGER_JSON_MAX);
    world_start(w);
    struct portal *p = w->portal;
    assert_int_equal(store_ledger_lease(p->store, another, when_utc(), HANGS_S), OK);
    struct consent c = accept(p->store, 1, CONSENT_ACCEPTED);
    assert_int_equal(ledger_proof_make(p, c.number, &promised), OK);
    assert_false(promised.sealed);
    check(s, &promised, &c);
    assert_string_equal(ledger_word(p), "good");

    world_clock(w, 8);
    assert_string_equal(ledger_word(p), "late");
    assert_int_equal(sizes_of(p->store).sealed, 0);
    world_clock(w, 2 * HANGS_S); /* its lease is over */
    await_sealed(p->store, 1);
    assert_string_equal(ledger_word(p), "good");
    assert_int_equal(ledger_proof_of(p, c.number, &json), OK);
    assert_int_equal(ledger_proof_read(json.data, json.len, &sealed, NULL), OK);
    assert_true(sealed.sealed);
    assert_memory_equal(&sealed.leaf, &promised.leaf, sizeof sealed.leaf);
    check(s, &sealed, &c);
    assert_int_equal(ledger_proof_make(p, "2020-000002", &sealed), ERR_NOT_FOUND);
    struct consent checking = accept(p->store, 2, CONSENT_CHECKING);
    assert_int_equal(ledger_proof_make(p, checking.number, &promised), ERR_NOT_FOUND);
    ledger_proof_done(&promised);
    ledger_proof_done(&sealed);
    buf_done(&json);
}

static void a_signed_consent_is_proved(void **state)
{
    struct stage *s = *state;
    struct world *w = &s->world;
    struct visit v;
    struct buf cms = BUF_INIT(100000);
    struct ledger_proof proof;
    struct consent c;
    world_start(w);
    struct pki_identity who = world_person(w, ME, PKI_P256, 0);
    visit_all(w, &v, ME);
    struct consent_claim claim = visit_claim(w, &v);
    visit_sign(w, &claim, &who, &cms);
    struct reply r = visit_submit(w, &v, &cms);
    assert_int_equal(r.status, 200);
    assert_int_equal(ledger_proof_make(w->portal, reply_str(&r, "number"), &proof), OK);
    assert_int_equal(store_consent_by_number(w->portal->store, reply_str(&r, "number"), &c), OK);
    check(s, &proof, &c);
    struct digest d = digest_of(cms.data, cms.len);
    assert_memory_equal(proof.record.signature, &d, sizeof d);
    reply_done(&r);
    ledger_proof_done(&proof);
    buf_done(&cms);
    pki_identity_done(&who);
}

static void without_a_seal_entries_wait(void **state)
{
    struct stage *s = *state;
    struct world *w = &s->world;
    struct service_conf bare = w->conf;
    struct portal *p = NULL;
    struct ledger_proof proof;
    struct err err;
    memset(&bare.ledger, 0, sizeof bare.ledger);
    assert_int_equal(portal_open(&bare, &p, &err), OK);
    struct consent c = accept(p->store, 1, CONSENT_ACCEPTED);
    assert_string_equal(ledger_word(p), "none");
    assert_int_equal(ledger_proof_make(p, c.number, &proof), ERR_NOT_FOUND);
    portal_close(&p);
    world_start(w); /* with its seal */
    await_sealed(w->portal->store, 1);
}

static void what_is_no_seal_is_named(void **state)
{
    struct stage *s = *state;
    struct world *w = &s->world;
    struct portal *p = NULL;
    struct err err = {0};
    struct pki_identity nes = world_person(w, ME, PKI_P256, 0);
    write_seal(w, &nes);
    assert_int_equal(portal_open(&w->conf, &p, &err), ERR_CONFIG);
    assert_non_null(strstr(err.detail, "seal.pem: the certificate is not for a service's seal"));
    write_seal(w, &s->seal);
    write_key(w, "seal.key", nes.key);
    assert_int_equal(portal_open(&w->conf, &p, &err), ERR_CONFIG);
    assert_non_null(strstr(err.detail, "seal.pem: the key belongs to another certificate"));
    char *path = world_path(w, "seal.key");
    unlink(path);
    assert_int_equal(portal_open(&w->conf, &p, &err), ERR_FILE);
    free(path);
    assert_null(p);
    pki_identity_done(&nes);
}

/* Nobody would believe what it signs then. */
static void an_expired_seal_signs_nothing(void **state)
{
    struct stage *s = *state;
    struct world *w = &s->world;
    struct ledger_proof proof;
    world_start(w);
    struct store *store = w->portal->store;
    assert_int_equal(store_ledger_lease(store, another, when_utc(), HANGS_S), OK);
    struct consent c = accept(store, 1, CONSENT_ACCEPTED);
    world_clock(w, INT64_C(500) * 86400);
    assert_int_equal(ledger_proof_make(w->portal, c.number, &proof), ERR_SEAL_UNFIT);
    await_log(w, "the ledger could not be sealed: seal-unfit");
    assert_int_equal(sizes_of(store).sealed, 0);
    world_clock(w, 0);
    await_sealed(store, 1);
    await_log(w, "sealed again");
}

/* ---- the public answers ---- */

static struct merkle_hash hash_of(const json_t *hex)
{
    struct merkle_hash h;
    assert_non_null(json_string_value(hex));
    assert_true(ascii_unhex(h.v, sizeof h.v, json_string_value(hex)));
    return h;
}

static struct merkle_path path_of(const json_t *list)
{
    struct merkle_path p = {.len = json_array_size(list)};
    assert_true(json_is_array(list) && p.len <= MERKLE_PATH_MAX);
    for (size_t i = 0; i < p.len; i++)
        p.at[i] = hash_of(json_array_get(list, i));
    return p;
}

static struct merkle_hash root_now(struct world *w, uint64_t *ret_size)
{
    struct reply r = world_json(w, "GET", "/v1/ledger/head", NULL, NULL);
    assert_int_equal(r.status, 200);
    assert_string_equal(reply_str(&r, "log"), LOG);
    const json_t *head = json_object_get(r.json, "head");
    *ret_size = (uint64_t)json_integer_value(json_object_get(head, "size"));
    struct merkle_hash root = hash_of(json_object_get(head, "root"));
    assert_true(json_is_string(json_object_get(head, "signature")));
    reply_done(&r);
    return root;
}

static void anyone_may_ask(void **state)
{
    struct stage *s = *state;
    struct world *w = &s->world;
    char path[200], hex[2 * MERKLE_LEN + 1];
    uint64_t older, newer;
    world_start(w);
    struct store *store = w->portal->store;
    expect(world_json(w, "GET", "/v1/ledger/head", NULL, NULL), 404, "not-found");
    for (int n = 1; n <= 3; n++)
        accept(store, n, CONSENT_ACCEPTED);
    await_sealed(store, 3);
    struct merkle_hash first = root_now(w, &older);
    assert_int_equal(older, 3);
    for (int n = 4; n <= 7; n++)
        accept(store, n, CONSENT_ACCEPTED);
    await_sealed(store, 7);
    struct merkle_hash second = root_now(w, &newer);
    assert_int_equal(newer, 7);

    struct reply r = world_json(w, "GET", "/v1/ledger/consistency?old=3&new=7", NULL, NULL);
    assert_int_equal(r.status, 200);
    struct merkle_path proof = path_of(json_object_get(r.json, "path"));
    assert_true(merkle_consistent(3, 7, &first, &second, &proof));
    reply_done(&r);

    struct ledger_entry e;
    assert_int_equal(store_ledger_entry(store, 4, &e), OK);
    ascii_hex(hex, e.leaf.v, sizeof e.leaf.v);
    snprintf(path, sizeof path, "/v1/ledger/proof?leaf=%s", hex);
    r = world_json(w, "GET", path, NULL, NULL);
    assert_int_equal(r.status, 200);
    assert_int_equal(reply_int(&r, "index"), 4);
    proof = path_of(json_object_get(r.json, "path"));
    assert_true(merkle_includes(&e.leaf, 4, 7, &proof, &second));
    reply_done(&r);

    static const char *const bad[] = {"consistency", "consistency?old=1", "consistency?old=4&new=3",
        "consistency?old=-1&new=3", "consistency?old=1&new=18446744073709551615", "proof", "proof?leaf=00",
        "proof?leaf=zz00000000000000000000000000000000000000000000000000000000000000"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        snprintf(path, sizeof path, "/v1/ledger/%s", bad[i]);
        expect(world_json(w, "GET", path, NULL, NULL), 400, "bad-request");
    }
    expect(world_json(w, "GET", "/v1/ledger/consistency?old=1&new=8", NULL, NULL), 404, "not-found");
    snprintf(path, sizeof path, "/v1/ledger/proof?leaf=%064d", 0);
    expect(world_json(w, "GET", path, NULL, NULL), 404, "not-found");
    assert_int_equal(store_ledger_lease(store, another, when_utc() + OURS_ENDS_S, HANGS_S), OK);
    struct consent late = accept(store, 8, CONSENT_ACCEPTED);
    assert_int_equal(store_ledger_entry_of(store, late.number, &e), OK);
    ascii_hex(hex, e.leaf.v, sizeof e.leaf.v);
    snprintf(path, sizeof path, "/v1/ledger/proof?leaf=%s", hex);
    expect(world_json(w, "GET", path, NULL, NULL), 404, "not-sealed");
}

/* ---- several services ---- */

static enum err_code count_seals(void *ctx, const struct ledger_head *h, const struct buf *cert_der)
{
    struct {
        uint8_t first[DIGEST_LEN];
        size_t heads, changes;
    } *seen = ctx;
    struct digest d = digest_of(cert_der->data, cert_der->len);
    (void)h;
    seen->changes += seen->heads++ > 0 && memcmp(seen->first, d.v, sizeof d.v) != 0;
    memcpy(seen->first, d.v, sizeof d.v);
    return OK;
}

/* Each with a seal of its own, so that one sees whose a head is. */
static void two_services_elect_one_sealer(void **state)
{
    struct stage *s = *state;
    struct world *w = &s->world;
    struct portal *other = NULL;
    struct {
        uint8_t first[DIGEST_LEN];
        size_t heads, changes;
    } seen = {.heads = 0};
    struct err err;
    struct pki_identity seal =
        pki_issue(&w->pki, &(struct pki_spec){.name = "TEST Mühür 2", .flaws = PKI_SERVICE_SEAL});
    world_start(w);
    write_seal(w, &seal);
    assert_int_equal(portal_open(&w->conf, &other, &err), OK);
    uint64_t began = when_boot_ms();
    for (int n = 1; n <= 12; n++) {
        accept(n % 2 ? w->portal->store : other->store, n, CONSENT_ACCEPTED);
        if (n % 3 == 0)
            await_sealed(other->store, (uint64_t)n);
    }
    assert_int_equal(store_ledger_heads(other->store, count_seals, &seen), OK);
    assert_in_range(seen.heads, 4, 12);
    assert_true(seen.changes <= (when_boot_ms() - began) / LEASE_LASTS_MS);

    world_stop(w); /* the one that held the lease or not: the one that is left seals */
    accept(other->store, 13, CONSENT_ACCEPTED);
    world_clock(w, 60);
    await_sealed(other->store, 13);
    portal_close(&other);
    pki_identity_done(&seal);
}

/* The service that ends gives its lease back: the next one seals at once, though the clock stands still. */
static void the_next_one_need_not_wait(void **state)
{
    struct stage *s = *state;
    struct world *w = &s->world;
    struct store *store = NULL;
    struct err err;
    world_start(w);
    accept(w->portal->store, 1, CONSENT_ACCEPTED);
    await_sealed(w->portal->store, 1);
    int64_t now = when_utc();
    world_stop(w);
    assert_int_equal(store_open(w->conf.store, STORE_SERVE, &store, &err), OK);
    assert_int_equal(store_ledger_lease(store, another, now, HANGS_S), OK);
    store_close(&store);
}

/* ---- programs ---- */

static pid_t start(int out, const char *name, const char *const *args)
{
    extern char **environ;
    char program[512];
    const char *argv[16] = {program};
    const char *build = getenv("EONAY_BUILD");
    posix_spawn_file_actions_t files;
    pid_t pid = -1;
    snprintf(program, sizeof program, "%s/%s", build ? build : ".", name);
    for (int i = 0; args[i]; i++)
        argv[i + 1] = args[i];
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&files, out, 1);
    posix_spawn_file_actions_adddup2(&files, out, 2);
    assert_int_equal(posix_spawn(&pid, program, &files, NULL, (char **)(uintptr_t)argv, environ), 0);
    posix_spawn_file_actions_destroy(&files);
    return pid;
}

static int wait_exit(pid_t pid)
{
    int status = 0;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

/* eonayctl in English; what it wrote is in s->said. */
static int ctl(struct stage *s, const char *a, const char *b, const char *c, const char *d)
{
    int ends[2];
    size_t len = 0;
    char *yaml = world_path(&s->world, "service.yaml");
    const char *const args[] = {"--config", yaml, "--lang", "en", "ledger", a, b, c, d, NULL};
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    pid_t pid = start(ends[1], "eonayctl", args);
    close(ends[1]);
    for (ssize_t n; (n = read(ends[0], s->said + len, sizeof s->said - 1 - len)) > 0;)
        len += (size_t)n;
    s->said[len] = '\0';
    close(ends[0]);
    free(yaml);
    return wait_exit(pid);
}

static void has(const struct stage *s, const char *part)
{
    if (!strstr(s->said, part))
        fail_msg("no %s in:\n%s", part, s->said);
}

/* ---- kill -9 ---- */

static void open_store(struct stage *s, struct store **ret)
{
    struct err err = {0};
    if (store_open(s->world.conf.store, STORE_SERVE, ret, &err) != OK)
        fail_msg("%s", err.detail);
}

static pid_t start_eonayd(struct stage *s)
{
    char *yaml = world_path(&s->world, "service.yaml");
    const char *const args[] = {"--config", yaml, NULL};
    int out = open("/dev/null", O_WRONLY | O_CLOEXEC);
    pid_t pid = start(out, "eonayd", args);
    close(out);
    free(yaml);
    return pid;
}

/* The service is killed while an entry waits: that it was entered is durable, and the next one seals it. */
static void what_was_not_sealed_is_sealed_after_kill(void **state)
{
    struct stage *s = *state;
    struct store *store = NULL;
    open_store(s, &store);
    accept(store, 1, CONSENT_ACCEPTED);
    pid_t eonayd = start_eonayd(s);
    await_sealed(store, 1); /* it runs */
    assert_int_equal(store_ledger_lease(store, another, when_utc() + OURS_ENDS_S, HANGS_S), OK);
    accept(store, 2, CONSENT_ACCEPTED);
    kill(eonayd, SIGKILL);
    assert_int_equal(wait_exit(eonayd), 1000 + SIGKILL);
    assert_int_equal(sizes_of(store).entries, 2);
    world_clock(&s->world, 200);
    eonayd = start_eonayd(s);
    await_sealed(store, 2);
    kill(eonayd, SIGTERM);
    assert_int_equal(wait_exit(eonayd), 0);
    store_close(&store);
    assert_int_equal(ctl(s, "verify", NULL, NULL, NULL), 0);
}

/* ---- tampering ---- */

static void execute(struct stage *s, const char *sql)
{
    sqlite3 *db = NULL;
    char *said = NULL;
    assert_int_equal(sqlite3_open(s->world.conf.store, &db), SQLITE_OK);
    if (sqlite3_exec(db, sql, NULL, NULL, &said) != SQLITE_OK)
        fail_msg("%s: %s", sql, said);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static void copy_store(struct stage *s, const char *from, const char *to)
{
    char *a = world_path(&s->world, from), *b = world_path(&s->world, to);
    struct buf bytes = BUF_INIT(16u << 20);
    assert_int_equal(buf_read_file(&bytes, a, NULL), OK);
    assert_int_equal(buf_write_file(&bytes, b, 0600, NULL), OK);
    buf_done(&bytes);
    free(a);
    free(b);
}

/* Thirteen consents under heads of 3, 8 and 13 entries; that of the seventh person was erased since. */
static void fill(struct stage *s)
{
    static const int upto[] = {3, 8, 13};
    int n = 0;
    for (size_t i = 0; i < sizeof upto / sizeof upto[0]; i++) {
        struct store *store = NULL;
        open_store(s, &store);
        while (n < upto[i])
            accept(store, ++n, CONSENT_ACCEPTED);
        store_close(&store);
        world_start(&s->world);
        await_sealed(s->world.portal->store, (uint64_t)n);
        world_stop(&s->world);
    }
    struct store *store = NULL;
    uint64_t erased = 0;
    struct digest person = numbered("person", 7);
    open_store(s, &store);
    assert_int_equal(store_person_erase(store, &person, &erased), OK);
    assert_int_equal(erased, 1);
    store_close(&store);
}

#define SWAP(a, b)                                                                                                     \
    "UPDATE ledger_leaf SET idx=-1 WHERE idx=" #a "; UPDATE ledger_leaf SET idx=" #a " WHERE idx=" #b                  \
    "; UPDATE ledger_leaf SET idx=" #b " WHERE idx=-1;"
#define LEAF "x'0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef'"

static const struct tampering {
    const char *sql;
    const char *named; /* every line but the last */
} tamperings[] = {
    {"", ""},
    {"UPDATE consent SET accepted=accepted+1 WHERE number='2020-000006'",
        "Entry 5 (2020-000006): its consent is not as it was entered\n"},
    {"UPDATE consent SET cms=x'00' WHERE number='2020-000006'",
        "Entry 5 (2020-000006): its consent is not as it was entered\n"},
    {"UPDATE consent SET standing=2 WHERE number='2020-000006'",
        "Entry 5 (2020-000006): its consent is not as it was entered\n"},
    {"UPDATE text SET content=x'4d' WHERE sha256=(SELECT text FROM consent WHERE number='2020-000002')",
        "Entry 1 (2020-000002): its consent is not as it was entered\n"},
    {"DELETE FROM consent WHERE number='2020-000006'",
        "Entry 5 (2020-000006): its consent is gone, or half of what links it to one\n"},
    {"UPDATE ledger_leaf SET random=NULL WHERE idx=5",
        "Entry 5 (2020-000006): its consent is gone, or half of what links it to one\n"},
    {"UPDATE ledger_leaf SET random=zeroblob(32) WHERE idx=5",
        "Entry 5 (2020-000006): its consent is not as it was entered\n"},
    {"DELETE FROM ledger_leaf WHERE idx=5",
        "Entry 5: it was removed\nHead 8: it is not the head of the entries that are there\n"
        "Consent 2020-000006: it is accepted, but its entry is not there\n"},
    {"UPDATE ledger_leaf SET idx=1000000000000 WHERE idx=12",
        "Entries 12 to 999999999999: it was removed\nHead 13: it has more entries than there are\n"},
    {"UPDATE ledger_leaf SET idx=-12 WHERE idx=12",
        "Head 13: it has more entries than there are\n"
        "Consent 2020-000013: it is accepted, but its entry is not there\n"},
    {"DELETE FROM ledger_leaf WHERE idx=12", "Head 13: it has more entries than there are\n"
                                             "Consent 2020-000013: it is accepted, but its entry is not there\n"},
    {"DELETE FROM ledger_leaf WHERE idx=5; UPDATE ledger_leaf SET idx=idx-1000 WHERE idx>5;"
     "UPDATE ledger_leaf SET idx=idx+999 WHERE idx<0",
        "Head 8: it is not the head of the entries that are there\nHead 13: it has more entries than there are\n"
        "Entries 4 to 11: it is not what was sealed in this place\n"
        "Consent 2020-000006: it is accepted, but its entry is not there\n"},
    {SWAP(2, 9), "Head 3: it is not the head of the entries that are there\n"
                 "Entry 9 (2020-000003): it was sealed in another place: 2\n"
                 "Entry 2 (2020-000010): it was sealed in another place: 9\n"},
    {SWAP(4, 5), "Head 8: it is not the head of the entries that are there\n"
                 "Entry 4 (2020-000006): it was sealed in another place: 5\n"
                 "Entry 5 (2020-000005): it was sealed in another place: 4\n"},
    {"UPDATE ledger_leaf SET leaf=" LEAF " WHERE idx=5", "Entry 5 (2020-000006): its consent is not as it was entered\n"
                                                         "Head 8: it is not the head of the entries that are there\n"
                                                         "Entries 4 to 5: it is not what was sealed in this place\n"},
    {"UPDATE ledger_leaf SET leaf=" LEAF " WHERE idx=6", /* nobody's any more */
        "Head 8: it is not the head of the entries that are there\n"
        "Entries 6 to 7: it is not what was sealed in this place\n"},
    {"UPDATE ledger_leaf SET leaf=" LEAF " WHERE idx=12", /* has no pair yet */
        "Entry 12 (2020-000013): its consent is not as it was entered\n"
        "Head 13: it is not the head of the entries that are there\n"},
    {"UPDATE ledger_node SET hash=" LEAF " WHERE level=2 AND idx=1", "Node 2/1: it is not what the entries give\n"},
    {"DELETE FROM ledger_node WHERE level=1 AND idx=3", "Node 1/3: it is not what the entries give\n"},
    {"UPDATE ledger_head SET root=" LEAF " WHERE size=8", "Head 8: its seal does not hold\n"},
    {"UPDATE ledger_head SET time=time-1000000 WHERE size=8",
        "Head 8: its seal does not hold\nHead 8: it is older than the one before it\n"},
    {"UPDATE ledger_head SET signature=(SELECT signature FROM ledger_head WHERE size=13) WHERE size=8",
        "Head 8: its seal does not hold\n"},
    {"UPDATE ledger_cert SET der=x'30'",
        "Head 3: its seal does not hold\nHead 8: its seal does not hold\nHead 13: its seal does not hold\n"},
    {"UPDATE ledger_head SET size=9 WHERE size=8", "Head 9: its seal does not hold\n"},
    {"DELETE FROM ledger_cert",
        "Head 3: its seal does not hold\nHead 8: its seal does not hold\nHead 13: its seal does not hold\n"},
    {"DELETE FROM ledger_head WHERE size=13", "Entries 8 to 11: the head that held it was removed\n"},
    {"DELETE FROM ledger_head", "Entries 0 to 11: the head that held it was removed\n"},
    {"DELETE FROM ledger_head WHERE size=13; DELETE FROM ledger_leaf WHERE idx>=8",
        "Entries 8 to 11: the head that held it was removed\n"
        "Consent 2020-000009: it is accepted, but its entry is not there\n"
        "Consent 2020-000010: it is accepted, but its entry is not there\n"
        "Consent 2020-000011: it is accepted, but its entry is not there\n"
        "Consent 2020-000012: it is accepted, but its entry is not there\n"
        "Consent 2020-000013: it is accepted, but its entry is not there\n"},
};

static void every_tampering_is_named(void **state)
{
    struct stage *s = *state;
    char want[2000];
    fill(s);
    copy_store(s, "store.db", "whole.db");
    for (size_t i = 0; i < sizeof tamperings / sizeof tamperings[0]; i++) {
        const struct tampering *t = &tamperings[i];
        copy_store(s, "whole.db", "store.db");
        execute(s, t->sql);
        int code = ctl(s, "verify", NULL, NULL, NULL);
        if (strncmp(s->said, t->named, strlen(t->named)) != 0 ||
            strncmp(s->said + strlen(t->named), "Entries: ", 9) != 0)
            fail_msg("%s\nwanted:\n%sgot:\n%s", t->sql, t->named, s->said);
        assert_int_equal(code, *t->named ? EX_DATAERR : 0);
        snprintf(
            want, sizeof want, *t->named ? "eonayctl: The ledger does not hold together." : "The ledger is whole.");
        has(s, want);
    }
    copy_store(s, "whole.db", "store.db");
    assert_int_equal(ctl(s, "verify", "--json", NULL, NULL), 0);
    has(s, "\"entries\": 13");
    has(s, "\"erased\": 1");
    has(s, "\"heads\": 3");
    execute(s, SWAP(4, 5));
    assert_int_equal(ctl(s, "verify", "--json", NULL, NULL), EX_DATAERR);
    has(s, "\"flaw\": \"moved\"");
    has(s, "\"belongs\": 5");
}

/* Who changes a row does not get it sealed as if nothing had been. */
static void what_was_tampered_with_is_not_continued(void **state)
{
    struct stage *s = *state;
    struct store *store = NULL;
    fill(s);
    execute(s, "UPDATE ledger_leaf SET leaf=" LEAF " WHERE idx=12");
    open_store(s, &store);
    accept(store, 14, CONSENT_ACCEPTED);
    world_start(&s->world);
    world_clock(&s->world, 30);
    await_log(&s->world, "the ledger could not be sealed: ledger-broken");
    assert_int_equal(sizes_of(store).sealed, 13);
    assert_string_equal(ledger_word(s->world.portal), "late");
    store_close(&store);
}

/* A store from before there was a ledger. */
static void earlier_acceptances_are_entered(void **state)
{
    struct stage *s = *state;
    struct store *store = NULL;
    struct ledger_entry e;
    open_store(s, &store);
    struct consent c = accept(store, 1, CONSENT_ACCEPTED);
    accept(store, 2, CONSENT_CHECKING);
    accept(store, 3, CONSENT_ACCEPTED);
    store_close(&store);
    execute(s, "DELETE FROM ledger_leaf");
    open_store(s, &store);
    assert_int_equal(sizes_of(store).entries, 2);
    assert_int_equal(store_ledger_entry_of(store, c.number, &e), OK);
    assert_int_equal(e.index, 0);
    store_close(&store);
    assert_int_equal(ctl(s, "verify", NULL, NULL, NULL), 0);
    has(s, "Entries: 2, of erased persons: 0, sealed: 0, heads: 0");
}

static void the_tool_shows_and_proves(void **state)
{
    struct stage *s = *state;
    struct ledger_proof p;
    assert_int_equal(ctl(s, "head", NULL, NULL, NULL), EX_NOINPUT); /* no store */
    fill(s);
    assert_int_equal(ctl(s, "head", NULL, NULL, NULL), 0);
    has(s, "Ledger: " LOG "\nEntries: 13\nRoot: ");
    assert_int_equal(ctl(s, "head", "--json", NULL, NULL), 0);
    has(s, "\"size\": 13");
    assert_int_equal(ctl(s, "consistency", "3", "8", NULL), 0);
    assert_int_equal(strlen(s->said), 4 * (2 * MERKLE_LEN + 1));
    assert_int_equal(ctl(s, "consistency", "3", "8", "--json"), 0);
    has(s, "\"path\": [");
    assert_int_equal(ctl(s, "consistency", "3", "14", NULL), EX_USAGE);
    assert_int_equal(ctl(s, "consistency", "8", "3", NULL), EX_USAGE);
    assert_int_equal(ctl(s, "consistency", "8", NULL, NULL), EX_USAGE);
    assert_int_equal(ctl(s, "prove", "2020-000007", NULL, NULL), EX_NOINPUT); /* erased */
    assert_int_equal(ctl(s, "prove", "2020-000008", NULL, NULL), 0);
    assert_int_equal(ledger_proof_read((const uint8_t *)s->said, strlen(s->said) - 1, &p, NULL), OK);
    assert_int_equal(ledger_proof_check(&p, NULL, s->trust, NULL), OK);
    assert_string_equal(p.record.number, "2020-000008");
    ledger_proof_done(&p);
    struct store *store = NULL;
    open_store(s, &store);
    accept(store, 14, CONSENT_ACCEPTED);
    store_close(&store);
    assert_int_equal(ctl(s, "prove", "2020-000014", NULL, NULL), EX_TEMPFAIL);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    signal(SIGPIPE, SIG_IGN);
    if (http_start() != OK)
        return 1;
    const struct CMUnitTest tests[] = {
        CASE(a_promise_is_kept),
        CASE(a_signed_consent_is_proved),
        CASE(without_a_seal_entries_wait),
        CASE(what_is_no_seal_is_named),
        CASE(an_expired_seal_signs_nothing),
        CASE(anyone_may_ask),
        CASE(two_services_elect_one_sealer),
        CASE(the_next_one_need_not_wait),
        CASE(what_was_not_sealed_is_sealed_after_kill),
        CASE(every_tampering_is_named),
        CASE(what_was_tampered_with_is_not_continued),
        CASE(earlier_acceptances_are_entered),
        CASE(the_tool_shows_and_proves),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    http_stop();
    return failed;
}
