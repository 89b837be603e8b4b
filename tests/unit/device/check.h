/* For scenarios that return what is wrong: keeps the first condition that does not hold in `wrong`. */
#ifndef MESIM_TESTS_DEVICE_CHECK_H
#define MESIM_TESTS_DEVICE_CHECK_H

#define CHECK(condition)                                                                                               \
    do {                                                                                                               \
        if (!(condition) && !wrong)                                                                                    \
            wrong = #condition;                                                                                        \
    } while (0)

#endif
