# The stub for x86-64: runs an encoded program (linux.program.Encoder), nothing else.
#
# It touches no stack between entry and return, so that a child made with clone3(CLONE_VM) can go
# on in the same code with the same stack pointer as its parent.
#
#   r13  program header: u64 address of the steps, u64 address of the failure record
#   rbx  address of the first step           r12  address of the current step
#
# Assemble: as stub-x86_64.s -o stub.o && objcopy -O binary -j .text stub.o stub.bin
        .intel_syntax noprefix
        .text

# Entry of an ELF file of its own: the program lies at a fixed address.
start:
        mov     edi, 0x10100000

# Entry as a C function: void run(const struct header *program)
run:
        push    rbx
        push    r12
        push    r13
        mov     r13, rdi
        mov     rbx, [rdi]
        mov     r12, rbx

# Load the six arguments; bit i of the mask says that argument i is to be read from memory.
execute:
        mov     eax, [r12+4]
        mov     rdi, [r12+16]
        test    al, 1
        jz      1f
        mov     rdi, [rdi]
1:      mov     rsi, [r12+24]
        test    al, 2
        jz      1f
        mov     rsi, [rsi]
1:      mov     rdx, [r12+32]
        test    al, 4
        jz      1f
        mov     rdx, [rdx]
1:      mov     r10, [r12+40]
        test    al, 8
        jz      1f
        mov     r10, [r10]
1:      mov     r8, [r12+48]
        test    al, 16
        jz      1f
        mov     r8, [r8]
1:      mov     r9, [r12+56]
        test    al, 32
        jz      1f
        mov     r9, [r9]
1:      movzx   ecx, byte ptr [r12]
        dec     ecx
        jns     not_a_call

        mov     rax, [r12+8]
        syscall                         # clobbers rcx and r11

# rax is the result. First the way of a child or of an end of file: no trace, no store.
finish:
        test    rax, rax
        jnz     1f
        mov     ecx, [r12+88]
        cmp     ecx, -1
        jne     go
1:      mov     rcx, [r12+80]           # trace: result and time stamp counter
        test    rcx, rcx
        jz      1f
        mov     [rcx], rax
        mov     rsi, rax
        rdtsc
        shl     rdx, 32
        or      rdx, rax
        mov     [rcx+8], rdx
        mov     rax, rsi
1:      mov     rcx, [r12+72]
        test    rcx, rcx
        jz      1f
        mov     [rcx], rax
1:      cmp     rax, -4095              # errors are -4095 .. -1, unsigned the largest numbers
        jb      advance
        mov     ecx, [r12+64]
        cmp     ecx, -1
        je      advance
        mov     edx, [r12+68]           # an errno that is as good as success
        add     edx, eax
        jz      advance
        test    byte ptr [r12+1], 1
        jz      go
        mov     rsi, [r13+8]            # record: offset of the step + 1, and the result
        mov     rdx, r12
        sub     rdx, rbx
        inc     edx
        mov     [rsi+4], eax
        mov     [rsi], edx
go:     lea     r12, [rbx+rcx]
        jmp     execute
advance:
        add     r12, 96
        jmp     execute

not_a_call:
        jz      jump_if_clear           # operation 1
        dec     ecx
        jz      store_32                # 2
        dec     ecx
        jz      store_64                # 3
        dec     ecx
        jz      check_32                # 4
        dec     ecx
        jz      decimal                 # 5
        pop     r13                     # 6: return
        pop     r12
        pop     rbx
        ret
jump_if_clear:
        mov     ecx, [r12+64]
        test    [rdi], esi
        jz      go
        jmp     advance
store_32:
        mov     [rdi], esi
        jmp     advance
store_64:
        mov     [rdi], rsi
        jmp     advance
check_32:
        movsxd  rax, dword ptr [rdi]
        jmp     finish
decimal:                                # rdi: the number, rsi: one past the last digit
        mov     eax, edi
        mov     ecx, 10
1:      xor     edx, edx
        div     ecx
        add     dl, '0'
        dec     rsi
        mov     [rsi], dl
        test    eax, eax
        jnz     1b
        mov     rax, rsi
        jmp     finish
