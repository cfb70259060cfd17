// The stub for aarch64: runs an encoded program (linux.program.Encoder), nothing else.
//
// It touches no stack between entry and return, so that a child made with clone3(CLONE_VM) can go
// on in the same code with the same stack pointer as its parent.
//
//   x19  program header: u64 address of the steps, u64 address of the failure record
//   x20  address of the first step           x21  address of the current step
//
// Assemble: aarch64-linux-gnu-as stub-aarch64.s -o stub.o
//           aarch64-linux-gnu-objcopy -O binary -j .text stub.o stub.bin
        .text

// Entry of an ELF file of its own: the program lies at a fixed address.
start:
        movz    x0, #0x1010, lsl #16

// Entry as a C function: void run(const struct header *program)
run:
        stp     x19, x20, [sp, #-32]!
        str     x21, [sp, #16]
        mov     x19, x0
        ldr     x20, [x0]
        mov     x21, x20

// Load the six arguments; bit i of the mask says that argument i is to be read from memory.
execute:
        ldr     w9, [x21, #4]
        ldp     x0, x1, [x21, #16]
        ldp     x2, x3, [x21, #32]
        ldp     x4, x5, [x21, #48]
        tbz     w9, #0, 1f
        ldr     x0, [x0]
1:      tbz     w9, #1, 1f
        ldr     x1, [x1]
1:      tbz     w9, #2, 1f
        ldr     x2, [x2]
1:      tbz     w9, #3, 1f
        ldr     x3, [x3]
1:      tbz     w9, #4, 1f
        ldr     x4, [x4]
1:      tbz     w9, #5, 1f
        ldr     x5, [x5]
1:      ldrb    w9, [x21]
        cbnz    w9, not_a_call

        ldr     x8, [x21, #8]
        svc     #0

// x0 is the result. First the way of a child or of an end of file: no trace, no store.
finish:
        cbnz    x0, 1f
        ldr     w10, [x21, #88]
        cmn     w10, #1
        b.ne    go
1:      ldr     x11, [x21, #80]         // trace: result and virtual counter
        cbz     x11, 1f
        mrs     x12, cntvct_el0
        stp     x0, x12, [x11]
1:      ldr     x11, [x21, #72]
        cbz     x11, 1f
        str     x0, [x11]
1:      cmn     x0, #4095               // errors are -4095 .. -1, unsigned the largest numbers
        b.lo    advance
        ldr     w10, [x21, #64]
        cmn     w10, #1
        b.eq    advance
        ldr     w11, [x21, #68]         // an errno that is as good as success
        adds    w11, w11, w0
        b.eq    advance
        ldrb    w11, [x21, #1]
        tbz     w11, #0, go
        ldr     x12, [x19, #8]          // record: offset of the step + 1, and the result
        sub     x11, x21, x20
        add     w11, w11, #1
        str     w0, [x12, #4]
        str     w11, [x12]
go:     add     x21, x20, x10
        b       execute
advance:
        add     x21, x21, #96
        b       execute

not_a_call:
        sub     w9, w9, #1
        cbz     w9, jump_if_clear       // operation 1
        sub     w9, w9, #1
        cbz     w9, store_32            // 2
        sub     w9, w9, #1
        cbz     w9, store_64            // 3
        sub     w9, w9, #1
        cbz     w9, check_32            // 4
        sub     w9, w9, #1
        cbz     w9, decimal             // 5
        ldr     x21, [sp, #16]          // 6: return
        ldp     x19, x20, [sp], #32
        ret
jump_if_clear:
        ldr     w10, [x21, #64]
        ldr     w11, [x0]
        tst     w11, w1
        b.eq    go
        b       advance
store_32:
        str     w1, [x0]
        b       advance
store_64:
        str     x1, [x0]
        b       advance
check_32:
        ldrsw   x0, [x0]
        b       finish
decimal:                                // w0: the number, x1: one past the last digit
        mov     w10, #10
1:      udiv    w11, w0, w10
        msub    w12, w11, w10, w0
        add     w12, w12, #'0'
        strb    w12, [x1, #-1]!
        mov     w0, w11
        cbnz    w0, 1b
        mov     x0, x1
        b       finish
