# One static library a folder of src/, linked to every folder of the layers below it and to none beside it, so that
# a call upwards or sideways does not link. A folder without .c files becomes an interface library.

set(layers_file ${PROJECT_SOURCE_DIR}/cmake/layers.txt)
set_property(DIRECTORY ${PROJECT_SOURCE_DIR} APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${layers_file})
file(STRINGS ${layers_file} MESIM_LAYERS REGEX "^[a-z]")
string(REPLACE ";" " " MESIM_FOLDERS "${MESIM_LAYERS}")
separate_arguments(MESIM_FOLDERS)

# mesim_folder_library(FOLDER SUFFIX LOWER...): the library mesim_FOLDERSUFFIX.
function(mesim_folder_library folder suffix)
    set(target mesim_${folder}${suffix})
    file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/${folder}/*.c)
    list(REMOVE_ITEM sources ${PROJECT_SOURCE_DIR}/src/cli/main.c)
    list(APPEND sources ${MESIM_GENERATED_${folder}})
    if(sources)
        add_library(${target} STATIC ${sources})
        target_link_libraries(${target} PUBLIC ${ARGN} mesim_flags${suffix}_set)
    else()
        add_library(${target} INTERFACE)
        target_link_libraries(${target} INTERFACE ${ARGN} mesim_flags${suffix}_set)
    endif()
endfunction()

# mesim_library_set(SUFFIX FAULTS LTO): the libraries of every folder, compiled with MESIM_FAULTS=0 or 1.
# With LTO the objects are fat: build/mesim is linked across files, the unit tests link the plain code and stay quick.
function(mesim_library_set suffix faults lto)
    add_library(mesim_flags${suffix}_set INTERFACE)
    target_link_libraries(mesim_flags${suffix}_set INTERFACE mesim_flags)
    target_compile_definitions(mesim_flags${suffix}_set INTERFACE MESIM_FAULTS=$<BOOL:${faults}>)
    if(lto)
        target_compile_options(mesim_flags${suffix}_set INTERFACE -flto=auto -ffat-lto-objects)
    endif()
    set(lower)
    foreach(layer IN LISTS MESIM_LAYERS)
        separate_arguments(layer)
        set(here)
        foreach(folder IN LISTS layer)
            mesim_folder_library(${folder} "${suffix}" ${lower})
            list(APPEND here mesim_${folder}${suffix})
        endforeach()
        list(PREPEND lower ${here})
    endforeach()
endfunction()

# mesim_program(NAME SUFFIX LTO): the executable NAME in the build folder, from src/cli/main.c.
function(mesim_program name suffix lto)
    add_executable(${name} ${PROJECT_SOURCE_DIR}/src/cli/main.c)
    target_link_libraries(${name} PRIVATE mesim_cli${suffix})
    target_link_options(${name} PRIVATE $<IF:$<BOOL:${lto}>,-flto=auto,-fno-lto>)
    set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR})
endfunction()
