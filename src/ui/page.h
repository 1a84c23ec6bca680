/* Inside of the layout: drawing the page of a view, for the framed looks and for the reader look. */
#ifndef EONAY_UI_PAGE_H
#define EONAY_UI_PAGE_H

#include "ui/layout.h"

/* Draws the page `cols` wide; `room` rows can be seen. Sets page_rows, foot_rows, stops, pad, detail_row, document_end. */
void page_framed(struct layout *l, const struct view *v, int cols, int room);
void page_reader(struct layout *l, const struct view *v, const struct scene *s, int cols);

/* Shared by both: a text below each other, NULL-safe; returns the rows used. */
int page_text(struct layout *l, int row, int col, int width, const char *text, enum style style, bool sentences);
void page_stop(struct layout *l, struct stop stop);

#endif
