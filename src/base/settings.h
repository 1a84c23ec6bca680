/* The wizard's configuration, wizard.yaml, read by the interface and by both workers. */
#ifndef EONAY_BASE_SETTINGS_H
#define EONAY_BASE_SETTINGS_H

#include <stdbool.h>
#include <stdint.h>
#include "base/conf.h"
#include "base/err.h"
#include "base/i18n.h"

/* One card driver (PKCS#11 module). */
#define SETTINGS_FORWARD "P11_KIT_SERVER_ADDRESS"
struct settings_module {
    char *path; /* absent in the file beside an environment with P11_KIT_SERVER_ADDRESS: p11-kit's client */
    struct conf_strings environment; /* "NAME=value": all the environment its worker gets beside the few fixed ones */
    struct conf_strings writable;    /* folders its worker may write */
};

enum settings_keypad { KEYPAD_PICTURE, KEYPAD_KEYS };         /* keys: can be walked with the arrows */
enum settings_keypad_order { KEYPAD_FIXED, KEYPAD_SHUFFLED }; /* shuffled: anew for each visit of the PIN's page */

/* What may be done with a receipt, beside showing it. */
struct settings_receipt {
    bool save;       /* into a file; on a kiosk only with a folder named, and only there */
    char *directory; /* NULL: the current one */
    struct conf_strings
        print; /* the command that gets the page on its standard input, with its arguments; none: no printer */
    bool code; /* opened elsewhere by a short code */
};

struct settings {
    char *portal;                    /* https address of Online İşlemler */
    char *gateway;                   /* https address of e-Devlet Kapısı, NULL: the portal names none of ours */
    char *tls_ca;                    /* PEM: who may vouch for the two */
    char *service;                   /* the name bound into every signature */
    char *trust;                     /* PEM: the certificate authorities of signing certificates */
    char *nes_rule;                  /* which statements make a certificate an NES (rule.h) */
    struct conf_strings known_texts; /* SHA-256 of consent texts, 64 hex digits in lower case */
    struct conf_maps modules;        /* of struct settings_module */
    bool forwarded_cards;            /* hear our environment's P11_KIT_SERVER_ADDRESS; never on a kiosk */
    char *publisher_ca;              /* PEM: who vouches for the download, NULL: no download */
    char *download_dir;
    struct settings_receipt receipt;
    int lang;                       /* enum lang */
    bool test;                      /* shows the TEST mark */
    char *test_hint;                /* a line for those who try a test system (whom to sign in as), NULL: none */
    char *help_line;                /* whom to call, NULL: nobody named */
    int keypad;                     /* enum settings_keypad */
    int keypad_order;               /* enum settings_keypad_order */
    bool pin_pad;                   /* a reader with keys of its own is asked there; false: PINs are typed here */
    uint64_t idle_s;                /* without a key until the session closes */
    uint64_t poll_ms;               /* between two looks at the card slots */
    uint64_t hang_ms;               /* until a silent driver is ended */
    uint64_t connect_ms, answer_ms; /* limits of one exchange with the portal */
    bool kiosk;
};

/* ERR_CONFIG, ERR_FILE, ERR_TOO_BIG with the place in err->detail; *s is empty then. Relative paths in the file are
 * taken from its own folder; without the key, download_dir is the current one. Without modules, or with the word auto
 * in their place, those of base/modules.h are taken. Behind them comes p11-kit's client when our environment names its
 * server and forwarded_cards lets it: whoever can set an environment could else have PINs sent to a socket of theirs.
 */
enum err_code settings_load(const char *path, struct settings *s, struct err *err) MUST_CHECK;
void settings_free(struct settings *s);
const struct settings_module *settings_module_at(const struct settings *s, size_t i); /* i < s->modules.n */
/* Where p11-kit's client is to find a card at another desk; NULL: the module serves this machine's own cards. */
const char *settings_forward_address(const struct settings_module *m);
/* A kiosk's environment is anybody's: call it before settings_load when the command line says that this is one. */
void settings_forget_environment(void);
/* May a password be typed into the terminal? Only for a gateway on this very machine, named by a loopback literal
 * (url_is_loopback); never when there is no gateway. No switch overrides this. */
bool settings_gateway_is_loopback(const struct settings *s);

#endif
