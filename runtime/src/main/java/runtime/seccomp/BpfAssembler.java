package runtime.seccomp;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Puts a BPF program together from its end to its start. Jumps only lead forward, so every target
 * is placed before the jump to it and its distance is known; a target too far for the eight bits of
 * a conditional jump is reached through an unconditional one. A label is the number of instructions
 * from the target's start to the program's end.
 */
final class BpfAssembler {
    private static final int FARTHEST = 255;

    private final List<BpfInstruction> reversed = new ArrayList<>();

    /** Ends the program with a verdict. */
    int ret(int verdict) {
        return place(new BpfInstruction(BpfInstruction.RETURN, 0, 0, verdict));
    }

    /** Loads the word at the offset, then goes on at the label. */
    int load(int offset, int next) {
        fallThrough(next);
        return place(new BpfInstruction(BpfInstruction.LOAD, 0, 0, offset));
    }

    /** Masks the accumulator, then goes on at the label. */
    int and(int mask, int next) {
        fallThrough(next);
        return place(new BpfInstruction(BpfInstruction.AND, 0, 0, mask));
    }

    /** Compares and goes on at one of two labels. */
    int jump(int code, int operand, int ifTrue, int ifFalse) {
        int near = reversed.size();
        int falseLabel = near - ifFalse <= FARTHEST - 1 ? ifFalse : far(ifFalse);
        int trueLabel = reversed.size() - ifTrue <= FARTHEST ? ifTrue : far(ifTrue);
        int here = reversed.size();
        return place(new BpfInstruction(code, here - trueLabel, here - falseLabel, operand));
    }

    /** The program, first instruction first; it starts at the label placed last. */
    List<BpfInstruction> program() {
        List<BpfInstruction> program = new ArrayList<>(reversed);
        Collections.reverse(program);
        return List.copyOf(program);
    }

    private void fallThrough(int next) {
        if (next != reversed.size()) {
            far(next);
        }
    }

    private int far(int label) {
        BpfInstruction target = reversed.get(label - 1);
        return place(target.code() == BpfInstruction.RETURN
                ? target
                : new BpfInstruction(BpfInstruction.JUMP, 0, 0, reversed.size() - label));
    }

    private int place(BpfInstruction instruction) {
        reversed.add(instruction);
        return reversed.size();
    }
}
