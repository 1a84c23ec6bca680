#include "config.h"
#include "fuzz/make_ledger.h"

#include <stdio.h>
#include <stdlib.h>
#include "fuzz/fuzz.h"
#include "sealed.h"

static void keep_proof(const struct sealed *s, const char *name,
    void (*keep)(const char *folder, const char *name, const void *bytes, size_t len))
{
    struct buf json = BUF_INIT(LEDGER_JSON_MAX);
    struct ledger_proof p;
    sealed_make(s, &p);
    HOLDS(ledger_proof_write(&p, &json) == OK);
    keep("corpus/ledger", name, json.data, json.len);
    ledger_proof_done(&p);
    buf_done(&json);
}

void make_ledger(const char *top, void (*keep)(const char *folder, const char *name, const void *bytes, size_t len))
{
    char path[1024];
    struct pki pki;
    pki_init(&pki);
    struct pki_identity seal = pki_issue(&pki, &(struct pki_spec){.name = "TEST mühür", .flaws = PKI_SERVICE_SEAL}),
                        rsa = pki_issue(&pki,
                            &(struct pki_spec){.name = "TEST mühür", .flaws = PKI_SERVICE_SEAL, .key = PKI_RSA2048}),
                        person = pki_issue(&pki, &(struct pki_spec){.name = "İPEK IŞIK", .tckn = "10000000146"});
    const struct {
        const char *name;
        struct sealed order;
    } proofs[] = {
        {"promised", {.by = &seal, .log = "TEST", .promised = true, .time = pki.now}},
        {"first", {.by = &seal, .log = "TEST", .size = 1, .time = pki.now}},
        {"seventh", {.by = &seal, .log = "TEST", .size = 13, .index = 6, .time = pki.now}},
        {"rsa", {.by = &rsa, .log = "TEST", .size = 1000, .index = 999, .time = pki.now}},
        {"by-a-citizen", {.by = &person, .log = "TEST", .size = 13, .index = 6, .time = pki.now}},
    };
    snprintf(path, sizeof path, "%s/world/ledger-ca.pem", top);
    pki_write_ca(&pki, path);
    for (size_t i = 0; i < sizeof proofs / sizeof proofs[0]; i++)
        keep_proof(&proofs[i].order, proofs[i].name, keep);
    pki_identity_done(&seal);
    pki_identity_done(&rsa);
    pki_identity_done(&person);
    pki_done(&pki);
}
