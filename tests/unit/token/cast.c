#include "config.h"
#include "cast.h"

static struct pki_identity issue(struct pki *p, const char *name, const char *tckn, enum pki_key key, unsigned flaws)
{
    const struct pki_spec spec = {.name = name, .tckn = tckn, .key = key, .flaws = flaws};

    return pki_issue(p, &spec);
}

void cast_make(struct cast *c)
{
    pki_init(&c->pki);
    pki_init(&c->foreign);
    c->rsa = issue(&c->pki, "TEST İPEK IŞIK", CAST_TCKN, PKI_RSA2048, 0);
    c->expired = issue(&c->pki, "TEST expired", CAST_TCKN, PKI_P256, PKI_EXPIRED);
    c->keyless = issue(&c->pki, "TEST keyless", CAST_TCKN, PKI_P256, 0);
    c->double_a = issue(&c->pki, "TEST double", CAST_TCKN, PKI_P256, 0);
    c->double_b = issue(&c->pki, "TEST double b", CAST_TCKN, PKI_P256, 0);
    c->exchanged = issue(&c->pki, "TEST exchanged", CAST_TCKN, PKI_P256, 0);
    c->p256 = issue(&c->pki, "TEST p256", CAST_TCKN, PKI_P256, 0);
    c->p384 = issue(&c->pki, "TEST p384", CAST_TCKN, PKI_P384, 0);
    c->other = issue(&c->pki, "TEST other", "12345678950", PKI_P256, 0);
    c->untrusted = issue(&c->foreign, "TEST untrusted", CAST_TCKN, PKI_P256, 0);
}

void cast_done(struct cast *c)
{
    struct pki_identity *all[] = {&c->rsa, &c->expired, &c->keyless, &c->double_a, &c->double_b, &c->exchanged,
        &c->p256, &c->p384, &c->other, &c->untrusted};

    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        pki_identity_done(all[i]);
    pki_done(&c->pki);
    pki_done(&c->foreign);
}

void cast_desk(struct cast *c, struct desk *d)
{
    const struct softhsm_entry first[] = {
        {&c->rsa, 1, ON_CARD_WHOLE},
        {&c->expired, 2, ON_CARD_WHOLE},
        {&c->keyless, 3, ON_CARD_CERT},
        {NULL, 4, ON_CARD_JUNK},
        {&c->double_a, 5, ON_CARD_WHOLE},
        {&c->double_b, 5, ON_CARD_KEY | ON_CARD_PUBLIC},
        {&c->exchanged, 6, ON_CARD_CERT},
        {&c->keyless, 6, ON_CARD_KEY | ON_CARD_PUBLIC},
    };
    const struct softhsm_entry second[] = {
        {&c->p256, 1, ON_CARD_WHOLE},
        {&c->p384, 2, ON_CARD_WHOLE},
        {&c->other, 3, ON_CARD_WHOLE},
        {&c->untrusted, 4, ON_CARD_WHOLE},
    };
    const struct softhsm_token tokens[] = {
        {"Deneme İmza", DESK_PIN, first, sizeof first / sizeof *first},
        {"TEST: Nitelikli Elektronik Kartı", DESK_PIN, second, sizeof second / sizeof *second},
    };

    desk_make(d, &c->pki, tokens, 2);
}

void cast_desk_one(struct cast *c, struct desk *d)
{
    const struct softhsm_entry entry = {&c->rsa, 1, ON_CARD_WHOLE};
    const struct softhsm_token token = {"TEST", DESK_PIN, &entry, 1};

    desk_make(d, &c->pki, &token, 1);
}

void cast_desk_fake(struct cast *c, struct desk *d)
{
    desk_make_fake(d, &c->pki, &c->rsa, "");
}

void cast_desk_curve(struct cast *c, struct desk *d)
{
    desk_make_fake(d, &c->pki, &c->p256, "");
}

void cast_desk_always(struct cast *c, struct desk *d)
{
    desk_make_fake(d, &c->pki, &c->p256, "always");
}
