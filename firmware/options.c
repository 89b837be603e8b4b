/* The command line, word by word. */
#include "options.h"

#include "panic.h"
#include "print.h"
#include "string.h"

#include <stdbool.h>
#include <stddef.h>

/* A word of the command line, not terminated. */
typedef struct word {
    const char *text;
    size_t length;
} word_t;

static option_t *find(option_t *options, const char *name, size_t length)
{
    for (option_t *option = options; option->name != NULL; option++) {
        if (strlen(option->name) == length && strncmp(option->name, name, length) == 0)
            return option;
    }
    return NULL;
}

static int digit_of(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return 16;
}

static bool parse_number(word_t word, uint64_t *ret)
{
    uint64_t scale = 1;
    if (word.length > 1 && word.text[word.length - 1] == 'k')
        scale = 1024;
    if (word.length > 1 && word.text[word.length - 1] == 'm')
        scale = 1024 * 1024;
    if (scale > 1)
        word.length--;
    const int base = word.length > 2 && word.text[0] == '0' && word.text[1] == 'x' ? 16 : 10;
    uint64_t number = 0;
    for (size_t i = base == 16 ? 2 : 0; i < word.length; i++) {
        const int digit = digit_of(word.text[i]);
        if (digit >= base || __builtin_mul_overflow(number, (uint64_t)base, &number) ||
            __builtin_add_overflow(number, (uint64_t)digit, &number))
            return false;
    }
    return word.length > 0 && !__builtin_mul_overflow(number, scale, ret);
}

_Noreturn static void reject(const option_t *options, word_t word)
{
    print("bad option: ");
    for (size_t i = 0; i < word.length; i++)
        print("%c", word.text[i]);
    print("\nthis image takes:");
    for (const option_t *option = options; option->name != NULL; option++)
        print(" %s=%lu..%lu (%lu)", option->name, option->least, option->most, option->value);
    print("%s\n", options->name == NULL ? " none" : "");
    panic("bad option");
}

static void parse_word(option_t *options, word_t word)
{
    size_t name_length = 0;
    while (name_length < word.length && word.text[name_length] != '=')
        name_length++;
    option_t *option = find(options, word.text, name_length);
    if (option == NULL || name_length == word.length)
        reject(options, word);
    uint64_t value;
    const word_t number = {word.text + name_length + 1, word.length - name_length - 1};
    if (!parse_number(number, &value) || value < option->least || value > option->most)
        reject(options, word);
    option->value = value;
}

void options_parse(option_t *options, const char *bootargs)
{
    for (const char *p = bootargs; *p != '\0';) {
        if (*p == ' ') {
            p++;
            continue;
        }
        word_t word = {p, 0};
        while (p[word.length] != '\0' && p[word.length] != ' ')
            word.length++;
        parse_word(options, word);
        p += word.length;
    }
}

uint64_t options_get(const option_t *options, const char *name)
{
    const option_t *option = find((option_t *)options, name, strlen(name));
    if (option == NULL)
        panic("the image has no option %s", name);
    return option->value;
}
