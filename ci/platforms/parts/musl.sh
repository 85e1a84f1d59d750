# shellcheck shell=bash
# musl, the C library.
# shellcheck disable=SC2034,SC2154 # for ci/reach and platforms, and given by it
musl_leaves_out=(
    'binary(lab_names) & test(=more_addresses_than_a_datagram_holds_come_over_tcp)'
    'musl gives at most 48 addresses of a name'
    'package(usocket-testkit) & binary(recipes) & test(/_h2$/)'
    'musl itself refuses so much control data, with ENOMEM'
    'package(usocket-testkit) & binary(recipes) & test(/_w4$/)'
    'musl looks up addresses for sockets of any type'
    'package(usocket-testkit) & binary(recipes_rules) & test(/^gives_its_error::case_(01|05|15)$/)'
    'Z7 in accept and socket, and W7: what conformance/fixtures/expectations/musl.toml holds as data'
    'binary(faults_recording) & test(=hermetic::what_would_leave_the_machine_is_refused_and_told_with_its_trace)'
    'the code of musl has no tables for who unwinds, so a trace ends in its calls'
    'binary(faults_recording) & test(/^hermetic::(a_look_up_fails_when_the_resolver_cannot_ask|the_testkits_own_threads_are_exempt)$/)'
    'musl asks a name server by sendto, on a socket that is not connected; they count on the connect and the send of glibc'
)

# musl: lets cargo link with it: with Debian's, by the linker that is in zig; from the libraries of the machine's own compiler
# comes what unwinds. (zig would build a musl first, for a minute.)
musl() {
    local folder lib zig
    [[ $(uname -m) == x86_64 ]] || not_run "not on x86_64"
    needs gcc
    folder=$(place musl)
    debian musl-dev '' "$folder" trixie
    lib=$folder/usr/lib/x86_64-linux-musl
    # What unwinds has another name there than std has for it, and asks the C library a question that musl does not know.
    echo 'INPUT(-lgcc_eh -lgcc dl_find_object.o)' >"$folder/libunwind.a"
    gcc -O -fPIC -I"$lib/../../include/x86_64-linux-musl" -x c -c - -o "$folder/dl_find_object.o" <<'PROGRAM'
/* As of glibc 2.35: of the object that holds the code at `pc`, where it begins and ends, and its index of frames. */
#define _GNU_SOURCE
#include <link.h>
#include <pthread.h>

/* Who unwinds names these weakly, as glibc has them always. */
__attribute__((used)) static void *const needed[] = {
    pthread_once, pthread_key_create, pthread_getspecific, pthread_setspecific, pthread_mutex_lock, pthread_mutex_unlock,
};

struct found {
    unsigned long long flags;
    char *begin, *end;
    void *map, *frames;
    unsigned long long reserved[7];
};

struct question {
    char *pc;
    struct found *answer;
};

static int ask(struct dl_phdr_info *object, size_t size, void *data)
{
    struct question *question = data;
    struct found answer = {0};
    (void)size;
    for (int i = 0; i < object->dlpi_phnum; i++) {
        const ElfW(Phdr) *part = &object->dlpi_phdr[i];
        char *begin = (char *)object->dlpi_addr + part->p_vaddr, *end = begin + part->p_memsz;
        if (part->p_type == PT_LOAD && begin <= question->pc && question->pc < end)
            answer.begin = begin, answer.end = end;
        else if (part->p_type == PT_GNU_EH_FRAME)
            answer.frames = begin;
    }
    if (!answer.begin || !answer.frames)
        return 0;
    *question->answer = answer;
    return 1;
}

int _dl_find_object(void *pc, struct found *answer)
{
    struct question question = {pc, answer};
    return dl_iterate_phdr(ask, &question) ? 0 : -1;
}
PROGRAM
    zig=$(zig)
    cat >"$folder/linker" <<WRAPPER
#!/bin/sh
exec "$zig" ld.lld -L"$folder" -L"$lib" -L"$(dirname "$(gcc -print-file-name=libgcc_eh.a)")" "$lib/rcrt1.o" "$lib/crti.o" \
    "$(gcc -print-file-name=crtbeginS.o)" "\$@" "$(gcc -print-file-name=crtendS.o)" "$lib/crtn.o"
WRAPPER
    chmod +x "$folder/linker"
    cargo_setting LINKER "$folder/linker"
    cargo_flags -Clinker-flavor=ld -Clink-self-contained=no -Ctarget-feature=+crt-static
}

# zig_musl ZIG_TARGET: the same for other processors. zig brings it, and its start files.
zig_musl() {
    zig_linker "$1"
    cargo_flags -Clink-self-contained=no -Ctarget-feature=+crt-static
}
