#include "config.h"
#include "base/buf.h"
#include "unit.h"

#include <errno.h>
#include <sys/stat.h>

static void grows_to_its_ceiling(void **state)
{
    (void)state;
    struct buf b = BUF_INIT(1000);
    for (size_t i = 0; i < 1000; i++) {
        assert_int_equal(buf_add(&b, "x", 1), OK);
        assert_int_equal(b.len, i + 1);
        assert_int_equal(b.data[b.len], '\0');
    }
    assert_int_equal(buf_add(&b, "x", 1), ERR_TOO_BIG);
    assert_int_equal(buf_str(&b, "xy"), ERR_TOO_BIG);
    assert_int_equal(buf_fmt(&b, "%d", 5), ERR_TOO_BIG);
    assert_int_equal(buf_add(&b, "x", SIZE_MAX), ERR_TOO_BIG);
    assert_int_equal(b.len, 1000);
    assert_int_equal(buf_add(&b, NULL, 0), OK);
    buf_done(&b);
    assert_null(b.data);
    assert_int_equal(b.max, 1000);
}

static void formats_and_appends(void **state)
{
    (void)state;
    struct buf b = BUF_INIT(64);
    assert_int_equal(buf_str(&b, "a="), OK);
    assert_int_equal(buf_fmt(&b, "%d,%s", 12, "z"), OK);
    assert_string_equal((char *)b.data, "a=12,z");
    assert_int_equal(buf_add(&b, "\0q", 2), OK);
    assert_int_equal(b.len, 8);
    buf_done(&b);
}

static void reset_wipes_and_keeps(void **state)
{
    (void)state;
    struct buf b = BUF_INIT(64);
    assert_int_equal(buf_str(&b, "canary"), OK);
    const uint8_t *data = b.data;
    size_t cap = b.cap;
    buf_reset(&b);
    assert_ptr_equal(b.data, data);
    for (size_t i = 0; i < cap; i++)
        assert_int_equal(data[i], 0);
    assert_int_equal(b.len, 0);
    buf_done(&b);
}

static void moves_keep_both_ceilings(void **state)
{
    (void)state;
    struct buf from = BUF_INIT(64), to = BUF_INIT(4);
    assert_int_equal(buf_str(&to, "old"), OK);
    assert_int_equal(buf_str(&from, "longer"), OK);
    assert_int_equal(buf_move(&to, &from), ERR_TOO_BIG);
    assert_string_equal((char *)to.data, "old");
    assert_string_equal((char *)from.data, "longer");
    buf_reset(&from);
    assert_int_equal(buf_str(&from, "new!"), OK);
    assert_int_equal(buf_move(&to, &from), OK);
    assert_string_equal((char *)to.data, "new!");
    assert_int_equal(to.max, 4);
    assert_int_equal(from.max, 64);
    assert_null(from.data);
    assert_int_equal(buf_str(&to, "x"), ERR_TOO_BIG);
    buf_done(&to);
    buf_done(&from);
}

static void files_go_there_and_back(void **state)
{
    (void)state;
    char folder[64], path[128], part[160];
    unit_folder(folder);
    snprintf(path, sizeof path, "%s/x", folder);
    snprintf(part, sizeof part, "%s.part", path);
    struct buf out = BUF_INIT(100000), in = BUF_INIT(100000);
    struct err err = {OK, ""};
    struct stat st;
    for (int i = 0; i < 30000; i++)
        assert_int_equal(buf_add(&out, &(uint8_t){(uint8_t)i}, 1), OK);
    assert_int_equal(buf_write_file(&out, path, 0600, &err), OK);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0600);
    assert_int_equal(access(part, F_OK), -1);
    assert_int_equal(buf_str(&in, "was here"), OK);
    assert_int_equal(buf_read_file(&in, path, &err), OK);
    assert_int_equal(in.len, out.len);
    assert_memory_equal(in.data, out.data, out.len);
    buf_reset(&out);
    assert_int_equal(buf_write_file(&out, path, 0644, &err), OK);
    assert_int_equal(buf_read_file(&in, path, &err), OK);
    assert_int_equal(in.len, 0);
    assert_non_null(in.data);
    buf_done(&in);
    buf_done(&out);
    unit_remove(folder);
}

static void what_is_there_is_no_new_file(void **state)
{
    (void)state;
    char folder[64], old[128], new[128], link[128];
    struct buf out = BUF_INIT(64), in = BUF_INIT(64);
    struct err err = {OK, ""};
    struct stat st;
    unit_folder(folder);
    unit_write(folder, "old", "mine", old);
    snprintf(new, sizeof new, "%s/new", folder);
    snprintf(link, sizeof link, "%s/link", folder);
    assert_int_equal(buf_str(&out, "yours"), OK);
    assert_int_equal(buf_write_new_file(&out, old, 0600, &err), ERR_FILE);
    assert_non_null(strstr(err.detail, strerror(EEXIST)));
    assert_int_equal(buf_read_file(&in, old, &err), OK);
    assert_string_equal((char *)in.data, "mine");
    assert_int_equal(symlink(new, link), 0);
    assert_int_equal(buf_write_new_file(&out, link, 0600, &err), ERR_FILE);
    assert_int_equal(access(new, F_OK), -1);
    assert_int_equal(buf_write_new_file(&out, new, 0640, &err), OK);
    assert_int_equal(stat(new, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0640);
    assert_int_equal(buf_read_file(&in, new, &err), OK);
    assert_string_equal((char *)in.data, "yours");
    assert_int_equal(buf_write_new_file(&out, "/no/such/folder/x", 0600, &err), ERR_FILE);
    buf_done(&in);
    buf_done(&out);
    unit_remove(folder);
}

static void file_mishaps_change_nothing(void **state)
{
    (void)state;
    char folder[64], path[128], link[192];
    unit_folder(folder);
    unit_write(folder, "big", "12345", path);
    struct buf b = BUF_INIT(4);
    struct err err = {OK, ""};
    assert_int_equal(buf_str(&b, "keep"), OK);
    assert_int_equal(buf_read_file(&b, path, &err), ERR_TOO_BIG);
    assert_string_equal((char *)b.data, "keep");
    assert_int_equal(buf_read_file(&b, "/no/such/file", &err), ERR_FILE);
    assert_non_null(strstr(err.detail, strerror(ENOENT)));
    assert_int_equal(buf_read_file(&b, folder, &err), ERR_FILE);
    assert_int_equal(buf_write_file(&b, "/no/such/folder/x", 0600, &err), ERR_FILE);
    assert_int_equal(err.code, ERR_FILE);
    snprintf(link, sizeof link, "%s/new.part", folder);
    assert_int_equal(symlink(path, link), 0); /* a planted link is not written through */
    snprintf(link, sizeof link, "%s/new", folder);
    assert_int_equal(buf_write_file(&b, link, 0600, &err), ERR_FILE);
    buf_reset(&b);
    b.max = 5;
    assert_int_equal(buf_read_file(&b, path, &err), OK);
    assert_string_equal((char *)b.data, "12345");
    /* a folder in the way: the half-written file goes away */
    snprintf(link, sizeof link, "%s/taken", folder);
    assert_int_equal(mkdir(link, 0700), 0);
    assert_int_equal(buf_write_file(&b, link, 0600, &err), ERR_FILE);
    snprintf(link, sizeof link, "%s/taken.part", folder);
    assert_int_equal(access(link, F_OK), -1);
    buf_done(&b);
    unit_remove(folder);
}

UNIT_MAIN(cmocka_unit_test(grows_to_its_ceiling), cmocka_unit_test(formats_and_appends),
    cmocka_unit_test(reset_wipes_and_keeps), cmocka_unit_test(moves_keep_both_ceilings),
    cmocka_unit_test(files_go_there_and_back), cmocka_unit_test(what_is_there_is_no_new_file),
    cmocka_unit_test(file_mishaps_change_nothing))
