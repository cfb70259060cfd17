package runtime.plan;

import linux.abi.OpenFlag;
import linux.abi.SystemCall;
import linux.program.Operand;
import linux.program.Slot;

/** The keeper's ends of the standard streams. */
final class StreamSteps {
    private StreamSteps() {}

    /** Makes the pipes, owned by the program's user as the host numbers it. */
    static void open(Steps steps, StreamShape shape, long uid, long gid) {
        steps.purpose("standard streams");
        steps.call(SystemCall.OPENAT, Steps.HERE, Operand.text("/dev/null"),
                Operand.flags(OpenFlag.O_RDWR, OpenFlag.O_CLOEXEC)).into(Slots.NOTHING)
                .because("standard input for a program that has none");
        pipe(steps, Slots.CONTROL, "the daemon says here that standard input is over");
        if (shape.terminal()) {
            return;
        }
        if (shape.opensInput()) {
            pipe(steps, Slots.INPUT, "standard input; the keeper holds the writing end so that it"
                    + " outlives the daemon");
            own(steps, Slots.INPUT, uid, gid);
        }
        pipe(steps, Slots.OUTPUT, "standard output; the keeper reads it into the log");
        own(steps, Slots.OUTPUT, uid, gid);
        pipe(steps, Slots.ERROR, "standard error; the keeper reads it into the log");
        own(steps, Slots.ERROR, uid, gid);
    }

    /** Gives the caller's streams to the program's user, as the host numbers it. */
    static void own(Steps steps, Handover handover, long uid, long gid) {
        steps.purpose("standard streams");
        for (int stream : handover.ownedStreams()) {
            if (uid != 0 || gid != 0) {
                steps.call(SystemCall.FCHOWN, Operand.number(stream), Operand.number(uid),
                        Operand.number(gid)).ignoring()
                        .because("its user may open /dev/stdout by name");
            }
        }
    }

    private static void pipe(Steps steps, Slot slot, String reason) {
        steps.call(SystemCall.PIPE2, Operand.address(slot), Operand.flags(OpenFlag.O_CLOEXEC))
                .because(reason);
    }

    private static void own(Steps steps, Slot pipe, long uid, long gid) {
        if (uid != 0 || gid != 0) {
            steps.call(SystemCall.FCHOWN, Slots.readEnd(pipe), Operand.number(uid), Operand.number(gid))
                    .because("its user may open /dev/stdout by name");
        }
    }
}
