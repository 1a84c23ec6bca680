/* What a signer's certificate must be: issued below our anchors (certificates from PEM files, decoded once, one
 * X509_STORE, auth level 2: no SHA-1, no RSA under 2048), and an NES by a rule over its statements. */
#ifndef EONAY_SIGN_TRUST_H
#define EONAY_SIGN_TRUST_H

#include <stdbool.h>
#include <stdint.h>
#include <openssl/x509.h>
#include "base/err.h"
#include "base/rule.h"
#include "sign/cert.h"
#include "sign/cert_parts.h"

struct trust;
/* Every certificate of the file is an anchor or a link to one; a chain must end in a self-signed one. ERR_FILE when it
 * cannot be read, ERR_CONFIG when it holds no certificate or a broken one. */
enum err_code trust_load(const char *pem_path, struct trust **ret, struct err *err) MUST_CHECK;
void trust_free(struct trust **t);
/* The rule (base/rule.h) in the place of RULE_NES, before others share the trust. ERR_CONFIG for one that is none. */
enum err_code trust_set_nes(struct trust *t, const char *rule, struct err *err) MUST_CHECK;
const struct rule *trust_nes(const struct trust *t); /* borrowed */
/* Chain of x (with untrusted intermediates, may be NULL) at UTC second `at`; *ret_chain (may be NULL) is the caller's
 * to free with sk_X509_pop_free: x first, the anchor last. ERR_REJ_CHAIN when none is found, ERR_REJ_EXPIRED when it
 * fails on time alone, ERR_REJ_WEAK when it fails on a weak key or digest. Any purpose. Threads may share a trust. */
enum err_code trust_chain(
    const struct trust *t, X509 *x, STACK_OF(X509) *untrusted, int64_t at, STACK_OF(X509) **ret_chain) MUST_CHECK;
/* Of what trust_chain refuses with ERR_REJ_CHAIN: does a path to an anchor exist, though one that must not be taken (an
 * authority that is none, a constraint not kept)? False: there is no path at all. */
bool trust_has_path(const struct trust *t, X509 *x, STACK_OF(X509) *untrusted);
/* The short way for the common shape: a certificate taken apart that an authority of the file has issued directly,
 * whose own chain was verified when the file was loaded. True: trust_chain would say OK. False says nothing:
 * trust_chain must be asked. `facts` are those of x (cert_read_parts). */
bool trust_holds(const struct trust *t, const struct cert_parts *x, const struct cert_facts *facts, int64_t at);
/* Is a chain that trust_chain found good at another second too? With the same anchors and links nothing but the time
 * can tell. */
bool trust_chain_lasts(STACK_OF(X509) *chain, int64_t at);
X509_STORE *trust_store(const struct trust *t); /* borrowed */

#endif
