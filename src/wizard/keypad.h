/* The digits of the keypad in another order. */
#ifndef EONAY_WIZARD_KEYPAD_H
#define EONAY_WIZARD_KEYPAD_H

/* Each of the ten once, every order as likely as any other. "" (the fixed order) when the kernel gives no random
 * numbers. */
void keypad_shuffle(char ret[11]);

#endif
