/* cmocka with the headers it wants before it. */
#ifndef EONAY_TESTS_CMOCK_H
#define EONAY_TESTS_CMOCK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#endif
