/* Symbol maps: the lines that nm, System.map and /proc/kallsyms have, ADDRESS [SIZE] TYPE NAME [MODULE].
 *
 * Every line must be one, so that a file of another kind or a line that was cut off is noticed. Source: nm(1); the
 * kernel's kernel/kallsyms.c. */
#include "loader/file.h"
#include "loader/symbols_impl.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

/* What a symbol without a size holds at most: addresses in the gap behind the last one of a part have no name. */
enum { EXTENT_MAX_BYTES = 1 << 20 };

typedef struct map_reader {
    loader_symbols_t *symbols;
    uint64_t offset; /* added to each address */
    size_t addresses, zeros;
} map_reader_t;

/* The next word of a line, or NULL. */
static char *take_word(char **at)
{
    char *word = *at + strspn(*at, " \t");
    size_t length = strcspn(word, " \t");
    *at = word + length + (word[length] != '\0');
    word[length] = '\0';
    return length ? word : NULL;
}

static bool parse_hex(const char *word, uint64_t *ret_value)
{
    return word && strlen(word) <= 16 && isxdigit((unsigned char)*word) &&
           g_ascii_string_to_unsigned(word, 16, 0, UINT64_MAX, ret_value, NULL);
}

static bool is_type(const char *word)
{
    return word && strlen(word) == 1 && (isalpha((unsigned char)*word) || *word == '?');
}

/* A capital letter is a global symbol; nm(1) lists the letters. */
static void classify(loader_symbol_t *symbol, char type)
{
    char lower = (char)tolower((unsigned char)type);
    bool is_weak = lower == 'w' || lower == 'v';
    symbol->binding = is_weak ? LOADER_SYMBOL_WEAK : type != lower ? LOADER_SYMBOL_GLOBAL : LOADER_SYMBOL_LOCAL;
    symbol->kind = strchr("twi", lower)       ? LOADER_SYMBOL_FUNCTION
                   : strchr("bdrgsvu", lower) ? LOADER_SYMBOL_OBJECT
                                              : LOADER_SYMBOL_LABEL;
    symbol->is_absolute = lower == 'a';
}

static bool is_module(const char *word)
{
    return word[0] == '[' && word[1] && word[strlen(word) - 1] == ']';
}

/* False where it is no such line. */
static bool take_line(map_reader_t *reader, char *line)
{
    char *at = line, *word = take_word(&at);
    uint64_t address, size = 0;
    bool has_size = false;
    if (word && !strcmp(word, "U")) /* undefined: nm leaves the address out */
        return take_word(&at) && !take_word(&at);
    if (!parse_hex(word, &address))
        return false;
    word = take_word(&at);
    if (word && !is_type(word)) {
        if (!parse_hex(word, &size))
            return false;
        has_size = size != 0;
        word = take_word(&at);
    }
    if (!is_type(word))
        return false;
    loader_symbol_t symbol = {.has_size = has_size, .name = take_word(&at)};
    classify(&symbol, *word);
    word = take_word(&at);
    if (!symbol.name || (word && (!is_module(word) || take_word(&at))))
        return false;
    symbol.address = address + (symbol.is_absolute ? 0 : reader->offset);
    symbol.end = symbol.address + (has_size ? size : EXTENT_MAX_BYTES);
    reader->addresses++;
    reader->zeros += address == 0;
    loader_symbols_append(reader->symbols, &symbol);
    return true;
}

int loader_symbols_read_map(loader_symbols_t *symbols, char *text, size_t bytes, uint64_t offset, const char *name,
                            base_error_t *error)
{
    enum { SHOWN_BYTES = 60 };
    map_reader_t reader = {.symbols = symbols, .offset = offset};
    char shown[SHOWN_BYTES];
    loader_symbols_own(symbols, text);
    unsigned long number = 1;
    for (char *line = text, *end; line < text + bytes; line = end + 1, number++) {
        end = memchr(line, '\n', (size_t)(text + bytes - line));
        if (!end)
            return base_fail(error, -EINVAL, "%s:%lu: the last line is cut off; make the file again", name, number);
        size_t length = (size_t)(end - line);
        line[length - (length && line[length - 1] == '\r')] = '\0';
        g_strlcpy(shown, line, sizeof(shown));
        if (strlen(line) + 1 < length || !take_line(&reader, line))
            return base_fail(
                error, -EINVAL,
                "%s:%lu: '%s' is no line of a symbol map, ADDRESS TYPE NAME; give an ELF file, System.map, "
                "what nm prints or a copy of /proc/kallsyms",
                name, number, shown);
    }
    if (reader.addresses && reader.zeros == reader.addresses)
        return base_fail(error, -EINVAL,
                         "%s: every address is 0: the kernel hides them; copy /proc/kallsyms as root with "
                         "kernel.kptr_restrict=0",
                         name);
    if (!reader.addresses)
        return base_fail(error, -EINVAL, "%s: has no symbol with an address; give the linked file", name);
    return 0;
}
