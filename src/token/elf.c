#include "config.h"
#include "token/elf.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Our own head, as the linker wrote it. */
extern const ElfW(Ehdr) __ehdr_start __attribute__((visibility("hidden")));

static const struct {
    unsigned machine;
    const char *name;
} machines[] = {
    {EM_386, "i386 (32 bit)"},
    {EM_X86_64, "x86_64"},
    {EM_ARM, "ARM (32 bit)"},
    {EM_AARCH64, "ARM (64 bit)"},
    {EM_PPC64, "PowerPC (64 bit)"},
    {EM_S390, "S/390"},
    {EM_RISCV, "RISC-V"},
};

static const char *machine_name(unsigned machine)
{
    for (size_t i = 0; i < sizeof machines / sizeof *machines; i++)
        if (machines[i].machine == machine)
            return machines[i].name;
    return "another machine";
}

enum guard_fault elf_fits(const char *path, char *why, size_t why_len)
{
    ElfW(Ehdr) head = {0};
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t got = fd < 0 ? -1 : read(fd, &head, sizeof head);
    int error = errno;

    if (fd >= 0)
        close(fd);
    if (got < 0) {
        snprintf(why, why_len, "%s: %s", path, strerror(error));
        return error == EISDIR ? GUARD_NOT_ELF : error == ENOENT || error == ENOTDIR ? GUARD_NO_FILE : GUARD_NO_READ;
    }
    if (got < EI_NIDENT + 4 || memcmp(head.e_ident, ELFMAG, SELFMAG) != 0 || head.e_type != ET_DYN) {
        snprintf(why, why_len, "%s: not a shared library", path);
        return GUARD_NOT_ELF;
    }
    if (head.e_ident[EI_CLASS] != __ehdr_start.e_ident[EI_CLASS] || head.e_machine != __ehdr_start.e_machine) {
        snprintf(why, why_len, "%s: made for %s, this computer is %s", path, machine_name(head.e_machine),
            machine_name(__ehdr_start.e_machine));
        return GUARD_OTHER_ARCH;
    }
    return GUARD_OK;
}
