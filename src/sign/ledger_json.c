/* ledger.json: read by building it again, so that it has one form only. */
#include "config.h"
#include "sign/ledger_json.h"

#include <stdlib.h>
#include <string.h>
#include <openssl/evp.h>
#include "base/ascii.h"
#include "base/when.h"
#include "http/json.h"
#include "sign/cert.h"

#define CERT_MAX 16384
#define BASE64_LEN(n) (((n) + 2) / 3 * 4)

/* ---- writing ---- */

static json_t *hex_of(const uint8_t *bytes, size_t len)
{
    char hex[2 * 32 + 1];
    ascii_hex(hex, bytes, len);
    return json_string(hex);
}

static json_t *time_of(int64_t utc)
{
    char text[WHEN_RFC3339];
    when_rfc3339(text, utc);
    return json_string(text);
}

static json_t *base64_of(const uint8_t *bytes, size_t len)
{
    char *text = malloc(BASE64_LEN(len) + 1);
    json_t *j = text ? json_stringn(text, (size_t)EVP_EncodeBlock((uint8_t *)text, bytes, (int)len)) : NULL;
    free(text);
    return j;
}

json_t *ledger_cert_json(X509 *cert)
{
    uint8_t *der = NULL;
    int len = i2d_X509(cert, &der);
    json_t *j = len > 0 ? base64_of(der, (size_t)len) : NULL;
    OPENSSL_free(der);
    return j;
}

static json_t *record_json(const struct ledger_record *r)
{
    return json_pack("{s:s, s:o, s:o, s:o}", "number", r->number, "accepted_at", time_of(r->accepted), "text_sha256",
        hex_of(r->text, sizeof r->text), "signature_sha256", hex_of(r->signature, sizeof r->signature));
}

json_t *ledger_head_json(const struct ledger_head *h)
{
    return json_pack("{s:I, s:o, s:o, s:o}", "size", (json_int_t)h->size, "root", hex_of(h->root.v, sizeof h->root.v),
        "time", time_of(h->time), "signature", base64_of(h->signature.v, h->signature.len));
}

json_t *ledger_path_json(const struct merkle_path *p)
{
    json_t *list = json_array();
    for (size_t i = 0; list && i < p->len; i++)
        if (json_array_append_new(list, hex_of(p->at[i].v, sizeof p->at[i].v)) != 0) {
            json_decref(list);
            list = NULL;
        }
    return list;
}

static json_t *promise_json(const struct ledger_promise *p)
{
    return json_pack("{s:o, s:o}", "time", time_of(p->time), "signature", base64_of(p->signature.v, p->signature.len));
}

static bool put_rest(json_t *j, const struct ledger_proof *p)
{
    if (!p->sealed)
        return json_object_set_new(j, "promise", promise_json(&p->promise)) == 0;
    return json_object_set_new(j, "index", json_integer((json_int_t)p->index)) == 0 &&
           json_object_set_new(j, "head", ledger_head_json(&p->head)) == 0 &&
           json_object_set_new(j, "path", ledger_path_json(&p->path)) == 0;
}

enum err_code ledger_proof_write(const struct ledger_proof *p, struct buf *ret_json)
{
    json_t *j = json_pack("{s:s, s:o, s:o, s:o}", "log", p->log, "record", record_json(&p->record), "random",
        hex_of(p->random, sizeof p->random), "leaf", hex_of(p->leaf.v, sizeof p->leaf.v));
    bool whole = j && put_rest(j, p) && json_object_set_new(j, "certificate", ledger_cert_json(p->cert)) == 0;
    enum err_code e = whole ? json_write(j, ret_json) : ERR_NOMEM;
    json_decref(j);
    return e;
}

/* ---- reading ---- */

static void misfit(struct json_in *in, const char *what)
{
    if (in->code == OK)
        in->code = err_set(in->err, ERR_GARBLED, "%s", what);
}

static void read_base64(struct json_in *in, const char *name, uint8_t *out, size_t max, size_t *ret_len)
{
    const char *text = NULL;
    size_t len = 0;
    uint8_t *bytes = malloc(max + 3); /* the library writes whole groups */
    json_need_view(in, name, BASE64_LEN(max), &text, &len);
    int got = bytes && text && len > 0 && len % 4 == 0 ? EVP_DecodeBlock(bytes, (const uint8_t *)text, (int)len) : -1;
    size_t pad = got < 0 ? 0 : (size_t)(text[len - 1] == '=') + (size_t)(text[len - 2] == '=');
    if (got < 0 || (size_t)got - pad > max || (size_t)got <= pad) {
        misfit(in, "a member is not in base64");
    } else {
        *ret_len = (size_t)got - pad;
        memcpy(out, bytes, *ret_len);
    }
    free(bytes);
}

static void read_signature(struct json_in *in, struct ledger_signature *ret)
{
    read_base64(in, "signature", ret->v, sizeof ret->v, &ret->len);
}

static bool is_number(const char *s)
{
    size_t len = strlen(s);
    for (const char *c = s; *c; c++)
        if (!ascii_is_alnum(*c) && *c != '-')
            return false;
    return len > 0;
}

static bool is_name(const char *s)
{
    size_t len = strlen(s);
    for (const char *c = s; *c; c++)
        if (!ascii_is_alnum(*c) && !strchr("-._ ", *c))
            return false;
    return len > 0;
}

static enum err_code read_record(const json_t *j, struct ledger_record *ret, struct err *err)
{
    struct json_in in = json_read(j, err);
    json_need_str(&in, "number", ret->number, sizeof ret->number);
    json_need_time(&in, "accepted_at", &ret->accepted);
    json_need_hex(&in, "text_sha256", ret->text, sizeof ret->text);
    json_need_hex(&in, "signature_sha256", ret->signature, sizeof ret->signature);
    if (!is_number(ret->number))
        misfit(&in, "a number has letters, digits and dashes");
    return json_done(&in);
}

static enum err_code read_promise(const json_t *j, struct ledger_promise *ret, struct err *err)
{
    struct json_in in = json_read(j, err);
    json_need_time(&in, "time", &ret->time);
    read_signature(&in, &ret->signature);
    return json_done(&in);
}

static enum err_code read_head(const json_t *j, struct ledger_head *ret, struct err *err)
{
    struct json_in in = json_read(j, err);
    json_need_u64(&in, "size", MERKLE_SIZE_MAX, &ret->size);
    json_need_hex(&in, "root", ret->root.v, sizeof ret->root.v);
    json_need_time(&in, "time", &ret->time);
    read_signature(&in, &ret->signature);
    return json_done(&in);
}

static void read_path(struct json_in *in, struct merkle_path *ret)
{
    const json_t *list = NULL;
    json_need_array(in, "path", MERKLE_PATH_MAX, &list);
    ret->len = json_array_size(list);
    for (size_t i = 0; i < ret->len; i++) {
        const json_t *hash = json_array_get(list, i);
        const char *hex = json_string_value(hash);
        if (!hex || json_string_length(hash) != 2 * MERKLE_LEN || !ascii_unhex(ret->at[i].v, MERKLE_LEN, hex))
            misfit(in, "a hash of the path is none");
    }
}

static void read_cert(struct json_in *in, X509 **ret)
{
    uint8_t *der = malloc(CERT_MAX);
    size_t len = 0;
    if (!der) {
        in->code = in->code == OK ? ERR_NOMEM : in->code;
        return;
    }
    read_base64(in, "certificate", der, CERT_MAX, &len);
    if (json_done(in) == OK && cert_parse(der, len, ret) != OK)
        misfit(in, "the certificate could not be read");
    free(der);
}

/* The promise, or the three members of what is sealed. */
static enum err_code read_rest(struct json_in *in, struct ledger_proof *ret)
{
    const json_t *part = NULL;
    ret->sealed = json_has(in, "head");
    if (!ret->sealed) {
        json_need_object(in, "promise", &part);
        return json_done(in) == OK ? read_promise(part, &ret->promise, in->err) : json_done(in);
    }
    json_need_u64(in, "index", MERKLE_SIZE_MAX, &ret->index);
    read_path(in, &ret->path);
    json_need_object(in, "head", &part);
    return json_done(in) == OK ? read_head(part, &ret->head, in->err) : json_done(in);
}

static enum err_code read_all(const json_t *j, struct ledger_proof *ret, struct err *err)
{
    const json_t *record = NULL;
    struct json_in in = json_read(j, err);
    json_need_str(&in, "log", ret->log, sizeof ret->log);
    json_need_object(&in, "record", &record);
    json_need_hex(&in, "random", ret->random, sizeof ret->random);
    json_need_hex(&in, "leaf", ret->leaf.v, sizeof ret->leaf.v);
    if (!is_name(ret->log))
        misfit(&in, "the ledger's name is none");
    read_cert(&in, &ret->cert);
    enum err_code e = json_done(&in);
    if (e == OK)
        e = read_record(record, &ret->record, err);
    return e == OK ? read_rest(&in, ret) : e;
}

/* Whatever reading let pass (another order, blanks, members nobody asked for) shows here. */
static enum err_code is_its_form(const struct ledger_proof *p, const uint8_t *json, size_t len, struct err *err)
{
    struct buf again = BUF_INIT(LEDGER_JSON_MAX);
    enum err_code e = ledger_proof_write(p, &again);
    if (e == OK && (again.len != len || memcmp(again.data, json, len) != 0))
        e = err_set(err, ERR_GARBLED, "the proof is not in its one form");
    buf_done(&again);
    return e;
}

enum err_code ledger_proof_read(const uint8_t *json, size_t len, struct ledger_proof *ret, struct err *err)
{
    struct ledger_proof p = {0};
    json_t *j = NULL;
    if (len > LEDGER_JSON_MAX)
        return err_set(err, ERR_GARBLED, "the proof is too long");
    enum err_code e = json_parse(json, len, &j, err);
    if (e == OK)
        e = read_all(j, &p, err);
    if (e == OK)
        e = is_its_form(&p, json, len, err);
    json_decref(j);
    if (e != OK)
        ledger_proof_done(&p);
    else
        *ret = p;
    return e;
}
