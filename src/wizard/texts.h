/* The text to be signed: kept and judged as it is opened, told to the card workers before any PIN, and held against the
 * match codes that the service and they name. */
#ifndef EONAY_WIZARD_TEXTS_H
#define EONAY_WIZARD_TEXTS_H

#include "base/match.h"
#include "wizard/wizard.h"
#include "wire/wire.h"

/* A message's match code in groups, "" when it has none. False when it is no match code. */
bool texts_read_match(const struct wire_msg *m, char out[MATCH_TEXT_LEN + 1]);
/* The text of an OPENED becomes the one to be signed, and the workers hear it; the one before is gone in any case.
 * ERR_TEXT_UNSAFE; ERR_MATCH_DIFFERS for a code that was issued here and whose page spoke of another text. */
enum err_code texts_open(struct wizard *w, const struct wire_msg *m) MUST_CHECK;
/* What this worker may sign, if anything is open. */
void texts_tell(struct wizard *w, struct worker *worker);
/* A worker's MATCH of the text told last. False: it read another text than we did, and is not to be heard again. */
bool texts_match(struct wizard *w, const struct wire_msg *m);

#endif
