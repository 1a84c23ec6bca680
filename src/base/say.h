/* Words for a person outside the faces: the one way in which the programs print them. What may come from a card, a
 * server, a file or the command line passes with them: every line is cleaned and written in the terminal's own
 * characters. */
#ifndef EONAY_BASE_SAY_H
#define EONAY_BASE_SAY_H

#include <stdio.h>

/* UTF-8 of one or more lines; line ends stay, nothing is added. */
void say_text(FILE *to, const char *text);
void say_line(FILE *to, const char *text); /* and a line end */
/* Of one line, whoever wrote it: a line end in it becomes '?' like everything else a terminal could act on. */
void say_word(FILE *to, const char *text);
/* What printf would write, up to 8 KiB. Line ends stay: of words that others wrote, say_word first. */
void say_fmt(FILE *to, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
