# share/presets/*.conf as a C table, so that build/mesim alone knows them. Sets MESIM_GENERATED_machine, the sources that
# src/machine has beyond its own. Written at configuration, which runs again when a preset changes.

file(GLOB presets CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/share/presets/*.conf)
set(table "/* From share/presets by cmake/MesimPresets.cmake. */\n#include \"machine/presets.h\"\n\n")
string(APPEND table "#include <stddef.h>\n\nconst machine_preset_text_t machine_preset_texts[] = {\n")
foreach(path IN LISTS presets)
    set_property(DIRECTORY ${PROJECT_SOURCE_DIR} APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${path})
    cmake_path(GET path STEM name)
    file(READ ${path} text)
    string(REPLACE "\\" "\\\\" text "${text}")
    string(REPLACE "\"" "\\\"" text "${text}")
    string(REPLACE "\n" "\\n\"\n     \"" text "${text}")
    string(APPEND table "    {\"${name}\",\n     \"${text}\"},\n")
endforeach()
string(APPEND table "    {NULL, NULL},\n};\n")
set(MESIM_GENERATED_machine ${PROJECT_BINARY_DIR}/generated/machine_presets.c)
file(CONFIGURE OUTPUT ${MESIM_GENERATED_machine} CONTENT "${table}" @ONLY)
