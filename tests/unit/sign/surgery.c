#include "config.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "surgery.h"

#include "made.h"

static uint8_t *at(struct buf *file, struct der_view where, size_t offset)
{
    return file->data + (where.at - file->data) + offset;
}

void change_text(struct buf *file)
{
    *at(file, made_split(file).content.body, 3) ^= 1;
}

void change_text_and_digest(struct buf *file)
{
    struct der_item digest;
    uint8_t hash[32];
    change_text(file);
    struct signed_data d = made_split(file);
    consent_text_digest(d.content.body.at, d.content.body.len, hash);
    assert_true(attribute_value(d.attributes.body, "1.2.840.113549.1.9.4", &digest));
    memcpy(at(file, digest.body, 0), hash, sizeof hash);
}

void change_time(struct buf *file)
{
    struct der_item time;
    assert_true(attribute_value(made_split(file).attributes.body, "1.2.840.113549.1.9.5", &time));
    *at(file, time.body, 11) ^= 1;
}

void change_signature(struct buf *file)
{
    *at(file, made_split(file).signature.body, 40) ^= 1;
}

/* The signer's certificate in the file, whichever place it has. */
static struct der_view signer_in(const struct buf *file)
{
    struct signed_data d = made_split(file);
    struct der_item item, serial = {0};
    struct der_view certs = d.certs.body, sid = d.sid.body;
    assert_true(der_next(&sid, &item) && der_next(&sid, &serial));
    while (certs.len > 0) {
        assert_true(der_next(&certs, &item));
        if (memmem(item.whole.at, 40, serial.whole.at, serial.whole.len) != NULL)
            return item.whole;
    }
    fail_msg("no signer");
    return (struct der_view){NULL, 0};
}

void put_twin_in(struct buf *file)
{
    unsigned char *der = NULL;
    int len = i2d_X509(made_twin.cert, &der);
    assert_true(len > 0);
    made_replace(file, signer_in(file), (struct der_view){der, (size_t)len});
    OPENSSL_free(der);
}

void take_signer_out(struct buf *file)
{
    made_replace(file, signer_in(file), (struct der_view){NULL, 0});
}

static void take_attribute_out(struct buf *file, const char *oid)
{
    struct attribute a;
    assert_true(attribute_find(made_split(file).attributes.body, oid, &a));
    made_replace(file, a.whole.whole, (struct der_view){NULL, 0});
}

void take_ess_out(struct buf *file)
{
    take_attribute_out(file, "1.2.840.113549.1.9.16.2.47");
}

void take_attributes_out(struct buf *file)
{
    made_replace(file, made_split(file).attributes.whole, (struct der_view){NULL, 0});
}

void add_byte(struct buf *file)
{
    assert_int_equal(buf_add(file, "\0", 1), OK);
}

void cut_off(struct buf *file)
{
    file->len /= 2;
}

/* A length of three octets where two are enough. */
void lengthen(struct buf *file)
{
    struct buf bad = BUF_INIT(LEVELS_MAX);
    assert_int_equal(file->data[1], 0x82);
    assert_int_equal(buf_add(&bad, (const uint8_t[]){0x30, 0x83, 0x00, file->data[2], file->data[3]}, 5), OK);
    assert_int_equal(buf_add(&bad, file->data + 4, file->len - 4), OK);
    assert_int_equal(buf_move(file, &bad), OK);
}

void unbind_length(struct buf *file)
{
    struct buf bad = BUF_INIT(LEVELS_MAX);
    assert_int_equal(file->data[1], 0x82);
    assert_int_equal(buf_add(&bad, (const uint8_t[]){0x30, 0x80}, 2), OK);
    assert_int_equal(buf_add(&bad, file->data + 4, file->len - 4), OK);
    assert_int_equal(buf_add(&bad, "\0\0", 2), OK);
    assert_int_equal(buf_move(file, &bad), OK);
}

void change_version(struct buf *file)
{
    *at(file, made_split(file).version.body, 0) = 4;
}

static struct der_view unsigned_attribute(const struct buf *file, const char *oid)
{
    struct attribute a;
    assert_true(attribute_find(made_split(file).unsigned_attributes.body, oid, &a));
    return a.whole.whole;
}

#define SIGNATURE_STAMP "1.2.840.113549.1.9.16.2.14"
#define ARCHIVE_STAMP "0.4.0.1733.2.4"

void take_stamp_out(struct buf *file)
{
    made_replace(file, made_split(file).unsigned_attributes.whole, (struct der_view){NULL, 0});
}

/* The last digit of the TSTInfo's time, the one GeneralizedTime in an OCTET STRING here. */
static void change_stamp(struct buf *file, const char *oid)
{
    struct der_view a = unsigned_attribute(file, oid);
    const uint8_t *time = memmem(a.at, a.len,
        "\x18\x0f"
        "20",
        4);
    assert_non_null(time);
    file->data[time - file->data + 15] ^= 1;
}

void change_stamp_time(struct buf *file)
{
    change_stamp(file, SIGNATURE_STAMP);
}

void change_archive_time(struct buf *file)
{
    change_stamp(file, ARCHIVE_STAMP);
}

void empty_stamp(struct buf *file)
{
    static const uint8_t none[] = {0x30, 0x00};
    struct attribute a;
    struct der_item token;
    assert_true(attribute_find(made_split(file).unsigned_attributes.body, SIGNATURE_STAMP, &a));
    assert_true(der_next(&a.values, &token));
    made_replace(file, token.whole, (struct der_view){none, sizeof none});
}

/* Of two revocation values the CRL; the OCSP answer says enough without it. */
static struct der_view crl_in(const struct buf *file)
{
    struct der_view rest = made_split(file).crls.body, issuer_name;
    struct der_item item;
    const unsigned char *name;
    size_t len;
    assert_int_equal(X509_NAME_get0_der(X509_get_subject_name(made_pki.issuer.cert), &name, &len), 1);
    issuer_name = (struct der_view){name, len};
    while (rest.len > 0 && der_next(&rest, &item))
        if (item.tag == DER_SEQUENCE && memmem(item.whole.at, item.whole.len, issuer_name.at, issuer_name.len) != NULL)
            return item.whole;
    fail_msg("no CRL");
    return (struct der_view){NULL, 0};
}

void take_crl_out(struct buf *file)
{
    made_replace(file, crl_in(file), (struct der_view){NULL, 0});
}

void change_crl(struct buf *file)
{
    struct der_view crl = crl_in(file);
    *at(file, crl, crl.len - 1) ^= 1;
}

void take_certificate_out(struct buf *file)
{
    struct der_view certs = made_split(file).certs.body, signer = signer_in(file);
    struct der_item item;
    do
        assert_true(der_next(&certs, &item));
    while (item.whole.at == signer.at);
    made_replace(file, item.whole, (struct der_view){NULL, 0});
}
