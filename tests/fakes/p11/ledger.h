/* What the fake counts and remembers, in a file that is mapped by it and by the tests alike: it outlives a worker that
 * is killed, as the tries of a real card do. One folder, one fake: DIR/script says what is in the readers, DIR/ledger
 * is this. */
#ifndef EONAY_FAKES_P11_LEDGER_H
#define EONAY_FAKES_P11_LEDGER_H

#include <stdbool.h>
#include <stdint.h>

enum p11_call {
#define CALL(name) P11_##name,
#include "fakes/p11/calls.def"
#undef CALL
    P11_CALLS
};
extern const char *const p11_call_names[P11_CALLS];

#define P11_FAULTS 64 /* lines of one script */
#define P11_PINS 32   /* serial numbers of one folder's life */

/* The PIN of one serial number. */
struct p11_pin {
    char serial[17];
    char changed[65]; /* by C_SetPIN; "" while the script's holds */
    uint32_t wrong;   /* since the last right one */
};

struct p11_ledger {
    uint64_t calls[P11_CALLS];
    uint64_t card_logins, key_logins; /* C_Login by user: CKU_USER, CKU_CONTEXT_SPECIFIC */
    uint64_t init_args;               /* C_Initialize with an argument */
    uint64_t signatures;              /* made */
    uint64_t edition;                 /* set by who wrote the script anew; 0: the file's own stamp counts */
    uint64_t stamp[3];                /* of the script the faults below belong to */
    uint64_t fault_seen[P11_FAULTS];  /* calls each fault has looked at */
    bool pulled;                      /* a fault has taken the cards out; until the script changes */
    struct p11_pin pins[P11_PINS];
    char mistake[128]; /* in the script; "" */
};

/* Made when it is not there; NULL when that fails. Never unmapped by the fake. */
struct p11_ledger *p11_ledger_map(const char *dir);
void p11_ledger_unmap(struct p11_ledger **l);

static inline void p11_count(uint64_t *n)
{
    __atomic_add_fetch(n, 1, __ATOMIC_RELAXED);
}

#endif
