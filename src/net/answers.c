#include "config.h"
#include "net/answers.h"
#include <string.h>
#include "base/ascii.h"
#include "base/text.h"
#include "http/json.h"
#include "sign/consent.h"

#define TOKEN_MIN 22 /* 128 bits in base64url */
#define EXTENSIONS_MAX 100
#define FILE_MAX (UINT64_C(1) << 32)
#define TEXTS_MAX 16
#define CREATED_MIN INT64_C(1577836800) /* 2020-01-01: the service is younger */

static enum err_code unfit(struct err *err, const char *what)
{
    return err_set(err, ERR_GARBLED, "%s out of form", what);
}

/* ---- members that are more than a type ---- */

/* A token goes back in a header: base64url and nothing else (RFC 6750 §2.1 allows a little more). */
static void need_token(struct json_in *in, const char *name, char out[TOKEN_SIZE])
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

    json_need_str(in, name, out, TOKEN_SIZE);
    if (json_done(in) == OK && (strlen(out) < TOKEN_MIN || strspn(out, letters) != strlen(out)))
        in->code = unfit(in->err, name);
}

static void need_name(struct json_in *in, const char *name, char out[PORTAL_NAME])
{
    const char *s = "";
    size_t len = 0;

    json_need_view(in, name, 4 * PORTAL_NAME, &s, &len);
    if (json_done(in) == OK)
        text_clean(out, PORTAL_NAME, s, len);
}

static void need_mask(struct json_in *in, const char *name, char out[TCKN_LEN + 1])
{
    json_need_str(in, name, out, TCKN_LEN + 1);
    if (json_done(in) == OK && strspn(out, "0123456789*") != TCKN_LEN)
        in->code = unfit(in->err, name);
}

/* A word fit for the screen and for a file name: a letter or digit, then letters, digits and those in `more`. */
static void need_plain(struct json_in *in, const char *name, const char *more, char *out, size_t out_len)
{
    size_t good = 0;

    json_need_str(in, name, out, out_len);
    if (json_done(in) != OK)
        return;
    while (ascii_is_alnum(out[good]) || (good > 0 && out[good] != '\0' && strchr(more, out[good]) != NULL))
        good++;
    if (good == 0 || out[good] != '\0')
        in->code = unfit(in->err, name);
}

static void need_match(struct json_in *in, const char *name, char out[MATCH_LEN + 1])
{
    char grouped[MATCH_TEXT_LEN + 1];

    json_need_str(in, name, out, MATCH_LEN + 1);
    if (json_done(in) == OK && !match_read(out, strlen(out), grouped))
        in->code = unfit(in->err, name);
}

static void need_policy(struct json_in *in, const char *window, struct portal_policy *ret)
{
    json_need_u64(in, window, PORTAL_DAY_S, &ret->window_s);
    json_need_u64(in, "extensions", EXTENSIONS_MAX, &ret->extensions);
}

static enum err_code read_person(const json_t *json, char name[PORTAL_NAME], char mask[TCKN_LEN + 1], struct err *err)
{
    struct json_in in = json_read(json, err);

    need_name(&in, "name", name);
    need_mask(&in, "tckn_masked", mask);
    return json_done(&in);
}

/* ---- whole answers ---- */

enum err_code answer_consent(const json_t *json, struct portal_consent *ret, struct err *err)
{
    static const char *const states[] = {"accepted", "checking", NULL};
    static const char *const stamps[] = {"none", "added", "pending", NULL};
    struct json_in in = json_read(json, err);
    struct portal_consent c = {0};
    int state = 0;

    need_plain(&in, "number", "-", c.number, sizeof c.number);
    json_need_time(&in, "accepted_at", &c.at);
    json_need_hex(&in, "sha256", c.sha256, sizeof c.sha256);
    json_need_word(&in, "state", states, &state);
    json_need_word(&in, "timestamp", stamps, &c.stamp);
    c.checking = state == 1;
    if (json_done(&in) == OK)
        *ret = c;
    return json_done(&in);
}

enum err_code answer_already(const json_t *json, struct portal_consent *ret, struct err *err)
{
    struct json_in in = json_read(json, err);
    const json_t *consent = NULL;

    json_need_object(&in, "consent", &consent);
    return json_done(&in) == OK ? answer_consent(consent, ret, err) : json_done(&in);
}

enum err_code answer_login(const json_t *json, struct portal_login *ret, struct err *err)
{
    struct json_in in = json_read(json, err), at;
    const json_t *gateway = NULL;
    struct portal_login l = {0};

    need_token(&in, "login", l.token);
    need_policy(&in, "window", &l.policy);
    json_need_object(&in, "gateway", &gateway);
    if (json_done(&in) != OK)
        return json_done(&in);
    at = json_read(gateway, err);
    json_need_str(&at, "authorize_url", l.authorize_url, sizeof l.authorize_url);
    if (json_done(&at) == OK)
        *ret = l;
    return json_done(&at);
}

enum err_code answer_session(const json_t *json, struct portal_person *ret, struct err *err)
{
    static const char *const states[] = {"complete", "refused", "pending", NULL};
    struct json_in in = json_read(json, err);
    const json_t *person = NULL, *consent = NULL;
    struct portal_person r = {0};
    enum err_code rc;
    int state = 0;

    json_need_word(&in, "state", states, &state);
    if (json_done(&in) == OK && state == 1)
        return err_set(err, ERR_LOGIN_CANCELLED, "refused at the gateway");
    if (json_done(&in) == OK && state == 2)
        return err_set(err, ERR_GARBLED, "login still pending");
    json_need_object(&in, "person", &person);
    json_may_object(&in, "consent", &consent);
    rc = json_done(&in);
    if (rc == OK)
        rc = read_person(person, r.name, r.mask, err);
    r.consented = consent != NULL;
    if (rc == OK && r.consented)
        rc = answer_consent(consent, &r.consent, err);
    if (rc == OK)
        *ret = r;
    return rc;
}

static enum err_code read_file(const json_t *json, struct portal_file *ret, struct err *err)
{
    struct json_in in = json_read(json, err);

    need_plain(&in, "name", ".-_", ret->name, sizeof ret->name);
    json_need_u64(&in, "size", FILE_MAX, &ret->size);
    json_need_hex(&in, "sha256", ret->sha256, sizeof ret->sha256);
    return json_done(&in);
}

enum err_code answer_code(const json_t *json, struct portal_code *ret, struct err *err)
{
    struct json_in in = json_read(json, err);
    const json_t *file = NULL;
    struct portal_code c = {0};
    char typed[CODE_TEXT_LEN + 1] = "";
    size_t symbols;
    enum err_code rc;

    json_need_str(&in, "code", typed, sizeof typed);
    json_need_u64(&in, "expires_in", PORTAL_DAY_S, &c.lifetime_s);
    need_match(&in, "match", c.match);
    need_policy(&in, "window", &c.policy);
    json_may_object(&in, "application", &file);
    rc = json_done(&in);
    if (rc == OK && code_read(typed, strlen(typed), c.code, &symbols) != CODE_FITS)
        rc = unfit(err, "code");
    c.file.offered = file != NULL;
    if (rc == OK && c.file.offered)
        rc = read_file(file, &c.file, err);
    if (rc == OK)
        *ret = c;
    explicit_bzero(typed, sizeof typed);
    return rc;
}

static enum err_code read_text(const json_t *texts, struct portal_opening *o, struct err *err)
{
    struct json_in in;
    uint8_t announced[32];

    if (json_array_size(texts) != 1)
        return err_set(err, ERR_GARBLED, "%zu texts", json_array_size(texts));
    in = json_read(json_array_get(texts, 0), err);
    json_need_view(&in, "text", PORTAL_TEXT_MAX, &o->text, &o->text_len);
    json_need_hex(&in, "sha256", announced, sizeof announced);
    if (json_done(&in) != OK)
        return json_done(&in);
    consent_text_digest((const uint8_t *)o->text, o->text_len, o->sha256);
    if (o->text_len == 0 || memcmp(o->sha256, announced, sizeof announced) != 0)
        return err_set(err, ERR_GARBLED, "the text is not the one announced");
    if (!text_is_safe(o->text, o->text_len))
        return err_set(err, ERR_TEXT_UNSAFE, "text with characters that may not be shown");
    return OK;
}

/* The request was made before now and within the longest life of a code and its window. */
static enum err_code check_times(const struct portal_opening *o, struct err *err)
{
    if (o->created < CREATED_MIN || o->created > o->server_time || o->server_time - o->created > 2 * PORTAL_DAY_S)
        return err_set(err, ERR_GARBLED, "implausible time of creation");
    return o->left.window_s > 0 ? OK : err_set(err, ERR_GARBLED, "no time to sign");
}

/* A policy that we cannot name cannot be signed. */
static void may_profile(struct json_in *in, const char *name, enum profile *ret)
{
    char said[PROFILE_NAME_MAX];
    if (!json_has(in, name))
        return;
    json_need_str(in, name, said, sizeof said);
    if (json_done(in) == OK && (!profile_by_name(said, ret) || !policy_is_named(*ret)))
        in->code = unfit(in->err, name);
}

enum err_code answer_opening(const json_t *json, struct portal_opening *ret, struct err *err)
{
    struct json_in in = json_read(json, err);
    const json_t *holder = NULL, *texts = NULL;
    struct portal_opening o = {0};
    enum err_code rc;

    need_token(&in, "request", o.token);
    json_need_time(&in, "created", &o.created);
    json_need_time(&in, "server_time", &o.server_time);
    need_policy(&in, "closes_in", &o.left);
    json_need_object(&in, "holder", &holder);
    json_need_array(&in, "texts", TEXTS_MAX, &texts);
    may_profile(&in, "profile", &o.profile);
    rc = json_done(&in);
    if (rc == OK)
        rc = read_person(holder, o.name, o.mask, err);
    if (rc == OK)
        rc = check_times(&o, err);
    if (rc == OK)
        rc = read_text(texts, &o, err);
    if (rc == OK)
        *ret = o;
    return rc;
}

/* It is shown, and opened by hand elsewhere: an address and nothing that a terminal would act on. */
static void need_address(struct json_in *in, const char *name, char out[PORTAL_ADDRESS])
{
    json_need_str(in, name, out, PORTAL_ADDRESS);
    for (const char *c = out; json_done(in) == OK && *c != '\0'; c++)
        if (*c <= ' ' || *c > '~')
            in->code = unfit(in->err, name);
    if (json_done(in) == OK && !ascii_starts(out, "https://"))
        in->code = unfit(in->err, name);
}

enum err_code answer_short_code(const json_t *json, struct portal_short_code *ret, struct err *err)
{
    struct json_in in = json_read(json, err);
    struct portal_short_code c = {0};
    char typed[CODE_TEXT_LEN + 1] = "";
    size_t symbols;
    enum err_code rc;

    json_need_str(&in, "code", typed, sizeof typed);
    json_need_u64(&in, "expires_in", PORTAL_CODE_S, &c.lifetime_s);
    need_address(&in, "url", c.address);
    rc = json_done(&in);
    if (rc == OK && code_read(typed, strlen(typed), c.code, &symbols) != CODE_FITS)
        rc = unfit(err, "code");
    if (rc == OK)
        *ret = c;
    explicit_bzero(typed, sizeof typed);
    return rc;
}

enum err_code answer_extended(const json_t *json, struct portal_policy *ret, struct err *err)
{
    struct json_in in = json_read(json, err);
    struct portal_policy left = {0};

    need_policy(&in, "closes_in", &left);
    if (json_done(&in) == OK)
        *ret = left;
    return json_done(&in);
}
