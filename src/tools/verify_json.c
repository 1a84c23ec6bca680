/* What is told to programs: everything. Times are RFC 3339, UTC. */
#include "config.h"
#include "tools/verify.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/ascii.h"
#include "base/person.h"
#include "base/text.h"
#include "base/when.h"
#include "sign/consent.h"

static json_t *json_time(int64_t utc, bool there)
{
    char out[WHEN_RFC3339];
    when_rfc3339(out, utc);
    return there ? json_string(out) : json_null();
}

static json_t *json_signer(const struct validation *v)
{
    char tckn[TCKN_LEN + 1] = "";
    if (!v->has_cert)
        return json_null();
    if (v->cert.tckn[0] != '\0')
        tckn_mask(tckn, v->cert.tckn);
    return json_pack("{s:s, s:s, s:s, s:o, s:o}", "name", v->cert.owner, "tckn_masked", tckn, "issuer", v->cert.issuer,
        "valid_from", json_time(v->cert.not_before, true), "valid_until", json_time(v->cert.not_after, true));
}

static json_t *json_text(const struct validation *v)
{
    char hex[65];
    uint8_t digest[32];
    if (v->text == NULL)
        return json_null();
    consent_text_digest(v->text, v->text_len, digest);
    ascii_hex(hex, digest, sizeof digest);
    return json_pack("{s:I, s:s}", "bytes", (json_int_t)v->text_len, "sha256", hex);
}

static json_t *json_says(const struct validation *v)
{
    if (!v->readable)
        return json_null();
    return json_pack("{s:o, s:o, s:o, s:s, s:o, s:s, s:s, s:s?}", "signer", json_signer(v), "text", json_text(v),
        "signing_time", json_time(v->signing_time, v->has_signing_time), "signing_time_proof",
        v->proven ? "time-stamp" : "claimed", "proven_time", json_time(v->best_time, v->proven), "algorithm",
        v->algorithm, "revocation", validation_state_slug(v->revocation), "policy",
        policy_is_named(v->profile) ? profile_name(v->profile) : NULL);
}

static json_t *json_block(const struct validation_block *b)
{
    return json_pack("{s:s, s:s, s:s?, s:s?, s:o, s:s?}", "block", validation_block_slug(b->kind), "result",
        b->sub == SUB_NONE                          ? "PASSED"
        : sub_indication_of(b->sub) == TOTAL_FAILED ? "FAILED"
                                                    : "INDETERMINATE",
        "sub_indication", sub_indication_word(b->sub), "detail", b->detail[0] != '\0' ? b->detail : NULL, "time",
        json_time(b->time, b->time != 0), "authority", b->name[0] != '\0' ? b->name : NULL);
}

static json_t *json_status(const struct validation_status *s)
{
    return json_pack("{s:s, s:s, s:s?, s:o, s:o}", "certificate", s->name, "state", validation_state_slug(s->state),
        "source", s->source[0] != '\0' ? s->source : NULL, "this_update",
        json_time(s->this_update, s->this_update != 0), "revoked_at", json_time(s->revoked_at, s->revoked_at != 0));
}

static json_t *json_blocks(const struct validation *v)
{
    json_t *list = json_array();
    for (size_t i = 0; i < v->block_count; i++)
        json_array_append_new(list, json_block(&v->blocks[i]));
    return list;
}

static json_t *json_statuses(const struct validation *v)
{
    json_t *list = json_array();
    for (size_t i = 0; i < v->status_count; i++)
        json_array_append_new(list, json_status(&v->statuses[i]));
    return list;
}

json_t *finding_json(const struct finding *f)
{
    const struct validation *v = &f->v;
    bool holds = f->code == OK;
    char detail[sizeof f->err.detail];
    text_clean(detail, sizeof detail, f->err.detail, strlen(f->err.detail));
    return json_pack("{s:b, s:s, s:s?, s:s?, s:s, s:s?, s:s?, s:o, s:o, s:o, s:o}", "holds", (int)holds, "indication",
        finding_indication(f), "sub_indication", finding_sub_indication(f), "code",
        holds ? NULL : note_of(f->code)->slug, "rule", validation_rule_slug(v->rule), "detail", holds ? NULL : detail,
        "format", v->readable ? v->format : NULL, "judged_at", json_time(v->judged_at, true), "says", json_says(v),
        "blocks", json_blocks(v), "revocation", json_statuses(v));
}

void verify_put_json(json_t *steal)
{
    char *text = steal == NULL ? NULL : json_dumps(steal, JSON_INDENT(2) | JSON_ENSURE_ASCII);
    puts(text != NULL ? text : "{\"holds\": false}");
    free(text);
    json_decref(steal);
}
