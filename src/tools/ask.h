/* Asking a person at a terminal, or a program through a pipe: a line is an answer. What is secret is read without echo,
 * byte by byte into its page. */
#ifndef EONAY_TOOLS_ASK_H
#define EONAY_TOOLS_ASK_H

#include <stdbool.h>
#include "base/secret.h"

/* Is there a person at standard input? */
bool ask_is_terminal(void);
/* A line of words, cleaned for a terminal, without its end; false at the end of input. */
bool ask_line(const char *prompt, char *out, size_t out_len);
/* One line into the secret, wiped before. The prompt is for a person alone. ERR_PIN_LETTER when it has something else
 * than digits in it and ERR_PIN_LONG when it is too long for any PIN (the secret is empty then), ERR_CANCELLED at the
 * end of input. */
enum err_code ask_pin(const char *prompt, struct secret *pin) MUST_CHECK;
/* What is told, as the terminal takes it, with a line end. */
void ask_say(bool error, const char *words);

#endif
