/* The short way of a chain: path validation (RFC 5280 §6.1) of a certificate directly below an authority whose own path
 * was validated before, by the library, to its anchor. Here the rest is left: who has issued it, may that one, is it
 * signed, does all of it hold at that second. Whatever is not of the plainest shape (name constraints, an issuer named
 * by its own issuer, criticals that nobody handles) is not judged here. */
#include "config.h"
#include "sign/trust_inside.h"

#include <stdlib.h>
#include <openssl/err.h>
#include <openssl/objects.h>
#include <openssl/x509v3.h>
#include "sign/alg.h"

struct issuer {
    uint8_t *der; /* owned: what the parts are views into */
    struct cert_parts parts;
    EVP_PKEY *key;
    int64_t from, until; /* when all of its chain holds: the first second of it, and the first no more */
};

struct issuers {
    size_t count;
    struct issuer v[];
};

static void issuer_done(struct issuer *a)
{
    OPENSSL_free(a->der);
    EVP_PKEY_free(a->key);
}

/* ---- once: who may issue ---- */

static bool read_own(X509 *x, struct issuer *a)
{
    struct cert_facts facts;
    int len = i2d_X509(x, &a->der);
    struct der_view file = {a->der, len > 0 ? (size_t)len : 0};
    return der_is_strict(file) && cert_split(file, &a->parts) && cert_read_parts(&a->parts, &facts, &a->key) == OK &&
           facts.ca && cert_is_strong(&facts);
}

/* The authority at that place of a chain, counted from the one that issues to a person: may it stand so high, with no
 * limit to the names below it? Of the seconds it holds the common ones are kept. */
static bool add_link(X509 *x, int place, struct issuer *a)
{
    int64_t from, until;
    long length = X509_get_pathlen(x);
    if (X509_check_ca(x) != 1 || (length != -1 && length < place) ||
        X509_get_ext_by_NID(x, NID_name_constraints, -1) >= 0 || !der_asn1_time(X509_get0_notBefore(x), &from) ||
        !der_asn1_time(X509_get0_notAfter(x), &until))
        return false;
    a->from = from > a->from ? from : a->from;
    a->until = until < a->until ? until : a->until;
    return true;
}

static bool read_chain(const struct trust *t, X509 *x, struct issuer *a)
{
    STACK_OF(X509) *chain = NULL;
    a->from = INT64_MIN;
    a->until = INT64_MAX;
    bool holds = trust_verify(t, x, NULL, NULL, &chain) == X509_V_OK && sk_X509_num(chain) <= TRUST_DEPTH;
    for (int i = 0; holds && i < sk_X509_num(chain); i++)
        holds = add_link(sk_X509_value(chain, i), i, a);
    sk_X509_pop_free(chain, X509_free);
    return holds;
}

struct issuers *issuers_new(const struct trust *t)
{
    STACK_OF(X509) *certs = X509_STORE_get1_all_certs(t->store);
    size_t n = certs == NULL ? 0 : (size_t)sk_X509_num(certs);
    struct issuers *all = certs == NULL ? NULL : calloc(1, sizeof *all + n * sizeof all->v[0]);
    for (size_t i = 0; all != NULL && i < n; i++) {
        X509 *x = sk_X509_value(certs, (int)i);
        struct issuer a = {.der = NULL};
        if (read_own(x, &a) && read_chain(t, x, &a))
            all->v[all->count++] = a;
        else
            issuer_done(&a);
    }
    sk_X509_pop_free(certs, X509_free);
    ERR_clear_error();
    return all;
}

void issuers_free(struct issuers **all)
{
    for (size_t i = 0; *all != NULL && i < (*all)->count; i++)
        issuer_done(&(*all)->v[i]);
    free(*all);
    *all = NULL;
}

/* ---- for each certificate ---- */

/* The authority key identifier names a key or nothing; one that names the issuer's own issuer is not looked at here. */
static bool key_id_fits(const struct cert_parts *x, const struct issuer *a)
{
    const struct der_item *named = &x->extension[CERT_EXT_ISSUER_KEY_ID], *own = &a->parts.extension[CERT_EXT_KEY_ID];
    struct der_view rest = named->body;
    struct der_item id;
    if (named->tag == 0)
        return true;
    return der_take(&rest, DER_CONTEXT_PRIMITIVE_0, &id) && rest.len == 0 &&
           (own->tag == 0 || der_same(id.body, own->body));
}

static bool is_signed_by(const struct cert_parts *x, const struct issuer *a)
{
    int digest = NID_undef;
    bool is_rsa;
    return alg_read_signature(&x->algorithm, &digest, &is_rsa) != NID_undef && digest != NID_undef &&
           !alg_digest_is_weak(digest) && alg_verify(&x->algorithm, digest, a->key, &x->tbs.whole, 1, x->signature);
}

static bool holds_at(const struct cert_parts *x, const struct issuer *a, int64_t at)
{
    return at >= x->not_before && at < x->not_after && at >= a->from && at < a->until;
}

static bool is_plain(const struct cert_parts *x, const struct cert_facts *facts)
{
    return !x->v1 && !x->unhandled && x->extension[CERT_EXT_CONSTRAINTS].tag == 0 &&
           !der_same(x->issuer.whole, x->subject.whole) && cert_is_strong(facts);
}

bool issuers_hold(const struct issuers *all, const struct cert_parts *x, const struct cert_facts *facts, int64_t at)
{
    if (!is_plain(x, facts))
        return false;
    for (size_t i = 0; i < all->count; i++) {
        const struct issuer *a = &all->v[i];
        if (der_same(a->parts.subject.whole, x->issuer.whole) && key_id_fits(x, a) && holds_at(x, a, at) &&
            is_signed_by(x, a))
            return true;
    }
    return false;
}
