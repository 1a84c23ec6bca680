/* What the files of the fake share: the readers as they are now, sessions, and the door every call comes in by. */
#ifndef EONAY_FAKES_P11_STATE_H
#define EONAY_FAKES_P11_STATE_H

#include "fakes/p11/script.h"

#define P11_SESSIONS 64

struct p11_session {
    CK_SESSION_HANDLE handle; /* 0: free; never given twice */
    bool removed;             /* its card was taken out: it answers so until its place is needed */
    CK_SLOT_ID slot;
    CK_FLAGS flags;
    /* a search */
    bool finding;
    CK_OBJECT_CLASS find_class;
    bool find_any_class, find_any_id;
    uint8_t find_id[256];
    size_t find_id_len, find_next;
    /* a signature */
    struct p11_object *signs; /* NULL: none begun */
    CK_MECHANISM_TYPE mechanism;
    bool key_login_due;
};

extern struct p11_script *p11_now; /* never NULL after p11_enter */
extern struct p11_ledger *p11_ledger;
extern struct p11_session p11_sessions[P11_SESSIONS];
extern bool p11_initialized;

/* Every call begins here: the script is read again if it changed, the call counted, and what the script has in store
 * for it done. CKR_OK: go on. */
CK_RV p11_enter(enum p11_call call);
/* The same, for calls that want C_Initialize before them. */
CK_RV p11_enter_started(enum p11_call call);

struct p11_slot *p11_slot_of(CK_SLOT_ID id); /* NULL: no such reader */
bool p11_slot_is_full(const struct p11_slot *s);
struct p11_session *p11_session_of(CK_SESSION_HANDLE handle, CK_RV *ret_rv); /* NULL with the code */
/* Is the card's user logged in? The state is the card's: all sessions share it. */
bool p11_logged_in(const struct p11_slot *s);
void p11_log_in(CK_SLOT_ID id);
void p11_log_out(CK_SLOT_ID id); /* CK_UNAVAILABLE_INFORMATION: everywhere */
void p11_sessions_close(CK_SLOT_ID id);
struct p11_pin *p11_pin_of(const struct p11_token *t);

/* The entries of the function list, by file. */
CK_RV p11_C_Initialize(void *args), p11_C_Finalize(void *reserved), p11_C_GetInfo(CK_INFO *info);
CK_RV p11_C_GetSlotList(unsigned char present, CK_SLOT_ID *slots, CK_ULONG *n);
CK_RV p11_C_GetSlotInfo(CK_SLOT_ID slot, CK_SLOT_INFO *info), p11_C_GetTokenInfo(CK_SLOT_ID slot, CK_TOKEN_INFO *info);
CK_RV p11_C_GetMechanismList(CK_SLOT_ID slot, CK_MECHANISM_TYPE *list, CK_ULONG *n);
CK_RV p11_C_GetMechanismInfo(CK_SLOT_ID slot, CK_MECHANISM_TYPE type, CK_MECHANISM_INFO *info);
/* session.c */
CK_RV p11_C_OpenSession(CK_SLOT_ID slot, CK_FLAGS flags, void *app, CK_NOTIFY notify, CK_SESSION_HANDLE *ret);
CK_RV p11_C_CloseSession(CK_SESSION_HANDLE session), p11_C_CloseAllSessions(CK_SLOT_ID slot);
CK_RV p11_C_GetSessionInfo(CK_SESSION_HANDLE session, CK_SESSION_INFO *info);
CK_RV p11_C_Login(CK_SESSION_HANDLE session, CK_USER_TYPE user, unsigned char *pin, CK_ULONG len);
CK_RV p11_C_Logout(CK_SESSION_HANDLE session);
CK_RV p11_C_SetPIN(
    CK_SESSION_HANDLE session, unsigned char *old, CK_ULONG old_len, unsigned char *new, CK_ULONG new_len);
/* work.c */
CK_RV p11_C_FindObjectsInit(CK_SESSION_HANDLE session, CK_ATTRIBUTE *wanted, CK_ULONG n);
CK_RV p11_C_FindObjects(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE *found, CK_ULONG max, CK_ULONG *ret_n);
CK_RV p11_C_FindObjectsFinal(CK_SESSION_HANDLE session);
CK_RV p11_C_GetAttributeValue(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object, CK_ATTRIBUTE *wanted, CK_ULONG n);
CK_RV p11_C_SignInit(CK_SESSION_HANDLE session, CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key);
CK_RV p11_C_Sign(CK_SESSION_HANDLE session, unsigned char *data, CK_ULONG len, unsigned char *out, CK_ULONG *out_len);

#endif
