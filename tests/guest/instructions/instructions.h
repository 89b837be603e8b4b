/* Instructions on the whole machine that the images of the project do not need: system instructions one by one, and
 * structure loads and stores. Checks run on the boot core. */
#ifndef MESIM_GUEST_INSTRUCTIONS_H
#define MESIM_GUEST_INSTRUCTIONS_H

#include "images/selftest/selftest.h"
#include "sysreg.h"

/* INSTRUCTIONS(X): X("name", function) */
#define INSTRUCTIONS(X)                                                                                                \
    X("smc-is-a-firmware-call-or-undefined", smc_is_a_firmware_call_or_undefined)                                      \
    X("hlt-and-sysl-are-undefined", hlt_and_sysl_are_undefined)                                                        \
    X("each-tlbi-forgets-the-translation", each_tlbi_forgets_the_translation)                                          \
    X("at-says-what-an-access-would-meet", at_says_what_an_access_would_meet)                                          \
    X("set-way-maintenance-loses-nothing", set_way_maintenance_loses_nothing)                                          \
    X("clean-to-persistence-keeps-the-data", clean_to_persistence_keeps_the_data)                                      \
    X("ic-ialluis-makes-new-code-run", ic_ialluis_makes_new_code_run)                                                  \
    X("every-register-reads-or-is-undefined", every_register_reads_or_is_undefined)                                    \
    X("multiple-structures-go-where-they-belong", multiple_structures_go_where_they_belong)                            \
    X("single-structures-go-where-they-belong", single_structures_go_where_they_belong)                                \
    X("replicated-structures-go-where-they-belong", replicated_structures_go_where_they_belong)

#define DECLARE_CHECK(name, function) const char *function(void);
INSTRUCTIONS(DECLARE_CHECK)
#undef DECLARE_CHECK

typedef uint64_t code_t(uint64_t argument);

/* `word` and a return in test page 3, ready to be called where the window's page 3 maps it as code. */
code_t *code_of(uint32_t word);

#endif
