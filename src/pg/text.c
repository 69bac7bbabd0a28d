/*
 * text.c
 *	  Text for a person at a terminal: widths, words, labels, paragraphs.
 */
#include "postgres.h"

#include "lib/stringinfo.h"
#include "mb/pg_wchar.h"
#include "port.h"

#include "pg/text.h"

int
text_char_bytes(const char *text)
{
	int			bytes = pg_encoding_mblen(GetDatabaseEncoding(), text);

	return Max(1, (int) strnlen(text, bytes));
}

int
text_char_width(const char *text)
{
	return Max(0, pg_dsplen(text));
}

int
text_width(const char *text)
{
	int			width = 0;

	for (; *text != '\0'; text += text_char_bytes(text))
		width += text_char_width(text);
	return width;
}

/* Appends text with its control characters replaced. */
static void
append_clean(StringInfo line, const char *text)
{
	for (int bytes; *text != '\0'; text += bytes)
	{
		bytes = text_char_bytes(text);
		if (pg_dsplen(text) < 0)
			appendStringInfoChar(line, '?');
		else
			appendBinaryStringInfo(line, text, bytes);
	}
}

char *
text_words(const char *code, bool capital)
{
	char	   *words = pstrdup(code);

	for (char *c = words; *c != '\0'; c++)
	{
		if (*c == '_')
			*c = ' ';
		else if (c > words || !capital)
			*c = (char) pg_ascii_tolower((unsigned char) *c);
	}
	return words;
}

char *
text_label(const char *kind, const char *name, const char *vehicle)
{
	char	   *words = kind != NULL ? text_words(kind, true) : "";
	StringInfoData label;

	initStringInfo(&label);
	if (name == NULL || pg_strncasecmp(name, words, strlen(words)) != 0)
		append_clean(&label, words);
	if (name != NULL)
	{
		if (label.len > 0)
			appendStringInfoChar(&label, ' ');
		append_clean(&label, name);
	}
	if (vehicle != NULL)
	{
		appendStringInfoString(&label, " (");
		append_clean(&label, vehicle);
		appendStringInfoChar(&label, ')');
	}
	return label.data;
}

void
text_paragraph(const char *text, int indent, TextSink sink)
{
	StringInfoData clean;
	StringInfoData line;
	char	   *word;
	char	   *rest;

	initStringInfo(&clean);
	append_clean(&clean, text);
	initStringInfo(&line);

	/* leading spaces stay: strtok would drop them */
	appendStringInfoSpaces(&line, (int) strspn(clean.data, " "));

	for (word = strtok_r(clean.data, " ", &rest); word != NULL;
		 word = strtok_r(NULL, " ", &rest))
	{
		bool		first = strspn(line.data, " ") == (size_t) line.len;

		if (!first &&
			text_width(line.data) + 1 + text_width(word) > TEXT_WIDTH)
		{
			sink.line(sink.arg, line.data);
			resetStringInfo(&line);
			appendStringInfoSpaces(&line, indent);
			first = true;
		}
		appendStringInfo(&line, first ? "%s" : " %s", word);
	}
	sink.line(sink.arg, line.data);
}
