/* A store of the first form, as earlier services left it, opened by this one: what it holds grows like the rest. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>
#include <sqlite3.h>
#include "service/store.h"

#define NOW 1600000000

/* The first form's tables, and three consents: 0 being checked, 1 accepted, 2 refused. */
static const char first_form[] =
    "CREATE TABLE meta(name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID;"
    "CREATE TABLE login(token BLOB PRIMARY KEY, state BLOB NOT NULL UNIQUE, verifier TEXT NOT NULL,"
    "  standing INTEGER NOT NULL, person BLOB, tckn TEXT, name TEXT, expires INTEGER NOT NULL) STRICT, WITHOUT ROWID;"
    "CREATE TABLE text(sha256 BLOB PRIMARY KEY, content BLOB NOT NULL) STRICT, WITHOUT ROWID;"
    "CREATE TABLE request(id INTEGER PRIMARY KEY, standing INTEGER NOT NULL, code BLOB NOT NULL UNIQUE,"
    "  text BLOB NOT NULL REFERENCES text(sha256), person BLOB NOT NULL, tckn TEXT NOT NULL, name TEXT NOT NULL,"
    "  created INTEGER NOT NULL, expires INTEGER NOT NULL, extensions INTEGER NOT NULL,"
    "  nonce BLOB, token BLOB UNIQUE, content_id BLOB, opened INTEGER NOT NULL DEFAULT 0,"
    "  closes INTEGER NOT NULL DEFAULT 0) STRICT;"
    "CREATE TABLE refusal(request INTEGER NOT NULL REFERENCES request(id) ON DELETE CASCADE, signature BLOB NOT NULL,"
    "  rule TEXT NOT NULL, PRIMARY KEY(request, signature)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE sequence(year INTEGER PRIMARY KEY, last INTEGER NOT NULL) STRICT;"
    "CREATE TABLE consent(number TEXT PRIMARY KEY, standing INTEGER NOT NULL,"
    "  request INTEGER NOT NULL UNIQUE REFERENCES request(id), person BLOB NOT NULL, tckn TEXT NOT NULL,"
    "  name TEXT NOT NULL, text BLOB NOT NULL REFERENCES text(sha256), signature BLOB NOT NULL UNIQUE,"
    "  cms BLOB NOT NULL, accepted INTEGER NOT NULL, settled INTEGER NOT NULL, rule TEXT NOT NULL,"
    "  next_check INTEGER NOT NULL, checks INTEGER NOT NULL) STRICT;"
    "INSERT INTO meta VALUES('key', zeroblob(32));"
    "INSERT INTO text VALUES(zeroblob(32), CAST('Metin' AS BLOB));"
    "WITH n(i) AS (VALUES(0),(1),(2)) INSERT INTO request(id,standing,code,text,person,tckn,name,created,expires,"
    "  extensions) SELECT i,2,CAST(printf('%032d',i) AS BLOB),zeroblob(32),CAST(printf('%032d',i) AS BLOB),"
    "  '10000000146','Deneme',1600000000,1600000900,0 FROM n;"
    "INSERT INTO consent SELECT printf('2020-%06d',id),id,id,person,tckn,name,text,code,CAST('cms' AS BLOB),1600000100,"
    "  0,'',1600000102,0 FROM request;"
    "PRAGMA user_version=1;";

static void make_first_form(const char *path)
{
    sqlite3 *db = NULL;
    char *why = NULL;
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    if (sqlite3_exec(db, first_form, NULL, NULL, &why) != SQLITE_OK)
        fail_msg("%s", why);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static void earlier_consents_grow(void **state)
{
    (void)state;
    char dir[] = "/tmp/eonay-store-XXXXXX", path[96], line[100];
    struct store *s = NULL;
    struct err err = {0};
    struct consent c;
    struct growing g;
    assert_non_null(mkdtemp(dir));
    snprintf(path, sizeof path, "%s/store.db", dir);
    make_first_form(path);
    assert_int_equal(store_open(path, STORE_LOOK, &s, &err), ERR_STORE); /* who only looks changes nothing */
    if (store_open(path, STORE_SERVE, &s, &err) != OK)
        fail_msg("%s", err.detail);
    for (int i = 0; i < 3; i++) {
        snprintf(line, sizeof line, "2020-%06d", i);
        assert_int_equal(store_consent_by_number(s, line, &c), OK);
        assert_int_equal(c.level, 0);
    }
    for (int i = 0; i < 2; i++) {
        assert_int_equal(store_evidence_claim(s, 0, NOW + 100, NOW + 400, &g), OK);
        assert_string_not_equal(g.number, "2020-000002");
    }
    assert_int_equal(store_evidence_claim(s, 0, NOW + 100, NOW + 400, &g), ERR_NOT_FOUND); /* not the refused one */
    store_close(&s);
    snprintf(line, sizeof line, "rm -r %s", dir);
    assert_int_equal(system(line), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(earlier_consents_grow)};
    return cmocka_run_group_tests_name("migration", tests, NULL, NULL);
}
