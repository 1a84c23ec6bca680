/* The files a sandbox writes for others: wizard.yaml, service.yaml, and env, NAME='value' lines for a POSIX shell. */
#ifndef EONAY_SANDBOX_PAPERS_H
#define EONAY_SANDBOX_PAPERS_H

#include "sandbox/kit.h"
#include "sandbox/state.h"

/* The name that is bound into every signature, the same in wizard.yaml and service.yaml. */
#define SERVICE_NAME "e-onay-test"

/* service.yaml for an eonayd that listens on `port`; it publishes the application if DIR/application holds one. */
enum err_code papers_service(const struct box *b, const struct state *s, unsigned port, struct err *err) MUST_CHECK;
/* The person's own wizard.yaml and env inside the folder of their card; *ret_env is the text of the latter. */
enum err_code papers_person(
    const struct box *b, const struct state *s, const struct kit *kit, struct buf *ret_env, struct err *err) MUST_CHECK;
/* The same two files for the person of DIR/wizard.yaml and DIR/env. */
enum err_code papers_main(
    const struct box *b, const struct state *s, const struct kit *kit, struct err *err) MUST_CHECK;
/* What goes into the downloadable application: DIR/application/{wizard.yaml,ca.pem,tls-ca.pem}, the paths relative. The
 * card is the person's on this machine. */
enum err_code papers_application(
    const struct box *b, const struct state *s, const struct kit *kit, struct err *err) MUST_CHECK;

#endif
