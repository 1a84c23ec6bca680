#include "config.h"
#include "sign/cert_forms.h"

#include <openssl/objects.h>
#include "base/text.h"

#define CONTEXT 0x80

/* ---- strings and names ---- */

static bool is_utf8(struct der_view b)
{
    for (size_t at = 0; at < b.len;)
        if (utf8_next((const char *)b.at, b.len, &at) == UINT32_MAX)
            return false;
    return true;
}

static bool is_scalar(uint32_t c)
{
    return c < 0xd800 || (c > 0xdfff && c <= 0x10ffff);
}

static bool is_utf16(struct der_view b)
{
    for (size_t i = 0; i + 1 < b.len; i += 2)
        if (!is_scalar((uint32_t)b.at[i] << 8 | b.at[i + 1]))
            return false;
    return b.len % 2 == 0;
}

static bool is_utf32(struct der_view b)
{
    for (size_t i = 0; i + 3 < b.len; i += 4)
        if (!is_scalar(
                (uint32_t)b.at[i] << 24 | (uint32_t)b.at[i + 1] << 16 | (uint32_t)b.at[i + 2] << 8 | b.at[i + 3]))
            return false;
    return b.len % 4 == 0;
}

/* A value of a name: a string, or the bits of x500UniqueIdentifier. */
static bool is_string(const struct der_item *value)
{
    switch (value->tag) {
    case V_ASN1_UTF8STRING:
        return is_utf8(value->body);
    case V_ASN1_BMPSTRING:
        return is_utf16(value->body);
    case V_ASN1_UNIVERSALSTRING:
        return is_utf32(value->body);
    case V_ASN1_NUMERICSTRING:
    case V_ASN1_PRINTABLESTRING:
    case V_ASN1_T61STRING:
    case V_ASN1_IA5STRING:
    case DER_BIT_STRING:
        return true;
    default:
        return false;
    }
}

static bool is_pair(const struct der_item *item)
{
    struct der_view rest = item->body;
    struct der_item type, value;
    return item->tag == DER_SEQUENCE && der_take(&rest, DER_OID, &type) && der_next(&rest, &value) && rest.len == 0 &&
           is_string(&value);
}

/* Every element of the list, one at least. */
static bool all(struct der_view list, bool (*fits)(const struct der_item *))
{
    struct der_item item;
    bool fit = list.len > 0;
    while (fit && list.len > 0)
        fit = der_next(&list, &item) && fits(&item);
    return fit;
}

static bool is_relative_name(const struct der_item *item)
{
    return item->tag == DER_SET && all(item->body, is_pair);
}

/* A Name may be empty where an alternative one stands. */
bool form_is_name(const struct der_item *value)
{
    return value->tag == DER_SEQUENCE && (value->body.len == 0 || all(value->body, is_relative_name));
}

/* otherName [0]: OID and one [0] EXPLICIT value. */
static bool is_other_name(struct der_view rest)
{
    struct der_item type, explicit, value;
    return der_take(&rest, DER_OID, &type) && der_take(&rest, DER_CONTEXT_0, &explicit) && rest.len == 0 &&
           der_next(&explicit.body, &value) && explicit.body.len == 0;
}

static bool is_directory_name(struct der_view rest)
{
    struct der_item name;
    return der_next(&rest, &name) && rest.len == 0 && form_is_name(&name);
}

/* X.400 and EDI names, [3] and [5], are nobody's. */
static bool is_general_name(const struct der_item *item)
{
    switch (item->tag) {
    case DER_CONTEXT_0:
        return is_other_name(item->body);
    case DER_CONTEXT_4:
        return is_directory_name(item->body);
    case CONTEXT | 1: /* e-mail */
    case CONTEXT | 2: /* DNS */
    case CONTEXT | 6: /* URI */
    case CONTEXT | 7: /* IP */
        return true;
    case CONTEXT | 8:
        return der_fits(DER_OID, item->body);
    default:
        return false;
    }
}

bool form_is_names(const struct der_item *value)
{
    return value->tag == DER_SEQUENCE && all(value->body, is_general_name);
}

/* ---- algorithm and key ---- */

bool form_is_algorithm(const struct der_item *value)
{
    struct der_view rest = value->body;
    struct der_item type, parameters;
    return value->tag == DER_SEQUENCE && der_take(&rest, DER_OID, &type) &&
           (rest.len == 0 || (der_next(&rest, &parameters) && rest.len == 0));
}

bool form_is_key(const struct der_item *value)
{
    struct der_view rest = value->body;
    struct der_item algorithm, bits;
    return value->tag == DER_SEQUENCE && der_take(&rest, DER_SEQUENCE, &algorithm) && form_is_algorithm(&algorithm) &&
           der_take(&rest, DER_BIT_STRING, &bits) && rest.len == 0;
}

/* ---- extensions ---- */

bool form_is_basic(const struct der_item *value)
{
    struct der_view rest = value->body;
    struct der_item ca, length;
    (void)der_take(&rest, DER_BOOLEAN, &ca);
    if (der_take(&rest, DER_INTEGER, &length) && (length.body.at[0] & 0x80) != 0)
        return false;
    return value->tag == DER_SEQUENCE && rest.len == 0;
}

bool form_is_usage(const struct der_item *value)
{
    bool any = false;
    for (size_t i = 1; form_is_bits(value) && i < value->body.len; i++)
        any |= i <= 2 && value->body.at[i] != 0;
    return any;
}

static bool is_oid(const struct der_item *item)
{
    return item->tag == DER_OID;
}

bool form_is_purposes(const struct der_item *value)
{
    return value->tag == DER_SEQUENCE && all(value->body, is_oid);
}

/* DisplayText of a user notice. */
static bool is_display_text(const struct der_item *item)
{
    return item->tag == V_ASN1_VISIBLESTRING || item->tag == V_ASN1_IA5STRING ||
           ((item->tag == V_ASN1_UTF8STRING || item->tag == V_ASN1_BMPSTRING) && is_string(item));
}

static bool is_number(const struct der_item *item)
{
    return item->tag == DER_INTEGER;
}

static bool is_notice_reference(struct der_view rest)
{
    struct der_item organization, numbers;
    return der_next(&rest, &organization) && is_display_text(&organization) &&
           der_take(&rest, DER_SEQUENCE, &numbers) && rest.len == 0 &&
           (numbers.body.len == 0 || all(numbers.body, is_number));
}

static bool is_notice(const struct der_item *value)
{
    struct der_view rest = value->body;
    struct der_item reference, text;
    if (value->tag != DER_SEQUENCE ||
        (der_take(&rest, DER_SEQUENCE, &reference) && !is_notice_reference(reference.body)))
        return false;
    return rest.len == 0 || (der_next(&rest, &text) && rest.len == 0 && is_display_text(&text));
}

static bool is_qualifier(const struct der_item *item)
{
    struct der_view rest = item->body;
    struct der_item type, value;
    if (item->tag != DER_SEQUENCE || !der_take(&rest, DER_OID, &type) || !der_next(&rest, &value) || rest.len > 0)
        return false;
    if (der_is_oid(&type, NID_id_qt_cps))
        return value.tag == V_ASN1_IA5STRING;
    return !der_is_oid(&type, NID_id_qt_unotice) || is_notice(&value);
}

static bool is_policy(const struct der_item *item)
{
    struct der_view rest = item->body;
    struct der_item type, qualifiers;
    if (item->tag != DER_SEQUENCE || !der_take(&rest, DER_OID, &type))
        return false;
    return rest.len == 0 ||
           (der_take(&rest, DER_SEQUENCE, &qualifiers) && rest.len == 0 && all(qualifiers.body, is_qualifier));
}

bool form_is_policies(const struct der_item *value)
{
    return value->tag == DER_SEQUENCE && all(value->body, is_policy);
}

bool form_is_issuer_key(const struct der_item *value)
{
    struct der_view rest = value->body;
    struct der_item id, names, serial;
    (void)der_take(&rest, CONTEXT | 0, &id);
    if (der_take(&rest, DER_CONTEXT_1, &names) && !all(names.body, is_general_name))
        return false;
    if (der_take(&rest, CONTEXT | 2, &serial) && !der_fits(DER_INTEGER, serial.body))
        return false;
    return value->tag == DER_SEQUENCE && rest.len == 0;
}

/* DistributionPoint: a full name or an issuer of its own, and reasons perhaps. */
static bool is_point(const struct der_item *item)
{
    struct der_view rest = item->body;
    struct der_item where = {0}, names, reasons, issuer = {0};
    if (item->tag != DER_SEQUENCE)
        return false;
    if (der_take(&rest, DER_CONTEXT_0, &where) &&
        (!der_take(&where.body, DER_CONTEXT_0, &names) || where.body.len > 0 || !all(names.body, is_general_name)))
        return false;
    if (der_take(&rest, CONTEXT | 1, &reasons) && !der_fits(DER_BIT_STRING, reasons.body))
        return false;
    if (der_take(&rest, DER_CONTEXT_2, &issuer) && !all(issuer.body, is_general_name))
        return false;
    return rest.len == 0 && (where.tag != 0 || issuer.tag != 0);
}

bool form_is_points(const struct der_item *value)
{
    return value->tag == DER_SEQUENCE && all(value->body, is_point);
}

/* GeneralSubtree ::= SEQUENCE { base, minimum [0], maximum [1] } */
static bool is_subtree(const struct der_item *item)
{
    struct der_view rest = item->body;
    struct der_item base, number;
    if (item->tag != DER_SEQUENCE || !der_next(&rest, &base) || !is_general_name(&base))
        return false;
    for (uint8_t tag = CONTEXT | 0; tag <= (CONTEXT | 1); tag++)
        if (der_take(&rest, tag, &number) && !der_fits(DER_INTEGER, number.body))
            return false;
    return rest.len == 0;
}

bool form_is_constraints(const struct der_item *value)
{
    struct der_view rest = value->body;
    struct der_item trees;
    for (uint8_t tag = DER_CONTEXT_0; tag <= DER_CONTEXT_1; tag++)
        if (der_take(&rest, tag, &trees) && !all(trees.body, is_subtree))
            return false;
    return value->tag == DER_SEQUENCE && rest.len == 0;
}

bool form_is_octets(const struct der_item *value)
{
    return value->tag == DER_OCTET_STRING;
}

bool form_is_bits(const struct der_item *value)
{
    return value->tag == DER_BIT_STRING;
}

bool form_is_sequence(const struct der_item *value)
{
    return value->tag == DER_SEQUENCE;
}
