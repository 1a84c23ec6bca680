/* The parts of ledger.json that stand by themselves elsewhere, too: the service's public answers. NULL when memory is
 * out. Apart from ledger_proof.h, so that who only checks proofs need not know of JSON. */
#ifndef EONAY_SIGN_LEDGER_JSON_H
#define EONAY_SIGN_LEDGER_JSON_H

#include <jansson.h>
#include "sign/ledger_proof.h"

json_t *ledger_head_json(const struct ledger_head *h);
json_t *ledger_path_json(const struct merkle_path *p);
json_t *ledger_cert_json(X509 *cert);

#endif
