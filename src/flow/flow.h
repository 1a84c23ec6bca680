/* The way of one consent as a pure state machine: an event in, a new value and effects out.
 * No pointer, no clock, no allocation, no words; time is a field of every event; every outside job has a number, and an answer
 * with an old number changes nothing. Long things (text, certificates, names) live in the shell's `facts`; the flow holds
 * indexes and lengths. It refers to nothing outside itself (tests/laws checks with nm); notes.def gives numbers only. */
#ifndef EONAY_FLOW_FLOW_H
#define EONAY_FLOW_FLOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/err.h" /* enum err_code only */


/* X(id, name, figure). One state = one screen = one file in screens/. Interruptions come last: they stand over `under`. */
#define FLOW_STATES(X) \
    X(MENU, "menu", "Şekil 1") \
    X(GATEWAY, "gateway", "Şekil 2") \
    X(LOGIN, "login", "Şekil 3") \
    X(HOME, "home", "Şekil 4") \
    X(NES, "nes", "Şekil 5") \
    X(ACCEPT, "accept", "Şekil 6") \
    X(CODE, "code", "Şekil 7") \
    X(OPENING, "opening", "") \
    X(CODE_EMPTY, "code-empty", "Şekil 8") \
    X(CODE_FULL, "code-full", "Şekil 9") \
    X(TEXT_ASK, "text-ask", "") \
    X(SIGN, "sign", "Şekil 10") \
    X(CERTS, "certs", "") \
    X(SIGNING, "signing", "") \
    X(NO_CARD, "no-card", "") \
    X(DOCTOR, "doctor", "") \
    X(LAST_TRY, "last-try", "") \
    X(LOCKED, "locked", "") \
    X(PIN_CHANGE, "pin-change", "") \
    X(EXPIRED, "expired", "") \
    X(SUCCESS, "success", "Şekil 11") \
    X(RESULT, "result", "3.8") \
    X(ALREADY, "already", "") \
    X(RECEIPT, "receipt", "") \
    X(RECEIPT_SAVE, "receipt-save", "") \
    X(RECEIPT_PAGE, "receipt-page", "") \
    X(RECEIPT_CODE, "receipt-code", "") \
    X(AWAY, "away", "") \
    X(TIME, "time", "") \
    X(LEAVE, "leave", "") \
    X(IDLE, "idle", "") \
    X(DONE, "done", "")

enum flow_state {
#define X(id, name, figure) ST_##id,
    FLOW_STATES(X)
#undef X
    ST_COUNT
};
#define ST_FIRST_INTERRUPTION ST_AWAY

enum flow_look { LOOK_STANDARD, LOOK_READER, LOOK_CONTRAST, LOOK_COUNT };

/* What a person chose. Items of a screen carry one of these (and `value`). */
enum choice {
    CH_NONE,
    CH_LOGIN, CH_HAVE_CODE, CH_EXIT,             /* Şekil 1 */
    CH_GATEWAY,                                  /* Şekil 2: E-Devlet ile Giriş */
    CH_METHOD, CH_SIGN_IN,                       /* Şekil 3: value = method 0..4; Giriş Yap */
    CH_NES, CH_LOGOUT,                           /* Şekil 4 */
    CH_EONAY, CH_HOME,                           /* Şekil 5 */
    CH_CONTINUE,                                 /* Şekil 6: Devam */
    CH_HERE, CH_COPY, CH_DOWNLOAD, CH_NEW_CODE,  /* Şekil 7 */
    CH_NEXT,                                     /* Şekil 8, 9: İleri */
    CH_TEXT_READ,                                /* Şekil 10: the text left forward = accepted */
    CH_CERT_LIST, CH_CERT, CH_CERT_OK,           /* open the list; value = index; the preselected one confirmed */
    CH_PIN_CLEAR, CH_SIGN,                       /* Temizle, İMZALA */
    CH_CHANGE_PIN,                               /* PIN değiştir */
    CH_TRUST_TEXT,                               /* unknown text: read and wanted all the same */
    CH_WHY, CH_OTHER_CARD, CH_LAST_TRY,
    CH_CLOSE,                                    /* Şekil 11: Uygulamayı Kapat */
    CH_RECEIPT,                                  /* Makbuz; there: */
    CH_SAVE, CH_SHOW, CH_PRINT, CH_SHORT_CODE,
    CH_RETRY,                                    /* Şimdi dene; on the card's page: start the card software again; Yeniden bak */
    CH_EXTEND, CH_NO_EXTEND,
    CH_LEAVE, CH_STAY,
    CH_CANCEL,                                   /* Vazgeç, Geri: same as Esc */
    CH_HELP, CH_LANG, CH_LOOK, CH_TIME,          /* also EV_HELP ... by key */
    CH_COUNT
};

enum event_kind {
    /* time and terminal */
    EV_START,      /* the first event, others before it are deaf; flags: CODE_MODE, KIOSK, READER, ENGLISH, SAVES, PRINTS, CODES; arg: idle ms
                    * (0: never idle); value: ms a card may take for one signature (0: FLOW_HANG_MS) */
    EV_TICK,
    EV_SIZE,       /* value: 1 large enough, 0 too small */
    EV_TOUCH,      /* any key that means nothing else: not idle; closes an idle question */
    /* the person */
    EV_CHOOSE,     /* value: enum choice, arg: its value; for CH_CERT the shell adds pin_* of that row */
    EV_BACK,       /* Esc */
    EV_HELP, EV_LANG, EV_LOOK, EV_TIME,
    EV_LEAVE,      /* Ctrl-C; flags: AT_ONCE (SIGHUP, SIGTERM) never asks, INPUT_END (end of input) neither */
    EV_TCKN,       /* value: length, flags: FITS */
    EV_PASSWORD,   /* value: length; err: ERR_PASTE when what was pasted did not fit (here and in EV_TCKN, EV_PIN) */
    EV_CODE,       /* value: symbols, flags: FITS, WHOLE (pasted), arg: enum code_fit; err: ERR_CODE_LETTER when the
                    * key was not taken */
    EV_PATH,       /* where the receipt is to be kept was edited; err as of EV_TCKN */
    EV_PIN_PART,   /* of a change: value: length, arg: enum pin_part, flags: SAME_PIN; err as of EV_PIN */
    EV_PIN,        /* value: length; err: ERR_PIN_LETTER / ERR_PIN_LONG when the key was not taken */
    EV_TEXT_END,   /* the last line of the text has been on the screen */
    /* workers; job is checked */
    EV_NET_UP, EV_NET_GONE, /* job 0 */
    EV_TOKEN_UP,   /* job 0; after the EV_CARDS of a worker that found a card, or once all have looked; again: no change */
    EV_TOKEN_GONE, /* job 0; value: 1 it had the chosen certificate or the signature to make; arg: 1 others are still up;
                    * err: why it was ended, OK: it ended by itself */
    EV_METHODS,    /* value: bits, flags: PANEL */
    EV_PERSON,     /* flags: CONSENTED, CHECKING, SAME_PERSON */
    EV_REQUESTED,  /* value: lifetime s */
    EV_ALREADY,    /* flags: CHECKING */
    EV_OPENED,     /* value: window s, arg: extensions, flags: KNOWN_TEXT, SAME_TEXT */
    EV_EXTENDED,   /* value: window s, arg: extensions */
    EV_SIGNED,
    EV_PIN_CHANGED,
    EV_ACCEPTED,   /* flags: CHECKING */
    EV_PROGRESS,   /* of a download, value: per cent; of FX_PRINT: fetched, the printer has it */
    EV_DOWNLOADED,
    EV_LOGGED_OUT,
    EV_RECEIPT,    /* fetched; and kept or printed when that was wished */
    EV_SHORT_CODE,
    EV_FAILED,     /* err, arg: the note's number, value: PIN flags (token); job 0: a note of the shell's own */
    EV_CARDS,      /* job 0; see struct event */
    EV_DOCTOR_DONE, /* job 0; err: the verdict, arg: its number */
    EV_DOCTOR_GONE, /* job 0; it ended without one */
    EV_COUNT
};

enum {
    FLAG_FITS = 1, FLAG_WHOLE = 2, FLAG_PANEL = 4, FLAG_CONSENTED = 8, FLAG_CHECKING = 16, FLAG_KNOWN_TEXT = 32,
    FLAG_CODE_MODE = 64, FLAG_KIOSK = 128, FLAG_AT_ONCE = 256, FLAG_SAME_CARD = 512,
    FLAG_SAME_TEXT = 1024,    /* byte for byte the text of the opening before this one */
    FLAG_SAME_PERSON = 2048,  /* as far as name and mask can tell */
    FLAG_READER = 4096, FLAG_ENGLISH = 8192,
    FLAG_INPUT_END = 16384,
    FLAG_SAME_PIN = 32768,    /* the new PIN and its repetition are alike; decided where they live */
    FLAG_SAVES = 65536, FLAG_PRINTS = 131072, FLAG_CODES = 262144, /* what the settings let be done with a receipt */
};
enum { WAY_SAVE = 1, WAY_PRINT = 2, WAY_CODE = 4 }; /* the same in the flow */
enum { DOCTOR_NONE, DOCTOR_LOOKING, DOCTOR_DONE, DOCTOR_GONE }; /* done: there is a verdict */
enum { PIN_LOW = 1, PIN_LAST = 2, PIN_LOCKED = 4, PIN_PAD = 8, PIN_DUE = 16 /* for a change */ };
enum pin_part { PART_OLD, PART_NEW, PART_AGAIN, PART_COUNT };
#define PARTS_ALL 7
#define PARTS_NEW 6

struct event {
    enum event_kind kind;
    uint64_t now_ms; /* CLOCK_BOOTTIME */
    uint32_t job;
    uint32_t value, arg, flags;
    enum err_code err;
    /* EV_CARDS: what is there now; usable certificates come first in the list. `chosen`: index+1 of the certificate to stand
     * on: the one confirmed before when it is still there (FLAG_SAME_CARD), else the only usable one, else 0. pin_*: of that
     * certificate (pin_max 0: not known). err: why there is none, when the worker knows. */
    uint16_t readers, cards, certs, usable, chosen;
    uint8_t pin_min, pin_max, pin_flags;
};

enum effect_kind {
    FX_NONE,
    FX_METHODS, FX_LOGIN, FX_REQUEST, FX_OPEN, FX_EXTEND, FX_SUBMIT, FX_STATUS, FX_DOWNLOAD, FX_LOGOUT, /* net jobs */
    FX_SAVE, FX_SHOW, FX_PRINT, FX_SHORT_CODE, /* of the receipt: net jobs too; each ends when the deed is done */
    FX_SIGN,         /* token job; value: certificate index */
    FX_CHANGE_PIN,   /* token job; value: certificate index: the PIN of its card */
    FX_CANCEL,       /* job: the one that is no longer wanted */
    FX_TOKEN_START,  /* start the token workers that do not run */
    FX_NET_START,    /* likewise; stands before a net job whenever the worker is not known to be up */
    FX_TOKEN_KILL,   /* it hung while signing */
    FX_DOCTOR_START, /* looks from the beginning */
    FX_DOCTOR_STOP,
    FX_WIPE_PIN, FX_WIPE_PASSWORD,
    FX_WIPE_PARTS,   /* value: a bit for each enum pin_part */
    FX_CARRY_CODE,   /* the issued code goes into the code field as if pasted; no EV_CODE is wanted back */
    FX_CLEAR_CODE,   /* empties the code field */
    FX_COPY,         /* value: COPY_CODE, or COPY_RECEIPT for the receipt's short code; to the clipboard, OSC 52 */
    FX_BELL,
    FX_SAY,          /* value: enum err_code, arg: its number; a spoken threshold sentence (reader and plain faces) */
    FX_FORGET,       /* everything about this person leaves memory, secrets and typed fields included */
    FX_EXIT,         /* value: exit status */
    FX_COUNT
};
enum { COPY_CODE, COPY_RECEIPT };
struct effect { enum effect_kind kind; uint32_t job, value, arg; };
#define FX_MAX 16
struct effects { size_t n; struct effect v[FX_MAX]; };

/* Where the focus should go; the shell obeys when focus_seq changes. */
enum focus { FOCUS_DEFAULT, FOCUS_MESSAGE, FOCUS_TCKN, FOCUS_PASSWORD, FOCUS_SIGN_IN, FOCUS_CODE, FOCUS_NEXT, FOCUS_TEXT, FOCUS_CERT,
    FOCUS_PIN, FOCUS_SIGN, FOCUS_NEW_CODE, FOCUS_TIME, FOCUS_PIN_OLD, FOCUS_PIN_NEW, FOCUS_CHANGE, FOCUS_PATH };

#define FLOW_HANG_MS 30000     /* one signature on a card; with a PIN pad FLOW_PAD_MS more, for a change twice that */
#define FLOW_PAD_MS 60000
#define FLOW_IDLE_WARN_MS 20000
#define FLOW_AWAY_MS 3000      /* quick retries and the silence before "slow" */
#define FLOW_OPENING_MS 5000   /* how long a slow driver is waited for before the code is asked for without it */
#define FLOW_EXIT_UNFINISHED 66 /* EX_NOINPUT: input ended before a consent was there */
#define FLOW_EXIT_IDLE 75       /* EX_TEMPFAIL: closed because nobody was there */

/* Ordered by size, so that there is no padding and two flows can be compared byte by byte. */
struct flow {
    uint64_t code_deadline_ms;         /* 0: unknown or none */
    uint64_t sign_deadline_ms;         /* 0: no window open */
    uint64_t slow_at_ms, retry_at_ms;  /* of net_what; 0: not pending */
    uint64_t signing_since_ms;         /* token_job's start; 0: none */
    uint64_t opening_at_ms, token_start_at_ms, hint_at_ms, exit_at_ms; /* 0: not pending */
    uint64_t watch_at_ms;              /* of the consent, while its code may be used elsewhere; 0: not watched */
    uint64_t idle_at_ms, idle_ms;

    enum flow_state state, under;      /* under: what an interruption stands over */
    enum flow_state after_login;       /* where a session that ended goes on; ST_MENU: nowhere */
    enum flow_state leave_to;          /* what the question of ST_LEAVE is about: ST_HOME the task, ST_DONE the program */
    enum flow_look look, start_look;
    enum err_code note;                /* stands on the message rows; OK: none */
    enum err_code under_note;          /* the one that comes back after an interruption */
    enum err_code cards_err;           /* why there is no card, as the card software said last */
    enum err_code ended;               /* ST_EXPIRED says it in place of "nothing was signed"; OK: time alone ended it */
    uint32_t note_arg, under_arg;
    enum focus focus;
    uint32_t focus_seq;
    uint32_t extensions, said_s;       /* said_s: the lowest threshold told */
    uint32_t next_job, net_job, token_job; /* 0: none runs */
    enum effect_kind net_what;         /* what net_job is for, also while a retry is waited for; FX_NONE: nothing */
    enum effect_kind token_what;       /* what token_job is for: FX_SIGN or FX_CHANGE_PIN */
    uint32_t hang_ms;

    uint16_t readers, cards, certs, usable, chosen; /* chosen: index+1, 0 none */

    bool english, start_english, help, small;
    bool started, exited, code_start;  /* code_start: --code */
    bool code_mode, kiosk;             /* code_mode: the signing application alone, by --code or from the menu */
    bool net_up, token_up;
    bool logged_in, consented, checking, panel;
    uint8_t methods, method;           /* bits; 0..4 */
    uint8_t tckn_len, code_len, code_fit, pin_len, password_len;
    bool tckn_fits, code_whole;
    bool code_carried;                 /* the field holds the code issued here: its expiry is known */
    bool code_gone;                    /* the issued code expired unopened */
    bool text_end, text_accepted, text_known, text_trusted;
    bool cert_confirmed, last_try_taken;
    uint8_t pin_min, pin_max, pin_flags;
    bool pin_expired;                  /* the card said so at the last login: it wants another one first */
    bool pin_fixed;                    /* it cannot be changed here, or was: what the flags wish is no bar any more */
    uint8_t part_len[PART_COUNT];
    bool parts_same;                   /* the new PIN was typed the same twice */
    bool have_cms;                     /* signed, not answered yet */
    bool sent, doubt;                  /* sent: on its way or arrived; doubt: an answer to it was lost */
    bool accepted;
    bool token_killed;                 /* its EV_TOKEN_GONE is our own doing */
    uint8_t token_losses, retries;
    uint8_t download;                  /* per cent + 1; 0 not started, 101 done */
    uint8_t exit_status;
    uint8_t doctor;                    /* DOCTOR_NONE anywhere but at ST_DOCTOR and what stands over it */
    uint8_t receipt_ways;              /* WAY_SAVE ... */
    uint8_t receipt_from;              /* enum flow_state: the place where the receipt was asked for */
    uint8_t spare[1];                  /* fills the last eight bytes */
};

struct flow flow_init(void);
/* Pure. *fx is overwritten. */
struct flow flow_step(struct flow f, const struct event *ev, struct effects *fx);
/* When the flow wants an EV_TICK at the latest (absolute ms; UINT64_MAX: never): next threshold, deadline, retry, idle. */
uint64_t flow_wake_ms(const struct flow *f, uint64_t now_ms);
/* Seconds left (rounded up) of the clock this screen shows; UINT32_MAX when it shows none. */
uint32_t flow_left_s(const struct flow *f, uint64_t now_ms);
/* The screen whose content is shown: the state, or what an interruption stands over. */
enum flow_state flow_place(const struct flow *f);
/* "sign" and "Şekil 10"; "" for what is no state. */
const char *flow_state_name(enum flow_state s);
const char *flow_state_figure(enum flow_state s);

#endif
