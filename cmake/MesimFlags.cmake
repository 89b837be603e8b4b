# Compiler flags and outside libraries, as the interface target mesim_flags.

option(MESIM_WERROR "Treat warnings as errors" OFF)
option(MESIM_SANITIZE "Build with AddressSanitizer and UndefinedBehaviorSanitizer" OFF)
option(MESIM_FUZZ "Build the fuzz targets of tests/fuzz with libFuzzer (needs clang); implies MESIM_SANITIZE" OFF)
option(MESIM_FAULTS "Compile the fault injection points into build/mesim itself" OFF)

if(MESIM_FUZZ)
    if(NOT CMAKE_C_COMPILER_ID STREQUAL "Clang")
        message(FATAL_ERROR "MESIM_FUZZ needs clang: cmake -DCMAKE_C_COMPILER=clang")
    endif()
    set(MESIM_SANITIZE ON)
endif()
if(NOT CMAKE_BUILD_TYPE)
    set(CMAKE_BUILD_TYPE Release CACHE STRING "Release or Debug" FORCE)
endif()
if(NOT CMAKE_BUILD_TYPE MATCHES "^(Release|Debug)$")
    message(FATAL_ERROR "CMAKE_BUILD_TYPE is '${CMAKE_BUILD_TYPE}'; mesim knows Release and Debug")
endif()
# NDEBUG stays undefined: a simulator that runs on past a broken invariant gives numbers nobody can trust.
set(CMAKE_C_FLAGS_RELEASE "-O2 -g")
set(CMAKE_C_FLAGS_DEBUG "-O1 -g -fno-omit-frame-pointer")
set(CMAKE_C_STANDARD 17)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS ON) # __int128 and the POSIX names of the C library
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

# Threaded dispatch tail-calls from handler to handler; without sibling calls the host stack would grow without end.
if(CMAKE_BUILD_TYPE STREQUAL "Release" AND NOT MESIM_SANITIZE)
    set(threaded_default ON)
    set(lto_default ON)
else()
    set(threaded_default OFF)
    set(lto_default OFF)
endif()
option(MESIM_THREADED "Dispatch guest instructions by tail calls (needs an optimised, unsanitised build)"
       ${threaded_default})
option(MESIM_LTO "Optimise build/mesim across files when it is linked" ${lto_default})
if(MESIM_THREADED AND NOT threaded_default)
    message(FATAL_ERROR "MESIM_THREADED needs CMAKE_BUILD_TYPE=Release and MESIM_SANITIZE=OFF")
endif()
if(NOT CMAKE_C_COMPILER_ID STREQUAL "GNU")
    set(MESIM_LTO OFF)
endif()

if(NOT CMAKE_C_COMPILER_LAUNCHER)
    find_program(MESIM_CCACHE ccache)
    if(MESIM_CCACHE)
        set(CMAKE_C_COMPILER_LAUNCHER ${MESIM_CCACHE})
    endif()
endif()

find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
pkg_check_modules(GLIB REQUIRED IMPORTED_TARGET glib-2.0)
pkg_check_modules(ELF REQUIRED IMPORTED_TARGET libelf)
pkg_check_modules(CAPSTONE REQUIRED IMPORTED_TARGET capstone)
pkg_check_modules(JSON_GLIB REQUIRED IMPORTED_TARGET json-glib-1.0)
pkg_check_modules(SLIRP REQUIRED IMPORTED_TARGET slirp)
find_library(FDT_LIBRARY fdt REQUIRED) # libfdt 1.6 of Debian 12 has no pkg-config file
find_path(FDT_INCLUDE_DIR libfdt.h REQUIRED)

add_library(mesim_flags INTERFACE)
target_include_directories(mesim_flags INTERFACE ${PROJECT_SOURCE_DIR}/src)
target_include_directories(mesim_flags SYSTEM INTERFACE ${FDT_INCLUDE_DIR})
target_compile_definitions(mesim_flags INTERFACE MESIM_VERSION="${PROJECT_VERSION}" MESIM_THREADED=$<BOOL:${MESIM_THREADED}>)
# Paths in messages and debug information are relative to the checkout, so that its place does not change the binary.
set(relative_paths -ffile-prefix-map=${PROJECT_SOURCE_DIR}/=)
target_compile_options(
    mesim_flags
    INTERFACE -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla -Wundef
              -Werror=implicit-function-declaration $<$<BOOL:${MESIM_WERROR}>:-Werror> -fno-plt ${relative_paths}
              $<$<BOOL:${MESIM_THREADED}>:-foptimize-sibling-calls>)
target_link_options(mesim_flags INTERFACE -Wl,--as-needed ${relative_paths})
target_link_libraries(mesim_flags INTERFACE PkgConfig::JSON_GLIB PkgConfig::GLIB PkgConfig::ELF PkgConfig::CAPSTONE PkgConfig::SLIRP
                                            ${FDT_LIBRARY} Threads::Threads)
if(MESIM_SANITIZE)
    set(sanitize -fsanitize=address,undefined$<$<BOOL:${MESIM_FUZZ}>:,fuzzer-no-link> -fno-sanitize-recover=all)
    target_compile_options(mesim_flags INTERFACE ${sanitize})
    target_link_options(mesim_flags INTERFACE ${sanitize})
endif()
