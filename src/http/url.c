#include "config.h"
#include "http/url.h"
#include <string.h>
#include "base/ascii.h"

size_t url_encode_byte(char out[3], unsigned char byte)
{
    static const char hex[] = "0123456789ABCDEF";

    if (ascii_is_alnum((char)byte) || (byte != '\0' && strchr("-._~", byte) != NULL)) {
        out[0] = (char)byte;
        return 1;
    }
    out[0] = '%';
    out[1] = hex[byte >> 4];
    out[2] = hex[byte & 15];
    return 3;
}

size_t url_encoded_len(const char *bytes, size_t len)
{
    char out[3];
    size_t n = 0;

    for (size_t i = 0; i < len; i++)
        n += url_encode_byte(out, (unsigned char)bytes[i]);
    explicit_bzero(out, sizeof out);
    return n;
}

enum err_code url_encode(struct buf *to, const char *bytes, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        char out[3];
        enum err_code rc = buf_add(to, out, url_encode_byte(out, (unsigned char)bytes[i]));

        if (rc != OK)
            return rc;
    }
    return OK;
}

enum err_code form_add(struct buf *form, const char *name, const char *value)
{
    bool first = form->len == 0 || strchr("?&", form->data[form->len - 1]) != NULL;
    enum err_code rc = first ? OK : buf_str(form, "&");

    if (rc == OK)
        rc = url_encode(form, name, strlen(name));
    if (rc == OK)
        rc = buf_str(form, "=");
    return rc == OK ? url_encode(form, value, strlen(value)) : rc;
}

bool url_is_under(const char *url, const char *base)
{
    size_t len = strlen(base);

    if (len > 0 && base[len - 1] == '/')
        len--;
    return len > 0 && strncmp(url, base, len) == 0 && (url[len] == '\0' || strchr("/?", url[len]) != NULL);
}
